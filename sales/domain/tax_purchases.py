"""The purchases of a tax return: expenses, what channels charged, deliveries; each counts once.

Tax that does not come back is part of the net amount. What we owe ourselves by reverse charge stands with the output
tax, in a box of its own, and with the input tax where it comes back. A fee counts when a statement has charged it. A
delivery whose tax somebody entered as an expense counts as that expense.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Concat, TruncDate

from inventory.choices import DeliveryTax
from inventory.models import Delivery, DeliveryLine
from nozzly.tax.domain.status import reclaims_tax
from nozzly.tax.models import ClosedPeriod
from nozzly.tenancy.current import current_workspace
from sales.choices import FeeTax
from sales.domain.tax_rows import INPUT, MONEY, OUTPUT, OWED, RATE, TEXT, amount, negative, uniform, zero
from sales.models import ChannelCharge, Expense, OrderCharge

ZERO = Decimal(0)


def purchases(first: date, last: date) -> list[QuerySet]:
    return [
        _expenses(first, last),
        *_charges(first, last),
        *fees(first, last),
        *_deliveries(first, last),
    ]


@dataclass(frozen=True)
class UnchargedFees:
    """What schedules expect of orders that no statement has spoken of; it is in no sum."""

    order_count: int
    amount: Decimal


def uncharged_fees(first: date, last: date) -> UnchargedFees:
    found = _uncharged(first, last).aggregate(count=Count("order"), total=Sum("fees"))
    return UnchargedFees(found["count"], found["total"] or ZERO)


def uncharged_by_day(first: date, last: date) -> Iterable[tuple[date, int, Decimal]]:
    """The day orders were sent, how many, and their fees."""
    for on, fees in _uncharged(first, last).values_list("order__shipped_on", "fees"):
        yield on, 1, fees


def _uncharged(first: date, last: date) -> QuerySet:
    """Each order's rows are added up once: a row that was taken back and the one that took it back are nothing."""
    one = Case(When(reverses=None, then=Value(1)), default=Value(-1))
    rows = OrderCharge.objects.filter(order__shipped_on__range=(first, last)).order_by()
    orders = rows.values("order", "order__shipped_on").annotate(
        told=Sum(one, filter=Q(charged=True), default=0),
        expected=Sum(one, filter=Q(charged=False), default=0),
        fees=Sum("amount_home", filter=Q(charged=False)),
    )  # fmt: skip
    return orders.filter(told=0, expected__gt=0)


def deliveries_without_tax(first: date, last: date) -> Sequence[Delivery]:
    """What came in while tax is reclaimed, and nobody has said how much tax its invoice holds."""
    rows = Delivery.objects.standing().filter(received_on__range=(first, last), tax=None).exclude(_entered_by_hand())
    return list(rows.for_table().order_by("received_on", "pk")[:100])


def _nowhere() -> dict:
    return {"rate_pct": zero(RATE), "country_code": Value("", TEXT)}


def _expenses(first: date, last: date) -> QuerySet:
    back = Q(tax_reclaimed=True)
    return uniform(
        Expense.objects.booked_between(first, last), source="expense", on="booked_on", side=INPUT, label=F("text"),
        box=F("category"), **_nowhere(),
        net_amount=Case(When(back, then=F("net")), default=F("net") + F("tax"), output_field=MONEY),
        tax_amount=Case(When(back, then=F("tax")), default=zero(), output_field=MONEY),
    )  # fmt: skip


def _net(untold: object) -> Case:
    """What a charge costs: less the tax in it that comes back, and with the tax on it that we owe and keep owing."""
    return Case(
        When(vat=FeeTax.RECLAIMED, then=amount(F("amount_home") - F("tax_home"))),
        When(vat=FeeTax.SELF_ASSESSED, then=amount(F("amount_home") + F("tax_home"))),
        When(vat__in=[FeeTax.COST, FeeTax.REVERSE_CHARGE], then=F("amount_home")),
        default=amount(F("amount_home") - untold), output_field=MONEY,
    )  # fmt: skip


def _back(untold: object) -> Case:
    return Case(
        When(vat__in=[FeeTax.RECLAIMED, FeeTax.REVERSE_CHARGE], then=F("tax_home")),
        When(vat__in=[FeeTax.COST, FeeTax.SELF_ASSESSED], then=zero()),
        default=amount(untold), output_field=MONEY,
    )  # fmt: skip


