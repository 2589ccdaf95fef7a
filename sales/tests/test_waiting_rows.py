from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import ItemFactory, LotFactory
from nozzly.testing.factories.pricing import ChannelFactory
from sales.choices import OrderState
from sales.domain import import_undoing, order_imports, orders
from sales.domain.order_imports import Upload
from sales.domain.orders import Facts, Line, Sending
from sales.models import ChannelCharge, Order, OrderCharge, Refund, WaitingRow
from sales.tests.order_files import fee, items, statement

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
MONTH = (
    fee("Etsy Ads", "5.00", Info=""),
    fee("Processing fee", "1.30"),
    fee("Processing fee", "0.90", Info="Order #9002"),
)
SENT = {"SKU": "DRG-RED", "Date Shipped": "11/21/26"}


@pytest.fixture(autouse=True)
def etsy():
    order_imports.set_books_start(date(2026, 11, 1))
    LotFactory(item=VariantFactory(item=ItemFactory(sku="DRG-RED", kind="part")).item, held=3, worth="15.00")
    return ChannelFactory(name="Etsy")


def applied(user, *contents):
    uploads = [Upload(f"file{number}.csv", content) for number, content in enumerate(contents)]
    made = order_imports.take_in(uploads, key=uuid4(), by=user, at=NOON)
    return order_imports.apply(order_imports.start(made, at=NOON), by=user, at=NOON)


def charged():
    return list(OrderCharge.objects.standing().filter(charged=True).values_list("order__external_id", "amount"))


def test_rows_of_an_order_that_is_not_here_join_it_when_it_comes(user):
    applied(user, statement(*MONTH))
    waiting = WaitingRow.objects.count()

    applied(user, items(SENT))

    assert (waiting, charged()) == (2, [("9001", Decimal("1.30"))])
    assert list(WaitingRow.objects.values_list("order_name", flat=True)) == ["9002"]


def test_a_statement_of_unknown_orders_alone_is_kept_once(user, etsy):
    applied(user, statement(MONTH[1]))

    again = order_imports.take_in([Upload("again.csv", statement(MONTH[1]))], key=uuid4(), by=user, at=NOON)

    assert order_imports.check(again, today=TODAY).may_apply is False
    assert WaitingRow.objects.count() == 1


def test_an_order_typed_by_hand_takes_what_waited_for_it(user, etsy):
    applied(user, statement(*MONTH))

    orders.create_order(
        Facts(placed_on=date(2026, 11, 20), channel=etsy, external_id="9002"), [Line(Decimal(24))], by=user, at=NOON
    )

    assert charged() == [("9002", Decimal("0.90"))]


def test_money_given_back_before_the_order_is_sent_is_given_back_then(user, etsy):
    refund = {"Type": "Refund", "Title": "Refund for Order #9001", "Info": "", "Amount": "-£4.00", "Fees & Taxes": "--", "Net": "-£4.00"}  # fmt: skip
    applied(user, items({"SKU": "DRG-RED"}), statement(refund))
    order = Order.objects.get()
    assert (order.state, Refund.objects.count()) == (OrderState.NEW, 0)

    orders.confirm_order(order, by=user, at=NOON)
    orders.ship_order(order, sending=Sending(), key=uuid4(), by=user, at=NOON)

    assert (Refund.objects.get().gross, WaitingRow.objects.exists()) == (4, False)


def test_undoing_a_statement_forgets_what_waited(user):
    month = applied(user, statement(*MONTH))

    import_undoing.undo(month, by=user, at=NOON)
    applied(user, items(SENT))

    assert (charged(), ChannelCharge.objects.standing().count()) == ([], 0)


def test_undone_orders_leave_their_fees_waiting_for_the_next_import(user):
    first = applied(user, items(SENT))
    applied(user, statement(*MONTH))

    import_undoing.undo(first, by=user, at=NOON)
    gone = charged()
    applied(user, items(SENT))

    assert (gone, charged()) == ([], [("9001", Decimal("1.30"))])
