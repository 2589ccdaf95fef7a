"""Between Decimal amounts and whole minor units, in which the engine counts."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

from pricing.engine.sales import InvalidSale

_ONE = Decimal(1)


def to_minor(amount: Decimal, digits: int, what: str) -> int:
    """Raises InvalidSale when the amount is negative or finer than the currency."""
    if not amount:
        return 0
    try:
        scaled = amount.scaleb(digits)
        units = int(scaled)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise InvalidSale(f"The {what} is not an amount of money.") from error
    if units != scaled:
        raise InvalidSale(f"The {what} {amount} has more decimals than the currency.")
    if units < 0:
        raise InvalidSale(f"The {what} must not be negative.")
    return units


def from_minor(units: int, digits: int) -> Decimal:
    return Decimal(units).scaleb(-digits)


def rounded_minor(amount: Decimal, digits: int) -> int:
    """Half-up, away from zero, like every amount of money."""
    return int(amount.scaleb(digits).quantize(_ONE, rounding=ROUND_HALF_UP))


def half_up(number: Fraction) -> int:
    return (2 * number.numerator + number.denominator) // (2 * number.denominator)


def share_of(units: int, num: int, den: int) -> int:
    """``units * num / den``, half-up, for amounts that are not negative."""
    return (2 * units * num + den) // (2 * den)
