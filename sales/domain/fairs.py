"""Selling at a fair: what happened at the stall is booked, never refused, and once however often it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Variant
from inventory.domain import lots
from inventory.domain.lots import LotDetails
from inventory.models import Location, Lot
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.tax.domain import periods
from pricing.models import Event, Listing
from production.domain import once
from sales.choices import FairMethod, OrderState
from sales.domain import fair_costs, fair_prices, orders, picking, unshipping
from sales.domain.fair_prices import Bundle
from sales.domain.orders import Facts, Line, Sending
from sales.domain.states import lines_of
from sales.models import FairCount, FairCountLine, FairDeal, FairSale, FairStall, Order

ZERO = Decimal(0)
_MOST_PIECES = 999
_OLDEST_SALE = timedelta(days=30)


class StallExists(DomainError):
    pass


class NotASale(DomainError):
    """What came from a phone cannot have been a sale."""


class NotADeal(DomainError):
    pass


@dataclass(frozen=True)
class Tile:
    """Something on the stall: its price, and pieces there by the books. ``bundles`` are of this alone."""

    variant: Variant
    price: Decimal
    left: int
    bundles: tuple[Bundle, ...] = ()


@dataclass(frozen=True)
class Sold:
    """What one buyer took, as the phone has it. ``total`` is what was paid for all of it."""

    basket: Sequence[tuple[Variant, int, Decimal]]
    total: Decimal
    method: str
    sold_at: datetime
    device: str = ""


@dataclass(frozen=True)
class Counted:
    """What was counted in the evening; pieces by variant. None was not counted."""

    pieces: dict[int, int]
    cash: Decimal | None = None
    card: Decimal | None = None
    note: str = ""


def open_stall(event: Event, *, location: Location | None, float_cash: Decimal, at: datetime) -> FairStall:
    """Raises StallExists."""
    with transaction.atomic():
        Event.objects.select_for_update(no_key=True).get(pk=event.pk)
        if FairStall.objects.filter(event=event).exists():
            raise StallExists(_("{event} has its stall already.").format(event=event.name))
        return FairStall.objects.create(event=event, location=location, float_cash=float_cash, opened_at=at)


def close_stall(stall: FairStall, *, by: User, at: datetime) -> None:
    """The fair is over: what being there cost is an expense now. Phones that come back late can still hand in sales."""
    with transaction.atomic():
        FairStall.objects.filter(pk=stall.pk, closed_at=None).update(closed_at=at, updated_at=at)
        fair_costs.book(stall.event, by=by, at=at)


def add_deal(stall: FairStall, *, unit_price: Decimal, pieces: int, price: Decimal) -> FairDeal:
    """Raises NotADeal."""
    if not ZERO < price < unit_price * pieces:
        raise NotADeal(_("Together they must cost less than one by one."))
    deal, _made = FairDeal.objects.update_or_create(
        stall=stall, unit_price=unit_price, pieces=pieces, defaults={"price": price}
    )
    return deal


def tiles(stall: FairStall) -> list[Tile]:
    """What is offered on the fair's channel, with what the stall holds of it; what lies there stands first."""
    held = held_there(stall)
    offered: dict[int, list[Listing]] = {}
    listings = Listing.objects.live().filter(channel=stall.event.channel, variant__archived_at=None)
    for listing in listings.for_table().order_by("variant__product__title", "variant__position", "pieces", "pk"):
        offered.setdefault(listing.variant_id, []).append(listing)
    found = []
    for same in offered.values():
        single = next((listing for listing in same if listing.pieces == 1), None)
        if single:
            bundles = tuple(Bundle(listing.pieces, listing.price) for listing in same if listing.pieces > 1)
            left = held.get(single.variant.item_id, 0)
            found.append(Tile(single.variant, single.price, left, bundles))
    return sorted(found, key=lambda tile: tile.left == 0)


