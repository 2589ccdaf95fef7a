"""Prices hold the tax of their own product: 20 % or 5 % inside of a British price."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from nozzly.testing.factories.pricing import JobQuoteFactory, JobQuoteSlotFactory, PriceSheetFactory
from pricing.choices import SheetKind
from pricing.domain import quotes
from pricing.domain.grid import grid, margins
from pricing.domain.sheets import contents_of
from pricing.tests import shop
from pricing.tests.shop import TODAY
from sales.domain import commissions
from sales.domain.states import lines_of

D = Decimal
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def listings():
    """Two equal things for 24.00, one of them at the reduced rate."""
    shop.registered()
    both = [shop.dragon(title="Dragon"), shop.dragon(title="Primer")]
    product = both[1].variant.product
    product.tax_class = "reduced"
    product.save()
    return both


def test_each_product_is_compared_with_its_own_tax(listings):
    channel = listings[0].channel
    [(_one, plain), (_two, reduced)] = margins(listings, on=TODAY)

    assert (plain.quote.tax_amount, reduced.quote.tax_amount) == (D("4.00"), D("1.14"))
    assert reduced.profit - plain.profit == D("2.86")
    rows = grid([listing.variant for listing in listings], [channel], on=TODAY)
    assert [row.cells[0].quote.tax_amount for row in rows] == [D("4.00"), D("1.14")]


def test_a_sheet_takes_the_tax_of_each_product_out(listings):
    channel = listings[0].channel
    retail = contents_of(PriceSheetFactory(channel=channel, shows_net=True), on=TODAY)
    wholesale = contents_of(PriceSheetFactory(channel=channel, kind=SheetKind.WHOLESALE), on=TODAY)

    assert [row.net_price for row in retail.rows] == [D("20.00"), D("22.86")]
    assert [row.price for row in wholesale.rows] == [D("20.00"), D("22.86")]
    assert retail.tax_label == "Prices with 20 / 5 % tax."


def test_a_quote_at_the_reduced_rate_becomes_a_product_and_an_order_at_it(user):
    shop.registered()
    quote = JobQuoteSlotFactory(quote=JobQuoteFactory(tax_class="reduced", price_each=D("10.50"))).quote
    quote = quotes.accept(quotes.send(quote, at=NOON), by=user, at=NOON)

    order = commissions.order_from_quote(quote, by=user, at=NOON)

    assert (quote.tax_pct, order.tax_rate_pct, order.buyer_total) == (5, 5, 63)
    assert {line.tax_class for line in lines_of(order)} == {"reduced"}
