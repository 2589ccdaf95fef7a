from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.choices import MovementKind, SpoolState
from inventory.domain import ledger
from inventory.domain.ledger import Entry
from inventory.domain.stock_room import stock_room
from nozzly.testing.factories.inventory import (
    FilamentFactory,
    MaterialGroupFactory,
    ReservationFactory,
    SpoolFactory,
)

PAGE = "inventory:stock_room"


def test_stock_room_has_a_row_for_each_group_and_each_lone_filament():
    group = MaterialGroupFactory(name="Black PLA")
    first, second = FilamentFactory.create_batch(2, group=group)
    SpoolFactory(filament=first, on_hand=300, worth=Decimal(6))
    SpoolFactory(filament=second, state=SpoolState.SEALED)
    lone = SpoolFactory(filament__colour_name="Red").lot
    FilamentFactory()
    now = timezone.now()
    for age in (1, 40):
        entry = Entry(lone.pk, MovementKind.CONSUMPTION, Decimal(-100))
        at = now - timedelta(days=age)
        ledger.post([entry], source="run", source_id=1, source_text="", key=uuid4(), by=None, at=at)
    ReservationFactory(item=None, group=group, quantity=1500)

    room = stock_room(today=timezone.localdate(now))

    black, red = room.rows
    assert (black.name, black.sealed_g, black.open_g, black.reserved_g, black.short_g) == (
        "Black PLA",
        1000,
        300,
        1500,
        200,
    )
    assert (black.value, black.spool_count, black.days_left) == (Decimal(26), 2, None)
    assert (red.stock_g, red.used_g, red.days_left) == (800, 100, 240)
    assert black.bar(room.full_g) == {"open": "20.0", "sealed": "66.7", "reserved": "100.0", "sealed_from": "20.0"}
    assert (room.total_g, room.spool_count, room.total_value) == (2100, 3, Decimal(42))


def test_stock_room_leaves_out_reservations_and_stock_of_what_is_no_filament():
    ReservationFactory()

    assert stock_room(today=timezone.localdate()).rows == []


@pytest.mark.parametrize("spool_count", [1, 3])
def test_stock_room_query_count_does_not_grow(client, owner, django_assert_num_queries, spool_count):
    for _roll in range(spool_count):
        SpoolFactory()
    client.get(reverse(PAGE))

    with django_assert_num_queries(6):  # user, groups, filaments, stock, demand, usage
        client.get(reverse(PAGE))


def test_stock_room_page_hides_money_from_operators(client, client_for, owner):
    SpoolFactory(worth=Decimal("77.77"))

    assert "77.77" in client.get(reverse(PAGE)).content.decode()
    assert "£" not in client_for("operator").get(reverse(PAGE)).content.decode()


def test_stock_room_page_says_what_to_do_first(client, owner):
    nothing = client.get(reverse(PAGE)).content.decode()
    FilamentFactory()
    no_rolls = client.get(reverse(PAGE)).content.decode()

    assert "An empty stock room" in nothing
    assert "No rolls on the shelf yet" in no_rolls


def test_stock_room_page_is_not_for_strangers(client):
    assert client.get(reverse(PAGE)).status_code == 302
