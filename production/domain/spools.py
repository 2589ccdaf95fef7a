"""Which roll a colour prints from: the one loaded, else the oldest open one, else a sealed one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Q

from inventory.choices import SpoolState
from inventory.models import Lot
from production.models import Printer, PrinterSlot, RunMaterial

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Loaded:
    """Where rolls hang: location → (printer, position of its slot)."""

    slots: dict[int, tuple[int, int]]

    @classmethod
    def now(cls) -> "Loaded":
        rows = PrinterSlot.objects.values_list("location_id", "printer_id", "position")
        return cls({location: (printer, position) for location, printer, position in rows})


def resolve(lines: Iterable[RunMaterial], printer: Printer | None) -> None:
    """Set the lot of every line that has none yet and can have one; two queries."""
    open_lines = [line for line in lines if not line.lot_id and (line.filament_id or line.group_id)]
    if not open_lines:
        return
    loaded, rolls = Loaded.now(), rolls_for(open_lines)
    for line in open_lines:
        line.lot = best(line, rolls, loaded, printer)


def rolls_for(lines: Iterable[RunMaterial]) -> list[Lot]:
    """Every roll with something on it that one of the lines could print from."""
    lines = list(lines)
    filaments = {line.filament_id for line in lines if line.filament_id}
    groups = {line.group_id for line in lines if line.group_id}
    return list(
        Lot.objects.available()
        .holding()
        .filter(Q(item__in=filaments) | Q(item__filament__group__in=groups))
        .filter(spool__state__in=SpoolState.in_use())
        .select_related("spool", "item__filament")
    )


def best(line: RunMaterial, rolls: Sequence[Lot], loaded: Loaded, printer: Printer | None) -> Lot | None:
    fitting = [roll for roll in rolls if fits(line, roll)]
    return min(fitting, key=lambda roll: _rank(roll, loaded, printer), default=None)


def fits(line: RunMaterial, roll: Lot) -> bool:
    if line.filament_id:
        return roll.item_id == line.filament_id
    return roll.item.filament.group_id == line.group_id


def _rank(roll: Lot, loaded: Loaded, printer: Printer | None) -> tuple:
    where, position = loaded.slots.get(roll.location_id, (None, 0))
    if printer is not None and where == printer.pk:
        return (0, position, _LONG_AGO, date.min, roll.pk)
    elsewhere = 10 if where is not None else 0
    sealed = int(roll.spool.state == SpoolState.SEALED)
    opened_at = roll.spool.opened_at or _LONG_AGO
    return (1 + elsewhere + sealed, 0, opened_at, roll.received_on or date.min, roll.pk)
