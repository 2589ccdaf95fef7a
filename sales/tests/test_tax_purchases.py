from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from inventory.choices import DeliveryTax
from inventory.domain import delivery_tax
from inventory.domain.delivery_tax import InvoiceTax, TaxWithTheOffice
from nozzly.tax.choices import Scheme
from nozzly.tax.domain import periods
from nozzly.tax.domain.status import set_status
from nozzly.testing.factories.inventory import DeliveryFactory, DeliveryLineFactory
from nozzly.testing.factories.pricing import ChannelFactory
from nozzly.testing.factories.sales import ChannelChargeFactory, ExpenseFactory, OrderChargeFactory, OrderFactory
from sales.domain import order_imports, profit_facts, tax_purchases, tax_report, tax_sums
from sales.domain.charged import fees_of
from sales.domain.order_imports import Upload
from sales.models import ChannelCharge, Order, OrderCharge, ProfitFact
from sales.tests.order_files import fee, items, statement

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
DECEMBER = (date(2026, 12, 1), date(2026, 12, 31))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = datetime(2026, 12, 3, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _registered(user):
    set_status(valid_from=date(2026, 1, 1), registered=True, ships_from="GB", scheme=Scheme.STANDARD)


def read(user, *rows, schedule="etsy-uk"):
    order_imports.set_books_start(date(2026, 11, 1))
    ChannelFactory(name="Etsy", schedule_id=schedule)
    uploads = [Upload("items.csv", items()), Upload("statement.csv", statement(*rows))]
    made = order_imports.take_in(uploads, key=uuid4(), by=user, at=NOON)
    order_imports.apply(order_imports.start(made, at=NOON), by=user, at=NOON)


def delivery(*, total="100.00", **facts):
    row = DeliveryFactory(received_on=date(2026, 11, 5), **facts)
    DeliveryLineFactory(delivery=row, line_total=Decimal(total))
    return row


def told(row, amount="20.00", *, kind=DeliveryTax.CHARGED, at=NOON):
    return delivery_tax.tell_tax(row, InvoiceTax(Decimal(amount), kind), at=at)


def boxes(period=NOVEMBER):
    found = tax_report.tax_report(*period, basis="invoice").boxes
    return {(box.side, box.box): (box.net, box.tax) for box in found}


def test_tax_that_a_statement_charges_on_fees_comes_back_and_is_no_cost(user):
    read(
        user,
        fee("Processing fee", "1.50"),
        fee("VAT: Processing fee", "0.30", Type="VAT"),
        fee("Etsy Ads", "5.00", Info=""),
    )

    order = Order.objects.get()
    assert boxes() == {
        ("input", "fees"): (Decimal("1.50"), Decimal("0.30")), ("input", "channel"): (5, 0),
    }  # fmt: skip
    assert sum(each.counts for each in fees_of(order)) == Decimal("1.50")


def test_fees_under_reverse_charge_are_owed_and_come_back(user):
    read(user, fee("Processing fee", "1.50"), fee("Etsy Ads", "5.00", Info=""))

    report = tax_report.tax_report(*NOVEMBER, basis="invoice")

    assert boxes() == {
        ("output", "owed"): (Decimal("6.50"), Decimal("1.30")), ("input", "fees"): (Decimal("1.50"), Decimal("0.30")),
        ("input", "channel"): (5, 1),
    }  # fmt: skip
    assert (report.output_net, report.due) == (0, 0)


def test_under_a_flat_rate_reverse_charge_is_owed_and_stays_a_cost(user):
    set_status(
        valid_from=date(2026, 2, 1),
        registered=True,
        ships_from="GB",
        scheme=Scheme.FLAT_RATE,
        flat_rate_pct=Decimal(10),
    )
    read(user, fee("Etsy Ads", "5.00", Info=""))
    profit_facts.refresh()

    report = tax_report.tax_report(*NOVEMBER, basis="invoice")

    assert boxes() == {("output", "owed"): (5, 1), ("input", "channel"): (6, 0)}
    assert (report.due, ProfitFact.objects.get(kind="charge").profit) == (1, -6)


def test_without_a_registration_tax_on_fees_is_a_cost(user):
    set_status(valid_from=date(2026, 2, 1), registered=False, ships_from="GB")
    read(user, fee("Processing fee", "1.50"), fee("VAT: Processing fee", "0.30", Type="VAT"))

    assert boxes() == {("input", "fees"): (Decimal("1.80"), 0)}


def test_fees_of_a_closed_month_count_for_the_day_they_are_read(owner):
    periods.close_period(through_on=date(2026, 11, 20), by=owner, at=NOON)
    read(owner, fee("Processing fee", "1.50"))

    charge = OrderCharge.objects.get(charged=True)
    assert (charge.on, charge.booked_on) == (date(2026, 11, 20), date(2026, 11, 22))


def test_fees_that_only_the_schedule_knows_are_in_no_sum(client, bookkeeper):
    order = OrderFactory()
    OrderChargeFactory(order=order)
    Order.objects.filter(pk=order.pk).update(
        state="shipped", shipped_at=NOON, shipped_on=NOON.date(), net_home=20, profit_home=5
    )

    page = client.get(reverse("sales:tax_report"), {"first": "2026-11-01", "last": "2026-11-30"})

    for days in (NOVEMBER, (NOON.date(), NOON.date())):
        assert tax_sums.uncharged_fees(*days) == tax_purchases.UnchargedFees(1, Decimal("1.56"))
    assert ("input", "fees") not in boxes()
    assert "is on no statement yet" in page.content.decode()


def test_the_tax_of_a_delivery_comes_back_once(user):
    first, by_hand, untold = delivery(postage=Decimal(5)), delivery(), delivery(total="10.00")
    told(first, "21.00")
    told(by_hand)
    ExpenseFactory(
        spent_on=date(2026, 11, 6), booked_on=date(2026, 11, 6), net=Decimal(100), tax=Decimal(20), cost=Decimal(100),
        tax_reclaimed=True, delivery=by_hand, in_costs=True, category="material",
    )  # fmt: skip

    assert boxes() == {("input", "deliveries"): (115, 21), ("input", "material"): (100, 20)}
    assert tax_purchases.deliveries_without_tax(*NOVEMBER) == [untold]


def test_a_delivery_under_reverse_charge_is_owed_and_comes_back(user):
    told(delivery(), kind=DeliveryTax.REVERSE_CHARGE)

    assert boxes() == {("input", "deliveries"): (100, 20), ("output", "owed"): (100, 20)}


def test_tax_told_after_the_month_was_closed_counts_for_the_day_it_was_told(owner):
    row = delivery()
    periods.close_period(through_on=date(2026, 11, 30), by=owner, at=LATER)
    told(row, at=LATER)

    assert (boxes(), boxes(DECEMBER)) == ({("input", "deliveries"): (100, 0)}, {("input", "deliveries"): (0, 20)})


def test_a_delivery_undone_after_its_month_was_closed_is_taken_back_today(owner):
    row = told(delivery())
    periods.close_period(through_on=date(2026, 11, 30), by=owner, at=LATER)
    row.undone_at = LATER.replace(hour=13)
    row.save()

    assert (boxes(), boxes(DECEMBER)) == ({("input", "deliveries"): (100, 20)}, {("input", "deliveries"): (-100, -20)})
    with pytest.raises(delivery_tax.DeliveryUndone):
        told(row, at=LATER)


def test_tax_that_is_with_the_office_is_not_told_anew(owner):
    row = told(delivery())
    periods.close_period(through_on=date(2026, 11, 30), by=owner, at=LATER)

    with pytest.raises(TaxWithTheOffice):
        told(row, "25.00", at=LATER)


def test_entries_lead_to_each_order_charge_and_delivery(client, bookkeeper):
    read(bookkeeper, fee("Processing fee", "1.50"), fee("Etsy Ads", "5.00", Info=""))
    row, charge = told(delivery()), ChannelChargeFactory()

    response = client.get(reverse("sales:tax_entries"), {"first": "2026-11-01", "last": "2026-11-30"})

    links = [url for _entry, url in response.context["rows"]]
    wanted = {
        Order.objects.get().get_absolute_url(),
        row.get_absolute_url(),
        reverse("sales:channel_charge_detail", args=[charge.pk]),
    }
    assert wanted <= set(links)
    assert {client.get(url).status_code for url in links} == {200}
    assert all(links)
    assert ChannelCharge.objects.count() == 2


def test_the_tax_of_a_delivery_is_told_on_its_page(client, bookkeeper):
    row = delivery()
    url = reverse("inventory:tell_delivery_tax", args=[row.pk])

    bad = client.post(url, {"tax": "-5", "tax_kind": "charged"})
    client.post(url, {"tax": "20", "tax_kind": "charged"})

    row.refresh_from_db()
    assert (bad.status_code, row.tax, row.tax_back, row.tax_on) == (422, 20, True, date(2026, 11, 5))
    assert "It comes back." in client.get(row.get_absolute_url()).content.decode()
