import io
import struct
import zipfile

import pytest

from catalog.slices import UnreadableSlice, archive
from catalog.slices.archive import Archive
from catalog.tests.slices.synthetic import project, read, zipped

GCODE = "Metadata/plate_1.gcode"


def opened(members, **options):
    return Archive(io.BytesIO(zipped(members, **options)))


def test_names_lose_their_leading_slash_and_never_leave_the_archive():
    found = opened({"/3D/model.gcode": "a", "../../etc/passwd": "b", "..\\x": "c", "a/../b": "d", "dir/": ""})

    assert found.names == ("3D/model.gcode",)


def test_head_and_read_keep_to_their_limits():
    found = opened({"a": b"12345"})

    assert (found.head("a", most_bytes=3), found.read("a", most_bytes=5)) == (b"123", b"12345")
    with pytest.raises(UnreadableSlice, match="far too large"):
        found.read("a", most_bytes=4)


def test_bomb_is_refused_while_it_unpacks():
    bomb = opened({"a": b"\0" * (archive.RATIO_COUNTS_FROM_BYTES + 2 * archive.CHUNK_BYTES)})

    with pytest.raises(UnreadableSlice, match="far more than a print needs"):
        list(bomb.chunks("a"))


def test_archive_that_unpacks_to_more_than_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 10)

    with pytest.raises(UnreadableSlice, match="far more than a print needs"):
        list(opened({"a": b"x" * 11}).chunks("a"))


def test_limit_of_what_is_unpacked_holds_for_all_parts_together(monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 10)
    found = opened({"a": b"x" * 6, "b": b"x" * 6})

    assert found.read("a", most_bytes=9) == b"x" * 6
    with pytest.raises(UnreadableSlice, match="far more than a print needs"):
        found.read("b", most_bytes=9)


def test_archive_with_a_password_is_refused():
    packed = bytearray(zipped({"a": b"secret"}))
    packed[packed.rfind(b"PK\1\2") + 8] |= 1

    with pytest.raises(UnreadableSlice, match="password"):
        Archive(io.BytesIO(packed)).read("a", most_bytes=10)


def test_archive_packed_in_an_unusual_way_is_refused():
    with pytest.raises(UnreadableSlice, match="unusual way"):
        opened({"a": b"x"}, compression=zipfile.ZIP_BZIP2).read("a", most_bytes=10)


def test_archive_with_too_many_parts_is_refused():
    with pytest.raises(UnreadableSlice, match="far more parts"):
        opened(dict.fromkeys((str(number) for number in range(archive.MAX_MEMBERS + 1)), b""))


@pytest.mark.parametrize(
    "record",
    [
        struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 9_999, 9_999, 10, 0, 0),
        struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, 1 << 30, 0, 0),
        struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 0, 0, 0, 0, 1, 1, 1 << 40, 0) + b"PK\5\6" + b"\0" * 18,
    ],
)
def test_archive_that_claims_an_enormous_directory_is_refused_before_it_is_read(record):
    with pytest.raises(UnreadableSlice, match="far more parts"):
        Archive(io.BytesIO(b"PK\3\4" + record))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\3\4", "ends too early"),
        (b"PK\3\4PK\5\6", "ends too early"),
        (b"PK\3\4" + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, 99, 0, 0), "list of contents"),
        (zipped({"readme.txt": "hello"}), "holds no sliced plate"),
    ],
)
def test_archive_that_is_no_print_is_refused(content, sentence):
    with pytest.raises(UnreadableSlice, match=sentence):
        read(content)


def test_archive_with_a_damaged_part_is_refused():
    packed = bytearray(project(**{"Metadata/slice_info.config": None}))
    place = packed.find(b"Metadata/plate_1.gcode") + 40
    packed[place : place + 20] = b"\xff" * 20

    with pytest.raises(UnreadableSlice, match="cannot be unpacked"):
        read(bytes(packed))


def test_zip_of_loose_gcode_asks_to_be_unpacked():
    with pytest.raises(UnreadableSlice, match="Unpack it"):
        read(zipped({"a.gcode": "G28\n"}))
