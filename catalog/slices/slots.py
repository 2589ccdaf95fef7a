"""From notes to filament slots: who is set up where, and what each gives to the plate."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from catalog.slices import figures, vocabulary
from catalog.slices.comments import Notes
from catalog.slices.plates import SlotUse
from catalog.slices.vocabulary import MAX_SLOTS, Layout, Row

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?")
_TEXT_FIELDS = {"type": vocabulary.TYPE, "vendor": vocabulary.VENDOR, "name": vocabulary.NAME}
_PLACEHOLDERS = {"", "(Unknown)"}
MAX_TEXT_CHARACTERS = 200
# A density above this is in kg/m³ (ideaMaker); the heaviest filled filaments stay below 10 g/cm³.
HIGHEST_DENSITY_G_PER_CM3 = Decimal(50)
# "0.00 g" for more than this is a missing density, not a light print.
WEIGHTLESS_MM = Decimal(5)
CURA_PLACEHOLDER_SECONDS = 6666
EVERY_SLOT = -1

Quantities = dict[int, Decimal]
Texts = dict[int, str]


def filaments(notes: Notes) -> tuple[SlotUse, ...]:
    usage = {
        "millimetres": quantities(notes, vocabulary.LENGTH, dimension="length"),
        "grams": quantities(notes, vocabulary.MASS, dimension="mass"),
    }
    if not any(usage["millimetres"].values()):
        usage["volume_mm3"] = quantities(notes, vocabulary.VOLUME, dimension="volume")
    set_up = {field: slot_texts(notes, rows) for field, rows in _TEXT_FIELDS.items()}
    set_up["colour"] = slot_colours(notes)
    set_up["diameter_mm"] = plain_amounts(notes, vocabulary.DIAMETER)
    set_up["density_g_per_cm3"] = densities(notes)

    # Zero everywhere is what slicers write when they do not know.
    is_stated = any(any(amounts.values()) for amounts in usage.values())
    slots = set().union(*usage.values(), *set_up.values()) - {EVERY_SLOT}
    uses = []
    for slot in sorted(slots):
        amounts = {field: found.get(slot) for field, found in usage.items()} if is_stated else {}
        facts = {field: found.get(slot, found.get(EVERY_SLOT)) for field, found in set_up.items()}
        used = any(amounts.values()) if is_stated else None
        uses.append(weighed(SlotUse(slot=slot, used=used, **facts, **amounts)))
    return with_purge(uses, notes.first(vocabulary.PURGE_GRAMS, figures.amount))


def weighed(use: SlotUse) -> SlotUse:
    """The slot with its grams computed where the file gives none but gives enough to know them."""
    if use.grams == 0 and (use.millimetres or 0) > WEIGHTLESS_MM:
        use = replace(use, grams=None)
    if use.millimetres is None and use.volume_mm3 is not None and use.diameter_mm:
        use = replace(use, millimetres=(use.volume_mm3 / figures.circle_mm2(use.diameter_mm)).quantize(Decimal("0.01")))
    if use.grams is not None or not use.density_g_per_cm3:
        return use
    volume_mm3 = use.volume_mm3
    if volume_mm3 is None and use.millimetres is not None and use.diameter_mm:
        volume_mm3 = use.millimetres * figures.circle_mm2(use.diameter_mm)
    if volume_mm3 is None:
        return use
    grams = figures.volume_grams(volume_mm3=volume_mm3, density_g_per_cm3=use.density_g_per_cm3)
    return replace(use, grams=grams, computed=True)


def with_purge(uses: list[SlotUse], purge_grams: Decimal | None) -> tuple[SlotUse, ...]:
    """The wipe tower is given for the plate: a slot's part is known when it is nothing or the slot is alone."""
    used = [use.slot for use in uses if use.used]
    if purge_grams is None or (purge_grams and len(used) != 1):
        return tuple(uses)
    return tuple(replace(use, purge_grams=purge_grams) if use.slot in used else use for use in uses)


def print_seconds(notes: Notes) -> int | None:
    seconds = notes.first(vocabulary.SECONDS, figures.seconds)
    if seconds == CURA_PLACEHOLDER_SECONDS:  # the engine writes it until Cura fills in the time, as it does 0 m
        lengths = quantities(notes, vocabulary.LENGTH, dimension="length")
        return seconds if any(lengths.values()) else None
    return seconds


def quantities(notes: Notes, rows: Iterable[Row], *, dimension: str) -> Quantities:
    for row in rows:
        placed = _placed(notes, row, separator=",")
        amounts = {slot: figures.quantity(text, dimension=dimension, unit=row.unit) for slot, text in placed}
        found = {slot: amount for slot, amount in amounts.items() if amount is not None}
        if found:
            return found
    return {}


def plain_amounts(notes: Notes, rows: Iterable[Row]) -> Quantities:
    for row in rows:
        amounts = {slot: figures.positive(text) for slot, text in _placed(notes, row, separator=",")}
        found = {slot: amount for slot, amount in amounts.items() if amount is not None}
        if found:
            return found
    return {}


def densities(notes: Notes) -> Quantities:
    found = plain_amounts(notes, vocabulary.DENSITY)
    return {slot: value / 1000 if value > HIGHEST_DENSITY_G_PER_CM3 else value for slot, value in found.items()}


def slot_texts(notes: Notes, rows: Iterable[Row]) -> Texts:
    found: Texts = {}
    for row in rows:
        for slot, text in _placed(notes, row, separator=None):
            if text not in _PLACEHOLDERS:
                found.setdefault(slot, text[:MAX_TEXT_CHARACTERS])
    return found


def slot_colours(notes: Notes) -> Texts:
    found: Texts = {}
    for row in vocabulary.COLOUR:
        for slot, text in _placed(notes, row, separator=None):
            if (hex_colour := colour(text)) is not None:
                found.setdefault(slot, hex_colour)
    return found


def colour(text: str) -> str | None:
    """``#RRGGBB``; the opacity some printers report is left out."""
    return text[:7] if _COLOUR.fullmatch(text) else None


def _placed(notes: Notes, row: Row, *, separator: str | None) -> Iterator[tuple[int, str]]:
    if row.layout is Layout.KEYS:
        for slot, key in enumerate(row.keys):
            yield from ((slot, text.strip('"')) for text in list(notes.texts(key))[:1])
    elif row.layout is Layout.REPEATED:
        yield from enumerate(list(notes.texts(row.keys[0]))[:MAX_SLOTS])
    elif row.layout is Layout.EVERY:
        yield from ((EVERY_SLOT, text) for text in list(notes.texts(row.keys[0]))[:1])
    else:
        for values in notes.lists(row.keys[0], separator=separator):
            if any(value.strip(' "') for value in values):
                places = _used_places(notes, len(values)) if row.layout is Layout.USED_LIST else range(MAX_SLOTS)
                yield from zip(places, (value.strip() for value in values), strict=False)
                return


def _used_places(notes: Notes, how_many: int) -> Iterable[int]:
    """Which slots a list of used filaments means."""
    for numbers in notes.lists(vocabulary.USED_SLOTS, separator=","):
        places = [number - 1 for number in map(figures.count, numbers) if number and number <= MAX_SLOTS]
        if len(places) == how_many:
            return places
    slot_count = len(plain_amounts(notes, vocabulary.DENSITY))
    tool = notes.first((vocabulary.FIRST_TOOL,), figures.count)
    if how_many == 1 and tool is not None and tool < slot_count:
        return [tool]  # older BambuStudio does not say; a plate of one filament starts with it
    return range(how_many)
