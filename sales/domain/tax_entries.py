"""Everything that a tax return adds up, as rows of one shape: sales, refunds and purchases.

By invoice a sale counts on the day it was sent, by cash on the day it was paid: what the buyer paid at a channel's till
when the order was placed, anything else when the payment was written down. Refunds stand in their own period.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import (
    Case,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf, Round
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nozzly.tax.choices import TreatmentKind
from nozzly.tax.models import ClosedPeriod
from sales.domain.tax_purchases import purchases
from sales.domain.tax_rows import MONEY, OUTPUT, OWED, TEXT, negative, uniform, zero
from sales.models import Order, OrderPayment, Refund
from sales.report_choices import ExpenseCategory, TaxBasis

_BOXES = {
    "channel": gettext_lazy("Charges of channels"),
    "fees": gettext_lazy("Fees of orders"),
    "deliveries": gettext_lazy("Deliveries"),
    OWED: gettext_lazy("Owed by reverse charge on purchases"),
}

_EXACT = DecimalField(max_digits=24, decimal_places=8)


@dataclass(frozen=True)
class Entry:
    """One order, payment, refund, expense, fee, charge or delivery; amounts signed, in the workspace's currency."""

    source: str
    pk: int
    on: date
    label: str
    side: str
    box: str
    rate_pct: Decimal
    country: str
    net: Decimal
    tax: Decimal

    @property
    def box_name(self) -> str:
        return name_of_box(self.side, self.box)


def sources(first: date, last: date, *, basis: str) -> list[QuerySet]:
    """Querysets of ``COLUMNS`` for the period, both days included."""
    return [orders_between(first, last, basis=basis), *others(first, last, basis=basis)]


def orders_between(first: date, last: date, *, basis: str) -> QuerySet:
    """Orders that count in these days; those with payments that were written down are told by them."""
    return _paid_at_the_till(first, last) if basis == TaxBasis.CASH else _sent(first, last)


def others(first: date, last: date, *, basis: str) -> list[QuerySet]:
    """What is no order: a queryset of ``COLUMNS`` for each kind."""
    payments = [payments_between(first, last)] if basis == TaxBasis.CASH else []
    return [*payments, _refunds(first, last), *purchases(first, last)]


def entries(first: date, last: date, *, basis: str, only: Mapping[str, object] | None = None) -> QuerySet:
    """All of them by day, or those of one line of the report; a union, so it can be cut into pages."""
    head, *others = _wanted(first, last, basis=basis, only=only)
    return head.union(*others, all=True).order_by("on_day", "entry_kind", "source_pk")


def total_of_entries(
    first: date, last: date, *, basis: str, only: Mapping[str, object] | None = None
) -> tuple[Decimal, Decimal]:
    """Net and tax of the same."""
    found = [
        rows.aggregate(net=Sum("net_amount"), tax=Sum("tax_amount"))
        for rows in _wanted(first, last, basis=basis, only=only)
    ]
    return tuple(sum((row[name] or Decimal(0) for row in found), Decimal(0)) for name in ("net", "tax"))


def _wanted(first: date, last: date, *, basis: str, only: Mapping[str, object] | None) -> list[QuerySet]:
    return [rows.filter(**only) if only else rows for rows in sources(first, last, basis=basis)]


def as_entries(rows: Iterable[tuple]) -> list[Entry]:
    return [Entry(*row) for row in rows]


def name_of_box(side: str, box: str) -> str:
    if box in _BOXES:
        return str(_BOXES[box])
    if side == OUTPUT:
        return str(TreatmentKind(box).label) if box in TreatmentKind.values else _("Not told")
    return str(ExpenseCategory(box).label)


