from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from nozzly.home.domain import today
from nozzly.testing.factories.catalog import ProductFactory, VariantFactory
from nozzly.testing.factories.inventory import FilamentFactory, ItemFactory, LotFactory, SpoolFactory
from nozzly.testing.factories.production import PrinterFactory, RunFactory, RunOutputFactory
from nozzly.testing.factories.sales import CustomerFactory, ExpenseFactory, OrderFactory, OrderLineFactory
from production.choices import RunState
from sales.choices import OrderState
from sales.domain import orders, reports
from sales.domain.orders import Sending
from sales.models import Order, OrderPart

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def a_sale(user, at=NOON):
    variant = VariantFactory()
    LotFactory(item=variant.item, held=1, worth="6.00")
    order = OrderFactory(channel=None)
    OrderLineFactory(order=order, variant=variant)
    orders.confirm_order(order, by=user, at=at)
    return orders.ship_order(order, sending=Sending(), key=uuid4(), by=user, at=at)


def test_month_so_far_is_what_the_report_says_of_it(user):
    a_sale(user)
    a_sale(user, at=NOON - timedelta(days=30))
    a_sale(user, at=NOON - timedelta(days=40))
    ExpenseFactory(spent_on=date(2026, 11, 2), net=Decimal("3.00"))
    RunFactory(state=RunState.FAILED, finished_at=NOON, loss_cost=Decimal("1.50"))

    month = today.month_so_far(date(2026, 11, 22))
    now, before = (reports.totals(date(2026, month, 1), date(2026, month, 22)) for month in (11, 10))

    assert (month.orders, month.profit, month.margin_pct) == (1, Decimal("13.50"), Decimal("56.25"))
    assert (month.net, month.profit, month.before) == (now.net, now.profit, before.profit)
    assert before.profit == Decimal("18.00")


def test_month_before_of_a_long_month_ends_with_the_shorter_one(user):
    a_sale(user, at=datetime(2026, 2, 28, 12, tzinfo=UTC))

    assert today.month_so_far(date(2026, 3, 31)).before == Decimal("18.00")


def test_margin_of_a_month_without_sales_is_not_known():
    assert today.month_so_far(date(2026, 11, 22)).margin_pct is None


def test_tasks_name_what_waits_for_this_person(owner, operator):
    RunFactory(
        state=RunState.PRINTING, printer=PrinterFactory(), started_at=NOON - timedelta(hours=9), print_time_s=3600
    )
    OrderLineFactory()
    LotFactory(needs_count=True)

    def labels(person):
        return [(task.label, task.count) for task in today.tasks(person, at=NOON)]

    assert labels(owner) == [("Runs to finish", 1), ("Orders to confirm", 1), ("Lots to count", 1)]
    assert labels(operator) == [("Runs to finish", 1), ("Lots to count", 1)]


def test_orders_are_counted_as_their_readiness_says(user):
    """Ready, missing, half there, a kit, one that nobody matched, one packed: the quick count and the slow one agree."""
    for held, sold in ((1, 1), (3, 2), (0, 1), (1, 2)):
        line = OrderLineFactory(order=OrderFactory(channel=None), variant=VariantFactory(), quantity=sold)
        LotFactory(item=line.variant.item, held=held)
        orders.confirm_order(line.order, by=user, at=NOON)
    for held in (1, 4):
        part = VariantFactory()
        LotFactory(item=part.item, held=held)
        kit = OrderLineFactory(order=OrderFactory(state=OrderState.CONFIRMED), variant=VariantFactory())
        OrderPart.objects.create(line=kit, variant=part, pieces=2)
    OrderLineFactory(order=OrderFactory(state=OrderState.CONFIRMED), variant=None)
    OrderLineFactory(order=OrderFactory(state=OrderState.PACKED))
    OrderLineFactory(order=OrderFactory(state=OrderState.NEW))

    counts = Order.objects.waiting_counts()

    assert counts == {"inbox": 1, "to_print": 3, "to_pack": 4}
    ready = list(Order.objects.to_pack().by_urgency().values_list("pk", flat=True))
    assert len(ready) == counts["to_pack"]
    assert Order.objects.to_pack_keys() == ready
    assert counts["to_print"] == Order.objects.to_print().count()
    assert set(Order.objects.to_print_now()) == set(Order.objects.to_print())
    assert set(Order.objects.to_pack_now()) == set(Order.objects.to_pack())
    RunOutputFactory(
        source="order_line", source_id=Order.objects.to_print().first().lines.get().pk, run__state=RunState.PLANNED
    )
    worked_out = dict(Order.objects.with_readiness().values_list("pk", "readiness"))
    assert set(worked_out.values()) == {"ready", "printing", "missing", "unmatched"}
    assert Order.objects.readiness_of(Order.objects.all()) == worked_out


def test_printers_now_show_what_runs_and_what_is_due():
    busy, free = PrinterFactory(name="A"), PrinterFactory(name="B")
    run = RunFactory(state=RunState.PRINTING, printer=busy, started_at=NOON - timedelta(hours=2), print_time_s=3600)

    now = today.printers_now(NOON)

    assert [(each.printer, each.run, each.due) for each in now] == [(busy, run, True), (free, None, False)]


def test_late_orders_are_the_open_ones_past_their_day():
    late = OrderFactory(due_on=date(2026, 11, 1))
    OrderFactory(due_on=date(2026, 12, 1))

    assert today.late_orders(date(2026, 11, 22)) == [late]


def test_checklist_goes_when_everything_was_done_once(owner, operator):
    before = [step.done for step in today.checklist(owner)]
    ProductFactory()
    SpoolFactory()
    RunFactory()
    OrderFactory()

    assert (before, today.checklist(owner), today.checklist(operator)) == ([False] * 4, [], [])


def test_today_shows_profit_only_to_those_who_see_costs(client_for):
    pages = {role: client_for(role).get(reverse("home:today")).content.decode() for role in ("owner", "operator")}

    assert ["Profit this month" in page for page in pages.values()] == [True, False]


def test_today_query_count_does_not_grow(client, owner, django_assert_max_num_queries):
    for _ in range(3):
        run = RunFactory(state=RunState.PRINTING, printer=PrinterFactory(), started_at=timezone.now())
        OrderFactory(due_on=date(2026, 1, 1))
        assert run.printer
    client.get(reverse("home:today"))

    with django_assert_max_num_queries(17):
        client.get(reverse("home:today"))


def test_search_finds_every_kind_of_thing(client, owner):
    ProductFactory(title="Zebra dragon")
    ItemFactory(name="Zebra magnet")
    FilamentFactory(colour_name="Zebra white")
    CustomerFactory(name="Zebra Ltd")
    OrderLineFactory(title="Zebra vase")
    run = RunFactory(title="Zebra bed")

    found = dict(client.get(reverse("home:search"), {"q": "zebra"}).context["found"])

    labels = {str(label) for label in found}
    assert {"Products", "Filaments", "Customers", "Orders"} <= labels
    assert client.get(reverse("home:search"), {"q": run.number}).context["found"]


@pytest.mark.parametrize("text", ["", "   ", "\x00", "nothing like this", "a" * 500, "' OR 1=1 --", "&|!():*"])
def test_search_answers_whatever_is_typed(client, owner, text):
    assert client.get(reverse("home:search"), {"q": text}).status_code == 200


def test_search_of_an_operator_finds_no_customers(client_for):
    CustomerFactory(name="Zebra Ltd")

    assert client_for("operator").get(reverse("home:search"), {"q": "zebra"}).context["found"] == []
