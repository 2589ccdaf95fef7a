"""Cost of goods of any days is what the books of the stock room say of these days."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

from django.db import connection

from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import ItemFactory, LotFactory
from nozzly.testing.factories.pricing import ChannelFactory
from nozzly.testing.factories.sales import OrderFactory, OrderLineFactory
from sales.domain import order_imports, orders, reports, returns
from sales.domain.order_imports import Upload
from sales.domain.orders import Sending
from sales.domain.returns import Back, Parcelled
from sales.domain.settling import settle_lines
from sales.models import OrderLine
from sales.tests.order_files import items

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


def sold_by_the_ledger(first, last):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(-sum(full_value), 0) FROM inventory_movement "
            "WHERE kind IN ('sale', 'return') AND booked_on BETWEEN %s AND %s",
            [first, last],
        )
        return cursor.fetchone()[0]


def both(*days):
    return reports.totals(*days).cost, sold_by_the_ledger(*days)


def test_a_return_that_is_told_late_counts_for_its_day_in_both(user):
    sent_at = NOON.replace(month=10, day=5)
    variant = VariantFactory()
    LotFactory(item=variant.item, held=3, worth="18.00")
    order = OrderFactory(placed_on=sent_at.date())
    OrderLineFactory(order=order, variant=variant, quantity=3)
    orders.confirm_order(order, by=user, at=sent_at)
    orders.ship_order(order, sending=Sending(), key=uuid4(), by=user, at=sent_at)

    came = Parcelled([Back(order.lines.get(), 1)], on=date(2026, 10, 12))
    returns.take_back(order, came, key=uuid4(), by=user, at=NOON)

    assert (both(*OCTOBER), both(*NOVEMBER)) == ((Decimal(12), Decimal(12)), (0, 0))


def test_a_line_that_is_named_late_costs_on_the_day_it_was_sent_in_both(user):
    order_imports.set_books_start(date(2026, 9, 1))
    ChannelFactory(name="Etsy")
    variant = VariantFactory(item=ItemFactory(kind="part"))
    LotFactory(item=variant.item, on_hand=3, bought_value=6, full_value=15)
    file = items({"SKU": "?", "Sale Date": "10/05/26", "Date Paid": "10/05/26", "Date Shipped": "10/06/26"})
    found = order_imports.take_in([Upload("items.csv", file)], key=uuid4(), by=user, at=NOON)
    order_imports.apply(order_imports.start(found, at=NOON), by=user, at=NOON)

    settle_lines([(OrderLine.objects.get(), variant.pk, 1)], by=user, at=NOON)

    assert (both(*OCTOBER), both(*NOVEMBER)) == ((Decimal(5), Decimal(5)), (0, 0))
