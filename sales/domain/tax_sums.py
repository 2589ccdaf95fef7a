"""Sales, payments and fees added up for the tax report, five days at a time; a month is made anew when something in it changed."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth

from sales.domain import tax_entries, tax_purchases
from sales.domain.months import after, parts_of, stretch_of
from sales.domain.tax_purchases import UnchargedFees
from sales.models import Order, OrderCharge, OrderPayment, TaxMark, TaxSum
from sales.report_choices import TaxBasis, TaxSide

ZERO = Decimal(0)
_KEY = ("side", "box", "rate_pct", "country_code")


def refresh() -> int:
    """Bring the sums up to date; answers how many months were added up. Costs one query where nothing changed.

    The marks are taken before the books are read, so that a mark that was not seen yet stays for the next time.
    """
    if not TaxMark.objects.exists():
        return 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), hashtext('tax sums'))", [connection.schema_name])
            cursor.execute('DELETE FROM sales_taxmark RETURNING "on"')
            months = sorted({month for (month,) in cursor.fetchall()})
        for month in months:
            _kept(month).delete()
        TaxSum.objects.bulk_create(row for month in months for row in _sums_of(month))
    return len(months)


def rebuild() -> None:
    with transaction.atomic():
        TaxSum.objects.all().delete()
        TaxMark.objects.bulk_create(TaxMark(on=month) for month in _months())
        refresh()


def check() -> list[str]:
    """Months that are not what their books are, in words; empty when all agree."""
    refresh()
    kept_months = {day.replace(day=1) for day in TaxSum.objects.values_list("on", flat=True).distinct()}
    return [
        f"tax of {month:%Y-%m}: the sums are not what the orders and their fees say"
        for month in sorted(_months() | kept_months)
        if {_amounts(row) for row in _kept(month)} != {_amounts(row) for row in _sums_of(month)}
    ]


def sales_and_fees(first: date, last: date, *, basis: str) -> Iterable[tuple]:
    """(side, box, rate, country, entries, net, tax) of orders, payments and what statements charged for orders in these days.

    Whole stretches of days are read from sums, other days one by one.
    """
    refresh()
    whole, edges = parts_of(first, last)
    if whole:
        rows = TaxSum.objects.filter(basis=basis, on__gte=whole[0], on__lt=whole[1]).exclude(side=TaxSide.UNCHARGED)
        sums = rows.order_by().values("side", "box", "rate_pct", "country").annotate(
            entries=Sum("order_count"), net_sum=Sum("net"), tax_sum=Sum("tax")
        )  # fmt: skip
        yield from sums.values_list("side", "box", "rate_pct", "country", "entries", "net_sum", "tax_sum")
    for one, other in edges:
        for source in _sources(one, other, basis=basis):
            yield from _grouped(source)


def uncharged_fees(first: date, last: date) -> UnchargedFees:
    """What schedules expect of orders that no statement has spoken of; it is in no sum of the report."""
    refresh()
    whole, edges = parts_of(first, last)
    found = [tax_purchases.uncharged_fees(one, other) for one, other in edges]
    if whole:
        sums = TaxSum.objects.filter(side=TaxSide.UNCHARGED, on__gte=whole[0], on__lt=whole[1])
        sums = sums.aggregate(count=Sum("order_count"), total=Sum("net"))
        found.append(UnchargedFees(sums["count"] or 0, sums["total"] or ZERO))
    return UnchargedFees(sum(each.order_count for each in found), sum((each.amount for each in found), ZERO))


def _sources(first: date, last: date, *, basis: str) -> list[QuerySet]:
    return [*_sales(first, last, basis=basis), *tax_purchases.fees(first, last)]


def _sales(first: date, last: date, *, basis: str) -> list[QuerySet]:
    payments = [tax_entries.payments_between(first, last)] if basis == TaxBasis.CASH else []
    return [tax_entries.orders_between(first, last, basis=basis), *payments]


def _grouped(rows: QuerySet, *more: str) -> Iterable[tuple]:
    sums = rows.values(*_KEY, *more).annotate(
        entries=Count("pk"), net_sum=Sum("net_amount"), tax_sum=Sum("tax_amount")
    )  # fmt: skip
    return sums.values_list(*_KEY, *more, "entries", "net_sum", "tax_sum")


def _sums_of(month: date) -> Iterable[TaxSum]:
    last = date.fromordinal(after(month).toordinal() - 1)
    fees = [row for source in tax_purchases.fees(month, last) for row in _grouped(source, "on_day")]
    for basis in TaxBasis.values:
        days = list(fees)
        for source in _sales(month, last, basis=basis):
            days += _grouped(source, "on_day")
        for (side, box, rate_pct, country, on), amounts in _by_stretch(days).items():
            yield _sum(amounts, basis=basis, side=side, on=on, box=box, rate_pct=rate_pct, country=country)
    waiting = [
        (TaxSide.UNCHARGED, "", ZERO, "", on, count, fees, ZERO)
        for on, count, fees in tax_purchases.uncharged_by_day(month, last)
    ]
    for (side, box, rate_pct, country, on), amounts in _by_stretch(waiting).items():
        yield _sum(amounts, basis=TaxBasis.INVOICE, side=side, on=on, box=box, rate_pct=rate_pct, country=country)


def _by_stretch(days: Iterable[tuple]) -> dict[tuple, list]:
    found: dict[tuple, list] = {}
    for *key, on, count, net, tax in days:
        amounts = found.setdefault((*key, stretch_of(on)), [0, ZERO, ZERO])
        amounts[:] = [amounts[0] + count, amounts[1] + net, amounts[2] + tax]
    return found


def _sum(amounts: list, **key: object) -> TaxSum:
    count, net, tax = amounts
    return TaxSum(order_count=count, net=net, tax=tax, **key)


def _kept(month: date) -> QuerySet:
    return TaxSum.objects.filter(on__gte=month, on__lt=after(month))


def _months() -> set[date]:
    """Those that orders, payments or fees stand in."""
    orders = Order.objects.filter(shipped_on__isnull=False).order_by()
    found = [orders.annotate(month=TruncMonth(name)) for name in ("shipped_on", "placed_on")]
    found.append(OrderCharge.objects.charged_by_day().order_by().annotate(month=TruncMonth("counts_on")))
    found.append(OrderPayment.objects.order_by().annotate(month=TruncMonth("on")))
    return {month for rows in found for month in rows.values_list("month", flat=True).distinct()}


def _amounts(row: TaxSum) -> tuple:
    return row.basis, row.side, row.on, row.box, Decimal(row.rate_pct), row.country, row.order_count, row.net, row.tax
