"""What the beds of a board print from: which colour hangs in the printer, which roll to fetch, what is short."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, Q

from inventory.models import Lot
from production.domain import spools
from production.domain.board import Board, Colour, Segment
from production.models import Printer, PrinterSlot, Run, RunMaterial


def paint(
    board: Board, queues: Iterable[tuple[Printer | None, Sequence[Segment]]], *, with_pieces: bool = False
) -> None:
    """Look at these runs of each printer (None: those that wait for one): run, colours, rolls; six queries.

    ``with_pieces`` also reads what to write on the pieces.
    """
    pairs = [(printer, segment) for printer, segments in queues for segment in segments]
    shown = Run.objects.filter(pk__in=[segment.queued.pk for _printer, segment in pairs]).for_axis()
    runs = {run.pk: run for run in shown.prefetch_related(*Run.objects.board_parts(with_pieces=with_pieces))}
    lines = [line for run in runs.values() for line in run.materials.all()]
    eyes = _Eyes.open({printer.pk for printer, _segment in pairs if printer}, lines, board)
    for printer, segment in pairs:
        run = segment.run = runs[segment.queued.pk]
        segment.colours = tuple(eyes.colour(line, printer) for line in run.materials.all())
        sliced = run.slice_file
        models = {None, printer.model_id if printer else sliced and sliced.printer_model_id}
        segment.is_for_another_model = sliced is not None and sliced.printer_model_id not in models


@dataclass(frozen=True)
class _Eyes:
    """What one look at the shop sees: rolls in slots, the roll to fetch for each colour, what does not suffice."""

    slots: dict[int, list[tuple[int, Lot]]]
    rolls: dict[int, Lot]
    first: dict[tuple[int | None, int | None], int]
    short: frozenset[tuple[int | None, int | None]]

    @classmethod
    def open(cls, printers: Iterable[int], lines: Sequence[RunMaterial], board: Board) -> "_Eyes":
        slots = PrinterSlot.objects.filter(printer__in=printers).order_by("position")
        places = list(slots.values_list("printer", "position", "location"))
        first = spools.first_rolls(line.binding for line in lines)
        rolls = _rolls(
            [location for _printer, _position, location in places],
            [*first.values(), *(line.lot_id for line in lines if line.lot_id)],
        )
        hanging = {roll.location_id: roll for roll in rolls if roll.archived_at is None}
        by_printer: dict[int, list[tuple[int, Lot]]] = {}
        for printer, position, location in places:
            if location in hanging:
                by_printer.setdefault(printer, []).append((position, hanging[location]))
        return cls(by_printer, {roll.pk: roll for roll in rolls}, first, board.short)

    def colour(self, line: RunMaterial, printer: Printer | None) -> Colour:
        is_short = (line.filament_id, line.group_id) in self.short
        for position, roll in self.slots.get(printer.pk, ()) if printer else ():
            if _serves(line, roll):
                return Colour(line, position, roll, is_short)
        to_fetch = line.lot_id or self.first.get(line.binding)
        return Colour(line, None, self.rolls.get(to_fetch), is_short)


def _rolls(locations: Sequence[int], keys: Sequence[int]) -> list[Lot]:
    """Lots in these places and those named by key, with their place and ``group_id``."""
    return list(
        Lot.objects.filter(Q(location__in=locations, archived_at=None) | Q(pk__in=keys))
        .annotate(group_id=F("item__filament__group"))
        .select_related("location", "spool")
        .only("code", "item_id", "archived_at", "location__name", "location__path", "spool__state")
    )


def _serves(line: RunMaterial, roll: Lot) -> bool:
    if line.lot_id:
        return roll.pk == line.lot_id
    if line.filament_id:
        return roll.item_id == line.filament_id
    return line.group_id is not None and roll.group_id == line.group_id
