import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from inventory.choices import LocationKind
from inventory.models import Lot
from nozzly.tenancy.current import in_workspace
from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import LocationFactory, LotFactory
from nozzly.testing.factories.pricing import EventFactory, ListingFactory
from sales.choices import OrderState
from sales.domain import fair_report, fairs
from sales.domain.fair_prices import Bundle, basket_total, cheapest
from sales.domain.fairs import Counted, Sold
from sales.models import FairCount, FairSale, FairStall, Order, OrderCharge

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
D = Decimal


def a_stall(**event):
    place = LocationFactory(name="Stall box", kind=LocationKind.STALL)
    return fairs.open_stall(EventFactory(**event), location=place, float_cash=D(50), at=NOON - timedelta(hours=4))


def on_offer(stall, *, price="4.00", there=5, home=0, variant=None):
    variant = variant or VariantFactory()
    ListingFactory(variant=variant, channel=stall.event.channel, price=D(price))
    for pieces, place in ((there, stall.location), (home, None)):
        if pieces:
            LotFactory(item=variant.item, held=pieces, worth=D(pieces), location=place)
    return variant


def sell(stall, user, *basket, total=None, method="cash", key=None, at=NOON, sold_at=None):
    basket = [(variant, pieces, D(price)) for variant, pieces, price in basket]
    total = sum(pieces * price for _variant, pieces, price in basket) if total is None else D(total)
    return fairs.sell(stall, Sold(basket, total, method, sold_at or at), key=key or uuid4(), by=user, at=at)


@pytest.mark.parametrize(("count", "cost"), [(1, "4"), (2, "8"), (3, "10"), (4, "14"), (5, "15"), (8, "25")])
def test_three_for_ten_and_five_for_fifteen(count, cost):
    assert cheapest(count, D(4), [Bundle(3, D(10)), Bundle(5, D(15))]) == D(cost)


def test_deal_takes_everything_of_a_price_together_and_own_bundles_alone():
    basket = [(1, 2, D(4)), (2, 1, D(4)), (3, 2, D(9))]

    total = basket_total(basket, own={3: [Bundle(2, D(15))]}, by_price={D(4): [Bundle(3, D(10))]})

    assert total == 25


def test_sell_books_an_order_from_the_stalls_own_stock(user):
    stall = a_stall()
    variant = on_offer(stall, there=2, home=5)

    sale = sell(stall, user, (variant, 2, "4.00"))

    assert (sale.order.state, sale.total, sale.short_pieces) == (OrderState.SHIPPED, 8, 0)
    assert [lot.on_hand for lot in Lot.objects.order_by("pk")] == [0, 5]


def test_sell_at_zero_stock_is_booked_and_flagged(user):
    stall = a_stall()
    variant = on_offer(stall, there=1)

    sale = sell(stall, user, (variant, 3, "4.00"))

    lot = Lot.objects.get()
    assert (sale.short_pieces, lot.on_hand, lot.needs_count) == (2, 0, True)


def test_sell_with_the_same_key_happens_once(user):
    stall, key = a_stall(), uuid4()
    variant = on_offer(stall)

    sales = [sell(stall, user, (variant, 1, "4.00"), key=key) for _ in range(2)]

    assert (sales[0], Order.objects.count(), Lot.objects.get().on_hand) == (sales[1], 1, 4)


def test_sell_takes_the_readers_fee_of_cards_only(user):
    stall = a_stall()
    variant = on_offer(stall)

    sell(stall, user, (variant, 1, "100.00"), method="cash")
    assert OrderCharge.objects.count() == 0
    sell(stall, user, (variant, 1, "100.00"), method="card")

    assert [charge.code for charge in OrderCharge.objects.all()] == ["card"]


@pytest.mark.parametrize(
    "change",
    [{"total": "4.01"}, {"total": "-1"}, {"method": "shells"}, {"sold_at": NOON - timedelta(days=31)}],
    ids=str,
)
def test_sell_of_what_was_no_sale_is_refused(user, change):
    stall = a_stall()
    variant = on_offer(stall)

    with pytest.raises(fairs.NotASale):
        sell(stall, user, (variant, 1, "4.00"), **change)

    assert Order.objects.count() == 0


