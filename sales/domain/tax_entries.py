"""Everything that a tax return adds up, as rows of one shape: sales, refunds, expenses, charges of channels.

By invoice a sale counts on the day it was sent, by cash on the day it was paid: what the buyer paid at a channel's till
when the order was placed, anything else when the payment was written down. Refunds stand in their own period.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import (
    Case,
    CharField,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Round
from django.utils.translation import gettext as _

from nozzly.tax.choices import TreatmentKind
from nozzly.tax.models import ClosedPeriod
from sales.domain.expenses import reclaims_tax
from sales.models import ChannelCharge, Expense, Order, OrderPayment, Refund
from sales.report_choices import ExpenseCategory, TaxBasis

OUTPUT, INPUT = "output", "input"
_MONEY = DecimalField(max_digits=14, decimal_places=2)
_RATE = DecimalField(max_digits=7, decimal_places=4)
_TEXT = CharField()
COLUMNS = (
    "source",
    "source_pk",
    "on_day",
    "label",
    "side",
    "box",
    "rate_pct",
    "country_code",
    "net_amount",
    "tax_amount",
)


@dataclass(frozen=True)
class Entry:
    """One order, payment, refund, expense or charge; amounts signed, in the workspace's currency."""

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
    sales = _paid(first, last) if basis == TaxBasis.CASH else [_sent(first, last)]
    return [*sales, _refunds(first, last), _expenses(first, last), _charges(first, last)]


def entries(first: date, last: date, *, basis: str, side: str = "", box: str = "") -> QuerySet:
    """All of them by day, or those of one box; a union, so it can be cut into pages."""
    wanted = sources(first, last, basis=basis)
    if side:
        wanted = [rows.filter(side=side, box=box) for rows in wanted]
    head, *others = wanted
    return head.union(*others, all=True).order_by("on_day", "source", "source_pk")


def as_entries(rows: Iterable[tuple]) -> list[Entry]:
    return [Entry(*row) for row in rows]


def name_of_box(side: str, box: str) -> str:
    if side == OUTPUT:
        return str(TreatmentKind(box).label) if box in TreatmentKind.values else _("Not told")
    return _("Charges of channels") if box == "channel" else str(ExpenseCategory(box).label)


def _uniform(rows: QuerySet, *, source: str, on: str, side: str = OUTPUT, **columns) -> QuerySet:
    fixed = {
        "source": Value(source, _TEXT), "source_pk": F("pk"), "on_day": F(on), "side": Value(side, _TEXT),
    }  # fmt: skip
    return rows.order_by().annotate(**fixed, **columns).values_list(*COLUMNS)


def _order_columns(path: str = "") -> dict:
    """Orders without a treatment are those nobody owed tax for."""
    kind = f"{path}tax_kind"
    return {
        "box": Case(
            When(**{kind: ""}, then=Value(TreatmentKind.OUTSIDE_SCOPE.value)), default=F(kind), output_field=_TEXT
        ),
        "rate_pct": F(f"{path}tax_rate_pct"),
        "country_code": F(f"{path}ship_to_country"),
        "label": F(f"{path}number"),
    }


def _sent(first: date, last: date) -> QuerySet:
    orders = Order.objects.sent().shipped_between(first, last)
    return _uniform(orders, source="order", on="shipped_on", **_order_columns(), **_frozen())


def _frozen() -> dict:
    return {"net_amount": Coalesce(F("net_home"), _zero()), "tax_amount": Coalesce(F("tax_home"), _zero())}


def _paid(first: date, last: date) -> list[QuerySet]:
    """Payments written down; for orders without any, what a channel's till took on the day the order was placed."""
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
    refunded = Refund.objects.filter(order=OuterRef("order"))
    told = OrderPayment.objects.filter(Q(amount__gt=0) | ~Exists(refunded), on__range=(first, last))
    gross = ExpressionWrapper(F("amount") * F("order__rate"), output_field=_MONEY)
    tax = Round(
        ExpressionWrapper(
            F("amount") * F("order__rate") * F("order__tax_rate_pct") / (F("order__tax_rate_pct") + 100),
            output_field=DecimalField(max_digits=24, decimal_places=8),
        ),
        precision=2,
        output_field=_MONEY,
    )
    rows = told.annotate(gross_amount=Round(gross, precision=2, output_field=_MONEY), tax_part=tax)
    return [
        _uniform(at_the_till, source="order", on="paid_on", **_order_columns(), **_frozen()),
        _uniform(
            rows, source="payment", on="on", **_order_columns("order__"),
            net_amount=ExpressionWrapper(F("gross_amount") - F("tax_part"), output_field=_MONEY), tax_amount=F("tax_part"),
        ),
    ]  # fmt: skip


def _refunds(first: date, last: date) -> QuerySet:
    rows = Refund.objects.filter(booked_on__range=(first, last))
    return _uniform(
        rows, source="refund", on="booked_on", **_order_columns("order__"),
        net_amount=_negative("net_home"), tax_amount=_negative("tax_home"),
    )  # fmt: skip


def _expenses(first: date, last: date) -> QuerySet:
    """Tax that does not come back is part of the net amount."""
    rows = Expense.objects.booked_between(first, last)
    back = Q(tax_reclaimed=True)
    return _uniform(
        rows, source="expense", on="booked_on", side=INPUT, label=F("text"), box=F("category"), rate_pct=_zero(_RATE),
        country_code=Value("", _TEXT),
        net_amount=Case(When(back, then=F("net")), default=F("net") + F("tax"), output_field=_MONEY),
        tax_amount=Case(When(back, then=F("tax")), default=_zero(), output_field=_MONEY),
    )  # fmt: skip


def _charges(first: date, last: date) -> QuerySet:
    rows = ChannelCharge.objects.filter(booked_on__range=(first, last))
    back = F("tax_home") if reclaims_tax(last) else _zero()
    return _uniform(
        rows, source="charge", on="booked_on", side=INPUT, box=Value("channel", _TEXT), rate_pct=_zero(_RATE),
        country_code=Value("", _TEXT),
        net_amount=ExpressionWrapper(F("amount_home") - back, output_field=_MONEY),
        tax_amount=ExpressionWrapper(back, output_field=_MONEY),
    )  # fmt: skip


def _negative(column: str) -> ExpressionWrapper:
    return ExpressionWrapper(-F(column), output_field=_MONEY)


def _zero(field: DecimalField = _MONEY) -> Value:
    return Value(Decimal(0), field)
