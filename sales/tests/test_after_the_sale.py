from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection

from catalog.choices import ProductKind
from inventory.domain import ledger
from inventory.models import Lot, Reservation
from nozzly.core.errors import DomainError
from nozzly.tax.domain.periods import close_period
from nozzly.tax.domain.status import set_status
from nozzly.tenancy.current import in_workspace
from nozzly.testing.factories.catalog import ProductFactory, RecipeFactory, RecipePartFactory, VariantFactory
from nozzly.testing.factories.inventory import LotFactory
from nozzly.testing.factories.pricing import ChannelFactory
from production.models import RunOutput
from sales.choices import OrderState, Readiness, ReturnTo
from sales.domain import orders, payments, picking, refunds, returns, unshipping
from sales.domain.orders import Facts, Line, Sending
from sales.domain.payments import Payment
from sales.domain.returns import Back, Parcelled
from sales.models import Order, OrderCharge, Parcel, Refund, Return

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2026, 11, 22)


def confirmed(user, *variants, quantity=1, price="24.00", held=5, channel=None):
    for variant in variants:
        if held:
            LotFactory(item=variant.item, held=held, worth=Decimal(6 * held))
    lines = [Line(unit_price=Decimal(price), variant=variant, quantity=quantity) for variant in variants]
    facts = Facts(placed_on=DAY, channel=channel or ChannelFactory(), ship_to_country="GB")
    return orders.confirm_order(orders.create_order(facts, lines, by=user, at=NOON), by=user, at=NOON)


def ship(order, user, key=None, **sending):
    return orders.ship_order(order, sending=Sending(**sending), key=key or uuid4(), by=user, at=NOON)


def sent(user, *variants, **details):
    return ship(confirmed(user, *(variants or [VariantFactory()]), **details), user)


def give_back(order, user, amount=None, key=None):
    amount = Decimal(amount) if amount else None
    return refunds.refund_order(order, amount=amount, on=DAY, key=key or uuid4(), by=user, at=NOON)


def take_back(order, user, pieces, to=ReturnTo.STOCK, key=None, **more):
    backs = [Back(line, count, to) for line, count in zip(order.lines.in_order(), pieces, strict=True)]
    return returns.take_back(order, Parcelled(backs, DAY, **more), key=key or uuid4(), by=user, at=NOON)


def held(variant):
    return sum(lot.on_hand for lot in Lot.objects.filter(item=variant.item))


def a_kit():
    """Two dragons and one stand in a box."""
    kit = VariantFactory(product=ProductFactory(kind=ProductKind.KIT))
    recipe = RecipeFactory(product=kit.product)
    dragon, stand = VariantFactory(), VariantFactory()
    RecipePartFactory(recipe=recipe, variant=dragon, pieces=2)
    RecipePartFactory(recipe=recipe, variant=stand, pieces=1)
    return kit, dragon, stand


def test_discount_above_its_goods_is_refused(user):
    line = Line(unit_price=Decimal(10), variant=VariantFactory())

    for facts, lines in (
        (Facts(placed_on=DAY, discount=Decimal("10.01")), [line]),
        (Facts(placed_on=DAY), [Line(unit_price=Decimal(10), discount=Decimal(11), title="Dragon")]),
    ):
        with pytest.raises(orders.DiscountTooBig, match=r"10(\.00)?"):
            orders.create_order(facts, lines, by=user, at=NOON)

    assert Order.objects.count() == 0


def test_confirm_order_of_ten_lines_takes_at_most_thirty_queries(user, django_assert_max_num_queries):
    variants = VariantFactory.create_batch(10)
    for variant in variants:
        LotFactory(item=variant.item, held=5)
    kit, *_ = a_kit()
    lines = [Line(unit_price=Decimal(10), variant=variant, quantity=2) for variant in [*variants[:9], kit]]
    order = orders.create_order(Facts(placed_on=DAY), lines, by=user, at=NOON)

    with django_assert_max_num_queries(30):
        orders.confirm_order(order, by=user, at=NOON)

    assert Reservation.objects.filter(lot__isnull=False).count() == 9


