"""Prices typed without tax, as businesses speak of them, turned into what the buyer pays: right to the cent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal

from nozzly.core.money import minor_unit, round_money
from pricing.domain.terms import Terms, of_class
from sales.domain.order_facts import Line

HUNDRED = Decimal(100)


def factors_of(lines: Sequence[Line], terms: Terms) -> dict[str, Decimal]:
    """By tax class of the lines: what a price is with the tax that is inside of it."""
    treatments = {line.tax_class: of_class(terms, line.tax_class).treatment for line in lines}
    return {
        name: 1 + each.rate_pct / HUNDRED if each.prices_include_tax else Decimal(1)
        for name, each in treatments.items()
    }


def whole_factor(lines: Sequence[Line], factors: Mapping[str, Decimal]) -> Decimal:
    """What holds for postage and all that follows the goods, where lines are without tax: their mean by worth."""
    if len(set(factors.values())) == 1:
        return factors[lines[0].tax_class]
    worth = sum((_total(line) for line in lines), Decimal(0))
    taxed = sum((_total(line) * factors[line.tax_class] for line in lines), Decimal(0))
    return taxed / worth if worth else max(factors.values())


def with_tax(amount: Decimal, factor: Decimal, currency: str) -> Decimal:
    """An amount as the buyer pays it; unchanged where no tax is inside of prices."""
    return round_money(amount * factor, currency)


def goods_without_tax(
    lines: Sequence[Line], discount: Decimal, factors: Mapping[str, Decimal], currency: str
) -> Decimal:
    """What goods are worth after what is taken off all of them, where their prices hold tax."""
    goods = sum((_total(line) for line in lines), Decimal(0))
    if len(set(factors.values())) == 1:
        return round_money((goods - discount) / factors[lines[0].tax_class], currency)
    net = sum((_total(line) / factors[line.tax_class] for line in lines), Decimal(0))
    return round_money(net * (goods - discount) / goods, currency) if goods else Decimal(0)


def lines_with_tax(lines: Sequence[Line], factors: Mapping[str, Decimal], currency: str) -> list[Line]:
    """Lines whose totals are exact: one piece is rounded up, and what that is too much is taken off the line."""
    found = []
    for line in lines:
        factor = factors[line.tax_class]
        if factor == 1:
            found.append(line)
            continue
        total = with_tax(_total(line), factor, currency)
        each = (line.unit_price * factor).quantize(minor_unit(currency), rounding=ROUND_CEILING)
        found.append(replace(line, unit_price=each, discount=each * line.quantity - total))
    return found


def _total(line: Line) -> Decimal:
    return line.unit_price * line.quantity - line.discount
