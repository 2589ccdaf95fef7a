from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection

from inventory.domain import ledger
from inventory.models import Lot
from nozzly.tenancy.current import in_workspace
from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import ItemFactory, LotFactory
from nozzly.testing.factories.pricing import ChannelFactory, ShippingServiceFactory
from sales.choices import CostOrigin, ImportState, OrderState
from sales.domain import import_undoing, matching, order_imports, orders
from sales.domain.import_plans import Verdict
from sales.domain.order_imports import NothingToImport, Upload
from sales.domain.settling import settle_lines
from sales.models import ChannelCharge, Customer, MatchRule, Order, OrderCharge, OrderImport, OrderLine, Payout, Refund
from sales.orderfiles.errors import UnreadableOrderFile
from sales.tests.order_files import fee, items, sold_orders, statement, table

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
BOOKS = date(2026, 11, 1)


@pytest.fixture
def etsy():
    order_imports.set_books_start(BOOKS)
    return ChannelFactory(name="Etsy")


@pytest.fixture
def dragon():
    """Three on the shelf, at 5.00 full and 2.00 bought each."""
    variant = VariantFactory(item=ItemFactory(sku="DRG-RED", kind="part"))
    LotFactory(item=variant.item, on_hand=3, bought_value=6, full_value=15)
    return variant


def taken_in(user, *contents):
    uploads = [Upload(f"file{number}.csv", content) for number, content in enumerate(contents)]
    return order_imports.take_in(uploads, key=uuid4(), by=user, at=NOON)


def applied(user, *contents):
    found = taken_in(user, *contents)
    return order_imports.apply(order_imports.start(found, at=NOON), by=user, at=NOON)


def test_nothing_is_written_before_apply(user, etsy, dragon):
    found = taken_in(user, items({"SKU": "drg-red"}))

    check = order_imports.check(found, today=TODAY)

    assert [plan.verdict for plan in check.orders] == [Verdict.NEW]
    assert check.orders[0].matches[0].variant_id == dragon.pk
    assert check.may_apply
    assert (Order.objects.count(), Customer.objects.count()) == (0, 0)


def test_apply_makes_orders_with_customer_address_and_matched_lines(user, etsy, dragon):
    applied(user, items({"SKU": "DRG-RED", "Quantity": "2", "Item Total": "48.00"}))

    order = Order.objects.get()
    assert (order.channel, order.external_id, order.state, order.placed_on) == (
        etsy, "9001", OrderState.NEW, date(2026, 11, 20),
    )  # fmt: skip
    assert (order.customer.name, order.customer.channel_handle, order.ship_to_country) == ("Ada Buyer", "ada", "GB")
    assert order.ship_to == "Ada Buyer\n1 Mill Lane\nYork YO1 7HH"
    line = order.lines.get()
    assert (line.variant, line.quantity, line.unit_price, order.buyer_total) == (dragon, 2, 24, Decimal("51.50"))


def test_importing_again_and_overlapping_changes_nothing_twice(user, etsy, dragon):
    first = items({"SKU": "DRG-RED"})
    applied(user, first)
    again = applied(user, first, items({"SKU": "DRG-RED"}, {"Order ID": "9002", "Transaction ID": "5002"}))

    assert sorted(Order.objects.values_list("external_id", flat=True)) == ["9001", "9002"]
    assert again.summary["made"]["made"] == 1
    assert Customer.objects.count() == 1


