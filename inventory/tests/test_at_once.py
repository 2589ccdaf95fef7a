"""What two people do to the same thing, or what was read before somebody else changed it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from inventory.choices import MovementKind, SpoolState
from inventory.domain import barcodes, bulk_edits, deliveries, directory, drying, ledger, lots, spools, stocktakes
from inventory.domain.barcodes import BarcodeTaken
from inventory.domain.deliveries import InvoiceAlreadyBooked
from inventory.domain.holding import IsArchived
from inventory.domain.ledger import Entry
from inventory.models import Barcode, Brand, Delivery, Drying, Lot, Supplier
from inventory.tests.test_ledger_concurrency import in_threads
from nozzly.testing.factories.inventory import (
    BrandFactory,
    FilamentFactory,
    ItemFactory,
    LocationFactory,
    LotFactory,
    SpoolFactory,
    SupplierFactory,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def hours_later(hours):
    return NOON + timedelta(hours=hours)


def print_from(lot, grams, *, at):
    entry = Entry(lot.pk, MovementKind.CONSUMPTION, Decimal(-grams))
    return ledger.post([entry], source="run", source_id=1, source_text="", key=uuid4(), by=None, at=at)


@pytest.mark.threads
def test_an_invoice_sent_from_several_tabs_is_booked_once(committed, workspace):
    supplier, item = SupplierFactory(), ItemFactory()

    def receive(tab):
        line, invoice = deliveries.Line(item, 1, Decimal(10), Decimal(5)), deliveries.Invoice(NOON.date(), number=tab)
        try:
            deliveries.receive(supplier, lines=[line], invoice=invoice, key=uuid4(), by=None, at=NOON)
        except InvoiceAlreadyBooked:
            return "refused"
        return "booked"

    answers = in_threads(workspace, receive, ["A-7", "a-7"] * 4)

    assert sorted(answers) == ["booked"] + ["refused"] * 7
    assert (Delivery.objects.count(), Lot.objects.get().on_hand) == (1, 10)


@pytest.mark.threads
def test_a_barcode_linked_to_several_things_at_once_belongs_to_one(committed, workspace):
    items = [ItemFactory() for _thing in range(4)]

    def link(item):
        try:
            return barcodes.link_barcode(item, digits="4006381333931").item_id
        except BarcodeTaken:
            return None

    answers = in_threads(workspace, link, items * 2)

    assert {answer for answer in answers if answer} == {Barcode.objects.get().item_id}
    assert answers.count(None) == 6


@pytest.mark.threads
def test_a_supplier_named_from_many_tabs_is_one(committed, workspace):
    names = ["Filament Shop", "filament  shop ", "FILAMENT SHOP", " Filament shop"]

    found = in_threads(workspace, lambda name: directory.supplier_named(name).pk, names * 2)

    assert set(found) == {Supplier.objects.get().pk}


def test_suppliers_and_brands_differ_by_more_than_capitals_and_spaces(client, owner):
    supplier, brand = SupplierFactory(name="Filament Shop"), BrandFactory(name="Prusament")
    url = reverse("inventory:create_supplier")

    again = client.post(url, {"name": "filament   SHOP"})
    renamed = client.post(reverse("inventory:supplier_edit", args=[supplier.pk]), {"name": "FILAMENT Shop"})

    assert "already a supplier called filament SHOP" in str(again.context["form"].errors["name"])
    assert renamed.status_code == 302
    assert Supplier.objects.get().name == "FILAMENT Shop"
    assert directory.brand_named(" PRUSAMENT ") == brand
    for model, name in ((Supplier, "filament shop"), (Brand, "prusament")):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(name=name)
    with pytest.raises(directory.NameTaken):
        directory.save_supplier(Supplier(name="Filament  shop"))


def test_a_roll_that_was_read_before_is_not_written_back_as_it_was():
    roll = SpoolFactory(state=SpoolState.SEALED, opened_at=None)
    weighed = SpoolFactory(tare_g=None)
    stale, stale_weighed = type(roll).objects.get(pk=roll.pk), type(roll).objects.get(pk=weighed.pk)

    spools.empty_spool(roll, key=uuid4(), by=None, at=NOON)
    spools.open_spool(stale, at=hours_later(1))
    spools.weigh(weighed, gross_g=Decimal(700), tare_g=Decimal(215), key=uuid4(), by=None, at=NOON)
    spools.empty_spool(stale_weighed, key=uuid4(), by=None, at=hours_later(1))

    roll.refresh_from_db()
    weighed.refresh_from_db()
    assert roll.state == SpoolState.EMPTY
    assert weighed.tare_g == 215


def test_nothing_is_done_with_an_archived_roll_before_it_is_brought_back(client, owner):
    roll = SpoolFactory(on_hand=0, worth=0, state=SpoolState.EMPTY, lot__location=LocationFactory())
    lots.archive([roll.lot], at=NOON)
    code = roll.lot.code
    sent = {
        "weigh_spool": {"gross_g": "700"},
        "use_spool": {"grams": "5", "kind": MovementKind.WASTE},
        "move_spool": {"location": LocationFactory().pk},
        "dry_spool": {"hours": "6"},
        "empty_spool": {},
        "open_spool": {},
    }

    for name, data in sent.items():
        answer = client.post(reverse(f"inventory:{name}", args=[code]), data | {"key": uuid4()}, follow=True)
        assert "is archived" in answer.content.decode(), name
    with pytest.raises(IsArchived):
        bulk_edits.change_spools([roll.pk], bulk_edits.SpoolChanges(location=LocationFactory()), by=owner, at=NOON)
    with pytest.raises(IsArchived):
        lots.count(roll.lot, counted=Decimal(3), key=uuid4(), by=owner, at=NOON)
    assert list(ledger.movements_of(roll.lot)) == []
    assert not Drying.objects.exists()

    client.post(reverse("inventory:bring_back_lot", args=[code]))
    client.post(reverse("inventory:weigh_spool", args=[code]), {"gross_g": "700", "key": uuid4()})

    roll.lot.refresh_from_db()
    assert (roll.lot.on_hand, roll.lot.archived_at, roll.lot.location) == (500, None, None)


def test_a_lot_into_which_something_comes_back_is_in_sight_again():
    lot = LotFactory(held=5, worth=5)
    taken = print_from(lot, 5, at=NOON)
    lots.archive([lot], at=NOON)

    ledger.reverse(taken, key=uuid4(), by=None, at=NOON)

    lot.refresh_from_db()
    assert (lot.on_hand, lot.archived_at) == (5, None)


def test_a_lot_that_came_up_short_after_its_count_still_waits_to_be_counted(owner):
    early, fine, counted_late = (LotFactory(held=100, worth=5) for _lot in range(3))
    count = stocktakes.start_stocktake(name="March", locations=[], by=owner, at=NOON)
    for lot in (early, fine):
        stocktakes.count_lot(count, lot, counted=Decimal(100), by=owner, at=NOON)
    for lot in (early, counted_late):
        print_from(lot, 130, at=hours_later(1))
    Lot.objects.filter(pk=fine.pk).update(needs_count=True)
    stocktakes.count_lot(count, counted_late, counted=Decimal(0), by=owner, at=hours_later(2))

    stocktakes.approve(count, by=owner, at=hours_later(3))

    flags = dict(Lot.objects.values_list("pk", "needs_count"))
    assert flags == {early.pk: True, fine.pk: False, counted_late.pk: False}


def test_every_way_out_of_the_dryer_logs_how_long_it_was(owner):
    rolls = [SpoolFactory() for _roll in range(4)]
    changes = bulk_edits.SpoolChanges
    for roll in rolls[:3]:
        drying.start_drying(roll, hours=Decimal(6), temperature_c=50, by=owner, at=NOON)
    bulk_edits.change_spools([rolls[3].pk], changes(state=SpoolState.DRYING), by=owner, at=NOON)

    drying.finish_drying(rolls[0], at=hours_later(4))
    spools.empty_spool(rolls[1], key=uuid4(), by=owner, at=hours_later(4))
    ids = [rolls[2].pk, rolls[3].pk]
    bulk_edits.change_spools(ids, changes(state=SpoolState.OPEN), by=owner, at=hours_later(4))

    logged = Drying.objects.order_by("spool").values_list("hours", "ended_at")
    assert list(logged) == [(4, hours_later(4))] * 4
    rolls[3].refresh_from_db()
    assert rolls[3].dried_at == hours_later(4)


def test_a_day_to_come_is_no_day_of_receipt_for_many_either(client, owner):
    roll = SpoolFactory(filament=FilamentFactory())

    for day in ("2999-01-01", "0026-01-01"):
        answer = client.post(reverse("inventory:edit_many"), {"rows": str(roll.pk), "received_on": day})
        assert answer.context["form"].errors["received_on"]
