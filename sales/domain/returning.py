"""Who bought again: new and returning customers of each month."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from sales.domain import profit_facts


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
    with connection.cursor() as cursor:
        cursor.execute(_BY_MONTH, {"first": first, "last": last, "channel": channel})
        return [Buyers(*row) for row in cursor.fetchall()]


# By customer and month, with the month they first bought in, on whichever channel.
_BY_MONTH = """
WITH bought AS (
  SELECT customer_id, date_trunc('month', "on")::date AS month,
    min(date_trunc('month', min("on"))) OVER (PARTITION BY customer_id) AS since,
    sum(profit) FILTER (WHERE "on" >= %(first)s AND (%(channel)s::bigint IS NULL OR channel_id = %(channel)s)) AS profit
  FROM sales_profitfact
  WHERE kind = 'sale' AND customer_id IS NOT NULL AND "on" <= %(last)s
  GROUP BY 1, 2
)
SELECT month, count(*) FILTER (WHERE since >= month), count(*) FILTER (WHERE since < month),
  coalesce(sum(profit) FILTER (WHERE since >= month), 0), coalesce(sum(profit) FILTER (WHERE since < month), 0)
FROM bought WHERE profit IS NOT NULL GROUP BY month ORDER BY month
"""