def unpriced_there(stall: FairStall) -> list[Variant]:
    """What lies at the stall but has no price on the fair's channel."""
    priced = Listing.objects.live().filter(channel=stall.event.channel, pieces=1).values("variant")
    items = [item for item, pieces in held_there(stall).items() if pieces]
    there = Variant.objects.filter(item__in=items).exclude(pk__in=priced)
    return list(there.select_related("product").order_by("product__title", "position"))


def held_there(stall: FairStall) -> dict[int, int]:
    """By item: pieces at the stall's place; without a place, all there is that is not b-grade."""
    rows = Lot.objects.available().filter(item__variant__isnull=False)
    if stall.location_id:
        rows = rows.filter(location__in=Location.objects.within(stall.location))
    else:
        rows = rows.filter(is_b_grade=False)
    sums = rows.order_by().values("item").annotate(total=Sum("on_hand"))
    return {row["item"]: int(row["total"]) for row in sums}


def price_of(stall: FairStall, basket: Sequence[tuple[int, int, Decimal]], offered: Sequence[Tile]) -> Decimal:
    """What a basket of (variant, pieces, price of one) costs by the deals of the stall."""
    by_price: dict[Decimal, list[Bundle]] = {}
    for deal in stall.deals.all():
        by_price.setdefault(deal.unit_price, []).append(Bundle(deal.pieces, deal.price))
    own = {tile.variant.pk: tile.bundles for tile in offered if tile.bundles}
    return fair_prices.basket_total(basket, own=own, by_price=by_price)


def sell(stall: FairStall, sold: Sold, *, key: UUID, by: User, at: datetime) -> FairSale:
    """Book a sale at the stall: an order that is sent at once, from the stall's own lots first.

    The same ``key`` again, from this phone or another, changes nothing. Pieces the stall does not hold are booked and
    counted as short. A phone whose clock runs ahead is taken to have sold now. Raises NotASale.
    """
    _refuse(sold, at=at)
    sold_at = min(sold.sold_at, at)
    with transaction.atomic():
        once.lock(key)
        if known := FairSale.objects.filter(key=key).first():
            return known
        goods = sum((price * pieces for _variant, pieces, price in sold.basket), ZERO)
        facts = Facts(
            placed_on=timezone.localdate(sold_at), channel=stall.event.channel, discount=goods - sold.total,
            paid_in_cash=sold.method == FairMethod.CASH, note=stall.event.name,
        )  # fmt: skip
        lines = [Line(unit_price=price, variant=variant, quantity=pieces) for variant, pieces, price in sold.basket]
        order = orders.create_order(facts, lines, by=by, at=at)
        places = _places(stall)
        # Straight to sent: nothing is kept back for somebody who holds it in their hands.
        picking.unpack_kits(lines_of(order))
        Order.objects.filter(pk=order.pk).update(state=OrderState.CONFIRMED, confirmed_at=at)
        short = _short(stall, order)
        left_on = at if periods.is_closed(timezone.localdate(sold_at)) else sold_at
        # Before it is sent: its figures leave the costs of the fair out.
        sale = FairSale.objects.create(
            stall=stall, order=order, method=sold.method, total=sold.total, short_pieces=short, sold_at=sold_at,
            device=sold.device[:40], key=key, at=at, by=by,
        )  # fmt: skip
        sale.order = orders.ship_order(order, sending=Sending(stall=places), key=uuid5(key, "sent"), by=by, at=left_on)
        return sale


def undo_sale(sale: FairSale, *, by: User, at: datetime) -> None:
    """A wrong tap: the pieces are on the stall again and the order is cancelled. Raises StandsAgainst, NotNow."""
    with transaction.atomic():
        order = Order.objects.get(pk=sale.order_id)
        if order.state == OrderState.CANCELLED:
            return
        order = unshipping.undo_shipping(order, key=uuid5(sale.key, "undone"), by=by, at=at)
        orders.cancel_order(order, by=by, at=at)


