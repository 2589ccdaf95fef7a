from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.choices import ItemKind
from inventory.domain import ledger
from inventory.models import Lot, Reservation
from nozzly.tax.domain.status import set_status
from nozzly.tax.models import ExchangeRate
from nozzly.tenancy.current import in_workspace
from nozzly.testing.factories.catalog import VariantFactory, make_product
from nozzly.testing.factories.inventory import ItemFactory, LotFactory
from nozzly.testing.factories.pricing import ChannelFactory
from nozzly.testing.factories.sales import OrderFactory, OrderLineFactory
from sales.choices import CostOrigin, OrderState
from sales.domain import orders
from sales.domain.figures import figures_of
from sales.domain.orders import Facts, Line, Sending
from sales.models import Order, OrderCharge, OrderEvent

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2026, 11, 22)


def an_order(user, variant, *, quantity=1, price="24.00", **facts):
    facts = {"placed_on": DAY, "channel": ChannelFactory(), "ship_to_country": "GB"} | facts
    line = Line(unit_price=Decimal(price), variant=variant, quantity=quantity)
    return orders.create_order(Facts(**facts), [line], by=user, at=NOON)


def shipped(order, user, **sending):
    return orders.ship_order(order, sending=Sending(**sending), key=uuid4(), by=user, at=NOON)


def test_create_order_takes_numbers_without_a_gap(user):
    numbers = [an_order(user, VariantFactory()).number for _ in range(3)]

    assert numbers == ["1001", "1002", "1003"]


def test_create_order_without_lines_is_refused(user):
    with pytest.raises(orders.NothingOrdered):
        orders.create_order(Facts(placed_on=DAY), [], by=user, at=NOON)

    assert Order.objects.count() == 0


def test_create_order_of_the_same_channel_number_is_refused(user):
    channel = ChannelFactory()
    an_order(user, VariantFactory(), channel=channel, external_id="9003")

    with pytest.raises(orders.OrderAlreadyHere, match="9003"):
        an_order(user, VariantFactory(), channel=channel, external_id="9003")


def test_create_order_keeps_the_rate_of_the_day(user):
    ExchangeRate.objects.create(currency="USD", on=date(2026, 11, 1), rate=Decimal("0.80"))
    channel = ChannelFactory(schedule_id="etsy-us", country="US", currency="USD")

    order = an_order(user, VariantFactory(), channel=channel, ship_to_country="US")

    assert (order.currency, order.rate) == ("USD", Decimal("0.80"))


def test_confirm_order_keeps_the_oldest_pieces_back(user):
    variant = VariantFactory()
    newer = LotFactory(item=variant.item, received_on=date(2026, 10, 2), held=5)
    older = LotFactory(item=variant.item, received_on=date(2026, 10, 1), held=2)

    orders.confirm_order(an_order(user, variant, quantity=3), by=user, at=NOON)

    kept = Reservation.objects.order_by("pk").values_list("lot", "quantity")
    assert list(kept) == [(older.pk, 2), (newer.pk, 1)]


def test_confirm_order_leaves_what_others_keep_back(user):
    variant = VariantFactory()
    lot = LotFactory(item=variant.item, held=3)
    orders.confirm_order(an_order(user, variant, quantity=2), by=user, at=NOON)

    orders.confirm_order(an_order(user, variant, quantity=2), by=user, at=NOON)

    kept = Reservation.objects.order_by("pk").values_list("lot", "quantity")
    assert list(kept) == [(lot.pk, 2), (lot.pk, 1), (None, 1)]


def test_confirm_order_with_an_unknown_line_is_refused(user):
    order = an_order(user, None)

    with pytest.raises(orders.UnknownLines):
        orders.confirm_order(order, by=user, at=NOON)

    order.refresh_from_db()
    assert (order.state, Reservation.objects.count()) == (OrderState.NEW, 0)


def test_confirm_order_twice_keeps_back_once(user):
    variant = VariantFactory()
    LotFactory(item=variant.item, held=5)
    order = an_order(user, variant)

    for _ in range(2):
        orders.confirm_order(order, by=user, at=NOON)

    assert Reservation.objects.count() == 1


