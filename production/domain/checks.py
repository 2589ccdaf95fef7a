"""What speaks against starting a run as planned: told, never forbidden."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from inventory.models import Lot
from production.domain import spools
from production.domain.spools import Loaded
from production.models import Printer, Run, RunMaterial


def unnamed(lines: Iterable[RunMaterial]) -> list[str]:
    """Colours whose roll only a person can name, because nobody has chosen a filament for them."""
    return [line.material_name for line in lines if not line.is_named]


def before_start(run: Run, lines: Sequence[RunMaterial], printer: Printer | None) -> list[str]:
    """Sentences about rolls that do not reach, and about the wrong printer, nozzle or number of slots."""
    rolls, loaded = spools.rolls_for(lines), Loaded.now()
    return [*_of_rolls(lines, rolls, loaded, printer), *_of_printer(run, lines, printer)]


def _of_rolls(lines: Sequence[RunMaterial], rolls: Sequence[Lot], loaded: Loaded, printer: Printer | None) -> list[str]:
    found = []
    left: dict[int, Decimal] = {roll.pk: roll.on_hand for roll in rolls}
    for line in lines:
        roll = next((each for each in rolls if each.pk == line.lot_id), None) or spools.best(
            line, rolls, loaded, printer
        )
        if roll is None:
            told = (
                _("No roll of %(name)s is in the house.")
                if line.binding
                else _("No filament is chosen for “%(name)s”.")
            )
            found.append(told % {"name": line.material_name})
            continue
        needed, held = line.estimated_total_g, max(left[roll.pk], Decimal(0))
        left[roll.pk] -= needed
        if held < needed:
            found.append(_too_little(line, roll, held, _swap(line, roll, rolls, left, needed - held)))
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


def _swap(line: RunMaterial, roll: Lot, rolls: Sequence[Lot], left: dict[int, Decimal], missing: Decimal) -> Lot | None:
    others = [each for each in rolls if each.pk != roll.pk and spools.fits(line, each) and left[each.pk] >= missing]
    return min(others, key=lambda each: (each.on_hand, each.pk), default=None)


def _of_printer(run: Run, lines: Sequence[RunMaterial], printer: Printer | None) -> list[str]:
    if printer is None:
        return []
    found, sliced = [], run.slice_file
    if sliced and sliced.printer_model_id and sliced.printer_model_id != printer.model_id:
        found.append(
            _("It was sliced for a %(model)s; %(printer)s is a %(other)s.")
            % {"model": sliced.printer_model, "printer": printer, "other": printer.model}
        )
    elif sliced and sliced.nozzle_mm and sliced.nozzle_mm != printer.model.nozzle_mm:
        found.append(
            _("It was sliced for a %(wanted)s mm nozzle; %(printer)s usually has %(has)s mm.")
            % {"wanted": sliced.nozzle_mm.normalize(), "printer": printer, "has": printer.model.nozzle_mm.normalize()}
        )
    slots = printer.slots.count()
    if len(lines) > slots:
        found.append(
            _("It takes %(colours)s colours; %(printer)s has %(slots)s slots.")
            % {"colours": len(lines), "printer": printer, "slots": slots}
        )
    return found
