"""Who bought again: new and returning customers of each month."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Min, OuterRef, Subquery, Sum
from django.db.models.functions import TruncMonth

from sales.domain import profit_facts
from sales.models import ProfitFact
from sales.report_choices import FactKind

ZERO = Decimal(0)


@dataclass(frozen=True)
class Buyers:
    """``new`` bought for the first time in this month; ``back`` had bought in an earlier one."""

    first_on: date
    new: int
    back: int
    profit_new: Decimal
    profit_back: Decimal

    @property
    def last_on(self) -> date:
        return self.first_on.replace(day=monthrange(self.first_on.year, self.first_on.month)[1])

    @property
    def back_pct(self) -> Decimal | None:
        return share_pct(self.new, self.back)


def share_pct(new: int, back: int) -> Decimal | None:
    return Decimal(back * 100) / (new + back) if new + back else None


def by_month(first: date, last: date, *, channel: int | None = None) -> list[Buyers]:
    """Customers by the month something was shipped to them; on a channel those count who bought anywhere before."""
    profit_facts.refresh()
    known = ProfitFact.objects.filter(kind=FactKind.SALE, customer__isnull=False)
    bought = known.between(first, last).narrowed(channel=channel)
    start = known.filter(customer=OuterRef("customer")).order_by().values("customer")
    start = start.annotate(start=Min("on")).values("start")
    rows = bought.order_by().annotate(month=TruncMonth("on")).values("month", "customer")
    rows = rows.annotate(profit_sum=Sum("profit"), since=Subquery(start))
    months: dict[date, list[dict]] = {}
    for row in rows:
        months.setdefault(row["month"], []).append(row)
    return [_buyers(month, months[month]) for month in sorted(months)]


def _buyers(month: date, rows: list[dict]) -> Buyers:
    new = [row["profit_sum"] for row in rows if row["since"] >= month]
    back = [row["profit_sum"] for row in rows if row["since"] < month]
    return Buyers(month, len(new), len(back), sum(new, ZERO), sum(back, ZERO))
