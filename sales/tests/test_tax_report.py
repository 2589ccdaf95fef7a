import csv
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from io import StringIO
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from nozzly.tax.choices import Scheme
from nozzly.tax.domain import periods
from nozzly.tax.domain.status import set_status
from nozzly.tax.domain.thresholds import threshold_on
from nozzly.tax.models import TaxStatus
from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import DeliveryFactory, LotFactory
from nozzly.testing.factories.sales import (
    ChannelChargeFactory,
    ExpenseFactory,
    OrderFactory,
    OrderLineFactory,
    OrderPaymentFactory,
)
from nozzly.testing.factories.tax import TaxThresholdFactory
from sales.domain import orders, refunds, tax_report, tax_sums
from sales.domain.orders import Sending
from sales.models import TaxFiling, TaxSum

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
SENT = datetime(2026, 10, 20, 12, tzinfo=UTC)
PERIOD = {"first": "2026-10-01", "last": "2026-10-31"}


@pytest.fixture(autouse=True)
def _registered(user):
    set_status(valid_from=date(2026, 1, 1), registered=True, ships_from="GB", scheme=Scheme.STANDARD)


def sold(user, *, price="24.00", at=SENT, placed_on=date(2026, 9, 30), **order):
    variant = VariantFactory()
    LotFactory(item=variant.item, held=3, worth="18.00")
    row = OrderFactory(placed_on=placed_on, **order)
    OrderLineFactory(order=row, variant=variant, unit_price=Decimal(price))
    orders.confirm_order(row, by=user, at=at)
    return orders.ship_order(row, sending=Sending(), key=uuid4(), by=user, at=at)


def output(period, basis="invoice"):
    report = tax_report.tax_report(*period, basis=basis)
    return report.output_net, report.output_tax


def test_a_sale_counts_when_it_was_sent_or_by_cash_when_it_was_paid(user):
    sold(user, channel=None)

    assert (output(OCTOBER), output((date(2026, 9, 1), date(2026, 9, 30)), "cash")) == ((20, 4), (20, 4))
    assert output(OCTOBER, "cash") == (0, 0)


def test_sums_of_months_follow_what_happens_to_their_orders(owner):
    paid, moved = sold(owner, channel=None), sold(owner, channel=None)
    first = output(OCTOBER), output(OCTOBER, "cash")

    OrderPaymentFactory(order=paid, amount=Decimal("24.00"), on=date(2026, 10, 5))
    type(moved).objects.filter(pk=moved.pk).update(shipped_on=date(2026, 11, 2), ship_to_country="FR")

    assert first == ((40, 8), (0, 0))
    assert (output(OCTOBER), output(OCTOBER, "cash"), output(NOVEMBER)) == ((20, 4), (20, 4), (20, 4))
    assert tax_sums.check() == []


def test_sums_that_are_wrong_are_told_and_made_anew(owner):
    sold(owner)
    output(OCTOBER)
    TaxSum.objects.update(tax=5)

    assert [each.split(":")[0] for each in tax_sums.check()] == ["tax of 2026-09", "tax of 2026-10"]
    tax_sums.rebuild()
    assert tax_sums.check() == []


def test_by_cash_an_order_on_terms_counts_as_it_is_paid(user):
    order = sold(user, channel=None, terms_days=30)
    OrderPaymentFactory(order=order, on=date(2026, 11, 3), amount=Decimal("12.00"))

    assert (output(OCTOBER, "cash"), output(NOVEMBER, "cash")) == ((0, 0), (10, 2))


def test_by_cash_an_order_sent_after_its_month_was_closed_counts_for_the_day_it_was_sent(owner):
    periods.close_period(through_on=date(2026, 9, 30), by=owner, at=datetime(2026, 10, 5, 12, tzinfo=UTC))
    sold(owner, channel=None)

    assert output(OCTOBER, "cash") == (20, 4)


