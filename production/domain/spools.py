"""Which roll a colour prints from: the one loaded, else the oldest open one, else a sealed one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from inventory.choices import SpoolState
from inventory.domain.spools import Rolls, make_spools, open_printed
from inventory.domain.stock import replacement_cost_per_unit
from inventory.models import Filament, Lot
from nozzly.core.errors import DomainError
from production.models import Printer, PrinterSlot, RunMaterial

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class NoRollKnown(DomainError):
    pass


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
    open_lines = [line for line in lines if not line.lot_id and line.binding]
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
        .select_related("spool", "location", "item__filament__material")
    )


def rolls_to_choose(lines: Iterable[RunMaterial]) -> list[Lot]:
    """What a form offers: rolls that the lines could print from.

    A colour without a filament could print from any: every open roll, and of sealed ones the oldest of each filament.
    """
    lines = list(lines)
    fitting = rolls_for(lines)
    if all(line.binding for line in lines):
        return fitting
    rolls = Lot.objects.available().holding().filter(spool__state__in=SpoolState.in_use())
    rolls = rolls.select_related("spool", "location", "item__filament__material").order_by("received_on", "pk")
    offered = {roll.pk: roll for roll in fitting}
    sealed_of = set()
    for roll in rolls:
        if roll.spool.state != SpoolState.SEALED:
            offered[roll.pk] = roll
        elif roll.item_id not in sealed_of:
            sealed_of.add(roll.item_id)
            offered[roll.pk] = roll
    return sorted(offered.values(), key=lambda roll: (roll.spool.state == SpoolState.SEALED, roll.title, roll.code))


def named_rolls(lot_ids: Iterable[int]) -> list[Lot]:
    """Rolls that somebody has named, whatever is on them."""
    rolls = Lot.objects.spools().filter(pk__in=set(lot_ids)) if lot_ids else Lot.objects.none()
    return list(rolls.select_related("spool", "location", "item__filament__material"))


def best(line: RunMaterial, rolls: Sequence[Lot], loaded: Loaded, printer: Printer | None) -> Lot | None:
    fitting = [roll for roll in rolls if fits(line, roll)]
    return min(fitting, key=lambda roll: _rank(roll, loaded, printer), default=None)


def fits(line: RunMaterial, roll: Lot) -> bool:
    """Never for a colour that no filament was chosen for: which roll it prints from is for a person to say."""
    if line.filament_id:
        return roll.item_id == line.filament_id
    return line.group_id is not None and roll.item.filament.group_id == line.group_id


def _rank(roll: Lot, loaded: Loaded, printer: Printer | None) -> tuple:
    where, position = loaded.slots.get(roll.location_id, (None, 0))
    if printer is not None and where == printer.pk:
        return (0, position, _LONG_AGO, date.min, roll.pk)
    elsewhere = 10 if where is not None else 0
    sealed = int(roll.spool.state == SpoolState.SEALED)
    opened_at = roll.spool.opened_at or _LONG_AGO
    return (1 + elsewhere + sealed, 0, opened_at, roll.received_on or date.min, roll.pk)


def first_rolls(bindings: Iterable[tuple[int | None, int | None] | None]) -> dict[tuple[int | None, int | None], int]:
    """The roll to fetch for each (filament, group): its lot's key, as ``best`` ranks rolls for no printer; one query."""
    wanted = {binding for binding in bindings if binding}
    filaments, groups = {filament for filament, _group in wanted}, {group for _filament, group in wanted if group}
    if not wanted:
        return {}
    rows = (
        Lot.objects.available()
        .holding()
        .filter(Q(item__in=filaments - {None}) | Q(item__filament__group__in=groups))
        .filter(spool__state__in=SpoolState.in_use())
        .annotate(hangs=Q(location__printer_slot__isnull=False), is_sealed=Q(spool__state=SpoolState.SEALED))
        .annotate(
            opened_at=Coalesce("spool__opened_at", Value(_LONG_AGO)),
            came_on=Coalesce("received_on", Value(date.min)),
        )
        .order_by("item", "hangs", "is_sealed", "opened_at", "came_on", "pk")
        .distinct("item")
        .values_list("item", "item__filament__group", "hangs", "is_sealed", "opened_at", "came_on", "pk")
    )
    found: dict[tuple[int | None, int | None], list[tuple]] = {}
    for filament, group, *rank in rows:
        found.setdefault((filament, None), []).append(tuple(rank))
        found.setdefault((None, group), []).append(tuple(rank))
    return {binding: min(found[binding])[-1] for binding in wanted if binding in found}


def find_or_make(lines: Iterable[RunMaterial], *, at: datetime) -> None:
    """A roll for lines that printed although the books know of none: the last one there was, else an empty new one.

    Raises NoRollKnown when nothing says which filament it was.
    """
    for line in lines:
        if line.lot_id is None:
            line.lot = _last_roll(line) or _empty_roll(line, at=at)


def _last_roll(line: RunMaterial) -> Lot | None:
    rolls = Lot.objects.available().spools().select_related("spool", "item__filament")
    if line.filament_id:
        return rolls.filter(item=line.filament_id).order_by("-pk").first()
    return rolls.filter(item__filament__group=line.group_id).order_by("-pk").first() if line.group_id else None


def _empty_roll(line: RunMaterial, *, at: datetime) -> Lot:
    filaments = Filament.objects.available().select_related("item")
    if line.filament_id:
        filament = filaments.get(pk=line.filament_id)
    else:
        filament = filaments.filter(group=line.group_id).order_by("pk").first() if line.group_id else None
    if filament is None:
        raise NoRollKnown(
            _("Say which roll “%(slot)s” was printed from.") % {"slot": line.slot_name or line.position + 1}
        )
    (spool,) = make_spools(filament, count=1, rolls=Rolls(state=SpoolState.OPEN), at=at)
    expect_replacement_cost(spool.lot)
    return spool.lot


def expect_replacement_cost(lot: Lot) -> None:
    """An empty new lot at today's price: the ledger values what it finds at the unit cost it last knew."""
    cost = replacement_cost_per_unit(lot.item).value
    Lot.objects.filter(pk=lot.pk).update(bought_cost=cost, full_cost=cost)


def attach(lines: Iterable[RunMaterial]) -> None:
    """Load the rolls that a report names. Raises NoRollKnown for one that is not there."""
    named = [line for line in lines if line.lot_id]
    rolls = {
        roll.pk: roll
        for roll in Lot.objects.spools()
        .filter(pk__in={line.lot_id for line in named})
        .select_related("spool", "item__filament")
    }
    for line in named:
        if line.lot_id not in rolls:
            raise NoRollKnown(_("There is no such roll any more; choose another one."))
        line.lot = rolls[line.lot_id]


def open_sealed(lines: Iterable[RunMaterial], *, at: datetime) -> None:
    """Whoever printed from a sealed roll has opened it."""
    rolls = {line.lot_id: line.lot for line in lines if line.lot_id}
    sealed = [pk for pk, lot in rolls.items() if hasattr(lot, "spool") and lot.spool.state == SpoolState.SEALED]
    if sealed:
        open_printed(sealed, at=at)
