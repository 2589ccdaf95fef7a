"""“Exactly as last time”: the same file, printer, rolls and settings as a run that came out well."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.models import Plate, SliceFile
from inventory.models import Lot
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from production.choices import RunState
from production.domain import needs, once, planning, queueing
from production.domain.beds import Bed, Pieces, refuse_archived
from production.models import Printer, Run, RunMaterial, RunOutput


class NothingToRepeat(DomainError):
    """Only what came out can be done again in the same way."""


@dataclass(frozen=True)
class Repetition:
    """What another run like this one would be made of, and in what it cannot be the same."""

    run: Run
    slice_file: SliceFile | None
    printer: Printer | None
    lines: tuple[tuple[RunMaterial, Lot | None], ...]
    differences: tuple[str, ...]


def best_run(plate: Plate) -> Run | None:
    """The run of the plate with the most stars, the latest of them; None before anybody has given any."""
    return Run.objects.done().filter(plate=plate, stars__isnull=False).for_page().best_first().first()


def look(run: Run) -> Repetition:
    """What would be repeated, and what has changed since."""
    lines = tuple((line, _roll_again(line)) for line in _first_lines(run))
    printer = run.printer if run.printer and run.printer.archived_at is None else None
    return Repetition(run, run.slice_file, printer, lines, tuple(_differences(run, printer, lines)))


def repeat_exactly(run: Run, *, key: UUID, by: User, at: datetime) -> Run:
    """Plan the run once more: its file, printer, rolls and settings; for stock. The same ``key`` again plans nothing.

    Raises NothingToRepeat, NotInTheShop.
    """
    with transaction.atomic():
        once.lock(key)
        if known := Run.objects.filter(events__key=key).first():
            return known
        run = Run.objects.for_page().get(pk=run.pk)
        if run.state != RunState.DONE:
            raise NothingToRepeat(_("Only a run that is done can be repeated exactly; plan this one again instead."))
        again = look(run)
        details = {
            "repeat_of": run,
            "settings_note": run.settings_note,
            "queue_position": queueing.last_place(again.printer),
        }
        made = planning.create_run(_bed(again), details=details, key=key, by=by, at=at)
        _name_rolls(made, [roll for _line, roll in again.lines])
        return made


def _first_lines(run: Run) -> list[RunMaterial]:
    """One line for each colour as planned; a roll swapped mid-print is not planned to be swapped again."""
    by_colour: dict[tuple, RunMaterial] = {}
    for line in run.materials.for_page():
        by_colour.setdefault((line.slot_name, line.filament_id, line.group_id), line)
    return list(by_colour.values())


def _roll_again(line: RunMaterial) -> Lot | None:
    roll = line.lot
    return roll if roll is not None and roll.archived_at is None and roll.on_hand > 0 else None


def _differences(run: Run, printer: Printer | None, lines: Sequence[tuple[RunMaterial, Lot | None]]) -> list[str]:
    found = []
    if run.plate_id and run.slice_file is None:
        found.append(_("The sliced file of then is gone; its time and grams are kept."))
    if run.printer and printer is None:
        found.append(_("%(printer)s is no longer in the shop; choose another printer.") % {"printer": run.printer})
    for line, roll in lines:
        if line.lot is not None and roll is None:
            found.append(_("%(roll)s is used up; another roll of it is taken.") % {"roll": line.lot.code})
        elif roll is not None and roll.on_hand < line.estimated_total_g:
            found.append(
                _("%(roll)s has %(held)s g left of the %(needed)s g it takes.")
                % {"roll": roll.code, "held": f"{roll.on_hand:.0f}", "needed": f"{line.estimated_total_g:.0f}"}
            )
    found += [
        _("The recipe of %(product)s has a newer version since.") % {"product": output.variant.product}
        for output in run.outputs.for_page().select_related("recipe")
        if output.recipe is not None and not output.recipe.is_current
    ]
    return found


def _bed(again: Repetition) -> Bed:
    """As it was printed, not as it would be planned today."""
    run = again.run
    refuse_archived(run.plate, None)
    outputs = list(run.outputs.for_page())
    by_variant = needs.pieces_by_variant(output.variant_id for output in outputs)
    pieces = tuple((Pieces(output.variant, output.planned), by_variant[output.variant_id]) for output in outputs)
    materials = tuple(_need(line, outputs) for line, _roll in again.lines)
    bed_needs = needs.BedNeeds(run.print_time_s, run.estimated_minutes, materials, again.slice_file)
    return Bed(run.title, run.plate, again.slice_file, again.printer, pieces, bed_needs)


def _need(line: RunMaterial, outputs: Sequence[RunOutput]) -> needs.MaterialNeed:
    shares = dict(line.shares.values_list("output", "grams_each"))
    return needs.MaterialNeed(
        line.slot_name,
        line.filament_id,
        line.group_id,
        line.estimated_g,
        line.estimated_purge_g,
        {index: shares[output.pk] for index, output in enumerate(outputs) if output.pk in shares},
    )


def _name_rolls(run: Run, rolls: Sequence[Lot | None]) -> None:
    lines = list(run.materials.order_by("position"))
    for line, roll in zip(lines, rolls, strict=True):
        line.lot = roll
    RunMaterial.objects.bulk_update(lines, ["lot"])