def test_kit_is_kept_back_printed_and_sent_as_what_is_in_it(user):
    kit, dragon, stand = a_kit()
    order = confirmed(user, kit, quantity=3, held=0)
    LotFactory(item=dragon.item, held=8, worth="16.00")

    runs = orders.plan_missing(order, by=user, at=NOON)
    again = orders.plan_missing(order, by=user, at=NOON)
    assert list(RunOutput.objects.filter(run__in=runs).values_list("variant", "planned")) == [(stand.pk, 3)]
    assert (again, Order.objects.with_readiness().get().readiness) == ([], Readiness.PRINTING)

    LotFactory(item=stand.item, held=3, worth="3.00")
    assert Order.objects.with_readiness().get().readiness == Readiness.READY
    order = ship(order, user)

    assert (held(dragon), held(stand), order.cost_home) == (2, 0, Decimal("15.00"))
    assert Lot.objects.filter(item=kit.item).exists() is False


def test_shortages_are_known_before_anything_is_sent(user):
    order = confirmed(user, VariantFactory(), quantity=7)

    [short] = picking.shortages(picking.needs_of(list(order.lines.all())))

    assert (short.missing, short.need.pieces) == (2, 7)


def test_order_leaves_in_two_parcels_and_is_frozen_with_the_last(user):
    order = confirmed(user, VariantFactory(), VariantFactory(), quantity=2)
    first, second = order.lines.in_order()
    key = uuid4()

    for _ in range(2):
        part = ship(order, user, key, pieces={first.pk: 2, second.pk: 1}, postage=Decimal(3))
    assert (part.state, part.profit_home) == (OrderState.CONFIRMED, None)
    assert sum(Reservation.objects.values_list("quantity", flat=True)) == 1
    whole = ship(order, user, postage=Decimal(2))

    assert (whole.state, whole.cost_home, whole.post_home) == (OrderState.SHIPPED, Decimal(24), Decimal(5))
    assert [line.pieces_sent for line in whole.lines.all()] == [2, 2]


def test_rest_that_is_never_sent_costs_nothing(user):
    order = confirmed(user, VariantFactory(), VariantFactory(), held=2)
    first, second = order.lines.in_order()

    order = ship(order, user, pieces={first.pk: 1}, closes=True)

    second.refresh_from_db()
    assert (order.state, order.cost_home, second.cost_home) == (OrderState.SHIPPED, 6, 0)
    assert Reservation.objects.count() == 0


def test_more_than_is_left_or_nothing_at_all_is_not_sent(user):
    order = confirmed(user, VariantFactory())
    line = order.lines.get()

    for pieces in ({line.pk: 2}, {line.pk: 0}, {line.pk: -1}):
        with pytest.raises(orders.NothingToSend):
            ship(order, user, pieces=pieces)

    assert Parcel.objects.count() == 0


def test_part_of_an_order_that_is_sent_is_not_cancelled(user):
    order = confirmed(user, VariantFactory(), quantity=2)
    ship(order, user, pieces={order.lines.get().pk: 1})

    with pytest.raises(orders.NotNow, match="Part of it"):
        orders.cancel_order(order, by=user, at=NOON)


def test_undo_shipping_puts_everything_back_and_lets_it_be_sent_again(user):
    variant = VariantFactory()
    order = sent(user, variant, quantity=2)
    before = unshipping.preview(order)
    key = uuid4()

    for _ in range(2):
        order = unshipping.undo_shipping(order, key=key, by=user, at=NOON)

    assert [(row.kind, row.quantity, row.full_value) for row in before.rows] == [("sale", 2, 12)]
    assert (order.state, order.profit_home, held(variant)) == (OrderState.CONFIRMED, None, 5)
    assert sum(Reservation.objects.values_list("quantity", flat=True)) == 2
    assert OrderCharge.objects.standing().count() == 0
    again = ship(order, user)
    assert (again.cost_home, held(variant)) == (12, 3)
    assert sum(charge.amount_home for charge in again.charges.all()) == again.fees_home


