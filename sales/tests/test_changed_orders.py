from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import ItemFactory, LotFactory
from nozzly.testing.factories.pricing import ChannelFactory
from sales.choices import OrderState
from sales.domain import import_undoing, order_imports, orders
from sales.domain.import_plans import Verdict
from sales.domain.order_imports import Upload
from sales.models import Order, OrderLine
from sales.tests.order_files import table

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
HEAD = {
    "Name": "#1001", "Financial Status": "paid", "Fulfillment Status": "unfulfilled", "Fulfilled at": "",
    "Currency": "GBP", "Subtotal": "34.00", "Shipping": "3.50", "Taxes": "0.00", "Total": "37.50",
    "Discount Amount": "0.00", "Created at": "2026-11-20 09:58:12 +0000", "Lineitem quantity": "1",
    "Lineitem name": "Dragon - Red", "Lineitem price": "24.00", "Lineitem sku": "DRG-RED", "Lineitem discount": "0.00",
    "Refunded Amount": "0.00", "Cancelled at": "", "Id": "5001",
}  # fmt: skip
MUG = {"Lineitem name": "Mug", "Lineitem price": "10.00", "Lineitem sku": ""}
TRAY = {"Lineitem name": "Tray", "Lineitem price": "8.00", "Lineitem sku": "TRAY"}


@pytest.fixture(autouse=True)
def shop():
    order_imports.set_books_start(date(2026, 11, 1))
    for sku in ("DRG-RED", "TRAY"):
        LotFactory(item=VariantFactory(item=ItemFactory(sku=sku, kind="part")).item, held=9, worth="45.00")
    return ChannelFactory(name="Shop", currency="GBP")


def export(*lines, **head):
    first, *others = [{**HEAD, **head, **line} for line in lines]
    empty = dict.fromkeys(set(HEAD) - {"Name"} - {name for name in HEAD if name.startswith("Lineitem")}, "")
    return table(HEAD, first, *({**line, **empty} for line in others))


def taken_in(user, shop, content):
    made = order_imports.take_in([Upload("orders_export.csv", content)], key=uuid4(), by=user, at=NOON)
    return order_imports.answer(made, channel=shop, at=NOON)


def applied(user, shop, content):
    found = taken_in(user, shop, content)
    return order_imports.apply(order_imports.start(found, at=NOON), by=user, at=NOON)


def lines():
    return list(OrderLine.objects.order_by("position").values_list("title", "quantity", "unit_price"))


def test_an_order_nobody_has_confirmed_takes_the_lines_of_a_later_export_and_undoing_brings_the_old_ones(user, shop):
    applied(user, shop, export({}, MUG))
    before = lines()
    later = export({"Lineitem quantity": "2"}, TRAY, Subtotal="56.00", Total="60.00", Shipping="4.00")

    check = order_imports.check(taken_in(user, shop, later), today=TODAY)
    words = check.orders[0].lines.words
    second = applied(user, shop, later)

    assert check.orders[0].verdict == Verdict.CHANGED
    assert words == (
        "2 × Dragon instead of 1", "1 × Mug no longer", "1 × Tray more", "other discount, postage or tax",
    )  # fmt: skip
    order = Order.objects.get()
    assert lines() == [("Dragon", 2, Decimal("24.00")), ("Tray", 1, Decimal("8.00"))]
    assert (order.buyer_total, order.postage_charged) == (Decimal("60.00"), Decimal("4.00"))
    assert order.lines.get(title="Tray").variant.item.sku == "TRAY"
    assert order_imports.check(taken_in(user, shop, later), today=TODAY).orders[0].verdict == Verdict.SAME

    plan = import_undoing.undo(second, by=user, at=NOON)
    assert (plan.stay, lines(), Order.objects.get().buyer_total) == ([], before, Decimal("37.50"))


def test_lines_of_a_changed_export_that_was_also_sent_leave_the_shelf(user, shop):
    applied(user, shop, export({}))

    sent = {"Fulfillment Status": "fulfilled", "Fulfilled at": "2026-11-21 10:00:00 +0000"}
    applied(user, shop, export({}, TRAY, Subtotal="32.00", Total="35.50", **sent))

    order = Order.objects.get()
    assert (order.state, order.net_home) == (OrderState.SHIPPED, Decimal("35.50"))
    assert list(order.lines.values_list("pieces_sent", flat=True)) == [1, 1]


def test_of_an_order_that_somebody_works_on_the_preview_says_what_differs_and_why_it_stays(user, shop):
    applied(user, shop, export({}, Subtotal="24.00", Total="27.50"))
    orders.confirm_order(Order.objects.get(), by=user, at=NOON)
    before = lines()

    later = taken_in(user, shop, export({}, TRAY, Subtotal="32.00", Total="35.50"))
    check = order_imports.check(later, today=TODAY)

    assert (check.orders[0].verdict, check.may_apply, lines()) == (Verdict.SAME, False, before)
    assert [(row["text"], row["refuses"]) for row in order_imports.problems_of(check)] == [
        ("1001: The file says: 1 × Tray more. The order stays, because it is confirmed.", False)
    ]


def test_undoing_leaves_lines_of_an_order_that_was_confirmed_since(user, shop):
    applied(user, shop, export({}, Subtotal="24.00", Total="27.50"))
    second = applied(user, shop, export({}, TRAY, Subtotal="32.00", Total="35.50"))
    orders.confirm_order(Order.objects.get(), by=user, at=NOON)

    plan = import_undoing.undo(second, by=user, at=NOON)

    assert [reason for _order, reason in plan.stay] == ["It is confirmed; its lines stay."]
    assert len(lines()) == 2


EBAY = {
    "Sales Record Number": "145", "Order Number": "", "Buyer Username": "buyer_two", "Item Number": "2200",
    "Item Title": "Dragon", "Custom Label": "DRG-RED", "Quantity": "1", "Sold For": "£24.00",
    "Postage And Handling": "£3.50", "Total Price": "£27.50", "Sale Date": "20-Nov-26", "Posted On Date": "",
}  # fmt: skip


def test_an_order_that_came_without_a_number_is_known_once_the_channel_gave_it_one(user, shop):
    applied(user, shop, table(EBAY))
    numbered = table(EBAY, {"Order Number": "11-10000-00009"})

    check = order_imports.check(taken_in(user, shop, numbered), today=TODAY)
    assert (check.orders[0].verdict, check.orders[0].changes) == (Verdict.CHANGED, ["number"])
    second = applied(user, shop, numbered)
    assert Order.objects.get().external_id == "11-10000-00009"
    assert order_imports.check(taken_in(user, shop, numbered), today=TODAY).may_apply is False

    import_undoing.undo(second, by=user, at=NOON)
    assert Order.objects.get().external_id == "record 145"


def test_two_reports_of_one_import_join_an_order_before_and_after_it_had_its_number(user, shop):
    uploads = [Upload(f"{number}.csv", table(EBAY, {"Order Number": number})) for number in ("", "11-10000-00009")]
    made = order_imports.take_in(uploads, key=uuid4(), by=user, at=NOON)
    made = order_imports.answer(made, channel=shop, at=NOON)

    order_imports.apply(order_imports.start(made, at=NOON), by=user, at=NOON)

    assert Order.objects.get().external_id == "11-10000-00009"
    assert OrderLine.objects.get().quantity == 1