def test_items_orders_and_statement_join_into_one_order_with_real_fees(user, etsy, dragon):
    sent = {"Date Shipped": "11/21/26"}
    month = statement(
        {"Type": "Sale", "Title": "Payment for Order #9001", "Info": "", "Amount": "£25.10", "Fees & Taxes": "--", "Net": "£25.10"},
        fee("Processing fee", "1.30"),
        fee("Transaction fee: Dragon", "1.77", Info="Listing #1501"),
        fee("Listing fee", "0.16", Info="Listing #777"),
        fee("Etsy Ads", "5.00", Type="Marketing", Info=""),
        fee("VAT: Etsy Ads", "1.00", Type="VAT", Info=""),
        {"Type": "Deposit", "Title": "£60.00 sent to your bank account", "Info": "", "Fees & Taxes": "--", "Net": "--"},
    )  # fmt: skip

    applied(
        user,
        items(sent | {"SKU": "DRG-RED"}),
        sold_orders(sent | {"Discount Amount": "2.40", "Order Total": "25.10"}),
        month,
    )

    order = Order.objects.get()
    assert (order.state, order.shipped_on, order.discount) == (OrderState.SHIPPED, date(2026, 11, 21), Decimal("2.40"))
    assert order.lines.get().cost_origin == CostOrigin.ACTUAL
    assert (order.cost_home, Lot.objects.get().on_hand) == (5, 2)
    charged = order.charges.filter(charged=True).values_list("code", "amount")
    assert dict(charged) == {"processing": Decimal("1.30"), "transaction": Decimal("1.77")}
    assert order.charges.filter(charged=False, code="transaction").exists()
    assert dict(ChannelCharge.objects.values_list("code", "amount")) == {
        "listing": Decimal("0.16"), "ads": 5, "tax": 1,
    }  # fmt: skip
    assert list(Payout.objects.values_list("amount", "on")) == [(60, date(2026, 11, 20))]


def test_a_statement_read_twice_books_equal_rows_once_each(user, etsy):
    rows = [fee("Listing fee", "0.16", Info="Listing #777")] * 5
    applied(user, statement(*rows))

    again = order_imports.check(taken_in(user, statement(*rows)), today=TODAY)

    assert ChannelCharge.objects.count() == 5
    assert (again.rows.known, again.may_apply) == (5, False)


def test_orders_from_before_the_books_start_are_history(user, etsy, dragon):
    applied(user, items({"Sale Date": "03/05/25", "Date Paid": "03/05/25", "SKU": "DRG-RED"}))

    order = Order.objects.get()
    assert (order.state, order.shipped_on) == (OrderState.SHIPPED, date(2025, 3, 5))
    assert order.lines.get().cost_origin != CostOrigin.ACTUAL
    assert Lot.objects.get().on_hand == 3
    assert not ledger.movements_from("order", order.pk).exists()


def test_sending_what_is_not_on_the_shelf_is_booked_and_flagged(user, etsy, dragon):
    applied(user, items({"SKU": "DRG-RED", "Quantity": "5", "Item Total": "120", "Date Shipped": "11/21/26"}))

    lot = Lot.objects.get()
    assert (Order.objects.get().state, lot.on_hand, lot.needs_count) == (OrderState.SHIPPED, 0, True)


def test_an_order_that_was_here_is_sent_by_a_later_file(user, etsy, dragon):
    applied(user, items({"SKU": "DRG-RED"}))
    order = orders.confirm_order(Order.objects.get(), by=user, at=NOON)

    later = applied(user, items({"SKU": "DRG-RED", "Date Shipped": "11/22/26"}))

    order.refresh_from_db()
    assert (order.state, Lot.objects.get().on_hand, later.summary["made"]["changed_orders"]) == (
        OrderState.SHIPPED,
        2,
        1,
    )


def test_an_orders_file_alone_waits_for_its_items(user, etsy):
    check = order_imports.check(taken_in(user, sold_orders()), today=TODAY)

    assert [plan.verdict for plan in check.orders] == [Verdict.WAITING]
    assert not check.may_apply


def test_one_bad_row_leaves_its_order_out_and_the_others_whole(user, etsy):
    found = applied(
        user,
        items(
            {"Order ID": "1"}, {"Order ID": "1", "Transaction ID": "2", "Price": "cheap"},
            {"Order ID": "3", "Transaction ID": "4"}, {"Order ID": "5", "Transaction ID": "6", "Currency": "ZZZ"},
        ),
    )  # fmt: skip

    assert list(Order.objects.values_list("external_id", flat=True)) == ["3"]
    assert ("file0.csv", 3) in [(problem["file"], problem["line"]) for problem in found.problems]


