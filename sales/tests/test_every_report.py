"""All reports of one table, and the way from a line of any report to what it was added up from."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import timezone

from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import LotFactory
from nozzly.testing.factories.pricing import ChannelFactory, EventFactory, ListingFactory
from nozzly.testing.factories.production import FailureReasonFactory, PrinterFactory, RunFactory
from nozzly.testing.factories.sales import (
    ChannelChargeFactory,
    CustomerFactory,
    ExpenseFactory,
    OrderChargeFactory,
    OrderFactory,
    ProfitFactFactory,
)
from pricing.models import Listing
from production.choices import RunState
from sales.domain import profit_facts, reports
from sales.domain.report_groups import GROUPS
from sales.models import ProfitFact
from sales.report_choices import ReportMailKind
from sales.report_kinds.base import Asked
from sales.report_kinds.registry import REPORTS, TABLES

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
ASKED = Asked(FIRST, LAST)
YEAR = {"first": "2026-01-01", "last": "2026-12-31"}
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def cells(name, asked=ASKED):
    return [line.cells for line in TABLES[name].find(asked).lines]


def read(response):
    return list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))


def test_every_report_may_be_asked_for_each_month():
    assert list(REPORTS) == [kind.value for kind in sorted(ReportMailKind, key=lambda kind: list(REPORTS).index(kind))]
    assert all(str(report.about) and report.title for report in REPORTS.values())


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_report_of_an_empty_shop_says_so_on_its_page_and_has_files(client, viewer, name):
    page = client.get(reverse("sales:report", args=[name]))
    odd = client.get(
        reverse("sales:report", args=[name]), {"first": "2036-01-01", "last": "2026-01-01", "channel": "x"}
    )
    file = client.get(reverse("sales:report", args=[name]), YEAR | {"format": "csv"})

    assert (page.status_code, "Nothing in these days" in page.content.decode()) == (200, True)
    assert (odd.status_code, odd.context["asked"].first, odd.context["asked"].last) == (
        200, date(2026, 1, 1), date(2036, 1, 1),
    )  # fmt: skip
    assert (file["Content-Type"], read(file)[0]) == (
        "text/csv; charset=utf-8", [str(column.label) for column in TABLES[name].columns],
    )  # fmt: skip


def test_a_report_nobody_knows_is_not_there(client, viewer):
    assert client.get(reverse("sales:report", args=["salaries"])).status_code == 404


def test_expenses_by_category_lead_to_their_receipts(client, viewer):
    ExpenseFactory(spent_on=date(2026, 3, 1), net=Decimal("80.00"), tax=Decimal("16.00"), cost=Decimal("96.00"))
    ExpenseFactory(spent_on=date(2026, 3, 2), category="power", net=Decimal("50.00"), in_costs=True)
    ExpenseFactory(spent_on=date(2025, 3, 1))

    page = client.get(reverse("sales:report", args=["expenses"]), YEAR)
    paper = client.get(reverse("sales:report", args=["expenses"]), YEAR | {"format": "pdf"})

    assert cells("expenses") == [
        ("Rent and rooms", 1, Decimal("80.00"), Decimal("16.00"), 0, Decimal("96.00")),
        ("Electricity and water", 1, Decimal("50.00"), 0, Decimal("50.00"), 0),
    ]
    (url, _shown), *_rest = page.context["rows"]
    assert [str(row) for row in client.get(url).context["page"]] == ["Rent of the workshop"]
    assert (page.context["picture"] is not None, paper.content[:5]) == (True, b"%PDF-")


def test_charges_lead_to_the_rows_of_statements_that_count_for_the_days(client, viewer):
    etsy = ChannelFactory(name="Etsy")
    charged = ChannelChargeFactory(channel=etsy, code="ads", on=date(2025, 12, 30), booked_on=date(2026, 1, 2))
    ChannelChargeFactory(channel=etsy, code="plan", booked_on=date(2026, 1, 2))

    found = TABLES["charges"].find(ASKED)

    urls = {line.cells[1]: line.url for line in found.lines}
    assert list(client.get(urls["Advertising"]).context["page"]) == [charged]


def test_adverts_are_told_as_a_share_with_charged_fees_where_they_are_known():
    etsy = ChannelFactory(name="Etsy")
    named, not_named = (
        OrderFactory(
            channel=etsy, state="shipped", shipped_on=date(2026, 5, 1), shipped_at=NOON, net_home=0, profit_home=0
        )
        for _number in range(2)
    )
    profit_facts.refresh()
    ProfitFactFactory(channel=etsy, on=date(2026, 5, 1), net=Decimal("200.00"), material=0, profit=Decimal("200.00"))
    for order, charged, amount in ((named, False, 9), (named, True, 12), (not_named, False, 6)):
        OrderChargeFactory(order=order, code="offsite_ads", charged=charged, amount=amount, amount_home=amount)
    ChannelChargeFactory(channel=etsy, code="ads", booked_on=date(2026, 5, 2), amount_home=Decimal(2))
    ExpenseFactory(category="ads", spent_on=date(2026, 5, 3), net=Decimal(7))

    assert cells("ads") == [
        ("Etsy", 200, 18, 2, 20, 10), ("Adverts outside of channels", 0, 0, 7, 7, None),
    ]  # fmt: skip
    assert "£12.00 stand in statements, £6.00 are what" in TABLES["ads"].find(ASKED).note


def test_a_fair_costs_its_stall_also_before_anything_is_sold():
    EventFactory(name="Spring fair", starts_on=date(2026, 4, 1), stall=Decimal(40), travel=Decimal(10), other=0)
    EventFactory(name="Old fair", starts_on=date(2025, 4, 1))

    (row,) = cells("fairs")

    assert (row[0], row[2], row[-1]) == ("Spring fair", 0, Decimal(-50))


def test_lost_runs_and_failures_lead_to_their_runs(client, viewer):
    reason = FailureReasonFactory(name="A cat")
    lost = {"state": RunState.FAILED, "finished_at": NOON, "entry_on": NOON.date(), "failure_reason": reason}
    run = RunFactory(**lost, actual_cost=Decimal("4.20"), loss_cost=Decimal("4.20"))

    (line,) = TABLES["run-losses"].find(ASKED).lines
    (why,) = TABLES["failures"].find(ASKED).lines

    assert (line.cells[0], line.cells[3], line.cells[-1], line.url) == (
        run.number, "A cat", Decimal("4.20"), run.get_absolute_url(),
    )  # fmt: skip
    assert why.cells == ("A cat", 1, Decimal("4.20"), 100)
    assert list(client.get(why.url).context["page"]) == [run]


def test_stock_value_stands_before_and_after(user):
    lot = LotFactory(held=3, worth="18.00")

    (row,) = cells("stock-value", Asked(FIRST, timezone.localdate()))
    (later,) = cells("stock-value", Asked(timezone.localdate(), timezone.localdate()))

    assert (row[0], row[3], row[4], row[5]) == (lot.item.name, 0, Decimal("18.00"), Decimal("18.00"))
    assert (later[3], later[5]) == (Decimal("18.00"), 0)


def test_days_to_come_have_no_stock_value(user):
    LotFactory(held=3, worth="18.00")
    today, next_year = timezone.localdate(), date(timezone.localdate().year + 1, 1, 1)

    so_far, to_come = (TABLES["stock-value"].find(Asked(first, next_year)) for first in (today, next_year))

    assert ("still to come" in so_far.note, to_come.lines) == (True, ())


def test_dead_listings_of_days_long_gone_know_nothing_of_later_sales():
    listing = ListingFactory()
    Listing.objects.update(created_at=datetime(2025, 1, 1, tzinfo=UTC))
    ProfitFactFactory(variant=listing.variant, channel=listing.channel, on=date(2026, 11, 1))

    (row,) = cells("dead-listings", Asked(date(2026, 3, 1), date(2026, 5, 31)))

    assert (row[2], row[3]) == (None, (date(2026, 5, 31) - date(2025, 1, 1)).days)
    assert cells("dead-listings", Asked(date(2026, 10, 1), LAST)) == []


def test_returning_customers_are_those_who_bought_in_an_earlier_month():
    old, new = CustomerFactory(), CustomerFactory()
    for customer, on in (
        (old, date(2025, 6, 1)),
        (old, date(2026, 2, 1)),
        (new, date(2026, 2, 1)),
        (new, date(2026, 2, 9)),
    ):
        ProfitFactFactory(customer=customer, on=on, net=Decimal(10), material=0, profit=Decimal(10))

    assert cells("returning") == [("February 2026", 1, 1, 50, Decimal(20), Decimal(10))]


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_every_line_of_profit_leads_to_what_adds_up_to_it(client, owner, group):
    """Line by line: the report behind the link has the line's own profit as its total."""
    channel, variant = ChannelFactory(), VariantFactory()
    customer, order = CustomerFactory(), OrderFactory()
    ProfitFactFactory(
        channel=channel, variant=variant, customer=customer, order=order, country="GB", printer=PrinterFactory(),
        on=date(2026, 3, 10), profit=Decimal(15),
    )  # fmt: skip
    ProfitFactFactory(on=date(2026, 4, 10), net=Decimal(9), material=0, profit=Decimal(9))
    ExpenseFactory(spent_on=date(2026, 4, 15), net=Decimal(80))

    page = client.get(reverse("sales:reports"), {"by": group, "first": "2026-03-05", "last": "2026-04-20"})

    checked = 0
    for _name, row, links in page.context["rows"]:
        for _label, url in links.more:
            assert client.get(url).context["total"].profit == row.profit
            checked += 1
        assert row.kind == "" or client.get(links.url).status_code == 200
    assert checked == {"order": 0, "category": 2}.get(group, 4)
    assert page.context["total"].profit == reports.totals(date(2026, 3, 5), date(2026, 4, 20)).profit == -56