def _order_columns(path: str = "", *, taxes: str = "taxes") -> dict:
    """Orders without a treatment are those nobody owed tax for. ``taxes`` are rows by rate, where there are several."""
    kind = f"{path}tax_kind"
    return {
        "box": Case(
            When(**{kind: ""}, then=Value(TreatmentKind.OUTSIDE_SCOPE.value)), default=F(kind), output_field=TEXT
        ),
        "rate_pct": Coalesce(F(f"{taxes}__tax_rate_pct"), F(f"{path}tax_rate_pct")),
        "country_code": F(f"{path}ship_to_country"),
        "label": F(f"{path}number"),
    }


def _sent(first: date, last: date) -> QuerySet:
    orders = Order.objects.sent().shipped_between(first, last)
    return uniform(orders, source="order", on="shipped_on", **_order_columns(), **_frozen())


def _frozen() -> dict:
    return {
        "net_amount": Coalesce(F("taxes__net_home"), F("net_home"), zero()),
        "tax_amount": Coalesce(F("taxes__tax_home"), F("tax_home"), zero()),
    }


def _paid_at_the_till(first: date, last: date) -> QuerySet:
    """What a channel's till took on the day the order was placed, where no payment was written down."""
    payments = OrderPayment.objects.filter(order=OuterRef("pk"))
    # Sent after the month it was paid in had been closed: it counts for the day it was sent.
    closed = ClosedPeriod.objects.filter(through_on__gte=OuterRef("placed_on"), closed_at__lt=OuterRef("shipped_at"))
    paid_on = Case(When(Exists(closed), then=F("shipped_on")), default=F("placed_on"))
    at_the_till = (
        Order.objects.sent()
        .filter(Q(placed_on__range=(first, last)) | Q(shipped_on__range=(first, last)), terms_days=None)
        .exclude(Exists(payments))
        .annotate(paid_on=paid_on)
        .filter(paid_on__range=(first, last))
    )
    return uniform(at_the_till, source="order", on="paid_on", **_order_columns(), **_frozen())


def payments_between(first: date, last: date) -> QuerySet:
    """A payment for an order at several rates is shared to them by what the buyer pays of each."""
    refunded = Refund.objects.filter(order=OuterRef("order"))
    told = OrderPayment.objects.filter(Q(amount__gt=0) | ~Exists(refunded), on__range=(first, last))
    paid, rate_pct = F("amount") * F("order__rate"), Coalesce(F("order__taxes__tax_rate_pct"), F("order__tax_rate_pct"))
    upto, gross = F("order__taxes__gross_upto"), F("order__taxes__gross")
    whole = NullIf(F("order__taxes__gross_whole"), zero())
    share = Case(
        When(order__taxes__gross_whole__gt=0, then=gross / whole),
        default=Value(1, _EXACT),
        output_field=_EXACT,
    )
    rows = told.annotate(
        gross_amount=Case(
            When(
                order__taxes__gross_whole__gt=0,
                then=_cents(paid * upto / whole) - _cents(paid * (upto - gross) / whole),
            ),
            default=_cents(paid),
            output_field=MONEY,
        ),
        tax_part=_cents(paid * share * rate_pct / (rate_pct + 100)),
    )
    return uniform(
        rows, source="payment", on="on", pk="order_id", **_order_columns("order__", taxes="order__taxes"),
        net_amount=ExpressionWrapper(F("gross_amount") - F("tax_part"), output_field=MONEY), tax_amount=F("tax_part"),
    )  # fmt: skip


def _cents(expression: object) -> Round:
    return Round(ExpressionWrapper(expression, output_field=_EXACT), precision=2, output_field=MONEY)


def _refunds(first: date, last: date) -> QuerySet:
    rows = Refund.objects.filter(booked_on__range=(first, last))
    return uniform(
        rows, source="refund", on="booked_on", pk="order_id", **_order_columns("order__", taxes="taxes"),
        net_amount=negative(Coalesce(F("taxes__net_home"), F("net_home"))),
        tax_amount=negative(Coalesce(F("taxes__tax_home"), F("tax_home"))),
    )  # fmt: skip
