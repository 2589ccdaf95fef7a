import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from random import Random
from uuid import uuid4

import pytest
from django.db.models import Sum
from django.urls import reverse

from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import LotFactory
from nozzly.testing.factories.pricing import ChannelFactory
from nozzly.testing.factories.production import RunFactory
from nozzly.testing.factories.sales import ChannelChargeFactory, ExpenseFactory, OrderFactory, OrderLineFactory
from production.choices import RunState
from sales.domain import orders, reports
from sales.domain.orders import Sending
from sales.domain.report_groups import GROUPS
from sales.models import Order, ProfitFact
from sales.views import reports as report_pages

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
YEAR = {"first": "2026-01-01", "last": "2026-12-31"}


def sold(user, *, at=NOON, lines=2, price="9.99", **order):
    row = OrderFactory(**order)
    for _line in range(lines):
        variant = VariantFactory()
        LotFactory(item=variant.item, held=3, worth="18.00")
        OrderLineFactory(order=row, variant=variant, quantity=2, unit_price=Decimal(price))
    orders.confirm_order(row, by=user, at=at)
    return orders.ship_order(row, sending=Sending(postage=Decimal("3.35")), key=uuid4(), by=user, at=at)


def lost(cost="4.20", at=NOON):
    return RunFactory(state=RunState.FAILED, finished_at=at, actual_cost=Decimal(cost), loss_cost=Decimal(cost))


def rows_of(group, **wanted):
    return {str(row.name): row.profit for row in reports.profit_by(group, FIRST, LAST, **wanted)}


@pytest.mark.parametrize("seed", [1, 2])
def test_profit_of_every_grouping_is_the_same_to_the_cent(user, seed):
    """Orders of any price on any channel, losses, expenses and charges: nothing is lost and nothing counts twice."""
    dice = Random(seed)
    channels = [None, ChannelFactory(name="Etsy"), ChannelFactory(name="eBay", schedule_id="ebay-uk")]
    for _order in range(6):
        sold(
            user, at=NOON.replace(month=dice.randint(1, 11)), lines=dice.randint(1, 3), channel=dice.choice(channels),
            price=str(Decimal(dice.randint(1, 9999)) / 100), ship_to_country=dice.choice(["GB", "FR", ""]),
        )  # fmt: skip
    lost(at=NOON.replace(month=3))
    ExpenseFactory(spent_on=date(2026, 7, 3), net=Decimal("80.01"))
    ChannelChargeFactory(channel=channels[1], on=date(2026, 5, 1), booked_on=date(2026, 5, 1))

    found = {group: reports.profit_report(group, FIRST, LAST) for group in GROUPS}

    frozen = sum(order.profit_home for order in Order.objects.all())
    outside = sum(row.other for row in found["month"].rows)
    for report in found.values():
        assert reports.total_of(report.rows).profit == report.total.profit == frozen - outside
    assert {str(row.name) for row in found["product"].rows if row.kind} == {
        "Run losses", "Expenses", "Shop-level charges",
    }  # fmt: skip
    for _period in range(6):
        first, last = sorted(FIRST + timedelta(days=dice.randint(0, 364)) for _end in range(2))
        facts = ProfitFact.objects.between(first, last).aggregate(profit=Sum("profit"))["profit"] or 0
        for group in ("product", "month", "customer"):
            report = reports.profit_report(group, first, last)
            assert (reports.total_of(report.rows).profit, report.total.profit) == (facts, facts)


def test_a_charge_of_the_shop_counts_for_its_channel_and_for_no_product(user):
    etsy = ChannelFactory(name="Etsy")
    ChannelChargeFactory(
        channel=etsy, booked_on=date(2026, 5, 1), net=Decimal(10), tax=0, amount=Decimal(10), amount_home=Decimal(10), tax_home=0
    )  # fmt: skip

    assert (rows_of("channel"), rows_of("product")) == ({"Etsy": Decimal(-10)}, {"Shop-level charges": Decimal(-10)})


