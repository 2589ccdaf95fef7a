from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from inventory.models import Filament, Lot, Spool
from nozzly.core import bulk
from nozzly.core.bulk import draw_keys, insert_rows, update_rows
from nozzly.testing.factories.inventory import FilamentFactory, LotFactory

pytestmark = pytest.mark.usefixtures("always_json")
AT = datetime(2026, 3, 4, 5, 6, 7, 891011, tzinfo=UTC)


@pytest.fixture
def always_json(monkeypatch):
    monkeypatch.setattr(bulk, "_FEW", 0)


def test_insert_rows_stores_what_bulk_create_would():
    item = FilamentFactory().item
    lots = [Lot(item=item, code=f"9AB{number}", note="Ünï \\ 'x' %s", on_hand=Decimal("12.345")) for number in range(3)]

    insert_rows(lots)
    insert_rows([Spool(lot=lot, net_weight_g=Decimal(750), state="open", opened_at=AT) for lot in lots])

    stored = Lot.objects.order_by("pk").values_list("pk", "code", "note", "on_hand", "spool__opened_at")
    assert list(stored) == [(lot.pk, lot.code, "Ünï \\ 'x' %s", Decimal("12.345"), AT) for lot in lots]


def test_insert_rows_keeps_arrays_and_answers_to_constraints():
    known = FilamentFactory(colour_hexes=["#ff0000", "#00ff00"])
    other = LotFactory().item
    twin = Filament(
        item=other, brand=known.brand, material=known.material, colour_name="Two", colour_hexes=["#010203", "#ffffff"]
    )

    insert_rows([twin])

    assert Filament.objects.get(pk=other.pk).colour_hexes == ["#010203", "#ffffff"]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows([Lot(item=other, code="no")])
    insert_rows([])


def test_keys_are_drawn_once():
    keys = draw_keys(Lot, 3)

    assert len(set(keys + draw_keys(Lot, 3))) == 6


def test_update_rows_writes_the_named_fields_of_each_row():
    lots = [LotFactory(batch="old", note="kept") for _number in range(2)]
    for lot in lots:
        lot.batch, lot.note, lot.supplier_id = lot.code, "lost", None

    update_rows(lots, ["batch", "supplier"])
    update_rows([], ["batch"])

    assert set(Lot.objects.values_list("batch", "note")) == {(lot.code, "kept") for lot in lots}
