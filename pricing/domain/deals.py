"""What is left of a sale, a coupon, free postage, a bundle and a wholesale ladder, for one product or for all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from pricing.domain.compare import Question, Row, compare_on, quotes_at
from pricing.domain.grid import margins
from pricing.domain.subjects import Subject
from pricing.domain.terms import terms_of_all
from pricing.engine import (
    Blend,
    Bundle,
    BundlePart,
    InvalidDeal,
    QuantityBreak,
    Quote,
    WholesaleRow,
    bundle,
    free_postage,
    quote,
    wholesale,
)
from pricing.models import Channel, Listing

ZERO = Decimal(0)
OFF_PCT = (ZERO, Decimal(10), Decimal(20), Decimal(30), Decimal(50))
_BUNDLES = (2, 3, 5)


@dataclass(frozen=True)
class SaleRow:
    """One channel with what each percentage off leaves, in the order of ``OFF_PCT``; None where there is no price."""

    row: Row
    cells: tuple[Blend | None, ...]


@dataclass(frozen=True)
class BundleRow:
    pieces: int
    bundle: Bundle
    quote: Quote


@dataclass(frozen=True)
class Coupon:
    amount: Decimal
    before: Quote
    after: Quote


@dataclass(frozen=True)
class Deals:
    """The single channel's deals are None or empty where it has no price."""

    sales: tuple[SaleRow, ...]
    row: Row | None = None
    coupon: Coupon | None = None
    postage: object = None
    bundles: tuple[BundleRow, ...] = ()
    ladder: tuple[WholesaleRow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DealQuestion:
    """``channel`` is the one for coupon, postage, bundles and ladder; ``price`` goes before the listed one."""

    channel: Channel | None = None
    price: Decimal | None = None
    coupon: Decimal | None = None
    bundle_off_pct: Decimal = Decimal(10)
    breaks: tuple[QuantityBreak, ...] = ()


def deals_of(subject: Subject, channels: Sequence[Channel], asked: DealQuestion, *, on: date) -> Deals:
    """Raises InvalidDeal, InvalidSale."""
    terms = terms_of_all(channels, on=on)
    prices = {asked.channel.pk: asked.price} if asked.channel and asked.price is not None else {}
    (comparison,) = compare_on([subject], terms, on=on, question=Question(prices=prices))
    sales = tuple(SaleRow(row, tuple(_off(row, pct) for pct in OFF_PCT)) for row in comparison.rows)
    row = next((row for row in comparison.rows if row.channel == asked.channel), None)
    if row is None or row.quote is None:
        return Deals(sales)
    return Deals(
        sales=sales,
        row=row,
        coupon=_coupon(row, asked.coupon) if asked.coupon else None,
        postage=free_postage(row.terms.schedule, _priced(row), row.costs, row.terms.tax) if row.sale.shipping else None,
        bundles=tuple(_bundle(row, pieces, asked.bundle_off_pct) for pieces in _BUNDLES),
        ladder=_ladder(row, asked.breaks),
    )


@dataclass(frozen=True)
class OnSale:
    """A listing at its price and with the percentage off."""

    listing: Listing
    row: Row
    after: Blend


@dataclass(frozen=True)
class CatalogSale:
    """``losing`` bring less than nothing, ``below`` less than their target; the lowest margin comes first."""

    looked_at: int
    losing: tuple[OnSale, ...]
    below: tuple[OnSale, ...]


def sale_everywhere(listings: Iterable[Listing], *, off_pct: Decimal, on: date) -> CatalogSale:
    """So much off everything: what is left?"""
    found = [
        OnSale(listing, row, after)
        for listing, row in margins(listings, on=on)
        for after in (_off(row, off_pct),)
        if after is not None
    ]
    found.sort(key=lambda each: (each.after.margin_pct is not None, each.after.margin_pct or ZERO))
    losing = tuple(each for each in found if each.after.profit < 0)
    below = tuple(each for each in found if each.after.profit >= 0 and not _reaches(each))
    return CatalogSale(len(found), losing, below)


def _reaches(each: OnSale) -> bool:
    margin = each.after.margin_pct
    return margin is not None and margin >= each.row.target_margin_pct


def _off(row: Row, off_pct: Decimal) -> Blend | None:
    if row.offer.price is None or row.quotes is None:
        return None
    try:
        return quotes_at(replace(row, sale=replace(row.sale, seller_discount_pct=off_pct)), row.offer.price)
    except DomainError:
        return None


def _priced(row: Row, **facts) -> object:
    return replace(row.sale, item_price=row.offer.price, **facts)


def _coupon(row: Row, amount: Decimal) -> Coupon:
    if amount > row.offer.price:
        raise InvalidDeal(_("The coupon is worth more than the price."))
    schedule, tax = row.terms.schedule, row.terms.tax
    before = quote(schedule, _priced(row), row.costs, tax)
    return Coupon(amount, before, quote(schedule, _priced(row, seller_discount=amount), row.costs, tax))


def _bundle(row: Row, pieces: int, off_pct: Decimal) -> BundleRow:
    """So many of the same in one parcel."""
    part = BundlePart(price=row.offer.price, costs=row.costs, quantity=pieces)
    made = bundle([part], discount_pct=off_pct, currency=row.currency)
    sold = replace(row.sale, item_price=made.price, quantity=1)
    return BundleRow(pieces, made, quote(row.terms.schedule, sold, made.costs, row.terms.tax))


def _ladder(row: Row, breaks: Sequence[QuantityBreak]) -> tuple[WholesaleRow, ...]:
    """Handed over in one go: nothing is charged for the post of a wholesale order here."""
    if not breaks:
        return ()
    sold, costs = _priced(row, shipping=ZERO), replace(row.costs, shipping=ZERO)
    return wholesale(row.terms.schedule, sold, costs, row.terms.tax, breaks=breaks)
