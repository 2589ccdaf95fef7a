"""Whatever days a report asks for: what is read from months and stretches of days is what the single rows say."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from django.db import connection
from django.db.models import Sum

from nozzly.tenancy.current import in_workspace
from nozzly.testing.factories.catalog import CategoryFactory, VariantFactory
from nozzly.testing.factories.pricing import ChannelFactory
from nozzly.testing.factories.production import PrinterFactory
from nozzly.testing.factories.sales import CustomerFactory, OrderChargeFactory, OrderFactory, OrderLineFactory
from sales.domain import customers, profit_facts, reports, tax_entries, tax_purchases, tax_report, tax_sums
from sales.domain.months import after_stretch, stretch_of
from sales.domain.profit_sums_sql import FIRST_DAY
from sales.domain.report_groups import GROUPS
from sales.models import Order, OrderCharge, ProfitFact
from sales.report_choices import TaxBasis

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRST, DAYS = date(2025, 11, 20), 400


def some_days(dice: Random, count: int) -> list[tuple[date, date]]:
    """Of any length, and some that begin or end where a stretch or a month does."""
    found = []
    for _number in range(count):
        first = FIRST + timedelta(days=dice.randrange(-20, DAYS))
        last = first + timedelta(days=dice.choice([0, 3, 4, 9, 40, 200, 400]))
        found.append(
            dice.choice([(first, last), (stretch_of(first), last), (first, after_stretch(last) - timedelta(days=1))])
        )
    return [*found, (date(2026, 2, 1), date(2026, 2, 28)), (date(2026, 2, 26), date(2026, 3, 5))]


def facts(dice: Random, count: int) -> None:
    variants = [VariantFactory(product__category=CategoryFactory()) for _number in range(3)]
    channels, printers = [ChannelFactory(), ChannelFactory(), None], [PrinterFactory(), None]
    made = []
    for number in range(count):
        profit = Decimal(dice.randint(-500, 5000)) / 100
        kind = dice.choice(["sale"] * 5 + ["expense"])
        sold = {
            "variant": dice.choice(variants), "channel": dice.choice(channels), "printer": dice.choice(printers),
            "country": dice.choice(["GB", "FR", ""]), "order_id": dice.randint(1, 150), "customer_id": dice.randint(1, 9),
        }  # fmt: skip
        made.append(
            ProfitFact(
                kind=kind, source_id=number, on=FIRST + timedelta(days=dice.randrange(DAYS)), net=profit, profit=profit,
                **(sold if kind == "sale" else {}),
            )
        )  # fmt: skip
    ProfitFact.objects.bulk_create(made)
    keys = {name: {getattr(fact, f"{name}_id") for fact in made} - {None} for name in ("order", "customer")}
    profit_facts.add_up({stretch_of(fact.on) for fact in made}, keys)


def test_every_grouping_of_any_days_is_what_the_facts_of_these_days_say():
    dice = Random(7)
    facts(dice, 900)
    for first, last in some_days(dice, 12):
        told = ProfitFact.objects.between(first, last).order_by()
        for group in ("category", "channel", "country", "month", "printer", "order", "customer"):
            report = reports.profit_report(group, first, last)
            sums = defaultdict(Decimal)
            for row in told.annotate(key=GROUPS[group].key).values("key", "kind").annotate(sum=Sum("profit")):
                sums[row["key"] or "", row["kind"]] += row["sum"]
            found = {(row.key or "", row.kind or "sale"): row.profit for row in report.rows}
            assert found == (sums if group != "month" else _by_month(sums)), (group, first, last)
            assert report.total.profit == sum(sums.values())


def _by_month(sums: dict) -> dict:
    found = defaultdict(Decimal)
    for (month, _kind), amount in sums.items():
        found[month, "sale"] += amount
    return found


def test_a_day_stands_in_the_same_stretch_for_the_database_and_for_us():
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT "on", {FIRST_DAY["stretch"]}
            FROM (SELECT day::date AS "on" FROM generate_series('2023-12-01', '2025-03-02', interval '1 day') day) days"""
        )
        for day, first_day in cursor.fetchall():
            assert stretch_of(day) == first_day <= day < after_stretch(day)


def test_a_product_that_changes_its_category_takes_its_past_with_it():
    facts(Random(3), 30)
    variant, other = VariantFactory._meta.model.objects.order_by("pk")[:2]
    days = (FIRST, FIRST + timedelta(days=DAYS))
    before = {row.key: row.profit for row in reports.profit_by("category", *days) if not row.kind}
    was, goes_to = variant.product.category_id, other.product.category_id

    type(variant.product).objects.filter(pk=variant.product_id).update(category=goes_to)

    after = {row.key: row.profit for row in reports.profit_by("category", *days) if not row.kind}
    assert after == {key: amount for key, amount in before.items() if key not in {was, goes_to}} | {
        goes_to: before[was] + before[goes_to]
    }


