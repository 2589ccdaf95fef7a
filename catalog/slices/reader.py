"""One door for every kind of sliced file; the content decides, never the name."""

from typing import BinaryIO

from catalog.slices import archive, bgcode, gx
from catalog.slices.archive import Archive
from catalog.slices.errors import UnreadableSlice
from catalog.slices.gcode_text import read_text
from catalog.slices.plates import Slice
from catalog.slices.project_3mf import is_project, read_3mf
from catalog.slices.ufp import GCODE, read_ufp

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_slice(file: BinaryIO, *, name: str) -> Slice:
    """What a sliced file says: printer, plates, filament slots.

    ``file`` must be seekable. Keeps a few megabytes in memory at most, whatever its size. ``name`` is added to the
    notes of a refusal, for logs; the refusal's own sentence does without it.

    Raises UnreadableSlice.
    """
    try:
        return _read(file)
    except UnreadableSlice as error:
        error.add_note(name)
        raise


def _read(file: BinaryIO) -> Slice:
    file.seek(0)
    start = file.read(16)
    if start.startswith(bgcode.MAGIC):
        return bgcode.read_bgcode(file)
    if start.startswith(gx.MAGIC):
        return gx.read_gx(file)
    if start.startswith(archive.MAGIC):
        return _read_archive(Archive(file))
    return read_text(file, start=len(BYTE_ORDER_MARK) if start.startswith(BYTE_ORDER_MARK) else 0)


def _read_archive(parts: Archive) -> Slice:
    if GCODE in parts:
        return read_ufp(parts)
    if is_project(parts):
        return read_3mf(parts)
    if any(part.lower().endswith((".gcode", ".bgcode", ".3mf")) for part in parts.names):
        raise UnreadableSlice("This archive is no sliced file itself. Unpack it, then choose the file inside.")
    raise UnreadableSlice("This archive holds no sliced plate.")