def test_an_order_the_books_cannot_hold_does_not_stop_the_others(user, etsy):
    applied(
        user,
        items(
            {"Order ID": "1", "Price": "900000000.00", "Quantity": "90000", "Item Total": ""},
            {"Order ID": "3", "Transaction ID": "4"},
        ),
    )

    assert list(Order.objects.values_list("external_id", flat=True)) == ["3"]


def test_an_answer_is_remembered_and_settles_lines_that_were_sent(user, etsy, dragon):
    words = {"Item Name": "Fierce beast", "Variations": "Colour: Red,Personalization: Ada"}
    applied(user, items(words | {"Date Shipped": "11/21/26"}))
    line = OrderLine.objects.get()
    assert (line.variant, line.options, line.personalisation) == (None, "Colour: Red", "Ada")
    before = Order.objects.get().profit_home

    matching.remember(
        matching.Words("Fierce beast", "Colour: Red"), channel=etsy, variant=dragon, pieces=2, by=user, at=NOON
    )
    settle_lines([(line, dragon.pk, 2)], by=user, at=NOON)
    applied(
        user,
        items(words | {"Order ID": "9002", "Transaction ID": "7", "Variations": "Colour: Red,Personalization: Bob"}),
    )

    line.refresh_from_db()
    order = Order.objects.get(external_id="9001")
    assert (line.variant, line.pieces, line.cost_home, Lot.objects.get().on_hand) == (dragon, 2, 10, 1)
    assert (order.cost_home, order.profit_home) == (10, before - 10)
    assert OrderLine.objects.get(order__external_id="9002").variant == dragon
    assert MatchRule.objects.count() == 1


def test_guessed_postage_comes_with_the_answer_and_goes_with_the_label(user, etsy, dragon):
    ShippingServiceFactory(price=Decimal("3.35"))
    dragon.item.packed_weight_g = 120
    dragon.item.save()
    applied(user, items({"Item Name": "Beast", "Date Shipped": "11/21/26"}))
    order = Order.objects.get()
    assert order.post_home == 0
    settle_lines([(order.lines.get(), dragon.pk, 1)], by=user, at=NOON)
    order.refresh_from_db()
    assert (order.post_home, order.lines.get().post_home) == (Decimal("3.35"), Decimal("3.35"))
    before = order.profit_home

    label = applied(user, statement(fee("USPS shipping label", "4.10", Type="Shipping")))
    order.refresh_from_db()
    assert (order.post_home, order.profit_home) == (0, before + Decimal("3.35"))
    assert order.charges.get(charged=True).code == "label"

    import_undoing.undo(label, by=user, at=NOON)
    order.refresh_from_db()
    assert (order.post_home, order.profit_home) == (Decimal("3.35"), before)


def test_undo_takes_everything_back_and_the_file_can_come_again(user, etsy, dragon):
    files = (
        items({"SKU": "DRG-RED", "Date Shipped": "11/21/26"}),
        statement(
            fee("Processing fee", "1.30"),
            fee("Transaction fee: D", "1.77", Info="Listing #1501"),
            fee("Etsy Ads", "5.00", Info=""),
        ),
    )
    made = applied(user, *files)

    import_undoing.undo(made, by=user, at=NOON)

    order = Order.objects.get()
    assert (order.state, order.external_id, order.profit_home) == (OrderState.CANCELLED, "", None)
    assert (Lot.objects.get().on_hand, Lot.objects.get().full_value) == (3, 15)
    assert sum(ChannelCharge.objects.values_list("amount", flat=True)) == 0
    assert not OrderCharge.objects.standing().exists()

    applied(user, *files)

    assert (Order.objects.filter(state=OrderState.SHIPPED).count(), Lot.objects.get().on_hand) == (1, 2)
    assert ChannelCharge.objects.standing().count() == 1
    charged = OrderCharge.objects.standing().filter(charged=True)
    assert set(charged.values_list("order__state", "code")) == {
        (OrderState.SHIPPED, "processing"), (OrderState.SHIPPED, "transaction"),
    }  # fmt: skip