def test_refunds_stand_in_their_own_period(user):
    order = sold(user, channel=None)
    refunds.refund_order(order, amount=Decimal("6.00"), on=date(2026, 11, 3), key=uuid4(), by=user, at=datetime(2026, 11, 3, 12, tzinfo=UTC))  # fmt: skip

    assert (output(OCTOBER), output(NOVEMBER)) == ((20, 4), (-5, -1))


def test_tax_that_comes_back_stands_beside_what_is_owed(user):
    sold(user, channel=None)
    ExpenseFactory(spent_on=date(2026, 10, 3), net=Decimal(50), tax=Decimal(10), cost=Decimal(50), tax_reclaimed=True)
    ExpenseFactory(spent_on=date(2026, 10, 3), net=Decimal(30), tax=Decimal(6), cost=Decimal(36))
    ChannelChargeFactory(
        on=date(2026, 10, 9), booked_on=date(2026, 10, 9), net=Decimal(5), tax=Decimal(1), amount=Decimal(6),
        amount_home=Decimal(6), tax_home=Decimal(1),
    )  # fmt: skip

    report = tax_report.tax_report(*OCTOBER, basis="invoice")

    assert (report.output_tax, report.input_net, report.input_tax, report.due) == (4, 91, 11, -7)


def test_a_flat_rate_takes_its_share_of_all_that_buyers_paid(user):
    sold(user, channel=None)
    set_status(
        valid_from=date(2026, 2, 1),
        registered=True,
        ships_from="GB",
        scheme=Scheme.FLAT_RATE,
        flat_rate_pct=Decimal("9.5"),
    )

    assert tax_report.tax_report(*OCTOBER, basis="invoice").due == Decimal("2.28")


def test_sales_are_told_apart_by_who_owes_the_tax(user):
    sold(user, channel=None)
    sold(user, channel=None, ship_to_country="US")
    sold(user, channel=None, ship_to_country="US")

    boxes = tax_report.tax_report(*OCTOBER, basis="invoice").output

    assert [(box.box, box.country, box.count, box.net) for box in boxes] == [
        ("domestic", "GB", 1, 20), ("export", "US", 2, 48),
    ]  # fmt: skip


def test_closing_a_month_keeps_what_it_said_and_shows_what_changes_later(client, owner):
    sold(owner, channel=None)
    first, last = tax_report.month_to_close(timezone.localdate())
    form = {"last_on": last.isoformat()}

    page = client.post(reverse("sales:close_month"), form, follow=True)
    again = client.post(reverse("sales:close_month"), form)

    filing = TaxFiling.objects.get()
    assert (page.status_code, again.status_code) == (200, 422)
    assert (filing.first_on, filing.last_on, periods.closed_through()) == (first, last, last)


def test_a_closed_month_says_when_it_no_longer_is_what_was_filed(client, owner):
    sold(owner, channel=None)
    tax_report.close_period(*OCTOBER, basis="invoice", by=owner, at=datetime(2026, 11, 5, 12, tzinfo=UTC))
    unchanged = client.get(reverse("sales:tax_report"), PERIOD).content.decode()
    sold(owner, channel=None)

    assert "What stands here now differs" not in unchanged
    assert "What stands here now differs" in client.get(reverse("sales:tax_report"), PERIOD).content.decode()


def test_tax_pages_lead_from_the_total_to_each_order(client, bookkeeper):
    order = sold(bookkeeper, channel=None)
    report = client.get(reverse("sales:tax_report"), PERIOD)
    entries = client.get(reverse("sales:tax_entries"), PERIOD | {"side": "output", "box": "domestic"})

    assert [box.net for box in report.context["report"].boxes] == [20]
    assert f'href="{order.get_absolute_url()}"' in entries.content.decode()


def test_tax_csv_has_a_line_for_each_entry_that_adds_up_to_the_report(client, bookkeeper):
    sold(bookkeeper, channel=None)
    ExpenseFactory(spent_on=date(2026, 10, 3), text="=cmd()")

    response = client.get(reverse("sales:tax_report"), PERIOD | {"format": "csv"})

    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    assert [(row[0], row[3], row[7], row[8]) for row in rows[1:]] == [
        ("2026-10-03", "input", "300.00", "0.00"), ("2026-10-20", "output", "20.00", "4.00"),
    ]  # fmt: skip
    assert rows[1][2] == "'=cmd()"


