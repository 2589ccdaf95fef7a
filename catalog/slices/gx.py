"""FlashPrint's .gx: a small binary header and pictures before text G-code."""

import itertools
import struct
from dataclasses import replace
from decimal import Decimal
from typing import BinaryIO

from catalog.slices.errors import DamagedSlice
from catalog.slices.gcode_text import read_text
from catalog.slices.pictures import recognise
from catalog.slices.plates import Plate, Slice, SlotUse, Thumbnail
from catalog.slices.slots import weighed

MAGIC = b"xgcode 1.0\n"
MAX_PICTURES_BYTES = 2 * 1024 * 1024
# From 0x10: offsets of the picture, of a second picture or the G-code, of the G-code; seconds; mm right and left;
# which extruders print; layer height in µm.
_HEADER = struct.Struct("<IIIIIIhh")
_HEADER_OFFSET = 0x10


def read_gx(file: BinaryIO) -> Slice:
    file.seek(_HEADER_OFFSET)
    header = file.read(_HEADER.size)
    if len(header) < _HEADER.size:
        raise DamagedSlice("it ends too early")
    picture, second_picture, gcode, seconds, right_mm, left_mm, _, layer_height_um = _HEADER.unpack(header)
    if not _HEADER_OFFSET < gcode <= MAX_PICTURES_BYTES:
        raise DamagedSlice("it does not say where its G-code begins")
    text = read_text(file, start=gcode)
    plate = text.plates[0]
    pictures = _pictures(file, offsets=sorted({picture, second_picture, gcode}))
    plate = replace(
        plate,
        seconds=seconds or plate.seconds,
        filaments=_filaments(plate, right_mm=right_mm, left_mm=left_mm),
        thumbnails=(*pictures, *plate.thumbnails),
    )
    return replace(
        text,
        slicer=text.slicer or "FlashPrint",
        plates=(plate,),
        layer_height_mm=text.layer_height_mm or (Decimal(layer_height_um) / 1000 if layer_height_um > 0 else None),
    )


def _pictures(file: BinaryIO, *, offsets: list[int]) -> list[Thumbnail]:
    found = []
    for start, end in itertools.pairwise(offsets):
        file.seek(start)
        picture = recognise(file.read(min(end - start, MAX_PICTURES_BYTES)))
        if picture is not None:
            found.append(picture)
    return found


def _filaments(plate: Plate, *, right_mm: int, left_mm: int) -> tuple[SlotUse, ...]:
    """T0 is the right extruder. What the text below says in words stays; lengths of the header are whole millimetres."""
    if (not right_mm and not left_mm) or any(use.used for use in plate.filaments):
        return plate.filaments
    set_up = {use.slot: use for use in plate.filaments}
    for slot, length_mm in ((0, right_mm), (1, left_mm)):
        if length_mm or slot in set_up:
            use = set_up.get(slot, SlotUse(slot=slot))
            set_up[slot] = weighed(replace(use, millimetres=Decimal(length_mm), used=bool(length_mm)))
    return tuple(set_up[slot] for slot in sorted(set_up))