def test_match_line_says_what_an_unknown_line_is(user):
    variant, order = VariantFactory(), an_order(user, None)

    orders.match_line(order.lines.get(), variant=variant, by=user, at=NOON)

    assert order.lines.get().variant == variant
    orders.confirm_order(order, by=user, at=NOON)
    with pytest.raises(orders.NotNow):
        orders.match_line(order.lines.get(), variant=variant, by=user, at=NOON)


def test_ship_order_takes_the_kept_pieces_and_freezes_their_actual_cost(user):
    variant = VariantFactory()
    lot = LotFactory(item=variant.item, held=10, worth="60.00")
    order = orders.confirm_order(an_order(user, variant, quantity=2), by=user, at=NOON)

    order = shipped(order, user)

    lot.refresh_from_db()
    line = order.lines.get()
    assert (lot.on_hand, Reservation.objects.count()) == (8, 0)
    assert (line.cost_origin, line.full_cost, order.cost_home) == (CostOrigin.ACTUAL, 6, Decimal("12.00"))


def test_ship_order_of_the_worked_example_earns_seven_fifty(user):
    """24.00 gross on Etsy by a registered British seller: VAT 4.00, fees 3.00, cost 6.00, post 3.50."""
    set_status(valid_from=date(2026, 1, 1), registered=True, ships_from="GB")
    ExchangeRate.objects.create(currency="USD", on=date(2026, 11, 1), rate=Decimal("0.80"))
    variant = VariantFactory()
    LotFactory(item=variant.item, held=1, worth="6.00")
    order = orders.confirm_order(an_order(user, variant), by=user, at=NOON)

    order = shipped(order, user, postage=Decimal("3.50"))

    charges = dict(OrderCharge.objects.filter(order=order).values_list("code", "amount"))
    assert charges == {
        "listing": Decimal("0.16"), "transaction": Decimal("1.56"), "processing": Decimal("1.16"),
        "regulatory": Decimal("0.12"),
    }  # fmt: skip
    assert (order.net_home, order.tax_home, order.fees_home) == (20, 4, 3)
    assert (order.cost_home, order.post_home, order.profit_home) == (6, Decimal("3.50"), Decimal("7.50"))


def test_ship_order_books_a_missing_piece_as_found_and_flags_the_lot(user):
    variant = make_product()
    order = orders.confirm_order(an_order(user, variant), by=user, at=NOON)

    order = shipped(order, user)

    lot = Lot.objects.get(item=variant.item)
    assert (lot.on_hand, lot.needs_count) == (0, True)
    assert order.lines.get().cost_origin == CostOrigin.ESTIMATED
    assert order.cost_home > 0


def test_ship_order_of_something_never_costed_says_so(user):
    order = orders.confirm_order(an_order(user, VariantFactory()), by=user, at=NOON)

    assert shipped(order, user).lines.get().cost_origin == CostOrigin.UNKNOWN


def test_ship_order_takes_its_packaging_from_the_shelf(user):
    variant = VariantFactory()
    box = LotFactory(item=ItemFactory(kind=ItemKind.PACKAGING), held=10, worth="4.00")
    order = orders.confirm_order(an_order(user, variant), by=user, at=NOON)

    order = shipped(order, user, packaging=box.item, postage=Decimal("3.00"))

    box.refresh_from_db()
    assert (box.on_hand, order.post_home) == (9, Decimal("3.40"))


def test_ship_order_with_packaging_that_was_never_counted_still_ships(user):
    order = orders.confirm_order(an_order(user, VariantFactory()), by=user, at=NOON)
    box = ItemFactory(kind=ItemKind.PACKAGING, list_price_per_unit=Decimal("0.35"))

    order = shipped(order, user, packaging=box)

    assert Lot.objects.get(item=box).needs_count is True
    assert order.parcels.get().packaging_cost == Decimal("0.35")


def test_ship_order_with_the_same_key_happens_once(user):
    variant = VariantFactory()
    lot = LotFactory(item=variant.item, held=5)
    order = orders.confirm_order(an_order(user, variant), by=user, at=NOON)
    key = uuid4()

    for _ in range(2):
        orders.ship_order(order, sending=Sending(), key=key, by=user, at=NOON)

    lot.refresh_from_db()
    assert (lot.on_hand, OrderEvent.objects.filter(kind="shipped").count()) == (4, 1)


