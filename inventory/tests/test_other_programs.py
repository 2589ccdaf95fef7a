"""Files of other programs and of plain spreadsheets, as they come."""

import json
from datetime import date
from decimal import Decimal

import pytest

from inventory.models import Lot, Spool
from inventory.tests.test_imports import SPOOLS, apply, upload, verdicts

SPOOLMAN = [
    {
        "archived": False, "comment": "by the\nwindow", "filament.color_hex": "3D3E3DFF", "filament.diameter": 1.75,
        "filament.material": "PLA", "filament.name": "Galaxy Black", "filament.price": 30.0, "filament.spool_weight": 193.0,
        "filament.vendor.name": "Prusament", "filament.weight": 1000.0, "first_used": "2026-02-01T10:00:00+00:00", "id": 12,
        "initial_weight": None, "location": "Shelf A", "lot_nr": "L-7", "price": None, "registered": "2026-01-05T09:00:00",
        "spool_weight": 193.0, "used_weight": 400.0,
    },
    {
        "archived": True, "filament.diameter": 1.75, "filament.material": "PETG", "filament.multi_color_hexes": "FF0000,00FF00",
        "filament.name": None, "filament.vendor.name": None, "id": 3, "initial_weight": 750, "used_weight": 750,
    },
]  # fmt: skip
SPOOL_MANAGER = (
    '"Spool Name","Color Name","Color Code [hex]","Vendor","Material","Density [g/cm3]","Diameter [mm]","Temperature [C]",'
    '"Total weight [g]","Used weight [g]","Used length [mm]","First use [dd.mm.yyyy hh:mm]","Last use [dd.mm.yyyy hh:mm]",'
    '"Purchased from","Purchased on [dd.mm.yyyy]","Cost","Cost unit","Note"\n'
    '"Benchy roll","Red","#ff0000","Hatchbox","PLA","1.24","1.75","210","1000.0","250.5","-","01.02.2026 10:00","-",'
    '"Shop","03.01.2026 00:00","20.0","€","-"\n'
    '"Full","-","-","-","PETG","-","-","-","750","-","-","-","-","-","-","-","-","-"\n'
)


def as_csv(records):
    headers = sorted({name for record in records for name in record})
    cells = [
        ['"' + str("" if record.get(name) is None else record[name]) + '"' for name in headers] for record in records
    ]
    return "\n".join(",".join(line) for line in [headers, *cells])


def rolls():
    rows = Spool.objects.select_related("lot__item__filament__brand").order_by("pk")
    return {roll.lot.title: roll for roll in rows}


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_spoolmans_export_comes_in_and_again_as_a_correction(client, owner, kind):
    text = as_csv(SPOOLMAN) if kind == "csv" else json.dumps(SPOOLMAN)

    checked = upload(client, SPOOLS, text, kind)
    apply(client, SPOOLS, checked)

    assert (checked.context["upload"].program, verdicts(checked)) == ("Spoolman", {"new": 2})
    used, empty = rolls()["Prusament PLA Galaxy Black"], rolls()["Unknown PETG Unknown"]
    assert (used.lot.code, used.lot.on_hand, used.lot.bought_value, used.tare_g, used.state) == (
        "SPM0012", 600, Decimal("18.00"), 193, "open",
    )  # fmt: skip
    assert (used.lot.batch, used.lot.note, used.lot.location.path) == ("L-7", "by the window", "Shelf A")
    assert (used.lot.received_on, used.lot.item.filament.colour_hexes) == (date(2026, 1, 5), ["#3d3e3d"])
    assert (empty.lot.on_hand, empty.state, empty.net_weight_g) == (0, "empty", 750)
    assert empty.lot.item.filament.colour_hexes == ["#ff0000", "#00ff00"]
    assert verdicts(upload(client, SPOOLS, text, kind)) == {"unchanged": 2}


def test_spoolmans_nested_json_is_understood_as_well(client, owner):
    nested = {"id": 5, "remaining_weight": 120.5, "used_weight": 0, "filament": {
        "name": "White", "material": "PLA", "diameter": 1.75, "weight": 1000, "vendor": {"name": "eSUN"}}}  # fmt: skip

    apply(client, SPOOLS, upload(client, SPOOLS, json.dumps([nested]), "json"))

    assert rolls()["eSUN PLA White"].lot.on_hand == Decimal("120.5")


def test_spool_managers_export_comes_in(client, owner):
    checked = upload(client, SPOOLS, SPOOL_MANAGER)
    apply(client, SPOOLS, checked)

    assert (checked.context["upload"].program, verdicts(checked)) == ("SpoolManager", {"new": 2})
    red, full = rolls()["Hatchbox PLA Red"], rolls()["Unknown PETG Full"]
    assert (red.lot.on_hand, red.lot.bought_value, red.state, red.lot.note) == (
        Decimal("749.5"), Decimal("14.99"), "open", "Benchy roll",
    )  # fmt: skip
    assert (red.lot.supplier.name, red.lot.received_on) == ("Shop", date(2026, 1, 3))
    assert (full.lot.on_hand, full.state, full.net_weight_g) == (750, "sealed", 750)


@pytest.mark.parametrize(
    ("text", "left_g", "value"),
    [
        ("Brand;Material;Colour;Remaining (kg);Price\nA;PLA;Red;0,64;€ 1.234,50", "640", "1234.50"),
        ("Brand,Material,Colour,Remaining [oz],Price\nA,PLA,Red,16,$18.90", "453.592", "18.90"),
        ("Brand,Material,Colour,left lb,Price\nA,PLA,Red,1,18.90 kr", "453.592", "18.90"),
        ("Brand,Material,Colour,Left (g),Price\nA,PLA,Red,2 lb,A$18.90", "907.185", "18.90"),
        ("Brand;Material;Colour;Diameter;Left\nA;PLA;Red;1,75 mm;1.000", "1000", None),
        ("Brand;Material;Colour;Diameter;Left\nA;PLA;Red;1.75;1,000", "1000", None),
        ("Brand\tMaterial\tColour\tLeft\nA\tPLA\tRed\t1'250.5", "1250.5", None),
    ],
)
def test_plain_spreadsheets_are_read_as_they_were_meant(client, owner, text, left_g, value):
    apply(client, SPOOLS, upload(client, SPOOLS, text))

    lot = Lot.objects.get()
    assert lot.on_hand == Decimal(left_g)
    assert value is None or lot.bought_value == Decimal(value)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_umlauts_survive_whatever_wrote_the_file(client, owner, encoding):
    text = "Hersteller;Material;Farbe;Gewicht\nMüller & Söhne;PLA;Grün;1000"

    apply(client, SPOOLS, upload(client, SPOOLS, text.encode(encoding)))

    assert Lot.objects.get().title == "Müller & Söhne PLA Grün"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("=cmd|'/c calc'!A0,PLA,Red,100", "Brand: this is a formula"),
        ("A\x07,PLA,Red,1e9", "is not a weight"),
        ("A,PLA,Red,1 stone", "is not a weight"),
        ("A,PLA,Red,-5", "Left (g): Between 0 and 100000 g."),
        ("A,PLA,Red,NaN", "is not a weight"),
        (f"A,PLA,Red,9,{'x' * 81}", "Place: places are at most"),
        ("A,PLA,Red,9,Shelf ›› Box", "Place: places are at most"),
    ],
)
def test_harmful_and_senseless_cells_get_a_reason(client, owner, row, reason):
    checked = upload(client, SPOOLS, f"Brand,Material,Colour,Left (g),Place\n{row}")

    assert reason in checked.context["run"].rows[0].reasons[0]
    assert checked.status_code == 422