def count_stall(stall: FairStall, counted: Counted, *, key: UUID, by: User, at: datetime) -> FairCount:
    """Book what is really there: differences of pieces are adjusted, those of the till are written down.

    The same ``key`` again changes nothing.
    """
    with transaction.atomic():
        FairStall.objects.select_for_update(no_key=True).get(pk=stall.pk)
        if known := FairCount.objects.filter(key=key).first():
            return known
        takings = takings_of(stall)
        count = FairCount.objects.create(
            stall=stall, cash_expected=stall.float_cash + takings[FairMethod.CASH], cash_counted=counted.cash,
            card_expected=takings[FairMethod.CARD], card_counted=counted.card, note=counted.note[:200], key=key, at=at,
            by=by,
        )  # fmt: skip
        variants = Variant.objects.filter(pk__in=counted.pieces).select_related("item").order_by("pk")
        held = held_there(stall)
        FairCountLine.objects.bulk_create(
            FairCountLine(
                count=count, variant=variant, expected=held.get(variant.item_id, 0), counted=counted.pieces[variant.pk]
            )
            for variant in variants
        )  # fmt: skip
        picking.lock_shelf([], *(variant.item for variant in variants))  # all at once, in the order all writers take
        for variant in variants:
            _adjust(stall, variant, counted.pieces[variant.pk], key=key, by=by, at=at)
        return count


def takings_of(stall: FairStall) -> dict[str, Decimal]:
    """What cash and card brought; a sale that was undone brought nothing."""
    sums = stall.sales.exclude(order__state=OrderState.CANCELLED).order_by().values("method")
    found = {row["method"]: row["total"] for row in sums.annotate(total=Sum("total"))}
    return {method: found.get(method, ZERO) for method in FairMethod.values}


def _refuse(sold: Sold, *, at: datetime) -> None:
    if not sold.basket or any(not 0 < pieces <= _MOST_PIECES for _variant, pieces, _price in sold.basket):
        raise NotASale(_("A sale has between 1 and {most} pieces of a thing.").format(most=_MOST_PIECES))
    goods = sum((price * pieces for _variant, pieces, price in sold.basket), ZERO)
    if not ZERO <= sold.total <= goods:
        raise NotASale(_("{total} was paid for goods of {goods}.").format(total=sold.total, goods=goods))
    if sold.method not in FairMethod.values:
        raise NotASale(_("Say whether it was paid in cash or by card."))
    if sold.sold_at < at - _OLDEST_SALE:
        raise NotASale(_("This was sold more than 30 days ago; take it in as an order."))


def _places(stall: FairStall) -> frozenset[int]:
    if not stall.location_id:
        return frozenset()
    return frozenset(Location.objects.within(stall.location).values_list("pk", flat=True))


def _short(stall: FairStall, order: Order) -> int:
    """Pieces that the stall does not hold by the books, whatever lies at home; of two phones the second is short."""
    needs = picking.needs_of(lines_of(order))
    picking.lock_shelf(needs)
    held = held_there(stall)
    short = 0
    for need in needs:
        there = held.get(need.variant.item_id, 0)
        held[need.variant.item_id] = max(there - need.pieces, 0)
        short += max(need.pieces - there, 0)
    return short


def _adjust(stall: FairStall, variant: Variant, pieces: int, *, key: UUID, by: User, at: datetime) -> None:
    """Oldest lots give first; what is more than the books have goes onto the newest, or onto a new one."""
    rows = Lot.objects.available().filter(item=variant.item)
    if stall.location_id:
        rows = rows.filter(location__in=Location.objects.within(stall.location))
    else:
        rows = rows.filter(is_b_grade=False)
    there = list(rows.oldest_first())
    too_many = sum((int(lot.on_hand) for lot in there), 0) - pieces
    if too_many < 0 and not there:
        details = LotDetails(location=stall.location, note=_("counted at {event}").format(event=stall.event.name))
        there = [lots.create_lot(variant.item, details)]
    for lot in there:
        less = min(max(too_many, 0), int(lot.on_hand))
        more = -too_many if too_many < 0 and lot is there[-1] else 0
        too_many -= less
        if less or more or lot.needs_count:
            lots.count(lot, counted=lot.on_hand - less + more, key=uuid5(key, str(lot.pk)), by=by, at=at)
