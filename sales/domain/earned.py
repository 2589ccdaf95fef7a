"""Net revenue and profit of several stretches of days, in one question: what the first page of the day compares."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import IntegerField, QuerySet, Sum, Value

from sales.domain import profit_facts
from sales.domain.profit_parts import parts

ZERO = Decimal(0)


@dataclass(frozen=True)
class Earned:
    """In the workspace's currency; what ``reports.totals`` says of the same days."""

    net: Decimal = ZERO
    profit: Decimal = ZERO


def earned(stretches: Sequence[tuple[date, date]]) -> list[Earned]:
    """Of each stretch, both its days included."""
    profit_facts.refresh()
    found = [Earned() for _ in stretches]
    first, *others = (
        _added(part, number) for number, (start, end) in enumerate(stretches) for part in parts("", start, end, {})
    )
    for number, net, profit in first.union(*others, all=True):
        found[number] = Earned(found[number].net + (net or ZERO), found[number].profit + (profit or ZERO))
    return found


def _added(part: QuerySet, number: int) -> QuerySet:
    numbered = part.order_by().annotate(number=Value(number, IntegerField())).values("number")
    return numbered.annotate(sum_net=Sum("net"), sum_profit=Sum("profit")).values_list(
        "number", "sum_net", "sum_profit"
    )
