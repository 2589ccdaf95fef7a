"""Prices typed without tax, as businesses speak of them, turned into what the buyer pays: right to the cent."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal

from nozzly.core.money import minor_unit, round_money
from nozzly.tax.domain.treatment import Treatment

HUNDRED = Decimal(100)


def with_tax(amount: Decimal, treatment: Treatment, currency: str) -> Decimal:
    """An amount as the buyer pays it; unchanged where no tax is inside of prices."""
    return round_money(amount * _factor(treatment), currency)


def without_tax(amount: Decimal, treatment: Treatment, currency: str) -> Decimal:
    return round_money(amount / _factor(treatment), currency)


def lines_with_tax(lines: Sequence, treatment: Treatment, currency: str) -> list:
    """Lines whose totals are exact: one piece is rounded up, and what that is too much is taken off the line."""
    if _factor(treatment) == 1:
        return list(lines)
    found = []
    for line in lines:
        total = with_tax(line.unit_price * line.quantity - line.discount, treatment, currency)
        each = (line.unit_price * _factor(treatment)).quantize(minor_unit(currency), rounding=ROUND_CEILING)
        found.append(replace(line, unit_price=each, discount=each * line.quantity - total))
    return found


def _factor(treatment: Treatment) -> Decimal:
    return 1 + treatment.rate_pct / HUNDRED if treatment.prices_include_tax else Decimal(1)
