"""Who bought again: new and returning customers of each month."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from sales.domain import profit_facts
from sales.domain.profit_ranks import each_of, months_and_days
from sales.domain.profit_sums_sql import BUYERS_OF_DAYS
from sales.models import BuyerSum


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
    """Customers by the month something was shipped to them; on a channel those count who bought anywhere before.

    Whole months are added up already; those of which only some days are asked for are read from facts.
    """
    profit_facts.refresh()
    months, days = months_and_days(first, last)
    kept = BuyerSum.objects.filter(on__in=months, channel=channel).order_by()
    found = [Buyers(*row) for row in kept.values_list("on", *_AMOUNTS)]
    if days:
        with connection.cursor() as cursor:
            cursor.execute(BUYERS_OF_DAYS, {"days": each_of(days), "channel": channel})
            found += [Buyers(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda buyers: buyers.first_on)


_AMOUNTS = ("new_count", "back_count", "profit_new", "profit_back")
