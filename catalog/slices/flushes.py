"""What multicolour printers flush away at each change of filament, worked out from the order of changes in the file.

Bambu's slicers state neither the flush nor its weight; they do state the volume from each filament to each other one and
the order in which a plate uses them. Whatever is flushed is the new filament. The prime tower is not part of it:
``catalog.slices.towers`` measures that.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from catalog.slices import figures
from catalog.slices.plates import SlotUse
from catalog.slices.vocabulary import MAX_SLOTS

SEQUENCE = "Metadata/filament_sequence.json"
MATRIX, MULTIPLIER, INTO = "flush_volumes_matrix", "flush_multiplier", ("flush_into_infill", "flush_into_objects")
MAX_CHANGES = 100_000
MAX_FLUSH_MM3 = Decimal(10_000)
_USUAL_DIAMETER_MM = Decimal("1.75")
_THOUSAND = Decimal(1000)
_TEN_MICROGRAMS = Decimal("0.0001")


def with_flushes(uses: Sequence[SlotUse], *, project: dict, sequences: dict, index: int) -> tuple[SlotUse, ...]:
    """The same filaments with what is flushed of each as their purge; unchanged where the file does not say enough."""
    used = [use for use in uses if use.used]
    order = _order(sequences, index)
    if len(used) < 2 or not order or any(use.purge_grams is not None for use in used):
        return tuple(uses)
    volumes = _volumes(project)
    if not volumes or max(order) >= len(volumes) or {use.slot for use in used} != set(order):
        return tuple(uses)
    flushed: dict[int, Decimal] = {}
    for before, after in pairwise(order):
        flushed[after] = flushed.get(after, Decimal(0)) + (volumes[before][after] if before != after else 0)
    return tuple(
        replace(use, purge_grams=_grams(use, flushed.get(use.slot, Decimal(0)))) if use.used else use for use in uses
    )


def _order(sequences: dict, index: int) -> list[int]:
    """0-based slots as the plate takes them up, one after the other."""
    plate = sequences.get(f"plate_{index}")
    numbers = plate.get("sequence") if isinstance(plate, dict) else None
    if not isinstance(numbers, list) or len(numbers) > MAX_CHANGES:
        return []
    order = [number - 1 for number in numbers if type(number) is int and 1 <= number <= MAX_SLOTS]
    return order if len(order) == len(numbers) else []


def _volumes(project: dict) -> list[list[Decimal]]:
    """mm³ from each filament to each other one; none where parts of it go into the print, or nozzles differ."""
    multipliers = _amounts(project.get(MULTIPLIER))
    cells = _amounts(project.get(MATRIX))
    size = int(len(cells) ** 0.5)
    into_the_print = any(_text(project.get(key)) not in {"", "0"} for key in INTO)
    if into_the_print or len(multipliers) != 1 or not cells or size * size != len(cells):
        return []
    if multipliers[0] > 10 or max(cells) > MAX_FLUSH_MM3:
        return []
    return [[cell * multipliers[0] for cell in cells[row * size : (row + 1) * size]] for row in range(size)]


def _amounts(value: object) -> list[Decimal]:
    """Numbers written as text; empty as soon as one is none."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or len(texts) > MAX_SLOTS**2:
        return []
    found = [figures.amount(text) if isinstance(text, str) else None for text in texts]
    return [] if None in found else found


def _text(value: object) -> str:
    first = value[0] if isinstance(value, list) and value else value
    return first.strip() if isinstance(first, str) else ""


def _grams(use: SlotUse, volume_mm3: Decimal) -> Decimal | None:
    """Never more than the slot takes; by the file's own weight for a volume where it gives both."""
    if use.grams is None:
        return None
    diameter_mm = use.diameter_mm or _USUAL_DIAMETER_MM
    all_mm3 = use.millimetres * figures.circle_mm2(diameter_mm) if use.millimetres else None
    if all_mm3:
        grams = use.grams * volume_mm3 / all_mm3
    elif use.density_g_per_cm3:
        grams = volume_mm3 * use.density_g_per_cm3 / _THOUSAND
    else:
        return None
    return min(grams, use.grams).quantize(_TEN_MICROGRAMS)
