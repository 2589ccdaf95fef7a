import json
from decimal import Decimal

import pytest

from catalog.slices import read_slice
from catalog.tests.slices.synthetic import SETTINGS, project
from catalog.tests.slices.test_project_3mf import plate_of
from catalog.tests.slices.test_samples import SAMPLES

SEQUENCE = "Metadata/filament_sequence.json"
# From white (1) to black (4) 200 mm³, back 600; 26 times there, 25 back.
MATRIX = ["0", "1", "2", "200", "1", "0", "2", "3", "1", "2", "0", "3", "600", "1", "2", "0"]
ORDER = [1, 4] * 26


def flushed(order=ORDER, **settings):
    wanted = SETTINGS | {"flush_volumes_matrix": MATRIX, "flush_multiplier": ["1"]} | settings
    members = {
        "Metadata/project_settings.config": json.dumps(wanted),
        SEQUENCE: json.dumps({"plate_1": {"sequence": order}}),
    }
    return [use.purge_grams for use in plate_of(project(**members)).filaments]


def test_what_is_flushed_is_the_new_filament_at_each_change():
    white, black = flushed()

    # 25 × 600 mm³ and 26 × 200 mm³ at 1.24 g/cm³, within what the file's own length and weight round to.
    assert abs(white - Decimal("18.60")) < Decimal("0.02")
    assert abs(black - Decimal("6.45")) < Decimal("0.02")


def test_the_multiplier_counts_and_no_more_than_all_of_it_is_flushed():
    assert [round(grams, 1) for grams in flushed(flush_multiplier="0.5")] == [Decimal("9.3"), Decimal("3.2")]
    assert flushed(flush_multiplier=["9"])[1] == Decimal("8.70")
    assert flushed(flush_multiplier=["0"]) == [0, 0]


@pytest.mark.parametrize(
    "settings",
    [
        {"flush_into_infill": "1"},
        {"flush_into_objects": ["1"]},
        {"flush_multiplier": ["1", "1"]},
        {"flush_multiplier": "many"},
        {"flush_volumes_matrix": MATRIX[:5]},
        {"flush_volumes_matrix": ["0"]},
        {"flush_volumes_matrix": "nothing"},
        {"flush_volumes_matrix": [*MATRIX[:15], "99999999"]},
    ],
)
def test_what_the_file_does_not_say_stays_unknown(settings):
    assert flushed(**settings) == [None, None]


@pytest.mark.parametrize("order", [[], [1], [1, 2], [1, 4, 200], [1, "4"], [True, 4], "1414", None, {"a": 1}, [[]]])
def test_an_order_that_is_none_of_this_plate_is_left_out(order):
    assert flushed(order) == [None, None]


@pytest.mark.parametrize("text", ["[", "[]", "", '{"plate_1": 5}', "[" * 100_000])
def test_an_order_that_cannot_be_read_is_left_out(text):
    uses = plate_of(project(**{SEQUENCE: text})).filaments

    assert [use.purge_grams for use in uses] == [None, None]


def test_flushes_of_a_real_file_are_those_of_its_gcode():
    """Its G-code extrudes 25.7 g between its flush marks, and 4.5 g in the prime tower."""
    file = SAMPLES / "bambu_reference.gcode.3mf"
    if not file.exists():
        pytest.skip("the sample files are not on this machine")
    with file.open("rb") as opened:
        (plate,) = read_slice(opened, name=file.name).plates

    assert abs(sum(use.purge_grams for use in plate.used) - Decimal("30.2")) < Decimal("0.6")
    assert plate.grams == Decimal("32.13")
