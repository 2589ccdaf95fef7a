"""What a price should reach, and how a price may look."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from nozzly.core.errors import DomainError
from pricing.engine.evaluate import Prepared


class InvalidGoal(DomainError):
    pass


class GoalKind(StrEnum):
    BREAK_EVEN = "break_even"
    MARGIN = "margin"
    MARKUP = "markup"
    PROFIT = "profit"
    PROFIT_PER_PIECE = "profit_per_piece"
    PROFIT_PER_PRINT_HOUR = "profit_per_print_hour"
    PAYOUT = "payout"


@dataclass(frozen=True, slots=True)
class Goal:
    """``target`` is a percentage for margin (of net revenue) and markup (of costs), else an amount of money."""

    kind: GoalKind
    target: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if not self.target.is_finite():
            raise InvalidGoal("The target is not a number.")

    @classmethod
    def break_even(cls) -> "Goal":
        return cls(GoalKind.BREAK_EVEN)

    @classmethod
    def margin(cls, pct: Decimal) -> "Goal":
        return cls(GoalKind.MARGIN, pct)

    @classmethod
    def markup(cls, pct: Decimal) -> "Goal":
        return cls(GoalKind.MARKUP, pct)

    @classmethod
    def profit(cls, amount: Decimal) -> "Goal":
        return cls(GoalKind.PROFIT, amount)

    @classmethod
    def profit_per_piece(cls, amount: Decimal) -> "Goal":
        return cls(GoalKind.PROFIT_PER_PIECE, amount)

    @classmethod
    def profit_per_print_hour(cls, amount: Decimal) -> "Goal":
        return cls(GoalKind.PROFIT_PER_PRINT_HOUR, amount)

    @classmethod
    def payout(cls, amount: Decimal) -> "Goal":
        return cls(GoalKind.PAYOUT, amount)


class Ending(StrEnum):
    """How prices may end. Where money has no minor unit, .99 and .95 mean prices ending in 99 and 95."""

    ANY = "any"
    CENTS_99 = ".99"
    CENTS_95 = ".95"
    WHOLE = "whole"

    def steps(self, digits: int) -> tuple[int, int]:
        """The first such price and the distance to the next, in minor units."""
        unit = 10 ** (digits or 2)
        if self is Ending.CENTS_99:
            return unit - unit // 100, unit
        if self is Ending.CENTS_95:
            return unit - unit // 20, unit
        return (10**digits, 10**digits) if self is Ending.WHOLE else (1, 1)


@dataclass(frozen=True, slots=True)
class Scales:
    """A goal in whole numbers: ``profit * P + net * N + payout * Q`` must reach ``target``.

    ``needs_revenue``: a margin means nothing without revenue.
    """

    profit: int
    net: int
    payout: int
    target: int
    needs_revenue: bool = False

    def score(self, prepared: Prepared, price: int) -> int:
        outcome = prepared.at(price)
        takings = outcome.takings
        profit = takings.net - outcome.fee_cost - prepared.costs
        return self.profit * profit + self.net * takings.net + self.payout * (takings.received - outcome.deducted)


def scales(goal: Goal, prepared: Prepared) -> Scales:
    target = Fraction(goal.target)
    amount = target * 10**prepared.digits
    if goal.kind is GoalKind.MARGIN:
        return Scales(100 * target.denominator, -target.numerator, 0, 0, needs_revenue=True)
    if goal.kind is GoalKind.MARKUP:
        return Scales(100 * target.denominator, 0, 0, target.numerator * prepared.costs)
    if goal.kind is GoalKind.PROFIT_PER_PIECE:
        return Scales(amount.denominator, 0, 0, amount.numerator * prepared.pieces)
    if goal.kind is GoalKind.PROFIT_PER_PRINT_HOUR:
        return Scales(3600 * amount.denominator, 0, 0, amount.numerator * prepared.print_time_s)
    if goal.kind is GoalKind.PAYOUT:
        return Scales(0, 0, amount.denominator, amount.numerator)
    return Scales(amount.denominator, 0, 0, amount.numerator)
