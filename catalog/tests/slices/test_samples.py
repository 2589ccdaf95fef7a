import json
from decimal import Decimal
from pathlib import Path

import pytest

from catalog.slices import UnreadableSlice, as_png, read_slice

SAMPLES = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "slicer_samples"
INDEX = SAMPLES / "INDEX.json"
samples = json.loads(INDEX.read_text())["samples"] if INDEX.exists() else []
pytestmark = pytest.mark.skipif(
    not samples, reason="the real slicer files (../shared/data/slicer_samples) are not here"
)
# Stated in the file, but not among what the index was read from: the material of Simplify3D and of the UFP's profiles.
ALSO_KNOWN = {"duet_simplify3d.gcode", "ollis_cura_schieberdeckel2.ufp"}
# Cura's "0m" is what it writes when it does not know; the index keeps the raw 0.
NOT_ZERO_BUT_UNKNOWN = {"thumb_snapmaker_sample.gcode"}


def read(sample):
    with (SAMPLES / sample["file"]).open("rb") as file:
        return read_slice(file, name=sample["file"])


def named(*, sliced):
    chosen = [sample for sample in samples if sample["expected"].get("sliced", True) is sliced]
    return [pytest.param(sample, id=sample["file"]) for sample in chosen]


@pytest.mark.parametrize("sample", named(sliced=True))
def test_sample_gives_the_values_of_the_index(sample):
    expected_plates = sample["expected"].get("plates") or [sample["expected"]]

    plates = read(sample).plates

    assert [plate.seconds for plate in plates] == [expected["seconds"] for expected in expected_plates]
    for plate, expected in zip(plates, expected_plates, strict=True):
        uses = {use.slot: use for use in plate.filaments}
        for filament in expected["filaments"]:
            check_use(uses[filament["slot"]], filament, sample["file"])
        if expected.get("layers"):
            assert plate.layers == expected["layers"]
        if "used_slots" in expected and sample["file"] != "charon_um3.gcode":  # its use is a volume
            assert [use.slot for use in plate.used] == expected["used_slots"]


def check_use(use, expected, file):
    if expected["grams"] is None:
        assert use.grams is None or use.computed
    else:
        assert (use.computed, abs(use.grams - Decimal(str(expected["grams"]))) <= Decimal("0.02")) == (False, True)
    if "grams_derived" in expected:
        assert abs(use.grams - Decimal(str(expected["grams_derived"]))) <= Decimal("0.02")
    if expected.get("mm") is None or file in NOT_ZERO_BUT_UNKNOWN:
        assert use.millimetres is None
    else:
        assert abs(use.millimetres - Decimal(str(expected["mm"]))) <= 5  # a sliced 3MF rounds metres to two decimals
    if file not in ALSO_KNOWN:
        assert (use.type, use.colour) == (expected["type"], expected["colour"])


@pytest.mark.parametrize("sample", named(sliced=False))
def test_sample_of_an_unsliced_project_is_refused(sample):
    with pytest.raises(UnreadableSlice, match="has not been sliced yet"):
        read(sample)


@pytest.mark.parametrize("sample", named(sliced=True))
def test_sample_pictures_are_all_found_and_can_be_shown(sample):
    expected = sample["expected"]

    plates = read(sample).plates

    pictures = [picture for plate in plates for picture in plate.thumbnails]
    assert len(pictures) == expected.get("thumbnail_count", len(expected.get("thumbnail_pngs", ())))
    assert [as_png(picture)[:4] for picture in pictures] == [b"\x89PNG"] * len(pictures)


def test_sample_as_text_and_as_binary_gcode_says_the_same():
    text, binary = (read({"file": f"prusa_mini_cube_ps2.8.1.{suffix}"}).plates[0] for suffix in ("gcode", "bgcode"))

    assert (text.filaments, text.seconds) == (binary.filaments, binary.seconds)