def test_a_report_on_one_channel_leaves_out_what_belongs_to_none(user):
    order = sold(user)
    lost()

    report = reports.profit_report("product", FIRST, LAST, narrowed={"channel": order.channel_id})

    assert (report.total.profit, [row.kind for row in report.rows]) == (order.profit_home, ["", ""])


def test_the_same_days_of_the_year_before_stand_beside(user):
    channel = ChannelFactory(name="Etsy")
    order = sold(user, channel=channel)
    earlier = sold(user, channel=channel, at=NOON.replace(year=2025))

    (row,) = reports.profit_by("channel", FIRST, LAST)

    assert (row.profit, row.before, row.change) == (
        order.profit_home, earlier.profit_home, order.profit_home - earlier.profit_home,
    )  # fmt: skip


@pytest.mark.parametrize("order", ["best", "worst"])
@pytest.mark.parametrize("skip", [0, 3])
def test_a_year_that_is_ranked_says_what_its_days_say(user, monkeypatch, order, skip):
    monkeypatch.setattr(reports, "MOST_ROWS", 3)
    for number, price in enumerate(("30.00", "2.00", "25.00", "0.50", "30.00")):
        sold(user, price=price, at=NOON.replace(month=number + 2), ship_to_country=("GB", "FR")[number % 2])
    lost()

    for group in ("order", "customer"):
        year, days = (
            reports.profit_report(group, first, LAST, order=order, cut=reports.Cut(skip, 3))
            for first in (FIRST, FIRST - timedelta(days=1))
        )
        assert ([row.profit for row in year.rows], year.rows[-1].name) == (
            [row.profit for row in days.rows], days.rows[-1].name,
        )  # fmt: skip
        assert reports.total_of(year.rows).profit == year.total.profit


@pytest.mark.parametrize("group", ["product", "category", "channel", "country", "month"])
def test_a_report_that_looks_into_something_adds_up_to_its_facts(user, group):
    etsy = ChannelFactory(name="Etsy")
    for number, price in enumerate(("30.00", "2.00", "25.00")):
        sold(
            user, price=price, at=NOON.replace(month=number + 9), channel=etsy, ship_to_country=("GB", "FR")[number % 2]
        )
    lost()
    product = Order.objects.earliest("pk").lines.first().variant.product_id

    for narrowed in (
        {"country": "GB"},
        {"channel": etsy.pk},
        {"product": product},
        {"product": product, "country": "FR"},
    ):
        report = reports.profit_report(group, FIRST, NOON.date(), narrowed=narrowed)
        facts = ProfitFact.objects.narrowed(**narrowed).aggregate(profit=Sum("profit"))["profit"] or 0
        assert (reports.total_of(report.rows).profit, report.total.profit) == (facts, facts)


def test_orders_beyond_the_number_shown_stand_in_one_row(user, monkeypatch):
    monkeypatch.setattr(reports, "MOST_ROWS", 2)
    shipped = [sold(user, price=price) for price in ("30.00", "20.00", "25.00")]

    report = reports.profit_report("order", FIRST, LAST)

    assert [row.name for row in report.rows] == [shipped[0].number, shipped[2].number, 1]
    assert reports.total_of(report.rows) == report.total


@pytest.mark.parametrize("order", ["", "worst", "hour"])
def test_orders_beyond_those_shown_are_a_link_away_and_in_the_file(client, owner, user, monkeypatch, order):
    monkeypatch.setattr(reports, "MOST_ROWS", 2)
    numbers = [sold(user, price=price).number for price in ("30.00", "20.00", "25.00", "30.00", "8.00")]
    asked, seen, skip = YEAR | {"by": "order", "order": order}, [], 0

    while skip is not None:
        page = client.get(reverse("sales:reports"), asked | {"skip": str(skip)})
        seen += [str(row.name) for row in page.context["report"].rows if row.key != "rest"]
        assert reports.total_of(page.context["report"].rows) == page.context["total"]
        skip = next((after for label, after in page.context["neighbours"] if after > skip), None)
    beyond = client.get(reverse("sales:reports"), asked | {"skip": "900"})
    file = client.get(reverse("sales:reports"), asked | {"skip": "2", "format": "csv"}).content.decode()

    assert (sorted(seen), len(seen)) == (sorted(numbers), 5)
    assert ([row.name for row in beyond.context["report"].rows], beyond.status_code) == ([5], 200)
    assert [number in file for number in numbers] == [True] * 5


