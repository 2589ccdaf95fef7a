import random
import struct

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from catalog.slices.vocabulary import WANTED
from catalog.tests.slices.hostile import HOSTILE
from catalog.tests.slices.mutations import mutated, outcome
from catalog.tests.slices.synthetic import (
    MOVES,
    PLATE_GCODE,
    bgcode,
    bgcode_block,
    gx,
    picture,
    project,
    thumbnail_comment,
    ufp,
    zipped,
)
from catalog.tests.slices.test_samples import SAMPLES, samples

SEEDS = {
    "text": (PLATE_GCODE + thumbnail_comment(picture()) + MOVES).encode(),
    "bgcode": bgcode(
        bgcode_block(5, picture(), parameters=struct.pack("<HHH", 0, 16, 12), checksum=False),
        bgcode_block(4, b"filament used [g]=1,2\nfilament used [mm]=3,4\n", compression=1, checksum=False),
        checksum_type=0,
    ),
    "3mf": project(),
    "3mf stored": zipped({"Metadata/plate_1.gcode": PLATE_GCODE + MOVES, "3D/3dmodel.model": ""}, compression=0),
    "ufp": ufp(),
    "gx": gx(),
}
# A zero byte makes a file binary, and that is refused.
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=80)
COMMENT = st.builds("; {} {} {}".format, st.sampled_from(sorted(WANTED)), st.sampled_from("=:,"), WORDS)
CALM = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("kind", sorted(SEEDS))
@pytest.mark.parametrize("seed", range(4))
def test_mutated_file_is_read_or_refused(kind, seed):
    dice = random.Random(f"{kind} {seed}")

    for _ in range(25):
        assert outcome(mutated(SEEDS[kind], dice=dice))


@pytest.mark.skipif(not samples, reason="the real slicer files (../shared/data/slicer_samples) are not here")
def test_mutated_real_file_is_read_or_refused():
    dice = random.Random(5)

    for sample in samples:
        data = (SAMPLES / sample["file"]).read_bytes()
        for _ in range(2):
            assert outcome(mutated(data, dice=dice))


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_hostile_file_is_read_or_refused(kind):
    assert outcome(HOSTILE[kind](50_000))


@CALM
@given(data=st.binary(max_size=400))
@example(data=b"PK\3\4")
def test_any_bytes_are_read_or_refused(data):
    for magic in (b"", b"GCDE\1\0\0\0\0\0", b"PK\3\4", b"xgcode 1.0\n", b"G28\n"):
        assert outcome(magic + data)


@CALM
@given(comments=st.lists(COMMENT, max_size=12))
def test_any_words_in_the_slicers_comments_are_read(comments):
    assert outcome(("\n".join(comments) + "\nG28\nG1 X1\n").encode()) == "read"


@CALM
@given(table=st.text(max_size=300), settings_text=st.text(max_size=300))
def test_any_tables_in_a_project_are_read_or_refused(table, settings_text):
    members = {
        "Metadata/slice_info.config": f"<config>{table}</config>".encode("utf-8", "replace"),
        "Metadata/project_settings.config": settings_text.encode("utf-8", "replace"),
    }

    assert outcome(project(**members))