def test_tax_pdf_is_one(client, bookkeeper):
    sold(bookkeeper, channel=None)

    response = client.get(reverse("sales:tax_report"), PERIOD | {"format": "pdf"})

    assert (response["Content-Type"], response.content[:5]) == ("application/pdf", b"%PDF-")


@pytest.mark.parametrize("order_count", [1, 3])
def test_tax_report_query_count_does_not_grow(client, owner, django_assert_max_num_queries, order_count):
    for _number in range(order_count):
        sold(owner)
        DeliveryFactory(received_on=date(2026, 10, 3))
    client.get(reverse("sales:tax_report"), PERIOD)

    with django_assert_max_num_queries(23):
        client.get(reverse("sales:tax_report"), PERIOD)


@pytest.mark.parametrize(
    "query", [{"first": "x"}, {"basis": "y"}, {"side": "z", "page": "9999"}, {"first": "0001-01-01"}]
)
def test_tax_pages_bear_nonsense_in_their_address(client, owner, query):
    pages = [client.get(reverse(name), query).status_code for name in ("sales:tax_report", "sales:tax_entries")]

    assert pages == [200, 200]


def test_turnover_of_twelve_months_is_held_against_the_threshold(client, owner):
    set_status(valid_from=date(2026, 1, 1), registered=False, ships_from="GB")
    sold(owner, channel=None)
    sold(owner, channel=None, at=SENT.replace(year=2025), placed_on=date(2025, 9, 1))
    TaxThresholdFactory(amount=Decimal(240), valid_from=date(2026, 6, 1))

    rolling = tax_report.rolling_turnover(date(2026, 10, 31))

    assert (rolling.turnover, rolling.share_pct, rolling.left) == (24, 10, 216)
    assert "of the registration threshold" in client.get(reverse("sales:tax_report"), PERIOD).content.decode()


def test_a_threshold_typed_here_goes_before_the_shipped_one(client, owner):
    assert [threshold_on(date(year, 5, 1), country="GB").amount for year in (2023, 2026)] == [85_000, 90_000]

    client.post(
        reverse("sales:add_threshold"),
        {"country": "GB", "valid_from": "2026-04-01", "amount": "95000", "source": "letter"},
    )

    assert (threshold_on(date(2026, 5, 1), country="GB").amount, threshold_on(date(2026, 5, 1), country="XX")) == (95_000, None)  # fmt: skip


def test_each_line_leads_to_the_entries_that_add_up_to_it(client, owner):
    sold(owner)
    sold(owner, price="12.00", ship_to_country="FR", channel=None)
    back = sold(owner, price="36.00")
    refunds.refund_order(back, amount=Decimal("6.00"), on=SENT.date(), key=uuid4(), by=owner, at=SENT)
    ExpenseFactory(spent_on=date(2026, 10, 3), net=Decimal("10.00"), tax=Decimal("2.00"))

    page = client.get(reverse("sales:tax_report"), PERIOD)
    lines = re.findall(r'row-link"\s+href="([^"]+)', page.content.decode())
    behind = [client.get(unescape(line)).context for line in lines]

    boxes = [*page.context["report"].output, *page.context["report"].input]
    assert len(boxes) >= 3
    assert [(each["page"].paginator.count, each["net"], each["tax"]) for each in behind] == [
        (box.count, box.net, box.tax) for box in boxes
    ]  # fmt: skip


def test_a_flat_rate_rounds_half_a_penny_up():
    status = TaxStatus(scheme=Scheme.FLAT_RATE, flat_rate_pct=Decimal("12.5"))
    sale = tax_report.Box("output", "domestic", Decimal(20), "GB", 1, Decimal("0.17"), Decimal("0.03"))

    assert tax_report.TaxReport(*OCTOBER, "invoice", status, [sale]).due == Decimal("0.03")
