from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from inventory.domain import checking, ledger, spool_files
from inventory.models import Delivery, Filament, Item, Location, Lot, Supplier
from inventory.resources import SpoolImporter
from inventory.tests.test_imports import DELIVERIES, HEAD, SPOOLS, apply, upload, verdicts
from inventory.tests.test_ledger_concurrency import NOON, in_threads
from nozzly.accounts.permissions import Role
from nozzly.testing.factories.inventory import FilamentFactory, LocationFactory, SpoolFactory, SupplierFactory
from nozzly.testing.fixtures import make_user
from nozzly.web import intake
from nozzly.web.models import ListImport
from nozzly.web.reading import Table

NEW = ",eSUN,PETG,White,,1000,640,Rack › Box 9,New shop,B1,12.00"


def undo(client):
    return client.post(reverse("web:import_detail", args=[ListImport.objects.latest("pk").pk]), follow=True)


def facts(lot):
    lot = Lot.objects.select_related("spool", "location", "supplier").get(pk=lot.pk)
    return (
        lot.on_hand, lot.bought_value, lot.location, lot.supplier, lot.batch, lot.note, lot.received_on, lot.spool.state,
        lot.spool.net_weight_g, lot.spool.tare_g, lot.archived_at,
    )  # fmt: skip


@pytest.fixture
def known(owner):
    return SpoolFactory(
        on_hand=500, worth=Decimal("10.00"), lot__code="7K4Q", lot__location=LocationFactory(), lot__batch="A1",
        lot__supplier=SupplierFactory(),
    ).lot  # fmt: skip


def test_undo_takes_back_what_a_file_added_and_changed(client, known):
    before = facts(known)
    apply(client, SPOOLS, upload(client, SPOOLS, f"{HEAD}\n7K4Q,Any,PLA,Any,,750,480,Rack,New shop,B9,\n{NEW}"))
    assert facts(known) != before

    response = undo(client)

    assert "Out of sight: 1. As they were before: 1." in response.text
    assert facts(known) == before
    added = Lot.objects.exclude(pk=known.pk).get()
    assert (added.on_hand, added.bought_value, added.archived_at is None) == (0, 0, False)
    assert Item.objects.filter(filament__isnull=False, archived_at=None).count() == 1
    assert not Location.objects.filter(path__startswith="Rack").exists()
    assert not Supplier.objects.filter(name="New shop").exists()
    assert checking.check_ledger() == []


def test_undo_keeps_what_somebody_changed_since(client, known):
    apply(client, SPOOLS, upload(client, SPOOLS, f"{HEAD}\n7K4Q,Any,PLA,Any,,,,Rack,,B9,"))
    Lot.objects.filter(pk=known.pk).update(batch="B10")

    response = undo(client)

    known.refresh_from_db()
    assert (known.batch, known.location.name == "Rack") == ("B10", False)
    assert "Changed since, and kept so: 1." in response.text


def test_undo_is_refused_whole_once_something_was_used(client, owner):
    apply(client, SPOOLS, upload(client, SPOOLS, f"{HEAD}\n{NEW}\n{NEW}"))
    used = Lot.objects.latest("pk")
    entry = ledger.Entry(used.pk, "consumption", Decimal(-40))
    ledger.post(
        [entry], source="run", source_id=1, source_text="", key=uuid4(),
        by=owner, at=ListImport.objects.get().at,
    )  # fmt: skip

    response = undo(client)

    assert response.status_code == 422
    assert "holds only 600" in response.text
    assert list(Lot.objects.order_by("pk").values_list("on_hand", "archived_at")) == [(640, None), (600, None)]


def test_undo_twice_undoes_once_and_operators_may_not(client, owner, client_for):
    apply(client, SPOOLS, upload(client, SPOOLS, f"{HEAD}\n{NEW}"))
    assert (
        client_for("operator").post(reverse("web:import_detail", args=[ListImport.objects.get().pk])).status_code == 403
    )

    undo(client)
    again = undo(client)

    assert (again.status_code, "undone already" in again.text) == (422, True)


def test_a_file_that_was_undone_comes_in_again(client, owner):
    text = f"{HEAD}\n9ABC{NEW}\n{NEW}"
    apply(client, SPOOLS, upload(client, SPOOLS, text))
    undo(client)

    checked = upload(client, SPOOLS, text)
    apply(client, SPOOLS, checked)

    assert verdicts(checked) == {"changed": 1, "new": 1}
    back = Lot.objects.get(code="9ABC")
    assert (back.on_hand, back.bought_value, back.archived_at) == (640, Decimal("12.00"), None)
    assert Filament.objects.available().count() == 1
    assert checking.check_ledger() == []


def test_undo_of_a_delivery_import_undoes_its_deliveries(client, owner):
    item = FilamentFactory().item
    text = f"Supplier,Invoice,Date,Item,Qty,Each,Total\nShop,R-1,2026-02-03,{item.name},2,1000,40.00"
    apply(client, DELIVERIES, upload(client, DELIVERIES, text))

    response = undo(client)

    assert "1 delivery is undone." in response.text
    assert Delivery.objects.standing().count() == 0
    assert set(Lot.objects.values_list("on_hand", flat=True)) == {0}
    assert verdicts(upload(client, DELIVERIES, text)) == {"new": 1}


@pytest.mark.threads
def test_two_clicks_at_once_import_once(committed, workspace):
    user = make_user(Role.OWNER)
    table = Table(HEAD.split(","), [f"9ABC{NEW}".split(","), NEW.split(",")])
    importer, key = SpoolImporter(), uuid4()

    def click(_number):
        upload = intake.Upload("rolls.csv", table)
        mapping = importer.guess(table.headers)
        return intake.carry_out(importer, upload, mapping, good_only=False, key=key, by=user, at=NOON).pk

    made = in_threads(workspace, click, range(4))

    assert (len(set(made)), Lot.objects.count(), ListImport.objects.get().new) == (1, 2, 2)


def test_a_code_that_somebody_takes_meanwhile_is_a_sentence_and_no_error(client, owner, monkeypatch):
    checked = upload(client, SPOOLS, f"{HEAD}\n9ABC{NEW}")
    monkeypatch.setattr(spool_files, "known_rolls", lambda _codes: {})
    SpoolFactory(lot__code="9ABC")

    response = apply(client, SPOOLS, checked)

    assert (response.status_code, "Somebody has just changed" in response.text) == (422, True)
    assert Lot.objects.count() == 1
