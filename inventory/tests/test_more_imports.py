from decimal import Decimal

import pytest
from django.urls import reverse

from inventory.choices import ItemKind
from inventory.domain import checking, ledger
from inventory.models import Filament, Item, Lot, MaterialGroup
from inventory.tests.test_import_undo import undo
from inventory.tests.test_imports import SPOOLS, apply, upload, verdicts
from nozzly.testing.factories.inventory import (
    BrandFactory,
    FilamentFactory,
    ItemFactory,
    LotFactory,
    MaterialGroupFactory,
    SpoolFactory,
    SupplierFactory,
)

FILAMENTS, ITEMS = "inventory:import_filaments", "inventory:import_items"
HEAD = "Brand,Material,Colour,How it looks,Finish,Full reel (g),Empty reel (g),Density (g/cm³),Group,List price"


def export(client, name, kind="csv"):
    return client.get(reverse(f"inventory:{name}"), {"format": kind}).content


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_filament_list_imports_back_unchanged_and_is_no_list_of_spools(client, owner, kind):
    FilamentFactory(
        brand=BrandFactory(empty_reel_g=Decimal(250)), colour_hexes=["#ff0000", "#00ff00"], finish="silk",
        colour_name="=1+1", group=MaterialGroupFactory(), list_price=Decimal("19.90"), diameter_mm=Decimal("2.85"),
    )  # fmt: skip
    SpoolFactory()
    exported = export(client, "filament_list", kind)

    assert verdicts(upload(client, FILAMENTS, exported, kind)) == {"unchanged": 2}
    assert "Import filaments" in upload(client, SPOOLS, exported, kind).context["run"].problems[0]


def test_filament_import_adds_corrects_and_is_undone(client, owner):
    known = FilamentFactory(
        brand__name="eSUN", material__name="PLA", colour_name="White", colour_hexes=["#ffffff"], list_price=None
    )
    text = f"{HEAD}\nesun,pla,WHITE,#fefefe,,1000,210,,Whites,€ 18.50\nPrusament,PETG,Blue,#0000ff,silk,750 g,,1.27,,"

    checked = upload(client, FILAMENTS, text)
    apply(client, FILAMENTS, checked)

    assert verdicts(checked) == {"changed": 1, "new": 1}
    changed = Filament.objects.select_related("group").get(pk=known.pk)
    assert (changed.colour_hexes, changed.empty_reel_g, changed.list_price, changed.group.name) == (
        ["#fefefe"], 210, Decimal("18.50"), "Whites",
    )  # fmt: skip
    blue = Filament.objects.exclude(pk=known.pk).get()
    assert (blue.item.name, blue.net_weight_g) == ("Prusament PETG Silk Blue", 750)

    undo(client)

    back = Filament.objects.get()
    assert (back.pk, back.colour_hexes, back.empty_reel_g, back.list_price, back.group) == (
        known.pk, ["#ffffff"], known.empty_reel_g, None, None,
    )  # fmt: skip
    assert not MaterialGroup.objects.exists()


def test_undo_of_filaments_archives_what_is_in_use_and_keeps_later_changes(client, owner):
    known = FilamentFactory(brand__name="eSUN", material__name="PLA", colour_name="White")
    text = f"{HEAD}\nesun,pla,white,#fefefe,,,,,,\nPrusament,PETG,Blue,#0000ff,,,,,,"
    apply(client, FILAMENTS, upload(client, FILAMENTS, text))
    Filament.objects.filter(pk=known.pk).update(colour_hexes=["#fdfdfd"])
    blue = Filament.objects.exclude(pk=known.pk).get()
    LotFactory(item=blue.item)

    assert "Changed since, and kept so: 1." in undo(client).text

    assert Item.objects.get(pk=blue.pk).archived_at is not None
    assert Filament.objects.get(pk=known.pk).colour_hexes == ["#fdfdfd"]
    assert verdicts(upload(client, FILAMENTS, text)) == {"changed": 2}


def test_filament_import_refuses_the_same_filament_twice(client, owner):
    checked = upload(client, FILAMENTS, f"{HEAD}\nA,PLA,Red,,,,,,,\na,pla,red,,,,,,,")

    assert verdicts(checked) == {"wrong": 2}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_of_parts_imports_back_unchanged(client, owner, kind):
    item = ItemFactory(
        kind=ItemKind.COMPONENT, name="Magnet", sku="MAG", pack_size=100, preferred_supplier=SupplierFactory(),
        list_price_per_unit=Decimal("0.081234"),
    )  # fmt: skip
    LotFactory(item=item, on_hand=40)
    ItemFactory(kind=ItemKind.PACKAGING, name="Box", sku="")

    assert verdicts(upload(client, ITEMS, export(client, "item_list", kind), kind)) == {"unchanged": 2}


def test_parts_import_adds_with_stock_corrects_and_is_undone(client, owner):
    known = ItemFactory(kind=ItemKind.COMPONENT, name="Magnet", sku="MAG", pack_size=50)
    text = "Kind,Name,SKU,Unit,Stock,Supplier,Pack size,Usual price for one\n,Magnet 6x2,mag,,,Magnet shop,100,0.08\npackaging,Box,BOX-1,pcs,40,,,0.25"

    checked = upload(client, ITEMS, text)
    apply(client, ITEMS, checked)

    assert verdicts(checked) == {"changed": 1, "new": 1}
    known.refresh_from_db()
    assert (known.name, known.pack_size, known.preferred_supplier.name) == ("Magnet 6x2", 100, "Magnet shop")
    lot = Lot.objects.get()
    assert (lot.item.kind, lot.on_hand, lot.bought_value) == ("packaging", 40, Decimal("10.00"))

    undo(client)

    known.refresh_from_db()
    assert (known.name, known.pack_size, known.preferred_supplier) == ("Magnet", 50, None)
    lot.refresh_from_db()
    assert (lot.on_hand, lot.item.archived_at is None) == (0, False)
    assert checking.check_ledger() == []
    assert [row.kind for row in ledger.movements_of(lot)] == ["reversal", "opening"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",Magnet,MAG,,41,", "corrected by counting, not by a file: 0 are there"),
        ("product,Dragon,,,,", "added as a product"),
        (",Lid 2,LID,,,", "changed at their product"),
        (",,X,,,", "Name: This field is required."),
    ],
)
def test_parts_import_gives_reasons(client, owner, row, reason):
    ItemFactory(kind=ItemKind.COMPONENT, name="Magnet", sku="MAG")
    ItemFactory(kind=ItemKind.PART, name="Lid", sku="LID")

    checked = upload(client, ITEMS, f"Kind,Name,SKU,Unit,Stock,Supplier\n{row}")

    assert reason in checked.context["run"].rows[0].reasons[0]


def test_samples_of_the_imports_are_taken_by_themselves(client, owner, operator, client_for):
    for name in (FILAMENTS, ITEMS):
        sample = client_for("owner").get(reverse(name), {"format": "sample"}).content
        assert verdicts(upload(client_for("owner"), name, sample)) == {"new": 1}
        assert client_for("operator").get(reverse(name)).status_code == 403
