from decimal import Decimal

import pytest

from catalog.slices import read_slice, towers
from catalog.slices.plates import SlotUse
from catalog.tests.slices.test_samples import SAMPLES

TOWER = b"""G28
M83
T0
;TYPE:Perimeter
G1 X1 Y1 E5
;TYPE:Wipe tower
G1 X2 E2.5
G1 X3 E-2
G1 E7
; CP TOOLCHANGE UNLOAD
G1 X4 E20 F500
T3
; CP TOOLCHANGE LOAD
G1 X5 E40
; CP TOOLCHANGE WIPE
G1 Y6 E.5 ; X9 E100
G2 X1 Y1 I1 J1 E1
T255
G1 X8 E0.25
;TYPE:Skirt
G1 X7 E9
; FEATURE: Prime tower
G3 X9 Y9 E4
"""


def use(slot, grams="10", **fields):
    facts = {"grams": Decimal(grams), "millimetres": Decimal(40), "used": True} | fields
    return SlotUse(slot=slot, **facts)


@pytest.mark.parametrize("cut", [1, 7, 50, 10_000])
def test_only_what_draws_the_tower_counts_wherever_the_stream_is_cut(cut):
    tower = towers.measured(TOWER[at : at + cut] for at in range(0, len(TOWER), cut))

    assert tower == towers.Tower({0: Decimal("2.5"), 3: Decimal("5.75")}, has_flushes=False)


def test_absolute_extrusion_says_nothing():
    assert towers.measured([TOWER + b"M82\nG1 X1 E2\n"]) is None


def test_a_file_of_nothing_but_marks_is_given_up():
    assert towers.measured([TOWER + b"T1\n" * (towers.MAX_MARKS + 1)]) is None


def purged(*uses, stated_g=None, gcode=TOWER):
    return [each.purge_grams for each in towers.with_tower(uses, towers.measured([gcode]), stated_g=stated_g)]


def test_the_tower_adds_to_the_purge_of_each_slot():
    assert purged(use(0), use(3)) == [Decimal("0.625"), Decimal("1.4375")]
    assert purged(use(0, purge_grams=Decimal(2)), use(3, grams="1", millimetres=Decimal(4))) == [Decimal("2.625"), 1]
    by_density = use(3, millimetres=None, density_g_per_cm3=Decimal("1.24"))
    assert purged(use(0), by_density) == [Decimal("0.625"), Decimal("0.0171")]


def test_what_the_file_states_for_the_plate_is_shared():
    assert purged(use(0), use(3), stated_g=Decimal("4.125")) == [Decimal("1.25"), Decimal("2.875")]


@pytest.mark.parametrize(
    ("uses", "gcode"),
    [
        ((use(0), use(3)), TOWER + b"; FLUSH_START\n"),  # flushes that nobody knows are missing
        ((use(0), use(1)), TOWER),  # a tower of a filament that is not used
        ((use(0), use(3, millimetres=None)), TOWER),  # no weight for a length
        ((use(0), use(3)), b"G1 X1 E1\n"),
    ],
)
def test_a_part_of_the_truth_is_not_told(uses, gcode):
    assert purged(*uses, gcode=gcode) == [None, None]


def test_real_towers():
    if not SAMPLES.exists():
        pytest.skip("the real slicer files (../shared/data/slicer_samples) are not here")
    found = {}
    for name in ("bambu_reference.gcode.3mf", "prusa_mk3s_mmu2s_full_m73.gcode"):
        with (SAMPLES / name).open("rb") as file:
            (plate,) = read_slice(file, name=name).plates
        found[name] = [round(each.grams - each.purge_grams, 2) for each in plate.used]

    # What is left are two cubes of 1 g and half of a box.
    assert found == {
        "bambu_reference.gcode.3mf": [Decimal("1.03"), Decimal("0.92")],
        "prusa_mk3s_mmu2s_full_m73.gcode": [Decimal("0.19"), Decimal("0.12")],
    }
