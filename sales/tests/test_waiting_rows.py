from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from catalog.models import Variant
from inventory.models import Item, Lot
from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import ItemFactory, LotFactory
from nozzly.testing.factories.pricing import ChannelFactory, ShippingServiceFactory
from sales.choices import OrderState
from sales.domain import import_undoing, matching, order_imports, orders, unmatched
from sales.domain.order_imports import Upload
from sales.domain.orders import Facts, Line, Sending
from sales.models import ChannelCharge, MatchRule, Order, OrderCharge, OrderLine, Refund, WaitingRow
from sales.orderfiles.joining import UNLISTED
from sales.tests.order_files import fee, items, sold_orders, statement

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


def test_amounts_that_come_in_a_later_file_are_those_of_the_order_and_go_with_its_undoing(user, etsy):
    sent = {"Date Shipped": "11/21/26"}
    applied(user, items(sent))
    before = Order.objects.get()
    money = sold_orders(sent | {"Discount Amount": "2.40", "Order Total": "27.10"})  # 2.00 of tax hide in the total

    later = applied(user, money)

    order = Order.objects.get()
    assert (order.discount, order.tax_added, order.buyer_total) == (Decimal("2.40"), 2, Decimal("27.10"))
    assert order.net_home < before.net_home
    assert sum(order.lines.values_list("net_home", flat=True)) == order.net_home
    assert order.profit_home == order.net_home - order.fees_home - order.cost_home - order.post_home
    assert sum(order.charges.standing().values_list("amount_home", flat=True)) == order.fees_home
    assert applied(user, money, items(sent)).summary["made"]["changed_orders"] == 0

    import_undoing.undo(later, by=user, at=NOON)

    order.refresh_from_db()
    assert (order.discount, order.tax_added, order.net_home) == (0, 0, before.net_home)


def test_undoing_a_file_that_sent_an_order_with_its_label_takes_both_back(user, etsy):
    ShippingServiceFactory(price=Decimal("3.35"))
    item = Item.objects.get(sku="DRG-RED")
    item.packed_weight_g = 120
    item.save()
    applied(user, items({"SKU": "DRG-RED"}))
    later = applied(user, items(SENT), statement(fee("USPS shipping label", "4.10", Type="Shipping")))
    assert Order.objects.get().post_home == 0

    import_undoing.undo(later, by=user, at=NOON)

    assert (Order.objects.get().is_open, Lot.objects.get().on_hand) == (True, 3)


def test_of_two_options_of_a_title_only_the_one_that_is_known_now_is_named(user, etsy):
    rows = [{"Item Name": "Fox", "Variations": f"Colour: {each}", "Transaction ID": each} for each in ("Blue", "Red")]
    applied(user, items(*rows))
    blue, red = Order.objects.get().lines.order_by("pk")
    matching.remember(
        matching.Words("Fox", "Colour: Red"), channel=etsy, variant=Variant.objects.get(), pieces=1, by=user, at=NOON
    )

    applied(user, items(*rows))

    blue.refresh_from_db()
    red.refresh_from_db()
    assert (blue.variant, red.variant) == (None, Variant.objects.get())


def test_the_preview_counts_fees_as_they_are_booked(user, etsy):
    rows = (fee("Transaction fee: Dragon", "1.77", Info="Listing #1501"), fee("Etsy Ads", "5.00", Info=""))
    uploads = [Upload("items.csv", items(SENT)), Upload("month.csv", statement(*rows))]
    found = order_imports.take_in(uploads, key=uuid4(), by=user, at=NOON)

    seen = order_imports.check(found, today=TODAY).rows.counts()
    made = order_imports.apply(order_imports.start(found, at=NOON), by=user, at=NOON).summary["made"]

    assert {name: made[name] for name in ("order_charges", "channel_charges")} == {
        "order_charges": 1, "channel_charges": 1,
    }  # fmt: skip
    assert (seen["order_charges"], seen["channel_charges"]) == (1, 1)


def test_what_a_file_did_not_list_is_answered_for_that_line_alone(user, etsy):
    for number in ("1", "2"):
        lines = items({"Order ID": number, "Transaction ID": number})
        applied(user, lines, sold_orders({"Order ID": number, "Order Value": "30.00", "Order Total": "33.50"}))
    first, second = OrderLine.objects.filter(title=UNLISTED).order_by("pk")

    assert unmatched.answer(first, variant=Variant.objects.get(), by=user, at=NOON) == 1

    second.refresh_from_db()
    assert (second.variant, second.unit_price, MatchRule.objects.count()) == (None, 6, 0)