@pytest.mark.parametrize("order_count", [1, 3])
def test_profit_page_query_count_does_not_grow(client, owner, user, django_assert_max_num_queries, order_count):
    for _number in range(order_count):
        sold(user)
    reports.profit_report("product", FIRST, LAST)

    with django_assert_max_num_queries(11):
        client.get(reverse("sales:reports"), YEAR)


def test_profit_page_shows_some_rows_at_a_time_and_the_whole_total(client, owner, user, monkeypatch):
    monkeypatch.setattr(report_pages, "ROWS_SHOWN", 2)
    for price in ("30.00", "20.00", "25.00"):
        sold(user, price=price)

    first, second = (client.get(reverse("sales:reports"), YEAR | {"page": page}) for page in ("1", "2"))

    rows = first.context["report"].rows
    assert [len(page.context["rows"]) for page in (first, second)] == [2, 2]
    assert [row for page in (first, second) for _name, row, _links in page.context["rows"]] == list(rows)[:4]
    assert first.context["total"].profit == second.context["total"].profit == reports.total_of(rows).profit
    assert len(client.get(reverse("sales:reports"), YEAR | {"format": "csv"}).content.splitlines()) == len(rows) + 2


def test_profit_page_groups_by_what_the_url_says(client, owner):
    order = sold(owner)

    pages = {by: client.get(reverse("sales:reports"), {"by": by} | YEAR) for by in (*GROUPS, "nonsense")}

    assert [page.context["group"] for page in pages.values()] == [*GROUPS, "product"]
    assert "November 2026" in pages["month"].content.decode()
    product = order.lines.first().variant.product
    assert f'href="{product.get_absolute_url()}"' in pages["product"].content.decode()
    assert f'href="{order.get_absolute_url()}"' in pages["order"].content.decode()


@pytest.mark.parametrize("query", [{"first": "2026-12-31", "last": "2026-01-01"}, YEAR])
def test_profit_page_turns_a_period_the_right_way_round(client, owner, query):
    page = client.get(reverse("sales:reports"), query)

    assert (page.context["first"], page.context["last"]) == (FIRST, LAST)


@pytest.mark.parametrize(
    "query", [{"first": "0001-01-01"}, {"channel": "99999999999999999999"}, {"country": "XX"}, {"product": "a"}, {"last": "x"}]
)  # fmt: skip
def test_profit_page_refuses_nonsense_in_its_address_beside_the_field(client, owner, query):
    page = client.get(reverse("sales:reports"), query)

    assert (page.status_code, bool(page.context["form"].errors)) == (200, True)


def test_profit_page_of_an_empty_month_says_what_comes_here(client, owner):
    assert "Nothing was booked" in client.get(reverse("sales:reports")).content.decode()


def test_profit_csv_has_the_figures_of_the_page_and_their_total(client, owner):
    order = sold(owner, channel=ChannelFactory(name="=Etsy"))
    lost()

    response = client.get(reverse("sales:reports"), {"by": "channel", "format": "csv"} | YEAR)

    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    assert [(row[0], row[-1]) for row in rows[1:]] == [
        ("'=Etsy", str(order.profit_home)), ("Run losses", "-4.20"), ("Total", str(order.profit_home - Decimal("4.20"))),
    ]  # fmt: skip


def test_profit_pdf_is_one(client, owner):
    sold(owner)

    response = client.get(reverse("sales:reports"), {"by": "product", "format": "pdf"} | YEAR)

    assert (response["Content-Type"], response.content[:5]) == ("application/pdf", b"%PDF-")
