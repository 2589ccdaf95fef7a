"""Orders that cross a border, worked out by hand: 60.00 of goods, who owes the tax and who pays the duty."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from nozzly.tax.domain.status import BEGINNING, set_status
from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.pricing import ChannelFactory
from pricing.choices import ChannelKind
from pricing.domain.exchange import type_rate
from sales.domain import orders
from sales.domain.bulk_shipping import TermsBook
from sales.domain.fee_audit import differences
from sales.domain.figures import figures_of
from sales.domain.orders import Facts, Line, Sending
from sales.models import OrderCharge

D = Decimal
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _shop():
    set_status(valid_from=BEGINNING, registered=True, ships_from="GB", import_one_stop_shop=True)
    for currency, rate in {"EUR": "0.85", "USD": "0.80"}.items():
        type_rate(currency, rate=D(rate), on=date(2025, 1, 1))


def own_shop(**facts):
    return ChannelFactory(kind=ChannelKind.OWN_SHOP, schedule_id="direct-uk", **facts)


def sent(user, channel, country, *, price="60", **facts):
    facts = Facts(placed_on=DAY, channel=channel, ship_to_country=country, **facts)
    order = orders.create_order(facts, [Line(unit_price=D(price), variant=VariantFactory())], by=user, at=NOON)
    before = order.tax_kind
    orders.confirm_order(order, by=user, at=NOON)
    order = orders.ship_order(order, sending=Sending(), key=uuid4(), by=user, at=NOON)
    assert order.tax_kind == before
    return order


@pytest.mark.parametrize(
    ("country", "price", "kind", "tax"),
    [
        ("DE", "60", "one_stop_shop", "9.58"),  # 60 × 19 / 119
        ("DE", "151.72", "one_stop_shop", "24.22"),  # 127.50 GBP of goods are 150 EUR
        ("DE", "200", "export", "0"),
        ("US", "60", "export", "0"),
        ("GB", "60", "domestic", "10.00"),
    ],
)
def test_an_order_of_our_own_shop_is_booked_under_our_ioss_up_to_the_limit(user, country, price, kind, tax):
    order = sent(user, own_shop(), country, price=price)

    assert (order.tax_kind, order.tax_home, order.net_home) == (kind, D(tax), D(price) - D(tax))


def test_duty_that_we_pay_is_in_the_profit_of_the_order_and_asked_of_no_statement(user):
    ours, buyers = sent(user, own_shop(pays_duty=True), "US"), sent(user, own_shop(), "US")

    duty = OrderCharge.objects.get(order=ours, code="duty")
    assert (duty.amount_home, buyers.profit_home - ours.profit_home) == (D("3.18"), D("3.18"))  # 5.3 %
    OrderCharge.objects.create(
        order=ours, code="processing", label="Card", amount=1, amount_home=1, charged=True, at=NOON
    )
    assert "duty" not in {row["code"] for row in differences(first=DAY, last=DAY)}


def test_what_a_marketplace_collects_is_what_it_says(user):
    silent, told = sent(user, ChannelFactory(), "FR"), sent(user, ChannelFactory(), "FR", tax_added=D(12))

    assert {silent.tax_kind, told.tax_kind} == {"platform_collected"}
    assert (silent.tax_home, told.tax_home) == (0, 0)
    assert told.fees_home - silent.fees_home == D("0.48")  # 4 % for the card, of 12.00


def test_net_prices_of_an_order_abroad_take_the_tax_that_is_owed(user):
    order = sent(user, own_shop(), "DE", price="100", prices_without_tax=True)

    assert (order.net_home, order.tax_home) == (D(100), D(19))


def test_orders_of_one_import_share_the_terms_of_a_day_wherever_they_go(user):
    book = TermsBook(own_shop(pays_duty=True))

    for country in ("US", "FR", "GB", "US"):
        order = sent(user, book.channel, country)
        shared = figures_of(order, list(order.lines.all()), terms=book.of(DAY, country))
        assert (shared.fees_home, shared.tax_home) == (order.fees_home, order.tax_home)