def test_undo_leaves_what_people_have_worked_on(user, etsy, dragon):
    made = applied(user, items({"SKU": "DRG-RED"}))
    orders.confirm_order(Order.objects.get(), by=user, at=NOON)

    plan = import_undoing.undo(made, by=user, at=NOON)

    assert Order.objects.get().state == OrderState.CONFIRMED
    assert [reason for _order, reason in plan.stay] == ["somebody has worked on it since"]


def test_undo_of_a_change_puts_the_order_back(user, etsy, dragon):
    applied(user, items({"SKU": "DRG-RED"}))
    later = applied(user, items({"SKU": "DRG-RED", "Date Shipped": "11/22/26"}))

    import_undoing.undo(later, by=user, at=NOON)

    assert (Order.objects.get().is_open, Lot.objects.get().on_hand) == (True, 3)


def test_a_refund_of_the_channel_is_given_back_once(user, etsy, dragon):
    files = (
        items({"SKU": "DRG-RED", "Date Shipped": "11/21/26"}),
        statement({"Type": "Refund", "Title": "Refund for Order #9001", "Amount": "-£10.00", "Fees & Taxes": "--", "Net": "-£10.00"}),
    )  # fmt: skip
    applied(user, *files)
    applied(user, *files, sold_orders({"Date Shipped": "11/21/26", "Order Total": "27.50"}))

    assert list(Refund.objects.values_list("gross", flat=True)) == [10]


def test_a_table_with_known_headers_is_matched_as_the_last_one_was(user, etsy):
    own = table({"Nr": "1", "Day": "2026-11-20", "What": "Dragon", "For": "24.00"})
    first = taken_in(user, own)
    assert order_imports.check(first, today=TODAY).questions == ["columns"]
    columns = {"order": 0, "date": 1, "title": 2, "price": 3}
    order_imports.answer(first, channel=etsy, columns=columns, at=NOON)

    again = order_imports.check(taken_in(user, own), today=TODAY)

    assert [plan.order.external_id for plan in again.orders] == ["1"]
    assert again.files[0][1].columns == columns


def test_an_import_whose_worker_died_goes_on_and_old_files_are_forgotten(user, etsy, dragon):
    dead = order_imports.start(taken_in(user, items({"SKU": "DRG-RED"})), at=NOON)
    with pytest.raises(order_imports.NotNow):
        order_imports.start(dead, at=NOON)

    later = dead.updated_at + timedelta(minutes=11)
    order_imports.apply(order_imports.start(dead, at=later), by=user, at=later)
    left = taken_in(user, items({"Order ID": "9002"}))

    assert Order.objects.count() == 1
    assert order_imports.forget_old(at=left.updated_at + timedelta(days=31)) == 1
    assert not OrderImport.objects.filter(pk=left.pk).exists()


def test_files_of_two_marketplaces_and_files_without_orders_are_refused(user, etsy):
    ebay = b"Sales Record Number,Order Number,Item Number,Item Title,Sold For,Sale Date\n1,2,3,Dragon,$5.00,Sep-18-26\n"

    with pytest.raises(NothingToImport, match="different marketplaces"):
        taken_in(user, items(), ebay)
    with pytest.raises(UnreadableOrderFile, match="products export"):
        taken_in(user, b"Handle,Title,Variant Price\ndragon,Dragon,5\n")


def test_without_a_channel_of_that_marketplace_one_is_asked_for(user):
    found = taken_in(user, items())

    assert (found.channel, order_imports.check(found, today=TODAY).questions) == (None, ["channel"])
    assert found.state == ImportState.CHECKED


@pytest.mark.threads
def test_two_imports_at_once_make_each_order_once(committed, workspace, user):
    order_imports.set_books_start(BOOKS)
    ChannelFactory(name="Etsy")
    content = items(*({"Order ID": str(number), "Transaction ID": str(number)} for number in range(100, 120)))
    found = [order_imports.start(taken_in(user, content), at=NOON) for _ in range(2)]
    barrier = Barrier(2)

    def work(order_import):
        with in_workspace(workspace):
            barrier.wait()
            order_imports.apply(order_import, by=user, at=NOON)
        connection.close()

    threads = [Thread(target=work, args=(each,)) for each in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Order.objects.count() == 20