def _owed(rows: QuerySet, **columns) -> QuerySet:
    return uniform(
        rows.filter(vat__in=FeeTax.owed()), side=OUTPUT, box=Value(OWED, TEXT), net_amount=F("amount_home"),
        tax_amount=F("tax_home"), **_nowhere(), **columns,
    )  # fmt: skip


def _charges(first: date, last: date) -> list[QuerySet]:
    """Of the whole shop. Rows from before fees knew their tax go by the status of the period."""
    rows = ChannelCharge.objects.filter(booked_on__range=(first, last))
    told = F("tax_home") if reclaims_tax(last, country=current_workspace().country) else zero()
    one = {"source": "charge", "on": "booked_on"}
    return [
        uniform(
            rows, **one, side=INPUT, box=Value("channel", TEXT), **_nowhere(), net_amount=_net(told), tax_amount=_back(told)
        ),
        _owed(rows, **one),
    ]  # fmt: skip


def fees(first: date, last: date) -> list[QuerySet]:
    """Of single orders, as statements charged them."""
    rows = OrderCharge.objects.charged_by_day(first, last)
    one = {"source": "fee", "on": "counts_on", "pk": "order_id"}
    cost = uniform(
        rows,
        **one,
        side=INPUT,
        box=Value("fees", TEXT),
        **_nowhere(),
        net_amount=_net(zero()),
        tax_amount=_back(zero()),
    )
    return [cost, _owed(rows, **one)]


def _entered_by_hand() -> Exists:
    return Exists(Expense.objects.filter(delivery=OuterRef("pk"), reverses=None, reversed_by=None))


def _deliveries(first: date, last: date) -> list[QuerySet]:
    """Their tax counts on ``tax_on``, which is later where the month they came in was closed before it was told.

    One that was undone after its month was closed stays there, and its opposite stands on the day of the undoing.
    """
    total = DeliveryLine.objects.filter(delivery=OuterRef("pk")).order_by().values("delivery")
    goods = Coalesce(Subquery(total.annotate(sum=Sum("line_total")).values("sum")), zero(), output_field=MONEY)
    closed = ClosedPeriod.objects.filter(through_on__gte=OuterRef("received_on"), closed_at__lt=OuterRef("undone_at"))
    rows = Delivery.objects.exclude(_entered_by_hand()).annotate(
        whole=amount(goods + F("postage")), tax_told=Coalesce(F("tax"), zero(), output_field=MONEY),
        undone_on=TruncDate("undone_at"), was_closed=Exists(closed),
        came_back=Case(When(tax_back=True, then=Coalesce(F("tax"), zero(), output_field=MONEY)), default=zero(), output_field=MONEY),
    )  # fmt: skip
    stood = rows.filter(Q(undone_at=None) | Q(was_closed=True))
    at_once = Q(tax=None) | Q(tax_on=F("received_on"))
    undone = rows.filter(was_closed=True, undone_on__range=(first, last))
    received, told = stood.filter(received_on__range=(first, last)), stood.filter(tax_on__range=(first, last))
    tax_at_once = Case(When(at_once, then=F("came_back")), default=zero(), output_field=MONEY)
    owed = {"tax_kind": DeliveryTax.REVERSE_CHARGE, "tax__gt": 0}
    return [
        _delivery(received, "received_on", F("whole"), tax_at_once),
        _delivery(told.exclude(at_once).filter(tax_back=True), "tax_on", zero(), F("came_back")),
        _delivery(told.filter(**owed), "tax_on", F("whole"), F("tax_told"), side=OUTPUT),
        _delivery(undone, "undone_on", negative("whole"), negative("came_back")),
        _delivery(undone.filter(**owed), "undone_on", negative("whole"), negative("tax_told"), side=OUTPUT),
    ]


def _delivery(rows: QuerySet, on: str, net: object, tax: object, *, side: str = INPUT) -> QuerySet:
    label = Concat(F("supplier__name"), Value(" "), F("invoice_number"), output_field=TEXT)
    box = "deliveries" if side == INPUT else OWED
    return uniform(
        rows, source="delivery", on=on, side=side, label=label, box=Value(box, TEXT), **_nowhere(), net_amount=net,
        tax_amount=tax,
    )  # fmt: skip
