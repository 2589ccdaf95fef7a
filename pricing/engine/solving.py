"""From a goal to the smallest price that reaches it, or to the reason why none does."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from pricing.engine.evaluate import Prepared, prepare
from pricing.engine.goals import Ending, Goal, GoalKind, InvalidGoal, scales
from pricing.engine.minor import from_minor, to_minor
from pricing.engine.quotes import Quote, ad_rate, quote_at
from pricing.engine.sales import NO_COSTS, NO_TAX, ZERO, Costs, Sale, TaxTreatment
from pricing.engine.schedules import Schedule
from pricing.engine.search import Grid, Search, Weighted

_HIGHEST = 1_000_000_000  # minor units: 10,000,000.00
_TENTH = Decimal("0.1")
_HUNDRED = Decimal(100)


class NoPrice(StrEnum):
    """Why no price reaches a goal."""

    TAKES_ALL = "takes_all"  # fees, tax and the target together leave nothing of a higher price
    TOO_HIGH = "too_high"  # only above the highest price looked at
    NO_PRINT_TIME = "no_print_time"
    NO_COSTS = "no_costs"


@dataclass(frozen=True, slots=True)
class Options:
    """``at_least`` and ``at_most`` bound the price. With ``offsite_share_pct`` the goal is met by the average of sales
    without and with an ad at ``offsite_ads_pct`` (by default the schedule's rate).
    """

    ending: Ending = Ending.ANY
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    offsite_share_pct: Decimal | None = None
    offsite_ads_pct: Decimal | None = None


DEFAULTS = Options()


@dataclass(frozen=True, slots=True)
class Solution:
    """Either ``price`` with its ``quote`` (without an ad where sales are averaged), or ``no_price`` and a sentence."""

    goal: Goal
    price: Decimal | None = None
    quote: Quote | None = None
    no_price: NoPrice | None = None
    reason: str = ""


def solve(
    schedule: Schedule,
    sale: Sale,
    costs: Costs = NO_COSTS,
    tax: TaxTreatment = NO_TAX,
    *,
    goal: Goal,
    options: Options = DEFAULTS,
) -> Solution:
    """The smallest item price in minor units that reaches the goal; ``sale.item_price`` is not looked at.

    Raises InvalidGoal, InvalidSale, MissingExchangeRate, InvalidSchedule.
    """
    mix = _mix(schedule, sale, costs, tax, options)
    first = mix[0].prepared
    hopeless = _hopeless(goal, first)
    if hopeless:
        return hopeless
    grid = _grid(options, schedule.digits)
    if grid.last < 0:
        return _none(goal, NoPrice.TOO_HIGH, "No such price lies between the lowest and the highest one allowed.")
    search = Search(mix, scales(goal, first), grid)
    price = search.first_price()
    if price is None:
        return _unreachable(schedule, search, goal, options)
    found = from_minor(price, schedule.digits)
    first.sale = replace(first.sale, item_price=found)
    return Solution(goal, price=found, quote=quote_at(schedule, first, price))


def _mix(schedule: Schedule, sale: Sale, costs: Costs, tax: TaxTreatment, options: Options) -> tuple[Weighted, ...]:
    share_pct = options.offsite_share_pct
    if share_pct is None:
        return (Weighted(1, prepare(schedule, sale, costs, tax)),)
    if not ZERO <= share_pct <= _HUNDRED:
        raise InvalidGoal("The share of sales by offsite ads must be between 0 and 100 percent.")
    share = Fraction(share_pct) / 100
    with_ad = replace(sale, offsite_ads_pct=ad_rate(schedule, options.offsite_ads_pct))
    return (
        Weighted(
            share.denominator - share.numerator, prepare(schedule, replace(sale, offsite_ads_pct=ZERO), costs, tax)
        ),
        Weighted(share.numerator, prepare(schedule, with_ad, costs, tax)),
    )


def _grid(options: Options, digits: int) -> Grid:
    first, step = options.ending.steps(digits)
    if options.at_least is not None:
        lowest = to_minor(options.at_least, digits, "lowest price")
        first += max(-((first - lowest) // step), 0) * step
    highest = _HIGHEST if options.at_most is None else to_minor(options.at_most, digits, "highest price")
    return Grid(first, step, (highest - first) // step)


def _hopeless(goal: Goal, prepared: Prepared) -> Solution | None:
    if goal.kind is GoalKind.PROFIT_PER_PRINT_HOUR and not prepared.print_time_s:
        return _none(goal, NoPrice.NO_PRINT_TIME, "No print time is known, so there is no profit per print hour.")
    if goal.kind is GoalKind.MARKUP and not prepared.costs:
        return _none(goal, NoPrice.NO_COSTS, "No cost is known, so there is nothing to mark up.")
    return None


def _unreachable(schedule: Schedule, search: Search, goal: Goal, options: Options) -> Solution:
    """Look at what the last stretch of prices adds: nothing at all, or too little below the limit."""
    low, high = search.stretches()[-1] if search.stretches() else (0, search.grid.last)
    if high > low and search.score(high) - search.score(low) <= 0:
        return _none(goal, NoPrice.TAKES_ALL, _takes_all(search, goal, (low, high)))
    highest = from_minor(search.grid.price(search.grid.last), schedule.digits)
    why = "the highest price allowed" if options.at_most is not None else "any sensible price"
    return _none(goal, NoPrice.TOO_HIGH, f"Up to {highest:,}, {why}, the target is not reached.")


def _takes_all(search: Search, goal: Goal, stretch: tuple[int, int]) -> str:
    low, high = (search.grid.price(k) for k in stretch)
    gross = taken = kept = Fraction(0)
    for part in search.mix:
        before, after = part.prepared.at(low), part.prepared.at(high)
        gross += part.weight * (after.takings.gross - before.takings.gross)
        kept += part.weight * (after.takings.net - before.takings.net)
        taken += part.weight * (after.fee_cost - before.fee_cost)
    fees_pct = _pct(taken, kept)
    text = f"Fees take {fees_pct} % of each further unit of net revenue"
    if goal.kind is GoalKind.MARGIN:
        return f"{text} and the margin asks for {goal.target.normalize():f} %: together 100 % or more, so no price reaches it."
    return f"{text}, so a higher price does not bring it closer."


def _pct(part: Fraction, whole: Fraction) -> Decimal:
    if not whole:
        return _HUNDRED
    share = part * 100 / whole
    return (Decimal(share.numerator) / Decimal(share.denominator)).quantize(_TENTH)


def _none(goal: Goal, no_price: NoPrice, reason: str) -> Solution:
    return Solution(goal, no_price=no_price, reason=reason)
