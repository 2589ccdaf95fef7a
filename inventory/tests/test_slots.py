"""A printer slot holds one roll, whichever way something would get there."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from inventory.choices import LocationKind, SpoolState
from inventory.domain import bulk_edits, deliveries, locations, lots, spools
from inventory.domain.slots import OnlyRolls, SlotHoldsOne
from inventory.models import Lot, Spool
from inventory.tests.test_ledger_concurrency import in_threads
from nozzly.testing.factories.inventory import (
    FilamentFactory,
    LocationFactory,
    LotFactory,
    SpoolFactory,
    SupplierFactory,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make_slot(**facts):
    return LocationFactory(kind=LocationKind.SLOT, **facts)


def add(filament, slot, count=1):
    rolls = spools.Rolls(details=lots.LotDetails(location=slot))
    return spools.add_spools(filament, count=count, rolls=rolls, key=uuid4(), by=None, at=NOON)


def deliver(item, slot):
    line, invoice = deliveries.Line(item, 1, Decimal(1000), Decimal(20)), deliveries.Invoice(NOON.date(), location=slot)
    return deliveries.receive(SupplierFactory(), lines=[line], invoice=invoice, key=uuid4(), by=None, at=NOON)


def test_new_rolls_come_into_a_slot_one_at_a_time():
    slot, filament = make_slot(), FilamentFactory()

    with pytest.raises(SlotHoldsOne, match="one roll at a time"):
        add(filament, slot, count=2)
    (roll,) = add(filament, slot)
    with pytest.raises(SlotHoldsOne, match=f"holds {roll.lot.code}"):
        add(filament, slot)
    with pytest.raises(SlotHoldsOne):
        deliver(filament.item, slot)

    assert [lot.pk for lot in Lot.objects.filter(location=slot)] == [roll.pk]
    assert Lot.objects.count() == 1


def test_parts_never_hang_on_a_printer(client, owner):
    slot, parts = make_slot(), LotFactory(held=50, worth=5)

    for act in (
        lambda: deliver(parts.item, slot),
        lambda: spools.move([parts], location=slot, by=None, at=NOON),
        lambda: lots.transfer(parts, quantity=Decimal(5), location=slot, key=uuid4(), by=None, at=NOON),
    ):
        with pytest.raises(OnlyRolls, match="takes rolls, not Magnet"):
            act()
    page = client.post(
        reverse("inventory:transfer_lot", args=[parts.code]), {"quantity": "5", "location": slot.pk, "key": uuid4()}
    )
    opening = client.post(
        reverse("inventory:open_item_stock", args=[parts.item_id]),
        {"quantity": "5", "location": slot.pk, "key": uuid4()},
    )

    assert page.context["transfer_form"].errors["location"]
    assert opening.status_code == 422
    assert not Lot.objects.filter(location=slot).exists()


def test_a_place_that_holds_more_than_a_roll_does_not_become_a_slot():
    shelf = LocationFactory()
    for _roll in range(2):
        SpoolFactory(lot__location=shelf)
    bin_ = LocationFactory()
    LotFactory(location=bin_, held=3)

    for place, why in ((shelf, SlotHoldsOne), (bin_, OnlyRolls)):
        with pytest.raises(why):
            locations.change_location(place, name=place.name, kind=LocationKind.SLOT, parent=None)
        place.refresh_from_db()
        assert place.kind == LocationKind.SHELF


def test_a_roll_that_is_loaded_changes_places_with_the_one_in_the_slot():
    first, second = make_slot(), make_slot()
    one, two = SpoolFactory(lot__location=first), SpoolFactory(lot__location=second)

    spools.move([one.lot], location=second, by=None, at=NOON)

    assert list(Lot.objects.order_by("pk").values_list("pk", "location")) == [(one.pk, second.pk), (two.pk, first.pk)]


@pytest.mark.threads
def test_rolls_loaded_from_many_tabs_at_once_leave_one_in_each_slot(committed, workspace):
    shelf, slots = LocationFactory(), [make_slot() for _arm in range(2)]
    rolls = [SpoolFactory(lot__location=shelf, state=SpoolState.SEALED).lot for _roll in range(4)]
    filament = FilamentFactory()

    def load(job):
        roll, slot, way = job
        try:
            if way == "add":
                add(filament, slot)
            elif way == "edit":
                bulk_edits.change_spools([roll.pk], bulk_edits.SpoolChanges(location=slot), by=None, at=NOON)
            else:
                spools.move([roll], location=slot, by=None, at=NOON)
        except (SlotHoldsOne, spools.MovedMeanwhile):
            return 0
        return 1

    ways = ("move", "edit", "move", "add")
    jobs = [
        (roll, slots[turn % 2], ways[(turn + number) % 4]) for turn in range(6) for number, roll in enumerate(rolls)
    ]
    done = in_threads(workspace, load, jobs)

    assert sum(done) >= 12
    assert [Lot.objects.filter(location=slot).count() for slot in slots] == [1, 1]
    assert not Spool.objects.filter(lot__location__in=slots, lot__in=rolls, state=SpoolState.SEALED).exists()