def test_phone_whose_clock_runs_ahead_sold_now(user):
    stall = a_stall()

    assert sell(stall, user, (on_offer(stall), 1, "4"), sold_at=NOON + timedelta(days=400)).sold_at == NOON


def test_undo_sale_puts_the_pieces_back_and_takes_the_money_off(user):
    stall = a_stall()
    sale = sell(stall, user, (on_offer(stall), 2, "4.00"))

    for _ in range(2):
        fairs.undo_sale(sale, by=user, at=NOON)

    assert (Lot.objects.get().on_hand, fairs.takings_of(stall)["cash"]) == (5, 0)
    assert Order.objects.get().state == OrderState.CANCELLED


def test_count_in_the_evening_adjusts_stock_and_compares_the_till(user):
    stall, key = a_stall(), uuid4()
    less, more, same = on_offer(stall), on_offer(stall, there=0), on_offer(stall)
    LotFactory(item=less.item, held=2, worth=D(2), location=stall.location)
    sell(stall, user, (same, 1, "4.00"))

    for _ in range(2):
        counted = Counted({less.pk: 1, more.pk: 3, same.pk: 4}, cash=D("53.00"))
        count = fairs.count_stall(stall, counted, key=key, by=user, at=NOON)

    held = fairs.held_there(stall)
    assert [held[each.item_id] for each in (less, more, same)] == [1, 3, 4]
    assert (count.cash_expected, count.cash_difference, count.card_difference) == (54, -1, None)
    assert FairCount.objects.count() == 1


def test_profit_of_a_fair_is_what_is_left_after_stall_travel_and_fees(user):
    stall = a_stall(stall=D(30), travel=D(10), other=D(5))
    variant = on_offer(stall)

    sell(stall, user, (variant, 2, "50.00"), method="card", total="90.00")

    outcome = fair_report.outcome_of(stall)
    assert (outcome.card, outcome.net, outcome.goods, outcome.fixed) == (90, 90, 2, 45)
    assert outcome.profit == 90 - outcome.fees - 2 - 45
    assert outcome.fees > 0


def test_sale_at_a_stall_shares_no_stall_in_its_own_fees(user):
    stall = a_stall()
    stall.event.channel.orders_per_month = 20
    stall.event.channel.save()

    sell(stall, user, (on_offer(stall), 1, "100.00"), method="card")

    assert [charge.code for charge in OrderCharge.objects.all()] == ["card"]


def test_bring_next_time_what_would_have_sold_to_the_end(user):
    stall = a_stall()
    gone, plenty = on_offer(stall, there=2), on_offer(stall, there=5)
    sell(stall, user, (gone, 2, "4.00"), sold_at=NOON - timedelta(hours=2))
    sell(stall, user, (plenty, 3, "4.00"))

    rows = {row.variant: (row.sold, row.left, row.bring) for row in fair_report.next_time(stall, now=NOON)}

    assert rows == {gone: (2, 0, 4), plenty: (3, 2, 3)}


def phone_sale(variant, **changes):
    line = {"variant": variant.pk, "quantity": 3, "price": "4.00"}
    sale = {"key": str(uuid4()), "method": "cash", "total": "10.00", "sold_at": "2026-11-22T11:00:00.000Z"}
    return sale | {"lines": [line]} | changes


def hand_in(client, stall, sale):
    body = sale if isinstance(sale, str) else json.dumps(sale)
    return client.post(reverse("sales:book_fair_sale", args=[stall.pk]), body, content_type="application/json")


def test_phone_hands_in_a_sale_once_and_hears_what_is_left(client, owner):
    stall = a_stall()
    variant = on_offer(stall)
    sale = phone_sale(variant, sold_at=datetime.now(tz=UTC).isoformat())

    answers = [hand_in(client, stall, sale) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].json() == {"booked": sale["key"], "short": 0, "stock": {str(variant.pk): 2}}
    assert (FairSale.objects.get().total, Order.objects.get().discount) == (10, 2)


