import struct
from decimal import Decimal

import pytest

from catalog.slices import UnreadableSlice, heatshrink
from catalog.slices.bgcode import BlockType
from catalog.slices.errors import DamagedSlice
from catalog.tests.slices.synthetic import bgcode, bgcode_block, picture, read

PRODUCER = b"Producer=PrusaSlicer 2.9.6\nProduced on=2025-01-01\n"
PRINT = (
    b"filament used [mm]=252.22,0.00\nfilament used [g]=0.75,0.00\nestimated printing time (normal mode)=3m 41s\n"
    b"total filament used for wipe tower [g]=0.00\n"
)
SETTINGS = b"filament_type=PLA;PETG\nfilament_colour=#FF8000;#00FF00\nnozzle_diameter=0.4,0.4\nlayer_height=0.2\n"
THUMBNAIL = bgcode_block(BlockType.THUMBNAIL, picture((16, 12)), parameters=struct.pack("<HHH", 0, 16, 12))
MOVES = bgcode_block(BlockType.GCODE, b"not looked at", compression=3)


def literals(data):
    """Heatshrink that never refers back: a one before each byte."""
    bits = "".join(f"1{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


@pytest.mark.parametrize(
    "settings",
    [
        bgcode_block(BlockType.SLICER_METADATA, SETTINGS),
        bgcode_block(BlockType.SLICER_METADATA, SETTINGS, compression=1),
        bgcode_block(BlockType.SLICER_METADATA, SETTINGS, compression=2, packed=literals(SETTINGS)),
        bgcode_block(BlockType.SLICER_METADATA, SETTINGS, compression=3, packed=literals(SETTINGS)),
    ],
    ids=["plain", "deflate", "heatshrink 11", "heatshrink 12"],
)
def test_bgcode_is_read_whatever_its_metadata_are_packed_in(settings):
    found = read(
        bgcode(
            bgcode_block(BlockType.FILE_METADATA, PRODUCER),
            THUMBNAIL,
            bgcode_block(BlockType.PRINT_METADATA, PRINT, compression=1),
            settings,
            MOVES,
        )
    )

    (plate,) = found.plates
    assert (found.slicer, found.version, found.nozzle_mm) == ("PrusaSlicer", "2.9.6", Decimal("0.4"))
    assert (plate.seconds, [(t.format, t.width, t.height) for t in plate.thumbnails]) == (221, [("PNG", 16, 12)])
    assert [(use.type, use.colour, use.grams, use.used) for use in plate.filaments] == [
        ("PLA", "#FF8000", Decimal("0.75"), True),
        ("PETG", "#00FF00", Decimal("0.00"), False),
    ]


def test_bgcode_without_checksums_or_moves_is_read():
    found = read(bgcode(bgcode_block(BlockType.PRINT_METADATA, PRINT, checksum=False), checksum_type=0))

    assert (found.slicer, found.plates[0].seconds) == (None, 221)


@pytest.mark.parametrize(
    ("producer", "expected"),
    [(b"Producer=Nameless\n", ("Nameless", None)), (b"Producer=\n", (None, None)), (b"Other=1\n", (None, None))],
)
def test_bgcode_producer_may_be_odd(producer, expected):
    found = read(bgcode(bgcode_block(BlockType.FILE_METADATA, producer), MOVES))

    assert (found.slicer, found.version) == expected


def test_bgcode_picture_of_an_unknown_kind_is_left_out():
    odd = bgcode_block(BlockType.THUMBNAIL, b"????", parameters=struct.pack("<HHH", 9, 1, 1))

    assert read(bgcode(odd, MOVES)).plates[0].thumbnails == ()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"GCDE", "ends too early"),
        (bgcode(version=2), "newer kind"),
        (bgcode(checksum_type=7), "newer kind"),
        (bgcode(b"\0\0"), "ends too early"),
        (bgcode(bgcode_block(4, PRINT)[:-9]), "ends too early"),
        (bgcode(bgcode_block(4, PRINT)[:-4] + b"\0\0\0\0"), "does not fit its checksum"),
        (bgcode(bgcode_block(4, PRINT, compression=1, packed=b"no zlib")), "cannot be unpacked"),
        (bgcode(bgcode_block(4, PRINT, compression=9)), "unknown way"),
        (bgcode(bgcode_block(4, PRINT, compression=2, packed=b"\x80")), "ends too early"),
        (bgcode(struct.pack("<HHI", 4, 0, 1 << 30)), "far too large"),
    ],
)
def test_damaged_bgcode_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(UnreadableSlice, match=sentence):
        read(content)


def test_bgcode_of_endless_metadata_stops():
    assert read(bgcode(*[bgcode_block(4, PRINT)] * 100)).plates[0].seconds == 221


def test_heatshrink_refers_back_and_starts_with_zeros():
    # Literal "a", then one byte back, four times; a reference to before the start is zeros.
    bits = "1" + f"{ord('a'):08b}" + "0" + f"{0:011b}" + f"{3:04b}" + "0" + f"{2000:011b}" + f"{1:04b}"
    bits += "0" * (-len(bits) % 8)
    packed = int(bits, 2).to_bytes(len(bits) // 8, "big")

    assert heatshrink.decompress(packed, window_bits=11, lookahead_bits=4, size=7) == b"aaaaa\0\0"


def test_heatshrink_that_ends_inside_a_reference_is_damaged():
    with pytest.raises(DamagedSlice):
        heatshrink.decompress(b"\x00", window_bits=11, lookahead_bits=4, size=2)


def test_bgcode_pictures_keep_to_what_one_file_may_take(monkeypatch):
    monkeypatch.setattr("catalog.slices.bgcode.MAX_ALL_PICTURES_BYTES", 2 * len(picture((16, 12))))

    assert len(read(bgcode(*[THUMBNAIL] * 3, MOVES)).plates[0].thumbnails) == 2
