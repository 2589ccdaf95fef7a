"""Money: Decimal amounts, rounded half-up to what the currency can pay out.

Minor units follow ISO 4217 (https://www.iso.org/iso-4217-currency-codes.html).
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

_MINOR_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND"), 0),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_UNIT_COST_STEP = Decimal("0.000001")


def minor_digits(currency: str) -> int:
    """Decimal places of the currency: 2 for EUR, 0 for JPY, 3 for KWD."""
    return _MINOR_DIGITS.get(currency.upper(), 2)


def minor_unit(currency: str) -> Decimal:
    """The smallest amount that can be paid: 0.01 EUR, 1 JPY."""
    return Decimal(1).scaleb(-minor_digits(currency))


def round_money(amount: Decimal, currency: str) -> Decimal:
    """Round half-up (away from zero) to the currency's minor unit."""
    return amount.quantize(minor_unit(currency), rounding=ROUND_HALF_UP)


def round_unit_cost(cost: Decimal) -> Decimal:
    """Unit costs (per gram, per piece) keep six decimals."""
    return cost.quantize(_UNIT_COST_STEP, rounding=ROUND_HALF_UP)


def split_money(total: Decimal, weights: Sequence[Decimal | int], currency: str) -> list[Decimal]:
    """Share a rounded total by weight so that the parts add up to it exactly.

    Leftover minor units go to the largest remainders, first come first served: 10.00 over 1:1:1 is
    3.34 + 3.33 + 3.33. Weights that are all zero share evenly. Raises ValueError on no or negative weights.
    """
    if not weights or any(weight < 0 for weight in weights):
        raise ValueError("weights must be given and not negative")
    shares = [Decimal(weight) for weight in weights]
    if not any(shares):
        shares = [Decimal(1)] * len(shares)
    step = minor_unit(currency)
    units = int((round_money(total, currency) / step).to_integral_value())
    sign, units = (-1, -units) if units < 0 else (1, units)
    whole = sum(shares)
    exact = [units * share / whole for share in shares]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    for index in by_remainder[: units - sum(parts)]:
        parts[index] += 1
    return [sign * part * step for part in parts]
