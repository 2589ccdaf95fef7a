from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from nozzly.tax.domain.rates import UnknownExchangeRate
from nozzly.tax.domain.status import set_status
from nozzly.tax.models import ExchangeRate
from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.pricing import JobQuoteFactory, JobQuoteSlotFactory
from nozzly.testing.factories.sales import CustomerFactory
from pricing.domain import quotes
from sales.domain import invoices, orders
from sales.domain.orders import Facts, Line
from sales.domain.states import lines_of
from sales.models import Order

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2026, 11, 22)
D = Decimal


def taken_in(user, *lines, **facts):
    return orders.create_order(Facts(**{"placed_on": DAY, "ship_to_country": "GB"} | facts), lines, by=user, at=NOON)


def accepted(user, **facts):
    quote = quotes.send(JobQuoteSlotFactory(quote=JobQuoteFactory(**facts)).quote, at=NOON)
    return quotes.accept(quote, by=user, at=NOON)


def test_prices_without_tax_come_to_the_cent_of_the_whole_order(user):
    set_status(valid_from=date(2026, 1, 1), registered=True, ships_from="GB")
    line = Line(unit_price=D("4.17"), variant=VariantFactory(), quantity=100)

    order = taken_in(user, line, prices_without_tax=True, postage_charged=D(10), deposit_asked=D(50))

    amounts, _terms = invoices.amounts_of(order, lines_of(order))
    assert (order.buyer_total, amounts.net, amounts.tax) == (D("512.40"), 427, D("85.40"))
    assert order.deposit_asked == 60


def test_prices_without_tax_stay_as_they_are_where_no_tax_is_owed(user):
    line = Line(unit_price=D("4.17"), variant=VariantFactory(), quantity=100)

    assert taken_in(user, line, prices_without_tax=True).buyer_total == 417


def test_order_in_another_currency_needs_the_rate_of_the_day(user):
    line = Line(unit_price=D(10), variant=VariantFactory())
    with pytest.raises(UnknownExchangeRate, match="CHF"):
        taken_in(user, line, currency="CHF")

    ExchangeRate.objects.create(currency="CHF", on=DAY, rate=D("0.90"))

    order = taken_in(user, line, currency="CHF")
    assert (order.currency, order.rate) == ("CHF", D("0.90"))


def test_create_order_page_takes_terms_deposit_and_a_gift_note(client, owner):
    ExchangeRate.objects.create(currency="EUR", on=date(2020, 1, 1), rate=D("0.85"))
    data = {
        "customer_name": "Gift shop Ltd", "ship_to_country": "GB", "placed_on": "2026-11-20", "currency": "EUR",
        "terms_days": "30", "deposit_asked": "40.00", "buyer_reference": "PO-7", "gift_note": "Happy birthday",
        "ship_to": "Gift shop Ltd\n1 Pier", "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0",
        "lines-0-variant": VariantFactory().pk, "lines-0-unit_price": "24.00",
    }  # fmt: skip

    response = client.post(reverse("sales:create_order"), data)

    order = Order.objects.get()
    assert response.status_code == 302
    assert (order.terms_days, order.deposit_asked, order.buyer_reference, order.currency) == (30, 40, "PO-7", "EUR")
    assert (order.gift_note, order.ship_to.splitlines()[1]) == ("Happy birthday", "1 Pier")


def test_accepted_quote_becomes_an_order_once(client, owner):
    known = CustomerFactory(email="ada@byte.example")
    quote = accepted(owner, contact="ada@byte.example", for_business=True)

    assert "Make it an order" in client.get(quote.get_absolute_url()).content.decode()

    for _ in range(2):
        response = client.post(reverse("sales:order_from_quote", args=[quote.pk]))

    order, agreed = Order.objects.get(), quotes.accepted(quote)
    assert response.url == order.get_absolute_url()
    assert (order.customer, order.terms_days, order.due_on) == (known, 14, agreed.due_on)
    assert [(line.variant, line.quantity) for line in order.lines.all()] == [(agreed.variant, 6)]
    page = client.get(quote.get_absolute_url()).content.decode()
    assert ("Make it an order" in page, f'href="{order.get_absolute_url()}"' in page) == (False, True)


def test_quote_that_nobody_accepted_becomes_no_order(client, owner):
    quote = quotes.send(JobQuoteSlotFactory(quote=JobQuoteFactory()).quote, at=NOON)

    client.post(reverse("sales:order_from_quote", args=[quote.pk]))

    assert Order.objects.count() == 0