def shipped(on: date, **more) -> Order:
    """Sent on a day, whatever the day is now; with what the books know of it."""
    order = OrderFactory(placed_on=on, tax_kind="domestic", tax_rate_pct=20, **more)
    OrderLineFactory(order=order, net_home=20, fees_home=0, cost_home=15, post_home=0)
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    sent = {"state": "shipped", "shipped_on": on, "shipped_at": at}
    figures = {"net_home": 20, "tax_home": 4, "fees_home": 0, "cost_home": 15, "post_home": 0, "profit_home": 5}
    Order.objects.filter(pk=order.pk).update(**sent, **figures)
    return order


def test_backdated_orders_and_merged_customers_are_in_the_sums_of_their_days(owner):
    kept, gone = CustomerFactory(), CustomerFactory()
    shipped(date(2026, 11, 20), customer=kept)
    profit_facts.refresh()
    late = shipped(date(2026, 3, 14), customer=gone)
    assert [row.profit for row in reports.profit_by("channel", date(2026, 3, 11), date(2026, 3, 15))] == [5]

    merged = customers.merge(kept, gone, by=owner, at=NOON)
    assert [(row.key, row.profit) for row in reports.profit_by("customer", date(2026, 2, 3), NOON.date())] == [
        (kept.pk, 10)
    ]
    customers.undo_merge(merged, at=NOON)
    Order.objects.filter(pk=late.pk).update(shipped_on=date(2026, 4, 30))

    assert reports.profit_by("channel", date(2026, 3, 1), date(2026, 3, 31)) == []
    assert [row.profit for row in reports.profit_by("channel", date(2026, 4, 26), date(2026, 4, 30))] == [5]
    wrong = {mistake.what for mistake in profit_facts.check()}
    assert not {what for what in wrong if "rows that are not" in what}


def test_tax_of_any_days_is_what_its_entries_say():
    dice = Random(5)
    for _number in range(12):
        order = shipped(FIRST + timedelta(days=dice.randrange(DAYS)), ship_to_country=dice.choice(["GB", "FR"]))
        OrderChargeFactory(order=order)
        if dice.random() < 0.6:
            day = FIRST + timedelta(days=dice.randrange(DAYS))
            told = {"on": day, "booked_on": dice.choice([day, None]), "at": datetime(day.year, day.month, day.day, 23, 30, tzinfo=UTC)}  # fmt: skip
            OrderChargeFactory(
                order=order, charged=True, vat=dice.choice(["cost", "self_assessed"]), tax_home=1, **told
            )
    for first, last in some_days(dice, 8):
        for basis in TaxBasis.values:
            entries = tax_entries.as_entries(tax_entries.entries(first, last, basis=basis))
            boxes = tax_report.tax_report(first, last, basis=basis).boxes
            sums = [(box.side, box.box, box.rate_pct, box.country, box.count, box.net, box.tax) for box in boxes]
            assert sorted(sums) == sorted(_boxes(entries)), (first, last, basis)
        assert tax_sums.uncharged_fees(first, last) == tax_purchases.uncharged_fees(first, last)
    assert tax_sums.check() == []


def _boxes(entries: list) -> list[tuple]:
    found = defaultdict(list)
    for row in entries:
        found[row.side, row.box, row.rate_pct, row.country].append(row)
    return [
        (*key, len(rows), sum(row.net for row in rows), sum(row.tax for row in rows)) for key, rows in found.items()
    ]


def test_fees_that_come_in_while_a_report_is_read_are_in_the_next(committed, workspace):
    with in_workspace(workspace):
        orders = [shipped(date(2026, 11, day)) for day in (3, 12)]

    def charge_or_look(number):
        with in_workspace(workspace):
            if number % 2:
                OrderChargeFactory(
                    order=orders[number % 4 // 2], charged=True, booked_on=date(2026, 11, number), vat="cost"
                )
            else:
                tax_report.tax_report(date(2026, 11, 1), date(2026, 11, 30), basis="invoice")
        connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(charge_or_look, range(1, 17)))

    with in_workspace(workspace):
        boxes = tax_report.tax_report(date(2026, 11, 1), date(2026, 11, 30), basis="invoice").boxes
        assert [box.count for box in boxes if box.box == "fees"] == [OrderCharge.objects.count()] == [8]
        assert tax_sums.check() == []
