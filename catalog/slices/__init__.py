"""Reads what slicers write: text and binary G-code, sliced 3MF, UFP and GX. Plain Python over a file object."""

from catalog.slices.errors import UnreadableSlice
from catalog.slices.figures import filament_grams
from catalog.slices.pictures import as_png
from catalog.slices.plates import Plate, Slice, SlotUse, Thumbnail
from catalog.slices.reader import read_slice
from catalog.slices.summary import summary

__all__ = [
    "Plate",
    "Slice",
    "SlotUse",
    "Thumbnail",
    "UnreadableSlice",
    "as_png",
    "filament_grams",
    "read_slice",
    "summary",
]
