import json
from decimal import Decimal

import pytest

from catalog.slices import UnreadableSlice
from catalog.tests.slices.synthetic import CURA, MOVES, material, plate_of, read, ufp

METADATA = "/Cura/slicemetadata.json"
TWO = CURA.replace("1m, 0m", "1m, 2m")


def test_ufp_takes_density_and_colour_from_its_material():
    found = read(ufp())

    (plate,) = found.plates
    assert (found.slicer, plate.seconds, plate.layers, len(plate.thumbnails)) == ("Cura", 545, 41, 1)
    assert [(use.slot, use.grams, use.computed, use.used) for use in plate.filaments] == [
        (0, Decimal("2.9825"), True, True),
        (1, None, False, False),
    ]
    assert (plate.filaments[0].type, plate.filaments[0].colour, plate.filaments[0].vendor) == (
        "PLA",
        "#ffc924",
        "Generic",
    )


def test_ufp_of_two_materials_takes_only_what_they_agree_on():
    members = {
        "/3D/model.gcode": TWO + MOVES,
        "/Materials/generic_pla.xml.fdm_material": material(),
        "/Materials/generic_pla_175.xml.fdm_material": None,
        "/Materials/fine_pla.xml.fdm_material": material(brand="Fine", colour="#000000", guid="other"),
    }

    uses = plate_of(ufp(**members)).filaments

    assert [(use.type, use.colour, use.vendor, use.grams) for use in uses] == [
        ("PLA", None, None, Decimal("2.9825")),
        ("PLA", None, None, Decimal("5.9651")),
    ]


def test_ufp_matches_materials_by_their_id_and_volume_to_grams():
    gcode = (
        ";START_OF_HEADER\n;GENERATOR.VERSION:5.8\n;PRINT.TIME:60\n"
        ";EXTRUDER_TRAIN.0.MATERIAL.VOLUME_USED:1000\n;EXTRUDER_TRAIN.0.MATERIAL.GUID:AAA-1\n"
        ";EXTRUDER_TRAIN.1.MATERIAL.VOLUME_USED:500\n;EXTRUDER_TRAIN.1.MATERIAL.GUID:bbb-2\n"
    )
    members = {
        "/3D/model.gcode": gcode + MOVES,
        "/Materials/generic_pla.xml.fdm_material": material(guid="aaa-1", colour="#111111", diameter="2.85"),
        "/Materials/generic_pla_175.xml.fdm_material": material(guid="bbb-2", colour="#222222", diameter="2.85"),
    }

    uses = plate_of(ufp(**members)).filaments

    # The 2.85 profile is the other's parent by name, so its id is not looked for.
    assert [(use.colour, use.grams) for use in uses] == [("#222222", Decimal("1.2400")), ("#222222", Decimal("0.6200"))]
    assert uses[0].millimetres == Decimal("156.75")


def test_ufp_weights_noted_by_cura_are_not_computed():
    notes = json.dumps({"material": {"weight": [3.25, 0.0], "length": [1.0, 0.0]}})

    uses = plate_of(ufp(**{METADATA: notes})).filaments

    assert [(use.grams, use.computed) for use in uses] == [(Decimal("3.2500"), False), (None, False)]


@pytest.mark.parametrize(
    "notes",
    ["{}", "no json", '{"material": []}', '{"material": {"weight": 3}}', '{"material": {"weight": [true, 1e30, "x"]}}'],
)
def test_ufp_notes_that_say_nothing_change_nothing(notes):
    assert plate_of(ufp(**{METADATA: notes})).filaments[0].grams == Decimal("2.9825")


def test_ufp_without_materials_or_picture_is_read():
    members = {
        "/Metadata/thumbnail.png": None,
        "/Materials/generic_pla.xml.fdm_material": None,
        "/Materials/generic_pla_175.xml.fdm_material": None,
    }

    plate = plate_of(ufp(**members))

    assert (plate.filaments[0].grams, plate.thumbnails) == (None, ())


def test_ufp_with_numbers_at_the_tail_is_read_to_its_end():
    tail = "; filament used [g] = 5.5\n; estimated printing time (normal mode) = 1h\n"

    plate = plate_of(ufp(**{"/3D/model.gcode": MOVES * 50_000 + tail}))

    assert (plate.seconds, plate.filaments[0].grams) == (3600, Decimal("5.5"))


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"/3D/model.gcode": "hello"}, "holds no G-code"),
        ({"/Materials/generic_pla.xml.fdm_material": "<a><b></a>"}, "cannot be read"),
        ({"/Materials/generic_pla.xml.fdm_material": "<!DOCTYPE a><a/>"}, "cannot be read"),
    ],
)
def test_broken_ufp_is_refused(members, sentence):
    with pytest.raises(UnreadableSlice, match=sentence):
        read(ufp(**members))


def test_ufp_material_with_comments_and_no_facts_is_left_out():
    empty = "<a><!-- nothing --><diameter> </diameter></a>"
    members = {"/Materials/generic_pla.xml.fdm_material": empty, "/Materials/generic_pla_175.xml.fdm_material": None}

    assert plate_of(ufp(**members)).filaments[0].grams is None
