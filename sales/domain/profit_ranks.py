"""The best and worst of very many orders or customers, read from rankings that are kept instead of adding all facts up."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet

from sales.domain.months import after, whole_months
from sales.models import ProfitFact, ProfitSum
from sales.report_choices import RankAxis, SumAxis, SumGrain

_DAY = timedelta(days=1)
Days = tuple[date, date]
Ranked = tuple[list[tuple[int, Decimal]], int]

_SIGNS = {False: "profit DESC, key DESC", True: "profit, key"}

# An order of one month alone is ranked there; those of several months and those of single days are added up.
_ORDERS = """
WITH several AS (
  SELECT DISTINCT key FROM sales_profitrank
  WHERE axis = 'order' AND NOT alone AND "on" BETWEEN date_trunc('month', %(first)s::date)::date AND %(last)s
), again AS (
  SELECT f.order_id AS key, sum(f.profit) AS profit FROM several JOIN sales_profitfact f ON f.order_id = several.key
  WHERE f."on" BETWEEN %(first)s AND %(last)s GROUP BY 1
), edges AS (
  SELECT f.order_id AS key, sum(f.profit) AS profit
  FROM sales_profitfact f WHERE f."on" = ANY(%(days)s) AND f.order_id IS NOT NULL AND NOT EXISTS (SELECT FROM several WHERE several.key = f.order_id) GROUP BY 1
), best AS (
  SELECT ranked.key, ranked.profit FROM unnest(%(months)s::date[]) month, LATERAL (
    SELECT key, profit FROM sales_profitrank WHERE axis = 'order' AND alone AND "on" = month ORDER BY {signs} LIMIT %(most)s
  ) ranked
)
SELECT key, profit, (SELECT count(*) FROM sales_profitrank WHERE axis = 'order' AND alone AND "on" = ANY(%(months)s))
  + (SELECT count(*) FROM again) + (SELECT count(*) FROM edges)
FROM (TABLE again UNION ALL TABLE edges UNION ALL TABLE best) found ORDER BY {signs} LIMIT %(most)s
"""

# A customer of most of a year: what was booked on the other days is taken off the year.
_CUSTOMERS = """
WITH away AS (
  SELECT f.customer_id AS key, sum(f.profit) AS profit, count(*) AS fact_count
  FROM sales_profitfact f WHERE f."on" = ANY(%(days)s) AND f.customer_id IS NOT NULL GROUP BY 1
)
SELECT ranked.key, ranked.profit - coalesce(away.profit, 0) AS profit, count(*) OVER ()
FROM sales_profitrank ranked LEFT JOIN away USING (key)
WHERE ranked.axis = 'customer' AND ranked."on" = %(year)s AND ranked.fact_count > coalesce(away.fact_count, 0)
ORDER BY {signs} LIMIT %(most)s
"""

_CUSTOMERS_OF_YEAR = """
SELECT key, profit, (SELECT count(*) FROM sales_profitrank WHERE axis = 'customer' AND "on" = %(year)s)
FROM sales_profitrank WHERE axis = 'customer' AND "on" = %(year)s ORDER BY {signs} LIMIT %(most)s
"""

_CUSTOMERS_OF_DAYS = """
WITH sums AS MATERIALIZED (
  SELECT customer_id AS key, sum(profit) AS profit FROM sales_profitfact
  WHERE "on" BETWEEN %(first)s AND %(last)s AND customer_id IS NOT NULL GROUP BY 1
)
SELECT key, profit, (SELECT count(*) FROM sums) FROM sums ORDER BY {signs} LIMIT %(most)s
"""


def ranked(axis: str, first: date, last: date, *, worst: bool, most: int) -> Ranked:
    """(key, profit) of the first so many, and how many there are."""
    signs = _SIGNS[worst]
    if axis == RankAxis.ORDER:
        months, edges = months_and_days(first, last)
        return _read(_ORDERS.format(signs=signs), first=first, last=last, months=months, days=each_of(edges), most=most)
    year, others = date(first.year, 1, 1), _other_days(first, last)
    if others is None:
        return _read(_CUSTOMERS_OF_DAYS.format(signs=signs), first=first, last=last, most=most)
    if not others:
        return _read(_CUSTOMERS_OF_YEAR.format(signs=signs), year=year, most=most)
    signs = signs.replace("key", "ranked.key").replace("profit", "ranked.profit - coalesce(away.profit, 0)")
    return _read(_CUSTOMERS.format(signs=signs), days=each_of(others), year=year, most=most)


def _read(statement: str, **wanted: object) -> Ranked:
    with connection.cursor() as cursor:
        cursor.execute(statement, wanted)
        rows = cursor.fetchall()
    return [(key, profit) for key, profit, _count in rows], rows[0][2] if rows else 0


def each_of(days: Sequence[Days]) -> list[date]:
    """Every single day of them."""
    return [date.fromordinal(day) for one, other in days for day in range(one.toordinal(), other.toordinal() + 1)]


def months_and_days(first: date, last: date) -> tuple[list[date], list[Days]]:
    """The months that are whole, as far as anything is booked in them, and the days beside them."""
    start, end = whole_months(first, last)
    if start > end:
        return [], [(first, last)]
    edges = [(first, start - _DAY)] if first < start else []
    if end <= last:
        if ProfitFact.objects.filter(on__gt=last, on__lt=after(last)).exists():
            edges.append((end, last))
        else:
            end = after(last)
    kept = ProfitSum.objects.filter(axis=SumAxis.CHANNEL, grain=SumGrain.MONTH, on__gte=start, on__lt=end)
    return sorted(kept.order_by().values_list("on", flat=True).distinct()), edges


def without_key(axis: str, first: date, last: date) -> list[QuerySet]:
    """What names no order, or no customer."""
    months, edges = months_and_days(first, last)
    single = Q(pk__in=[])
    for days in edges:
        single |= Q(on__range=days)
    facts = ProfitFact.objects.filter(single, **{f"{axis}__isnull": True})
    return [ProfitSum.objects.filter(axis=f"no_{axis}", grain=SumGrain.MONTH, on__in=months), facts]


def _other_days(first: date, last: date) -> list[Days] | None:
    """Those of the year something is booked on; None where they are not fewer than the days themselves."""
    if first.year != last.year:
        return None
    start, end = date(first.year, 1, 1), date(first.year, 12, 31)
    found = [(one, other) for one, other in ((start, first - _DAY), (last + _DAY, end)) if one <= other]
    away = sum((other - one).days + 1 for one, other in found)
    if away >= (last - first).days:
        return None
    return [days for days in found if ProfitFact.objects.between(*days).exists()]
