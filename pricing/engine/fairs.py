"""A fair: how many pieces must go before the stall is paid, and what each must bring."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal

from nozzly.core.errors import DomainError
from pricing.engine.goals import Ending, Goal
from pricing.engine.quotes import Quote, quote
from pricing.engine.sales import NO_TAX, ZERO, Costs, Sale, TaxTreatment
from pricing.engine.schedules import Schedule
from pricing.engine.solving import Options, Solution, solve


class InvalidFair(DomainError):
    pass


@dataclass(frozen=True, slots=True)
class FairProduct:
    """``expected`` pieces at ``price``; ``costs`` per piece."""

    code: str
    price: Decimal
    costs: Costs
    expected: int


@dataclass(frozen=True, slots=True)
class FairRow:
    """``lowest`` is the smallest price at which a piece also carries its share of the fair."""

    product: FairProduct
    each: Quote
    expected_profit: Decimal
    lowest: Solution


@dataclass(frozen=True, slots=True)
class FairPlan:
    """``fixed`` is stall, travel and the like. ``break_even_units`` assumes the expected mix; None where pieces lose."""

    fixed: Decimal
    rows: tuple[FairRow, ...]
    expected_units: int
    expected_profit: Decimal
    break_even_units: int | None
    share_per_unit: Decimal


def plan_fair(
    schedule: Schedule,
    products: Sequence[FairProduct],
    tax: TaxTreatment = NO_TAX,
    *,
    fixed: Decimal,
    ending: Ending = Ending.ANY,
) -> FairPlan:
    """``fixed`` costs of the whole fair, over the products expected to go; the schedule is that of the card reader.

    Raises InvalidFair, InvalidSale.
    """
    units = sum(product.expected for product in products)
    if units < 1 or any(product.expected < 0 for product in products):
        raise InvalidFair("Say how many pieces you expect to sell, at least one.")
    if fixed < 0:
        raise InvalidFair("What a fair costs must not be negative.")
    share = (fixed / units).quantize(Decimal(1).scaleb(-schedule.digits), rounding=ROUND_CEILING)
    rows = tuple(_row(schedule, product, tax, share, ending) for product in products)
    brought = sum((row.expected_profit for row in rows), ZERO)
    return FairPlan(
        fixed=fixed,
        rows=rows,
        expected_units=units,
        expected_profit=brought - fixed,
        break_even_units=_units_needed(fixed, brought / units),
        share_per_unit=share,
    )


def _row(schedule: Schedule, product: FairProduct, tax: TaxTreatment, share: Decimal, ending: Ending) -> FairRow:
    each = quote(schedule, Sale(item_price=product.price), product.costs, tax)
    carrying = replace(product.costs, per_order=product.costs.per_order + share)
    lowest = solve(schedule, Sale(), carrying, tax, goal=Goal.break_even(), options=Options(ending=ending))
    return FairRow(product, each, each.profit * product.expected, lowest)


def _units_needed(fixed: Decimal, each: Decimal) -> int | None:
    if not fixed:
        return 0
    return int((fixed / each).to_integral_value(rounding=ROUND_CEILING)) if each > 0 else None
