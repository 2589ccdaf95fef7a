"""Pieces that came out less than perfect, and pieces with a name on them: neither is sold to just anybody."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from inventory.choices import LocationKind
from inventory.domain import lots
from inventory.models import Location, Lot, Reservation
from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import LocationFactory, LotFactory
from nozzly.testing.factories.pricing import EventFactory
from nozzly.testing.factories.production import RunOutputFactory
from nozzly.testing.factories.sales import CustomerFactory
from production.choices import RunState
from production.domain.filling import lacking_pieces
from production.models import Run, RunOutput
from sales.choices import Readiness
from sales.domain import customers, fairs, orders, returns, unshipping
from sales.domain.fairs import Sold
from sales.domain.orders import Facts, Line, Sending
from sales.domain.picklists import pick_list
from sales.domain.returns import Back, Parcelled
from sales.models import Order

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2026, 11, 22)


def order_of(user, *lines, confirm=True):
    order = orders.create_order(Facts(placed_on=DAY, ship_to_country="GB"), lines, by=user, at=NOON)
    return orders.confirm_order(order, by=user, at=NOON) if confirm else order


def a_line(variant, **more):
    return Line(unit_price=Decimal(12), variant=variant, **more)


def ship(order, user, **sending):
    return orders.ship_order(order, sending=Sending(**sending), key=uuid4(), by=user, at=NOON)


def kept(order):
    lines = order.lines.in_order().values_list("pk", flat=True)
    rows = Reservation.objects.filter(source="order_line", source_id__in=lines).order_by("source_id", "pk")
    return list(rows.values_list("lot", "quantity"))


def readiness(order):
    among = Order.objects.with_readiness().get(pk=order.pk).readiness
    plain = order.pk in Order.objects.to_pack_keys()
    assert plain == (among == Readiness.READY)
    return among


@pytest.fixture
def variant():
    return VariantFactory()


@pytest.fixture
def seconds(variant):
    """Two b-grade pieces, older than all others."""
    return LotFactory(item=variant.item, held=2, received_on=date(2026, 1, 1), is_b_grade=True)


def test_orders_leave_b_grade_pieces_alone(user, variant, seconds):
    good = LotFactory(item=variant.item, held=1, received_on=date(2026, 10, 1))

    order = order_of(user, a_line(variant, quantity=2))

    assert kept(order) == [(good.pk, 1), (None, 1)]
    assert readiness(order) == Readiness.MISSING
    assert lacking_pieces()[variant.pk].orders == 1
    ship(order, user)
    seconds.refresh_from_db()
    good.refresh_from_db()
    assert (seconds.on_hand, good.on_hand, good.needs_count) == (2, 0, True)


def test_a_line_that_asks_for_b_grade_takes_no_other(user, variant, seconds):
    LotFactory(item=variant.item, held=5)

    order = order_of(user, a_line(variant, quantity=2, b_grade=True))

    assert (kept(order), readiness(order)) == ([(seconds.pk, 2)], Readiness.READY)
    assert readiness(order_of(user, a_line(variant, b_grade=True))) == Readiness.MISSING


def test_nobody_prints_b_grade_pieces(user, variant, seconds):
    order = order_of(user, a_line(variant, quantity=3, b_grade=True))

    assert orders.plan_missing(order, by=user, at=NOON) == []
    assert lacking_pieces() == {}
    ship(order, user)
    assert [(lot.on_hand, lot.needs_count) for lot in Lot.objects.all()] == [(0, True)]


def test_a_part_of_a_b_grade_lot_is_b_grade_too(user, seconds):
    part = lots.transfer(seconds, quantity=Decimal(1), location=LocationFactory(), key=uuid4(), by=user, at=NOON)

    assert part.is_b_grade


def test_b_grade_pieces_carried_to_the_stall_are_sold_there(user, variant, seconds):
    stall = fairs.open_stall(
        EventFactory(), location=LocationFactory(kind=LocationKind.STALL), float_cash=Decimal(0), at=NOON
    )
    LotFactory(item=variant.item, held=5)
    lots.transfer(seconds, quantity=Decimal(2), location=stall.location, key=uuid4(), by=user, at=NOON)

    sold = Sold([(variant, 2, Decimal(4))], Decimal(8), "cash", NOON)
    sale = fairs.sell(stall, sold, key=uuid4(), by=user, at=NOON)

    assert sale.short_pieces == 0
    assert [lot.on_hand for lot in Lot.objects.order_by("pk")] == [0, 5, 0]


def test_a_lot_is_graded_on_its_page(client, owner, variant):
    lot = LotFactory(item=variant.item, held=2)
    url = reverse("inventory:grade_lot", args=[lot.code])

    found = []
    for answer in ("yes", "no"):
        client.post(url, {"b_grade": answer})
        found.append(Lot.objects.get().is_b_grade)

    assert found == [True, False]


def test_an_order_that_waits_is_put_right(client, owner, variant, seconds):
    LotFactory(item=variant.item, held=5)
    order = order_of(owner, a_line(variant))
    line, url = order.lines.get(), reverse("sales:edit_order", args=[order.pk])
    form = client.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"ship_to": "Bo\r\n1 Lane", "b_grade": [line.pk]}

    early = client.post(url, data | {"due_on": "2020-01-01"})
    client.post(url, data | {"is_rush": "on", "due_on": "2026-12-24"})

    order.refresh_from_db()
    assert (early.status_code, order.is_rush, str(order.due_on), order.ship_to.splitlines()) == (
        422, True, "2026-12-24", ["Bo", "1 Lane"],
    )  # fmt: skip
    assert (kept(order), order.events.filter(text__contains="b-grade").count()) == ([(seconds.pk, 1)], 1)
    ship(order, owner)
    assert client.get(url).status_code == 404


def test_words_on_a_piece_are_put_right_until_it_is_printed(client, owner, variant):
    order = order_of(owner, a_line(variant, personalisation="Adda"))
    (run,) = orders.plan_missing(order, by=owner, at=NOON)
    line, url = order.lines.get(), reverse("sales:edit_order", args=[order.pk])
    form = client.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields if name != "b_grade"} | {
        f"words_{line.pk}": "Ada" + 250 * "!"
    }
    client.post(url, data | {"is_rush": "on", "due_on": "2026-12-24"})

    run.refresh_from_db()
    assert run.reference == f"order {order.number} · rush · due 24 Dec"
    assert run.outputs.get().personalisation == order.lines.get().personalisation == "Ada" + 250 * "!"
    floor = client.get(reverse("production:floor")).content.decode()
    assert run.reference in floor
    assert "“Ada!" in floor

    Run.objects.filter(pk=run.pk).update(state=RunState.PRINTING)
    refused = client.post(url, data | {f"words_{line.pk}": "Bob", "seen_at": ""})
    assert (refused.status_code, order.lines.get().personalisation[:3]) == (422, "Ada")
    assert f"Run {run.number} prints or printed" in refused.content.decode()


def test_an_old_tab_does_not_undo_what_another_one_changed(client, owner, variant):
    url = reverse("sales:edit_order", args=[order_of(owner, a_line(variant)).pk])
    form = client.get(url).context["form"]
    old = {name: form[name].value() or "" for name in form.fields if name != "b_grade"}

    answers = [client.post(url, old | {"due_on": "2026-12-24"}).status_code for _ in range(2)]
    late = client.post(url, old | {"note": "Careful"})

    assert (answers, late.status_code, str(Order.objects.get().due_on)) == ([302, 302], 422, "2026-12-24")
    assert "changed in the meantime" in late.content.decode()


def test_words_on_a_packed_piece_stay(client, owner, variant):
    LotFactory(item=variant.item, held=5)
    order = orders.pack_order(order_of(owner, a_line(variant)), by=owner, at=NOON)
    line, url = order.lines.get(), reverse("sales:edit_order", args=[order.pk])
    form = client.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields if name != "b_grade"} | {"note": "Careful"}

    assert client.post(url, data | {f"words_{line.pk}": "Ada"}).status_code == 422
    assert client.post(url, data).status_code == 302


def named(user, variant, *names):
    """An order with a piece for each name, printed in the opposite order, beside an older plain one."""
    LotFactory(item=variant.item, held=1, received_on=date(2026, 1, 1))
    order = order_of(user, *(a_line(variant, personalisation=name) for name in names), confirm=False)
    printed = {}
    for line in reversed(order.lines.in_order()):
        lot = LotFactory(item=variant.item, held=1, received_on=date(2026, 2, 1))
        RunOutputFactory(
            variant=variant, source="order_line", source_id=line.pk, personalisation=line.personalisation, lot=lot
        )
        printed[line.personalisation] = lot
    return orders.confirm_order(order, by=user, at=NOON), printed


def test_each_line_holds_on_to_the_piece_with_its_name(user, variant):
    order, printed = named(user, variant, "Ada", "Bob", "Cy")
    wanted = [(printed[name].pk, 1) for name in ("Ada", "Bob", "Cy")]
    assert kept(order) == wanted

    ship(order, user, pieces={order.lines.in_order()[2].pk: 1})
    assert kept(order) == wanted[:2]
    unshipping.undo_shipping(order, key=uuid4(), by=user, at=NOON)

    assert kept(order) == wanted


def test_a_piece_with_a_name_is_for_nobody_else_after_its_order_was_cancelled(user, variant):
    order, printed = named(user, variant, "Ada")

    orders.cancel_order(order, by=user, at=NOON)

    assert kept(order_of(user, a_line(variant, quantity=2)))[1:] == [(None, 1)]
    lot = Lot.objects.get(pk=printed["Ada"].pk)
    assert (lot.is_b_grade, lot.note, RunOutput.objects.count()) == (True, f"“Ada” · {order.number}", 1)
    assert list(Lot.objects.matching("Ada")) == [lot]


def test_a_piece_with_a_name_that_comes_back_is_b_grade(user, variant):
    order, _printed = named(user, variant, "Ada")
    line = ship(order, user).lines.get()

    back = returns.take_back(order, Parcelled([Back(line, 1)], DAY), key=uuid4(), by=user, at=NOON)

    lot = back.lines.get().lot
    assert lot.is_b_grade

    seeker = order_of(user, a_line(variant, b_grade=True))
    (stop,) = pick_list(Order.objects.filter(pk=seeker.pk).with_lines()).stops
    assert (stop.lot, stop.warning) == (lot, f"“Ada” · {order.number}")
    Order.objects.filter(pk=order.pk).update(customer=CustomerFactory())
    customers.erase_customer(Order.objects.get(pk=order.pk).customer, at=NOON)
    assert (Lot.objects.get(pk=lot.pk).note, list(Lot.objects.matching("Ada"))) == ("", [])


def test_pick_list_walks_from_shelf_2_to_shelf_10(user, variant):
    for name in ("Shelf 10", "Shelf 2", "Attic"):
        LotFactory(item=variant.item, held=1, location=LocationFactory(name=name, path=name))
    order = order_of(user, a_line(variant, quantity=3))

    walk = pick_list(Order.objects.filter(pk=order.pk).with_lines()).stops

    assert [stop.place for stop in walk] == ["Attic", "Shelf 2", "Shelf 10"]
    assert [place.path for place in Location.objects.in_tree_order()] == ["Attic", "Shelf 2", "Shelf 10"]