def test_undo_shipping_takes_back_what_was_found(user):
    variant = VariantFactory()
    order = sent(user, variant, held=0)

    unshipping.undo_shipping(order, key=uuid4(), by=user, at=NOON)

    assert held(variant) == 0


def test_parcel_that_was_undone_is_not_sent_again_by_an_old_tab(user):
    key = uuid4()
    order = ship(confirmed(user, VariantFactory()), user, key)
    unshipping.undo_shipping(order, key=uuid4(), by=user, at=NOON)

    with pytest.raises(orders.NotNow, match="taken back"):
        ship(order, user, key)


def test_undo_shipping_is_refused_when_something_came_after_it(user):
    refunded, back, closed = sent(user), sent(user), sent(user)
    give_back(refunded, user, "1.00")
    take_back(back, user, [1])
    later = datetime(2026, 12, 3, 12, tzinfo=UTC)

    said = [unshipping.preview(order).is_possible for order in (refunded, back, closed)]
    close_period(through_on=date(2026, 11, 30), by=user, at=later)

    assert said == [False, False, True]
    for order in (refunded, back, closed):
        with pytest.raises((unshipping.StandsAgainst, orders.NotNow)):
            unshipping.undo_shipping(order, key=uuid4(), by=user, at=later)


def test_refund_in_parts_adds_up_to_the_whole_to_the_cent(user):
    set_status(valid_from=date(2026, 1, 1), registered=True, ships_from="GB")
    order = sent(user, price="24.01")

    parts = [give_back(order, user, amount) for amount in ("5.00", "7.77")]
    partly = Order.objects.get(pk=order.pk).state
    last = give_back(order, user)

    total = {
        name: sum(getattr(row, name) for row in (*parts, last)) for name in ("gross", "net_home", "tax_home")
    }  # fmt: skip
    assert total == {"gross": Decimal("24.01"), "net_home": order.net_home, "tax_home": order.tax_home}
    assert (partly, Order.objects.get(pk=order.pk).state) == (OrderState.SHIPPED, OrderState.REFUNDED)


def test_refund_follows_the_rules_of_each_fee(user):
    order = sent(user)

    half = give_back(order, user, "12.00")

    back = {fee.code: fee.returned for fee in half.fees.all()}
    charged = dict(OrderCharge.objects.values_list("code", "amount"))
    assert back["listing"] == 0
    assert back["transaction"] == charged["transaction"] / 2
    assert half.profit_home == half.fees_home - 12


def test_refund_of_more_than_is_left_is_refused(user):
    order = sent(user)
    give_back(order, user, "20.00")

    for amount in ("4.01", "-1.00"):
        with pytest.raises(refunds.TooMuchBack):
            give_back(order, user, amount)
    with pytest.raises(orders.NotNow):
        give_back(confirmed(user, VariantFactory()), user)

    assert Refund.objects.count() == 1


def test_refund_taken_back_leaves_nothing(user):
    order = sent(user)
    refund = give_back(order, user)

    refunds.take_back_refund(refund, key=uuid4(), by=user, at=NOON)

    order.refresh_from_db()
    assert (order.state, sum(row.profit_home for row in order.refunds.all())) == (OrderState.SHIPPED, 0)
    with pytest.raises(refunds.AlreadyTakenBack):
        refunds.take_back_refund(refund, key=uuid4(), by=user, at=NOON)


def test_refund_in_a_closed_month_stands_in_the_open_one(user):
    order = sent(user)
    later = datetime(2026, 12, 3, 12, tzinfo=UTC)
    close_period(through_on=date(2026, 11, 30), by=user, at=later)

    refund = refunds.refund_order(order, on=DAY, key=uuid4(), by=user, at=later)

    assert (refund.on, refund.booked_on) == (DAY, date(2026, 12, 3))


