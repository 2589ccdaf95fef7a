"""Sales of whole months, added up once for the tax report; a month is added up anew when something in it changed."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth

from sales.domain import tax_entries
from sales.domain.months import after, parts_of
from sales.models import Order, TaxMark, TaxSum
from sales.report_choices import TaxBasis

_KEY = ("box", "rate_pct", "country_code")


def refresh() -> int:
    """Bring the sums up to date; answers how many months were added up. Costs one query where nothing changed."""
    if not TaxMark.objects.exists():
        return 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), hashtext('tax sums'))", [connection.schema_name])
            cursor.execute('DELETE FROM sales_taxmark RETURNING "on"')
            months = sorted({month for (month,) in cursor.fetchall()})
        TaxSum.objects.filter(on__in=months).delete()
        TaxSum.objects.bulk_create(row for month in months for row in _sums_of(month))
    return len(months)


def rebuild() -> None:
    with transaction.atomic():
        TaxSum.objects.all().delete()
        TaxMark.objects.bulk_create(TaxMark(on=month) for month in _months_with_orders())
        refresh()


def check() -> list[str]:
    """Months that are not what their orders are, in words; empty when all agree."""
    refresh()
    found = []
    for month in sorted({*_months_with_orders(), *TaxSum.objects.values_list("on", flat=True)}):
        kept = {_amounts(row) for row in TaxSum.objects.filter(on=month)}
        books = {_amounts(row) for row in _sums_of(month)}
        if kept != books:
            found.append(f"tax of {month:%Y-%m}: the sums are not what the orders say")
    return found


def sales(first: date, last: date, *, basis: str) -> Iterable[tuple]:
    """(box, rate, country, orders, net, tax) of the orders of these days: whole months from sums, other days one by one."""
    refresh()
    whole, edges = parts_of(first, last)
    if whole:
        rows = TaxSum.objects.filter(basis=basis, on__gte=whole[0], on__lt=whole[1]).values(
            "box", "rate_pct", "country"
        )
        sums = rows.annotate(orders=Sum("order_count"), net_sum=Sum("net"), tax_sum=Sum("tax")).order_by()
        yield from sums.values_list("box", "rate_pct", "country", "orders", "net_sum", "tax_sum")
    for one, other in edges:
        yield from _grouped(tax_entries.orders_between(one, other, basis=basis))


def _grouped(rows: QuerySet) -> Iterable[tuple]:
    sums = rows.values(*_KEY).annotate(orders=Count("pk"), net_sum=Sum("net_amount"), tax_sum=Sum("tax_amount"))
    return sums.values_list(*_KEY, "orders", "net_sum", "tax_sum")


def _sums_of(month: date) -> Iterable[TaxSum]:
    last = date.fromordinal(after(month).toordinal() - 1)
    for basis in TaxBasis.values:
        for box, rate_pct, country, orders, net, tax in _grouped(tax_entries.orders_between(month, last, basis=basis)):
            yield TaxSum(
                basis=basis, on=month, box=box, rate_pct=rate_pct, country=country, order_count=orders, net=net, tax=tax
            )  # fmt: skip


def _months_with_orders() -> set[date]:
    orders = Order.objects.filter(shipped_on__isnull=False).order_by()
    return {
        month
        for name in ("shipped_on", "placed_on")
        for month in orders.annotate(month=TruncMonth(name)).values_list("month", flat=True).distinct()
    }


def _amounts(row: TaxSum) -> tuple[str, Decimal, str, int, Decimal, Decimal, str]:
    return (row.box, Decimal(row.rate_pct), row.country, row.order_count, row.net, row.tax, row.basis)
