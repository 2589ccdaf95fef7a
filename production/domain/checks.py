"""What speaks against starting a run as planned: told, never forbidden."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from hashlib import sha256

from django.utils.translation import gettext as _

from catalog.models import SliceFile, SliceSlot
from inventory.domain.colours import passes_for
from inventory.domain.spools import doubt, tare_spreads_g
from inventory.models import Lot
from production.domain import shortages, spools
from production.domain.spools import Loaded
from production.models import Printer, Run, RunMaterial

_ZERO = Decimal(0)


def unnamed(lines: Iterable[RunMaterial]) -> list[str]:
    """Colours whose roll only a person can name, because nobody has chosen a filament for them."""
    return [line.material_name for line in lines if not line.is_named]


def before_start(
    run: Run, lines: Sequence[RunMaterial], printer: Printer | None, *, rolls: dict[int, int] | None = None
) -> list[str]:
    """Sentences about rolls that do not reach or do not match the file, and about the wrong printer, nozzle or bed.

    ``rolls`` are those that somebody has chosen: material line → lot.
    """
    known, loaded = spools.rolls_for(lines), Loaded.now()
    chosen = {line.pk: (rolls or {}).get(line.pk) or line.lot_id for line in lines}
    known += spools.named_rolls(set(chosen.values()) - {roll.pk for roll in known} - {None})
    taken = {
        line.pk: next((each for each in known if each.pk == chosen[line.pk]), None)
        or spools.best(line, known, loaded, printer)
        for line in lines
    }
    short = _of_rolls(lines, known, taken)
    return [
        *short.values(),
        *_of_scales([line for line in lines if line.pk not in short], taken),
        *_of_promises(run, [line for line in lines if line.pk not in short]),
        *_of_file(run, lines, taken),
        *_of_printer(run, lines, printer),
    ]


def digest(sentences: Sequence[str]) -> str:
    """A short name for what was told, so that a page can ask again when something else speaks against it."""
    return sha256("\n".join(sentences).encode()).hexdigest()[:16] if sentences else ""


def _of_rolls(lines: Sequence[RunMaterial], rolls: Sequence[Lot], taken: dict[int, Lot | None]) -> dict[int, str]:
    """By material line: no roll, or one that does not reach."""
    found = {}
    left: dict[int, Decimal] = {roll.pk: roll.on_hand for roll in rolls}
    for line in lines:
        roll = taken[line.pk]
        if roll is None:
            told = (
                _("No roll of %(name)s is in the house.")
                if line.binding
                else _("No filament is chosen for “%(name)s”.")
            )
            found[line.pk] = told % {"name": line.material_name}
            continue
        needed, held = line.estimated_total_g, max(left[roll.pk], _ZERO)
        left[roll.pk] -= needed
        if held < needed:
            found[line.pk] = _too_little(line, roll, held, _swap(line, roll, rolls, left, needed - held))
    return found


def _too_little(line: RunMaterial, roll: Lot, held: Decimal, swap: Lot | None) -> str:
    told = _("%(roll)s has %(held)s g of the %(needed)s g that %(slot)s takes") % {
        "roll": roll.code,
        "held": f"{held:.0f}",
        "needed": f"{line.estimated_total_g:.0f}",
        "slot": line.slot_name or line.material_name,
    }
    if swap is None:
        return told + _("; no second roll of it suffices.")
    return told + _("; swap to %(roll)s mid-print.") % {"roll": swap.code}


def _of_scales(lines: Sequence[RunMaterial], taken: dict[int, Lot | None]) -> Iterable[str]:
    """Rolls that reach only if their reel weighs what is assumed: as uncertain as reels of that filament are."""
    rolls = {line.pk: taken[line.pk] for line in lines if taken[line.pk] is not None}
    spreads = tare_spreads_g({roll.item_id for roll in rolls.values()}) if rolls else {}
    left: dict[int, Decimal] = {roll.pk: roll.on_hand for roll in rolls.values()}
    for line in lines:
        roll = rolls.get(line.pk)
        if roll is None:
            continue
        told = doubt(left[roll.pk], needed_g=line.estimated_total_g, spread_g=spreads.get(roll.item_id, _ZERO))
        left[roll.pk] -= line.estimated_total_g
        if told:
            yield _("%(roll)s may not reach: %(doubt)s.") % {"roll": roll.code, "doubt": told}


def _swap(line: RunMaterial, roll: Lot, rolls: Sequence[Lot], left: dict[int, Decimal], missing: Decimal) -> Lot | None:
    others = [each for each in rolls if each.pk != roll.pk and spools.fits(line, each) and left[each.pk] >= missing]
    return min(others, key=lambda each: (each.on_hand, each.pk), default=None)


def _of_promises(run: Run, lines: Sequence[RunMaterial]) -> list[str]:
    """Colours that this run and all others that wait want more of than there is."""
    keys = {line.binding: _ZERO for line in lines if line.binding}
    free = shortages.free_grams(keys) if keys and run.is_open else {}
    names = {line.binding: line.material_name for line in lines}
    return [
        _("%(name)s is promised to other runs as well: all of them together are %(missing)s g short.")
        % {"name": names[key], "missing": f"{-grams:.0f}"}
        for key, grams in free.items()
        if grams < 0
    ]


def _of_file(run: Run, lines: Sequence[RunMaterial], taken: dict[int, Lot | None]) -> list[str]:
    """Whether the rolls are of the material that the file was sliced for; of its colour, where nobody chose another."""
    if run.slice_file is None or run.plate is None:
        return []
    names = {slot.position: slot.name for slot in run.plate.slots.all()}
    asked = {names.get(slot.position, ""): slot for slot in run.slice_file.slots.all()}
    pairs = ((line, asked.get(line.slot_name), taken[line.pk]) for line in lines)
    return [told for line, slot, roll in pairs if slot and roll for told in _mismatches(line, slot, roll)]


def _mismatches(line: RunMaterial, slot: SliceSlot, roll: Lot) -> Iterable[str]:
    filament = roll.item.filament
    if slot.material_type and _family(slot.material_type) != _family(filament.material.name):
        yield _("“%(slot)s” was sliced for %(wanted)s; %(roll)s is %(has)s.") % {
            "slot": line.slot_name,
            "wanted": slot.material_type,
            "roll": roll.code,
            "has": filament.material.name,
        }
    shown = filament.colour_hexes[:1]
    if not line.binding and slot.colour_hex and shown and not passes_for(slot.colour_hex, shown[0]):
        yield _("“%(slot)s” is another colour in the file than %(roll)s, %(title)s.") % {
            "slot": line.slot_name,
            "roll": roll.code,
            "title": roll.title,
        }


def _family(material: str) -> str:
    """What decides temperatures: "PLA Silk", "pla+" and "PLA-CF" are PLA."""
    words = re.findall(r"[a-z]+[0-9]*", material.lower().replace("generic", ""))
    return words[0] if words else ""


def _of_printer(run: Run, lines: Sequence[RunMaterial], printer: Printer | None) -> list[str]:
    if printer is None:
        return []
    found, sliced = [], run.slice_file
    if sliced is not None:
        found += _of_machine(sliced, printer)
    slots = printer.slots.count()
    if len(lines) > slots:
        found.append(
            _("It takes %(colours)s colours; %(printer)s has %(slots)s slots.")
            % {"colours": len(lines), "printer": printer, "slots": slots}
        )
    return found


def _of_machine(sliced: SliceFile, printer: Printer) -> Iterable[str]:
    model = printer.model
    if sliced.printer_model_id and sliced.printer_model_id != model.pk:
        yield _("It was sliced for a %(model)s; %(printer)s is a %(other)s.") % {
            "model": sliced.printer_model,
            "printer": printer,
            "other": model,
        }
    if sliced.nozzle_mm and sliced.nozzle_mm != printer.nozzle_in_use_mm:
        yield _("It was sliced for a %(wanted)s mm nozzle; %(printer)s has %(has)s mm.") % {
            "wanted": f"{sliced.nozzle_mm.normalize():f}",
            "printer": printer,
            "has": f"{printer.nozzle_in_use_mm.normalize():f}",
        }
    bed = (sliced.bed_x_mm, sliced.bed_y_mm)
    if sliced.printer_model_id != model.pk and all(bed) and (bed[0] > model.bed_x_mm or bed[1] > model.bed_y_mm):
        yield _("It was sliced for a bed of %(x)s × %(y)s mm; that of %(printer)s is %(own_x)s × %(own_y)s mm.") % {
            "x": f"{bed[0]:.0f}",
            "y": f"{bed[1]:.0f}",
            "printer": printer,
            "own_x": model.bed_x_mm,
            "own_y": model.bed_y_mm,
        }
