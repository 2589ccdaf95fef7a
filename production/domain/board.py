"""The printers between now and the morning: what prints, what comes next, what must be loaded, where beds stand idle."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import prefetch_related_objects
from django.utils.timezone import localtime

from inventory.models import Lot
from production.choices import RunState
from production.domain import printers as machines
from production.domain import shortages, spools
from production.domain.spools import Loaded
from production.models import Printer, Run, RunMaterial

MORNING_HOUR = 8
MOST_SHOWN = 4
MOST_UNASSIGNED = 50
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Colour:
    """One colour of a run: whether it hangs in the printer, where to find it, whether the shop is short of it."""

    line: RunMaterial
    slot: int | None
    roll: Lot | None
    is_short: bool

    @property
    def is_loaded(self) -> bool:
        return self.slot is not None

    @property
    def is_open(self) -> bool:
        """Nobody has said which filament this is, so only a person can name the roll."""
        return not self.line.is_named


@dataclass
class Segment:
    """A run on the time axis; ``left`` and ``width`` are thousandths of the window."""

    run: Run
    start: datetime
    end: datetime
    left: int = 0
    width: int = 0
    colours: tuple[Colour, ...] = ()
    is_overdue: bool = False
    is_for_another_model: bool = False  # its file was sliced for a kind of printer that this one is not

    @property
    def is_short(self) -> bool:
        return any(colour.is_short for colour in self.colours)

    @property
    def ends_after_midnight(self) -> bool:
        return localtime(self.end).date() > localtime(self.start).date()

    @property
    def to_load(self) -> list[Colour]:
        return [colour for colour in self.colours if not colour.is_loaded]


@dataclass
class Lane:
    printer: Printer
    segments: list[Segment] = field(default_factory=list)
    idle_s: int = 0
    free_at: datetime | None = None

    @property
    def current(self) -> Segment | None:
        return next((each for each in self.segments if each.run.state == RunState.PRINTING), None)

    @property
    def waiting(self) -> list[Segment]:
        return [each for each in self.segments if each.run.state == RunState.PLANNED]

    @property
    def within(self) -> list[Segment]:
        """What the night holds, and the run after it: as far as anybody looks."""
        inside = sum(1 for each in self.segments if each.width or each.run.state == RunState.PRINTING)
        return self.segments[: inside + 1]

    @property
    def shown(self) -> list[Segment]:
        """The first of them; a long queue is read in the list of runs."""
        return self.within[:MOST_SHOWN]

    @property
    def more(self) -> int:
        return len(self.segments) - len(self.shown)

    @property
    def next_up(self) -> Segment | None:
        return next(iter(self.waiting), None)


@dataclass(frozen=True)
class Board:
    start: datetime
    end: datetime
    lanes: tuple[Lane, ...]
    unassigned: tuple[Segment, ...]

    @property
    def idle_s(self) -> int:
        return sum(lane.idle_s for lane in self.lanes)

    def by_urgency(self) -> list[Lane]:
        """Beds that are due first, then those that print, by their end; then those that wait for a run."""
        return sorted(self.lanes, key=_urgency)

    @property
    def ticks(self) -> list[datetime]:
        """Five moments, evenly spaced, for the labels below the strips."""
        quarter = (self.end - self.start) / 4
        return [self.start + quarter * number for number in range(5)]


def _urgency(lane: Lane) -> tuple:
    current = lane.current
    if current is None:
        return (1 if lane.waiting else 2, lane.printer.name)
    return (0, current.end.isoformat())


def morning_after(at: datetime) -> datetime:
    """The next morning of the shop: today's while it is still night, else tomorrow's."""
    local = localtime(at)
    morning = local.replace(hour=MORNING_HOUR, minute=0, second=0, microsecond=0)
    return morning if local < morning else morning + timedelta(days=1)


def board(*, at: datetime, with_pieces: bool = False) -> Board:
    """All active printers with what is on them; ten queries, whatever their number. Colours are looked up as far as
    the night goes: nobody reads those of a hundred runs behind it.
    """
    end = morning_after(at)
    active = list(Printer.objects.active().select_related("model").prefetch_related("slots").by_name())
    runs = Run.objects.open().for_axis().in_queue_order()
    by_printer: dict[int | None, list[Run]] = {}
    for run in runs:
        by_printer.setdefault(run.printer_id, []).append(run)
    lanes = [_lane(printer, by_printer.pop(printer.pk, []), at=at, end=end) for printer in active]
    rest = [run for runs_there in by_printer.values() for run in runs_there]
    unassigned = tuple(_segment(run, at, at=at) for run in rest[:MOST_UNASSIGNED])
    looked_at = [(segment, lane.printer) for lane in lanes for segment in lane.within]
    _paint([*looked_at, *((segment, None) for segment in unassigned)], active, with_pieces=with_pieces)
    return Board(at, end, tuple(lanes), unassigned)


def _paint(segments: Sequence[tuple[Segment, Printer | None]], printers: list[Printer], *, with_pieces: bool) -> None:
    """Load colours (and what to write on the pieces) of these runs at once, and say where each roll is."""
    runs = [segment.run for segment, _printer in segments]
    prefetch_related_objects(runs, *Run.objects.board_parts(with_pieces=with_pieces))
    eyes = _Eyes.open(printers, [line for run in runs for line in run.materials.all()])
    for segment, printer in segments:
        segment.colours = eyes.colours(segment.run, printer)
        sliced = segment.run.slice_file
        models = {None, printer.model_id if printer else sliced and sliced.printer_model_id}
        segment.is_for_another_model = sliced is not None and sliced.printer_model_id not in models


@dataclass(frozen=True)
class _Eyes:
    """What one look at the shop sees: rolls in slots, rolls on shelves, colours that do not suffice."""

    loaded: Loaded
    in_slots: dict[int, Lot]
    rolls: Sequence[Lot]
    short: frozenset[tuple[int | None, int | None]]

    @classmethod
    def open(cls, printers: list[Printer], lines: Sequence[RunMaterial]) -> "_Eyes":
        slots = {slot.location_id: (printer.pk, slot.position) for printer in printers for slot in printer.slots.all()}
        keys = {(line.filament_id, line.group_id): _ZERO for line in lines if line.binding}
        free = shortages.free_grams(keys) if keys else {}
        return cls(
            Loaded(slots),
            machines.loaded_rolls(printers),
            spools.rolls_for(lines) if keys else (),
            frozenset(key for key, grams in free.items() if grams < 0),
        )

    def colours(self, run: Run, printer: Printer | None) -> tuple[Colour, ...]:
        return tuple(self._colour(line, printer) for line in run.materials.all())

    def _colour(self, line: RunMaterial, printer: Printer | None) -> Colour:
        is_short = (line.filament_id, line.group_id) in self.short
        for slot in sorted(printer.slots.all(), key=lambda each: each.position) if printer else ():
            roll = self.in_slots.get(slot.location_id)
            if roll is not None and _serves(line, roll):
                return Colour(line, slot.position, roll, is_short)
        return Colour(line, None, spools.best(line, self.rolls, self.loaded, printer), is_short)


def _serves(line: RunMaterial, roll: Lot) -> bool:
    if line.lot_id:
        return roll.pk == line.lot_id
    return spools.fits(line, roll)


def _lane(printer: Printer, runs: Iterable[Run], *, at: datetime, end: datetime) -> Lane:
    lane, cursor, window_s = Lane(printer), at, (end - at).total_seconds()
    for run in sorted(runs, key=lambda each: each.state != RunState.PRINTING):
        segment = _segment(run, cursor, at=at)
        shown_from, shown_to = max(segment.start, at), min(segment.end, end)
        lane.idle_s += max(int((min(segment.start, end) - cursor).total_seconds()), 0)
        segment.left = int((shown_from - at).total_seconds() * 1000 / window_s)
        segment.width = max(int((shown_to - shown_from).total_seconds() * 1000 / window_s), 0)
        cursor = max(cursor, segment.end)
        lane.segments.append(segment)
    lane.idle_s += max(int((end - cursor).total_seconds()), 0)
    lane.free_at = cursor
    return lane


def _segment(run: Run, earliest: datetime, *, at: datetime) -> Segment:
    length = timedelta(seconds=run.print_time_s)
    if run.state == RunState.PRINTING:
        start = run.started_at or at
        due = start + length
        return Segment(run, start, max(due, at), is_overdue=due <= at)
    start = max(earliest, run.planned_for or earliest)
    return Segment(run, start, start + length)
