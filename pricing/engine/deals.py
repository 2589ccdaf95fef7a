"""Discounts, free postage, bundles and wholesale ladders: what is left of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from nozzly.core.errors import DomainError
from nozzly.core.money import round_money, split_money
from pricing.engine.quotes import Quote, quote
from pricing.engine.sales import NO_COSTS, NO_TAX, ZERO, Costs, Sale, TaxTreatment
from pricing.engine.schedules import Schedule

_HUNDRED = Decimal(100)


class InvalidDeal(DomainError):
    pass


@dataclass(frozen=True, slots=True)
class DiscountRow:
    """``lost`` is how much profit the discount takes from the sale at the full price."""

    discount_pct: Decimal
    quote: Quote
    lost: Decimal


def discounts(
    schedule: Schedule, sale: Sale, costs: Costs = NO_COSTS, tax: TaxTreatment = NO_TAX, *, pcts: Sequence[Decimal]
) -> tuple[DiscountRow, ...]:
    """A sale at several percentages off: what is left? Raises InvalidSale."""
    full = quote(schedule, replace(sale, seller_discount_pct=ZERO), costs, tax)
    rows = []
    for pct in pcts:
        reduced = quote(schedule, replace(sale, seller_discount_pct=pct), costs, tax)
        rows.append(DiscountRow(pct, reduced, full.profit - reduced.profit))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class PostageChoice:
    """The same money from the buyer, with postage charged or inside the price."""

    charged: Quote
    free: Quote

    @property
    def free_is_better_by(self) -> Decimal:
        return self.free.profit - self.charged.profit


def free_postage(schedule: Schedule, sale: Sale, costs: Costs = NO_COSTS, tax: TaxTreatment = NO_TAX) -> PostageChoice:
    """Put the postage charged into the item price, rounded up to the next minor unit per piece.

    Raises InvalidSale.
    """
    step = Decimal(1).scaleb(-schedule.digits)
    per_unit = (sale.shipping / sale.quantity / step).to_integral_value(rounding="ROUND_CEILING") * step
    inside = replace(sale, item_price=sale.item_price + per_unit, shipping=ZERO)
    return PostageChoice(quote(schedule, sale, costs, tax), quote(schedule, inside, costs, tax))


@dataclass(frozen=True, slots=True)
class BundlePart:
    """``price`` and ``costs.unit`` are per piece."""

    price: Decimal
    costs: Costs = NO_COSTS
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Bundle:
    """Several goods sold as one. ``prices`` share the bundle's price by what the parts cost apart."""

    price: Decimal
    apart: Decimal
    costs: Costs
    prices: tuple[Decimal, ...]


def bundle(parts: Sequence[BundlePart], *, discount_pct: Decimal, currency: str) -> Bundle:
    """One parcel: the dearest packaging and postage count once, making and print time add up. Raises InvalidDeal."""
    if not parts or any(part.quantity < 1 for part in parts):
        raise InvalidDeal("A bundle needs parts, each at least once.")
    _check_pct(discount_pct)
    apart = sum((part.price * part.quantity for part in parts), ZERO)
    price = round_money(apart * (_HUNDRED - discount_pct) / _HUNDRED, currency)
    costs = Costs(
        unit=sum((part.costs.unit * part.quantity for part in parts), ZERO),
        packaging=max(part.costs.packaging for part in parts),
        shipping=max(part.costs.shipping for part in parts),
        per_order=max(part.costs.per_order for part in parts),
        print_time_s=sum(part.costs.print_time_s * part.quantity for part in parts),
    )
    shares = split_money(price, [part.price * part.quantity for part in parts], currency)
    return Bundle(price, apart, costs, tuple(shares))


@dataclass(frozen=True, slots=True)
class QuantityBreak:
    """From so many pieces on, so much off."""

    from_quantity: int
    discount_pct: Decimal


@dataclass(frozen=True, slots=True)
class WholesaleRow:
    from_quantity: int
    discount_pct: Decimal
    price: Decimal
    quote: Quote


def price_at(list_price: Decimal, breaks: Sequence[QuantityBreak], *, quantity: int, currency: str) -> Decimal:
    """The unit price at a quantity. Raises InvalidDeal."""
    reached = [step for step in _checked(breaks) if step.from_quantity <= quantity]
    discount_pct = reached[-1].discount_pct if reached else ZERO
    return round_money(list_price * (_HUNDRED - discount_pct) / _HUNDRED, currency)


def wholesale(
    schedule: Schedule,
    sale: Sale,
    costs: Costs = NO_COSTS,
    tax: TaxTreatment = NO_TAX,
    *,
    breaks: Sequence[QuantityBreak],
) -> tuple[WholesaleRow, ...]:
    """Each step of the ladder, quoted at its smallest quantity from ``sale.item_price``. Raises InvalidDeal, InvalidSale."""
    rows = []
    for step in _checked(breaks):
        price = price_at(sale.item_price, breaks, quantity=step.from_quantity, currency=schedule.currency)
        at_step = replace(sale, item_price=price, quantity=step.from_quantity)
        rows.append(WholesaleRow(step.from_quantity, step.discount_pct, price, quote(schedule, at_step, costs, tax)))
    return tuple(rows)


def _checked(breaks: Sequence[QuantityBreak]) -> list[QuantityBreak]:
    ladder = sorted(breaks, key=lambda step: step.from_quantity)
    quantities = [step.from_quantity for step in ladder]
    if len(set(quantities)) != len(quantities) or (quantities and quantities[0] < 1):
        raise InvalidDeal("Each quantity can start one step only, from one piece on.")
    for step in ladder:
        _check_pct(step.discount_pct)
    return ladder


def _check_pct(pct: Decimal) -> None:
    if not ZERO <= pct <= _HUNDRED:
        raise InvalidDeal("A discount must be between 0 and 100 percent.")
