"""What a file says about the printer it was sliced for."""

import re
from decimal import Decimal

from catalog.slices import figures, vocabulary
from catalog.slices.comments import Notes
from catalog.slices.plates import Setup

MAX_NAME_CHARACTERS = 200
_POINT = re.compile(r"\s*(-?[0-9]{1,6}(?:\.[0-9]{1,9})?)x(-?[0-9]{1,6}(?:\.[0-9]{1,9})?)\s*")


def setup(notes: Notes) -> Setup:
    bed_x_mm, bed_y_mm = bed_size(notes)
    return Setup(
        printer_model=notes.first(vocabulary.PRINTER_MODEL, name),
        printer_profile=notes.first(vocabulary.PRINTER_PROFILE, name),
        nozzle_mm=notes.first(vocabulary.NOZZLE_MM, first_positive),
        layer_height_mm=notes.first(vocabulary.LAYER_HEIGHT_MM, figures.positive),
        bed_x_mm=bed_x_mm,
        bed_y_mm=bed_y_mm,
        bed_z_mm=notes.first(vocabulary.BED_Z_MM, figures.positive),
    )


def name(text: str) -> str | None:
    return text.strip().strip('"')[:MAX_NAME_CHARACTERS] or None


def first_positive(text: str) -> Decimal | None:
    return figures.positive(re.split(r"[,;]", text, maxsplit=1)[0])


def bed_size(notes: Notes) -> tuple[Decimal | None, Decimal | None]:
    """Width and depth of the box around the bed's outline; a round bed is its diameter."""
    for key in vocabulary.BED_OUTLINE:
        for corners in notes.lists(key, separator=","):
            points = [match.groups() for corner in corners if (match := _POINT.fullmatch(corner))]
            if points:
                xs, ys = ([Decimal(value) for value in axis] for axis in zip(*points, strict=True))
                return max(xs) - min(xs) or None, max(ys) - min(ys) or None
    return notes.first(vocabulary.BED_X_MM, figures.positive), notes.first(vocabulary.BED_Y_MM, figures.positive)