@pytest.mark.parametrize(
    "change",
    [
        {"lines": []}, {"lines": "x"}, {"lines": [[]]}, {"lines": [{"variant": 0, "quantity": 1, "price": "1"}]},
        {"key": "x"}, {"total": "NaN"}, {"total": "11.99e9"}, {"sold_at": "yesterday"}, {"method": None},
        {"lines": [{"variant": 10**15, "quantity": 1, "price": "1"}]},
    ],
    ids=str,
)  # fmt: skip
def test_phone_that_sends_rubbish_hears_a_sentence(client, owner, change):
    stall = a_stall()

    answer = hand_in(client, stall, phone_sale(on_offer(stall)) | change)

    assert (answer.status_code, bool(answer.json()["error"])) == (422, True)
    assert FairSale.objects.count() == 0


@pytest.mark.parametrize("body", ["", "[1]", "{", "[" * 2000, "null"])
def test_phone_that_sends_no_sale_at_all_hears_a_sentence(client, owner, body):
    assert hand_in(client, a_stall(), body).status_code == 422


def test_stall_is_opened_sold_from_counted_and_closed_through_its_pages(client, owner):
    event = EventFactory()
    client.post(reverse("sales:open_stall"), {"event": event.pk, "float_cash": "20.00"})
    stall = FairStall.objects.get()
    variant = on_offer(stall, there=0, home=5)
    client.post(reverse("sales:add_deal", args=[stall.pk]), {"pieces": 3, "unit_price": "4.00", "price": "10.00"})
    page = client.get(reverse("sales:fair_sell", args=[stall.pk]))
    data = {f"q_{variant.pk}": "3", "method": "card", "key": page.context["form"]["key"].value()}

    for _ in range(2):
        client.post(reverse("sales:fair_sell", args=[stall.pk]), data)
    nothing = client.post(reverse("sales:fair_sell", args=[stall.pk]), {"method": "card", "key": str(uuid4())})
    less = data | {f"q_{variant.pk}": "1", "paid": "2.50", "key": str(uuid4())}
    client.post(reverse("sales:fair_sell", args=[stall.pk]), less)
    more = client.post(reverse("sales:fair_sell", args=[stall.pk]), less | {"paid": "4.01", "key": str(uuid4())})
    client.post(reverse("sales:count_stall", args=[stall.pk]), {f"n_{variant.pk}": "1", "key": str(uuid4())})
    client.post(reverse("sales:close_stall", args=[stall.pk]))

    totals = list(FairSale.objects.order_by("pk").values_list("total", flat=True))
    assert (totals, nothing.status_code, more.status_code) == ([10, D("2.50")], 422, 422)
    assert fairs.held_there(stall)[variant.item_id] == 1
    page = client.get(stall.get_absolute_url()).content.decode()
    assert [word for word in ("Bring next time", "Was it worth it?", "over") if word not in page] == []
    assert client.get(reverse("sales:fair_list")).status_code == 200


def test_operator_sells_but_sees_no_profit(client_for, owner):
    stall = a_stall()
    sell(stall, owner, (on_offer(stall), 1, "4.00"))

    page = client_for("operator").get(stall.get_absolute_url()).content.decode()

    assert ("Was it worth it?" in page, "Profit" in page, "Cash" in page) == (False, False, True)


@pytest.mark.threads
def test_two_phones_hand_in_at_once(committed, user, workspace):
    stall, key = a_stall(), uuid4()
    variant = on_offer(stall, there=2)
    barrier = Barrier(4)

    def hand(own_key):
        try:
            with in_workspace(workspace):
                barrier.wait()
                sell(stall, user, (variant, 1, "4.00"), key=own_key)
        finally:
            connection.close()

    threads = [Thread(target=hand, args=[own]) for own in (key, key, uuid4(), uuid4())]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert (FairSale.objects.count(), Lot.objects.get().on_hand) == (3, 0)
    assert sorted(FairSale.objects.values_list("short_pieces", flat=True)) == [0, 0, 1]
    assert fairs.takings_of(stall)["cash"] == 12