def test_return_to_stock_is_worth_what_it_was_sold_at(user):
    variant = VariantFactory()
    order = sent(user, variant, quantity=3, held=3)

    first, second = take_back(order, user, [1]), take_back(order, user, [2])

    rows = [first.lines.get(), second.lines.get()]
    assert [(row.lot.on_hand, row.lot.full_value) for row in rows] == [(1, 6), (2, 12)]
    order.refresh_from_db()
    assert order.state == OrderState.RETURNED
    with pytest.raises(returns.MoreThanSent):
        take_back(order, user, [1])


def test_return_to_scrap_comes_and_goes(user):
    variant = VariantFactory()
    order = sent(user, variant)

    back = take_back(order, user, [1], ReturnTo.SCRAP)

    kinds = [(row.kind, row.full_value) for row in ledger.movements_from("return", order.pk)]
    assert kinds == [("return", Decimal(6)), ("scrap", Decimal(-6))]
    assert (held(variant), back.lines.get().lot) == (4, None)


def test_kit_comes_back_as_what_is_in_it(user):
    kit, dragon, stand = a_kit()
    LotFactory(item=dragon.item, held=2, worth="4.00")
    LotFactory(item=stand.item, held=1, worth="1.00")
    order = sent(user, kit, held=0)

    take_back(order, user, [1])

    assert (held(dragon), held(stand)) == (2, 1)
    assert sum(lot.full_value for lot in Lot.objects.all()) == 5


def test_exchange_makes_an_order_for_the_same_buyer(user):
    order, other = sent(user), VariantFactory()

    back = take_back(order, user, [1], replacement=[Line(unit_price=Decimal(0), variant=other)])

    assert (back.replacement.state, back.replacement.lines.get().variant) == (OrderState.NEW, other)
    assert back.replacement.ship_to_country == "GB"


def test_return_told_by_mistake_is_taken_back_unless_the_pieces_are_gone(user):
    variant = VariantFactory()
    order = sent(user, variant, held=1)
    first = take_back(order, user, [1])
    returns.undo_return(first, key=uuid4(), by=user, at=NOON)
    assert (held(variant), returns.pieces_back(order)) == (0, {order.lines.get().pk: 0})

    second = take_back(order, user, [1])
    sent(user, variant, held=0)

    with pytest.raises(ledger.InsufficientStock):
        returns.undo_return(second, key=uuid4(), by=user, at=NOON)


def test_payments_are_counted_until_all_is_paid(user):
    order = confirmed(user, VariantFactory(), price="100.00")

    def pay(amount, **more):
        payment = Payment(Decimal(amount), DAY, **more)
        return payments.take_payment(order, payment, key=uuid4(), by=user, at=NOON)

    pay("30.00", is_deposit=True)
    for wrong in ("70.01", "-30.01", "0"):
        with pytest.raises(payments.MoreThanOwed):
            pay(wrong)
    pay("-10.00")

    account = payments.account_of(order)
    assert (account.paid, account.open) == (20, 80)


@pytest.mark.threads
@pytest.mark.parametrize("act", ["refund", "return", "undo"])
def test_two_tabs_do_it_once(committed, user, workspace, act):
    variant = VariantFactory()
    order = sent(user, variant)
    verbs = {
        "refund": lambda: give_back(order, user),
        "return": lambda: take_back(order, user, [1]),
        "undo": lambda: unshipping.undo_shipping(order, key=uuid4(), by=user, at=NOON),
    }
    barrier, refused = Barrier(3), []

    def run():
        try:
            with in_workspace(workspace):
                barrier.wait()
                verbs[act]()
        except DomainError:
            refused.append(1)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    once = {"refund": Refund.objects.count(), "return": Return.objects.count(), "undo": held(variant) - 4}
    assert (len(refused), once[act]) == (2, 1)