def test_what_belongs_to_no_product_leads_to_its_single_rows(client, owner):
    run = RunFactory(state=RunState.FAILED, finished_at=NOON, loss_cost=Decimal("4.20"), actual_cost=Decimal("4.20"))

    page = client.get(reverse("sales:reports"), YEAR)

    ((_name, row, links),) = page.context["rows"]
    behind = client.get(links.url)
    assert (row.kind, ProfitFact.objects.get().profit) == ("run_loss", Decimal("-4.20"))
    assert run.get_absolute_url() in behind.content.decode()


def test_lines_may_be_sorted_by_what_an_hour_on_the_printer_earns(client, owner):
    for profit, seconds in ((10, 7200), (9, 3600), (50, 0)):
        ProfitFactFactory(
            channel=ChannelFactory(), on=date(2026, 3, 2), net=Decimal(profit), material=0, profit=Decimal(profit),
            print_time_s=seconds,
        )  # fmt: skip

    page = client.get(
        reverse("sales:reports"), {"first": "2026-03-02", "last": "2026-03-09", "by": "channel", "order": "hour"}
    )

    assert [row.profit for _name, row, _links in page.context["rows"]] == [9, 10, 50]


@pytest.mark.parametrize("count", [1, 3])
def test_reports_ask_the_database_no_more_for_more_rows(owner, django_assert_max_num_queries, count):
    for _number in range(count):
        ExpenseFactory(spent_on=date(2026, 3, 1), category="rent")
        ChannelChargeFactory(booked_on=date(2026, 3, 1))
        EventFactory(starts_on=date(2026, 4, 1))
        RunFactory(state=RunState.FAILED, finished_at=NOON, loss_cost=Decimal(4), actual_cost=Decimal(4))
        LotFactory(held=3, worth="18.00")
        ProfitFactFactory(variant=VariantFactory(), customer=CustomerFactory(), on=date(2026, 3, 1))
        ProfitFactFactory(variant=VariantFactory(), on=date(2025, 3, 1))
    profit_facts.refresh()

    with django_assert_max_num_queries(75):
        for report in TABLES.values():
            report.find(ASKED)