def test_ship_order_that_is_gone_already_is_refused(user):
    order = orders.confirm_order(an_order(user, VariantFactory()), by=user, at=NOON)
    shipped(order, user)

    with pytest.raises(orders.NotNow, match="shipped"):
        shipped(order, user)


def test_pack_order_comes_between(user):
    order = orders.confirm_order(an_order(user, VariantFactory()), by=user, at=NOON)

    states = [orders.pack_order(order, by=user, at=NOON).state for _ in range(2)]

    assert states == [OrderState.PACKED, OrderState.PACKED]
    assert shipped(order, user).state == OrderState.SHIPPED


def test_cancel_order_frees_what_was_kept_back(user):
    variant = VariantFactory()
    LotFactory(item=variant.item, held=5)
    order = orders.confirm_order(an_order(user, variant), by=user, at=NOON)

    for _ in range(2):
        order = orders.cancel_order(order, by=user, at=NOON)

    assert (order.state, Reservation.objects.count()) == (OrderState.CANCELLED, 0)
    with pytest.raises(orders.NotNow):
        orders.confirm_order(order, by=user, at=NOON)


def test_order_without_a_channel_pays_no_fees(user):
    variant = VariantFactory()
    LotFactory(item=variant.item, held=1, worth="6.00")
    order = orders.confirm_order(an_order(user, variant, channel=None), by=user, at=NOON)

    order = shipped(order, user)

    assert (order.fees_home, order.profit_home) == (0, Decimal("18.00"))


def test_figures_of_an_offsite_ad_take_the_ad_too(user):
    order = OrderFactory(by_offsite_ad=True)
    line = OrderLineFactory(order=order)

    assert figures_of(order, [line]).quote.fee("offsite_ads") == Decimal("3.60")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prices=st.lists(st.decimals(min_value=0, max_value=300, places=2), min_size=1, max_size=5),
    postage=st.decimals(min_value=0, max_value=20, places=2),
)
def test_lines_of_a_shipped_order_add_up_to_the_order(user, prices, postage):
    channel = ChannelFactory()
    lines = [Line(unit_price=price, variant=VariantFactory()) for price in prices]
    facts = Facts(placed_on=DAY, channel=channel, ship_to_country="GB", postage_charged=postage)
    order = orders.confirm_order(orders.create_order(facts, lines, by=user, at=NOON), by=user, at=NOON)

    order = shipped(order, user, postage=postage)

    for figure in ("net_home", "fees_home", "cost_home", "post_home", "profit_home"):
        assert sum(getattr(line, figure) for line in order.lines.all()) == getattr(order, figure)


@pytest.mark.threads
def test_ship_order_from_two_tabs_posts_one_sale(committed, user, workspace):
    variant = VariantFactory()
    lot = LotFactory(item=variant.item, held=5)
    order = orders.confirm_order(an_order(user, variant), by=user, at=NOON)
    barrier, refused = Barrier(4), []

    def ship():
        try:
            with in_workspace(workspace):
                barrier.wait()
                shipped(order, user)
        except orders.NotNow:
            refused.append(1)
        finally:
            connection.close()

    threads = [Thread(target=ship) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    lot.refresh_from_db()
    assert (lot.on_hand, len(refused)) == (4, 3)
    assert len(ledger.movements_from("order", order.pk)) == 1


@pytest.mark.threads
def test_confirm_orders_at_once_keep_no_piece_back_twice(committed, user, workspace):
    variant = VariantFactory()
    lot = LotFactory(item=variant.item, held=1)
    waiting = [an_order(user, variant) for _ in range(4)]
    barrier = Barrier(4)

    def confirm(order):
        try:
            with in_workspace(workspace):
                barrier.wait()
                orders.confirm_order(order, by=user, at=NOON)
        finally:
            connection.close()

    threads = [Thread(target=confirm, args=[order]) for order in waiting]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    kept = list(Reservation.objects.order_by("lot").values_list("lot", "quantity"))
    assert kept == [(lot.pk, 1), (None, 1), (None, 1), (None, 1)]
