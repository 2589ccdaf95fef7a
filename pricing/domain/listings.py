"""What is asked for on each channel. Every change of a price leaves a row that nobody can rewrite."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.domain.licences import why_not_to_sell
from catalog.models import Product, Variant
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.core.money import minor_digits
from pricing.choices import PriceReason
from pricing.models import Channel, Listing, MarginAlarm, PriceChange

ZERO = Decimal(0)


class PriceNotPossible(DomainError):
    pass


class ListingStateWrong(DomainError):
    pass


class MayNotBeSold(DomainError):
    """The design's licence forbids it; what is on sale already keeps its price and is marked on its page."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a variant should be offered for on a channel, in its currency. None and "" leave what is there."""

    variant: Variant
    channel: Channel
    price: Decimal
    postage_charged: Decimal | None = None
    pieces: int = 1
    external_id: str = ""
    option_text: str = ""

    @property
    def key(self) -> tuple[int, int, int]:
        return self.variant.pk, self.channel.pk, self.pieces


def set_prices(
    wishes: Sequence[Wish], *, reason: str = PriceReason.TYPED, note: str = "", by: User, at: datetime
) -> list[Listing]:
    """Write the listings and, for each price that moves, a price change; answers the listings that changed.

    A listing that has ended is live again when it gets a price. What a file says is on sale is taken as it is.
    Raises PriceNotPossible, MayNotBeSold.
    """
    for wish in wishes:
        check_wish(wish)
    with transaction.atomic():
        known = held(wishes)
        if reason != PriceReason.IMPORTED:
            _refuse_forbidden([wish for wish in wishes if not _is_live(known.get(wish.key))], at)
        touched, changes = [], []
        for wish in wishes:
            listing = known.get(wish.key)
            before = listing.price if listing else None
            if listing and not differs(listing, wish):
                continue
            listing = known[wish.key] = _filled(listing, wish)
            listing.save()
            touched.append(listing)
            if before != wish.price:
                changes.append(_change(listing, before=before, reason=reason, note=note, by=by, at=at))
        PriceChange.objects.bulk_create(changes)
        MarginAlarm.objects.open().filter(listing__in=touched).update(cleared_at=at)
        return touched


def differs(listing: Listing, wish: Wish) -> bool:
    """Whether the wish would change anything."""
    return (
        listing.ended_at is not None
        or listing.price != wish.price
        or wish.postage_charged not in {None, listing.postage_charged}
        or wish.external_id not in {"", listing.external_id}
        or wish.option_text not in {"", listing.option_text}
    )


def listings_of(wishes: Iterable[Wish]) -> dict[tuple[int, int, int], Listing]:
    """What stands there already, by variant, channel and pieces."""
    wishes = list(wishes)
    rows = Listing.objects.filter(
        variant__in={wish.variant.pk for wish in wishes}, channel__in={wish.channel.pk for wish in wishes}
    )
    return {(row.variant_id, row.channel_id, row.pieces): row for row in rows}


def end_listing(listing: Listing, *, at: datetime) -> Listing:
    """Take it off the channel; its history stays. Raises ListingStateWrong."""
    with transaction.atomic():
        row = Listing.objects.select_for_update(of=("self",)).for_table().get(pk=listing.pk)
        if row.ended_at:
            raise ListingStateWrong(_("{listing} has ended already.").format(listing=row))
        row.ended_at = at
        row.save(update_fields=["ended_at", "updated_at"])
        return row


def held(wishes: Sequence[Wish]) -> dict[tuple[int, int, int], Listing]:
    """As ``listings_of``, and nobody else changes them until the transaction ends."""
    variants = {wish.variant.pk for wish in wishes}
    # Held first: of two first prices at once, the second finds the listing that the first has made.
    list(Variant.objects.filter(pk__in=variants).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    rows = Listing.objects.select_for_update(of=("self",)).filter(
        variant__in=variants, channel__in={wish.channel.pk for wish in wishes}
    )
    return {(row.variant_id, row.channel_id, row.pieces): row for row in rows.order_by("pk")}


def _is_live(listing: Listing | None) -> bool:
    return listing is not None and listing.is_live


def _refuse_forbidden(wishes: Sequence[Wish], at: datetime) -> None:
    wanted = {wish.variant.product_id for wish in wishes}
    licensed = Product.objects.filter(pk__in=wanted, licence__isnull=False).select_related("licence") if wanted else ()
    for product in licensed:
        reason = why_not_to_sell(product, timezone.localdate(at))
        if reason:
            raise MayNotBeSold(_("{product} cannot be offered: {reason}").format(product=product, reason=reason))


def _filled(listing: Listing | None, wish: Wish) -> Listing:
    listing = listing or Listing(variant=wish.variant, channel=wish.channel, pieces=wish.pieces)
    listing.price, listing.ended_at = wish.price, None
    listing.margin_pct = None  # until the next check
    if wish.postage_charged not in {None, listing.postage_charged}:
        listing.target_price = None
    if wish.postage_charged is not None:
        listing.postage_charged = wish.postage_charged
    listing.external_id = wish.external_id or listing.external_id
    listing.option_text = wish.option_text or listing.option_text
    return listing


def _change(listing: Listing, *, before: Decimal | None, reason: str, note: str, by: User, at: datetime) -> PriceChange:
    return PriceChange(listing=listing, before=before, after=listing.price, reason=reason, note=note, by=by, at=at)


def check_wish(wish: Wish) -> None:
    """Raises PriceNotPossible."""
    digits = minor_digits(wish.channel.currency)
    for amount in (wish.price, wish.postage_charged or ZERO):
        if not amount.is_finite() or amount < 0:
            raise PriceNotPossible(_("A price must not be negative."))
        if amount != round(amount, digits):
            raise PriceNotPossible(
                _("{amount} has more decimals than {currency}.").format(amount=amount, currency=wish.channel.currency)
            )
    if wish.pieces < 1:
        raise PriceNotPossible(_("A listing holds at least one piece."))
