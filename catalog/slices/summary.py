"""A slice as plain JSON values. The numbers are for reading only; whoever calculates takes the Slice itself."""

from decimal import Decimal

from catalog.slices.plates import Plate, Slice, SlotUse


def summary(file: str, sliced: Slice | None, *, error: str | None = None) -> dict:
    return {
        "file": file,
        "slicer": sliced.slicer if sliced else None,
        "version": sliced.version if sliced else None,
        "plates": [_plate(plate) for plate in sliced.plates] if sliced else [],
        "error": error,
    }


def _plate(plate: Plate) -> dict:
    return {
        "index": plate.index,
        "seconds": plate.seconds,
        "layers": plate.layers,
        "filaments": [_filament(use) for use in plate.filaments],
        "thumbnails": len(plate.thumbnails),
    }


def _filament(use: SlotUse) -> dict:
    return {
        "slot": use.slot,
        "type": use.type,
        "colour": use.colour,
        "grams": _number(use.grams),
        "millimetres": _number(use.millimetres),
        "purge_grams": _number(use.purge_grams),
        "computed": use.computed,
    }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
