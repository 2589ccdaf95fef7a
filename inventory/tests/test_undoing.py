from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from inventory.choices import MovementKind, SpoolState
from inventory.domain import deliveries, ledger, lots, spools, stock_days, undoing
from inventory.domain.ledger import Entry, InsufficientStock
from inventory.domain.undoing import NothingThere, NotUndoable
from inventory.models import Delivery, Lot
from nozzly.testing.factories.inventory import FilamentFactory, ItemFactory, LotFactory, SpoolFactory, SupplierFactory

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def last_row(lot):
    return ledger.movements_of(lot).first()


def receive(item, number, total, by):
    lines = [deliveries.Line(item, 2, Decimal(1000), Decimal(total))]
    invoice = deliveries.Invoice(received_on=date(2026, 2, int(number)), number=number)
    supplier = SupplierFactory._meta.model.objects.first() or SupplierFactory()
    return deliveries.receive(supplier, lines=lines, invoice=invoice, key=uuid4(), by=by, at=NOON)


def test_undo_of_a_weighing_brings_the_books_back(client, owner):
    spool = SpoolFactory(on_hand=300, worth=Decimal(6))
    spools.weigh(spool, gross_g=Decimal(450), key=uuid4(), by=owner, at=NOON)
    url = reverse("inventory:undo_movement", args=[last_row(spool.lot).pk])

    page = client.get(spool.get_absolute_url()).content.decode()
    look = client.get(url)
    response = client.post(url)

    assert url in page
    assert [(change.before, change.after, change.bought_value) for change in look.context["changes"]] == [
        (Decimal(250), Decimal(300), Decimal("1.00"))
    ]
    assert response.url == spool.get_absolute_url()
    spool.lot.refresh_from_db()
    assert (spool.lot.on_hand, spool.lot.bought_value) == (300, Decimal("6.00"))
    again = client.post(url)
    assert again.status_code == 422
    assert "already been undone" in again.content.decode()
    assert "undone later" in client.get(spool.get_absolute_url()).content.decode()


def test_undo_of_an_emptied_roll_opens_it_again(owner):
    spool = SpoolFactory(on_hand=12)
    spools.empty_spool(spool, key=uuid4(), by=owner, at=NOON)

    undoing.undo(last_row(spool.lot).pk, by=owner, at=NOON)

    spool.refresh_from_db()
    assert (spool.state, spool.lot.on_hand) == (SpoolState.OPEN, 12)


def test_undo_of_a_delivery_takes_all_of_it_back_and_frees_its_invoice(owner):
    item = FilamentFactory().item
    receive(item, "1", "30.00", owner)
    delivery = receive(item, "2", "50.00", owner)
    lot = delivery.lines.get().lots.first()

    changes = undoing.preview(last_row(lot).pk)
    undoing.undo(last_row(lot).pk, by=owner, at=NOON)

    item.refresh_from_db()
    assert len(changes) == 2
    assert (item.last_cost_per_unit, item.last_cost_on) == (Decimal("0.015"), date(2026, 2, 1))
    assert Lot.objects.available().count() == 2
    assert receive(item, "2", "50.00", owner).pk != delivery.pk
    assert Delivery.objects.standing().count() == 2
    assert deliveries.last_prices([item]) == {item.pk: (Decimal(1000), Decimal("25.00"))}


def test_a_delivery_is_undone_from_its_own_page_and_only_while_nothing_of_it_is_used(client, owner):
    item = FilamentFactory().item
    delivery = receive(item, "1", "30.00", owner)
    url = reverse("inventory:undo_delivery", args=[delivery.pk])
    lot = delivery.lines.get().lots.order_by("pk").last()
    lots.adjust(lot, quantity=Decimal(-100), kind="waste", note="", key=uuid4(), by=owner, at=NOON)

    assert url in client.get(delivery.get_absolute_url()).content.decode()
    assert client.post(url).status_code == 422
    undoing.undo(last_row(lot).pk, by=owner, at=NOON)
    assert client.post(url).url == delivery.get_absolute_url()

    assert Lot.objects.available().count() == 0
    assert set(Lot.objects.values_list("on_hand", "bought_value")) == {(0, 0)}
    page = client.get(delivery.get_absolute_url()).content.decode()
    assert "undone" in page
    assert url not in page
    assert (client.get(url).status_code, client.post(url).status_code) == (200, 422)


def test_undo_of_the_only_delivery_forgets_its_price(owner):
    item = FilamentFactory().item
    delivery = receive(item, "1", "30.00", owner)

    undoing.undo(last_row(delivery.lines.get().lots.first()).pk, by=owner, at=NOON)

    item.refresh_from_db()
    assert (item.last_cost_per_unit, item.last_cost_on) == (None, None)


def test_undo_of_what_is_used_already_is_refused_and_says_so(client, owner):
    item = ItemFactory()
    lot = Lot.objects.get(pk=LotFactory(item=item, held=10).pk)
    first = last_row(lot)
    lots.adjust(lot, quantity=Decimal(-4), kind="own_use", note="", key=uuid4(), by=owner, at=NOON)

    look = client.get(reverse("inventory:undo_movement", args=[first.pk])).content.decode()
    response = client.post(reverse("inventory:undo_movement", args=[first.pk]))

    assert "used already" in look
    assert "holds only 6 pcs now" in look
    assert "Undo it" not in look
    assert response.status_code == 422
    assert "holds only 6" in response.content.decode()
    with pytest.raises(InsufficientStock):
        undoing.undo(first.pk, by=owner, at=NOON)


def test_runs_and_orders_are_not_undone_here(client, owner):
    lot = LotFactory(held=10)
    entry = Entry(lot.pk, MovementKind.SALE, Decimal(-1))
    (row,) = ledger.post([entry], source="order", source_id=1, source_text="1007", key=uuid4(), by=owner, at=NOON)

    with pytest.raises(NotUndoable):
        undoing.preview(row.pk)
    with pytest.raises(NothingThere):
        undoing.preview(0)
    url = reverse("inventory:undo_movement", args=[row.pk])
    assert (client.get(url).status_code, client.post(url).status_code) == (200, 422)
    assert client.get(reverse("inventory:undo_movement", args=[0])).status_code == 404


def test_undo_is_not_for_operators_and_shows_no_money_without_the_right(client, operator):
    spool = SpoolFactory()

    assert client.get(reverse("inventory:undo_movement", args=[last_row(spool.lot).pk])).status_code == 403
    assert "Undo" not in client.get(spool.get_absolute_url()).content.decode()


def test_a_use_that_was_undone_counts_as_none(owner):
    lot = LotFactory(held=10)
    lots.adjust(lot, quantity=Decimal(-4), kind="own_use", note="", key=uuid4(), by=owner, at=NOON)
    undoing.undo(last_row(lot).pk, by=owner, at=NOON)

    assert stock_days.gone_between(NOON.date(), NOON.date()) == {}
