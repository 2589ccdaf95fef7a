"""The printers between now and the morning: what prints, what comes next, where beds stand idle, what filament runs out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from django.utils.timezone import localtime

from inventory.models import Lot
from production.choices import LaneState, RunState
from production.domain import shortages
from production.models import Printer, Run, RunMaterial

MORNING_HOUR = 8
MOST_SHOWN = 4
_ZERO_S = timedelta(0)
_WORTH_FILLING = timedelta(minutes=20)


class Queued(NamedTuple):
    """An open run as far as the time axis needs it: a board may hold hundreds of them."""

    pk: int
    printer_id: int | None
    state: str
    planned_for: datetime | None
    started_at: datetime | None
    print_time_s: int


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
    """A run on the time axis; ``left`` and ``width`` are thousandths of the window.

    ``run`` and ``colours`` are there once ``colours.paint`` has looked at it.
    """

    queued: Queued
    start: datetime
    end: datetime
    left: int = 0
    width: int = 0
    is_overdue: bool = False
    is_short: bool = False
    run: Run | None = None
    colours: tuple[Colour, ...] = ()
    is_for_another_model: bool = False  # its file was sliced for a kind of printer that this one is not

    @property
    def is_printing(self) -> bool:
        return self.queued.state == RunState.PRINTING

    @property
    def ends_after_midnight(self) -> bool:
        return localtime(self.end).date() > localtime(self.start).date()

    @property
    def to_load(self) -> list[Colour]:
        return [colour for colour in self.colours if not colour.is_loaded]


@dataclass
class Lane:
    """A printer with its runs as far as the night goes and the one after it; ``behind`` counts those further on."""

    printer: Printer
    segments: list[Segment] = field(default_factory=list)
    behind: int = 0
    idle_s: int = 0
    free_at: datetime | None = None

    @property
    def current(self) -> Segment | None:
        return next((each for each in self.segments if each.is_printing), None)

    @property
    def next_up(self) -> Segment | None:
        return next((each for each in self.segments if not each.is_printing), None)

    @property
    def shown(self) -> list[Segment]:
        """The first of them; a long queue is read in the list of runs."""
        return self.segments[:MOST_SHOWN]

    @property
    def on_card(self) -> list[Segment]:
        """What stands on the floor: the run on the bed and the next one."""
        return [each for each in (self.current, self.next_up) if each]

    @property
    def more(self) -> int:
        return len(self.segments) + self.behind - len(self.shown)

    @property
    def is_due(self) -> bool:
        return any(each.is_overdue for each in self.segments)

    @property
    def is_short(self) -> bool:
        return any(each.is_short for each in self.segments)

    def states(self) -> set[LaneState]:
        """What somebody may look for among many printers."""
        current = self.current
        told = {
            LaneState.DUE: self.is_due,
            LaneState.PRINTING: current is not None and not self.is_due,
            LaneState.FREE: current is None,
            LaneState.IDLE: self.idle_s >= _WORTH_FILLING.total_seconds(),
            LaneState.SHORT: self.is_short,
        }
        return {state for state, holds in told.items() if holds}


@dataclass(frozen=True)
class Board:
    """``short`` names what there is less of than runs and orders have been promised: (filament, group)."""

    start: datetime
    end: datetime
    lanes: tuple[Lane, ...]
    unassigned: tuple[Segment, ...]
    short: frozenset[tuple[int | None, int | None]] = frozenset()

    @property
    def idle_s(self) -> int:
        return sum(lane.idle_s for lane in self.lanes)

    def by_urgency(self) -> list[Lane]:
        """Beds that are due first, then those that print, by their end; then those that wait for a run."""
        return sorted(self.lanes, key=_urgency)

    def counts(self) -> Counter[LaneState]:
        return Counter(state for lane in self.lanes for state in lane.states())

    @property
    def ticks(self) -> list[datetime]:
        """Five moments, evenly spaced, for the labels below the strips."""
        return [self.start + (self.end - self.start) * number / 4 for number in range(5)]


def _urgency(lane: Lane) -> tuple:
    current = lane.current
    if current is None:
        return (1 if lane.next_up else 2, lane.printer.name)
    return (0, current.end.isoformat())


def morning_after(at: datetime) -> datetime:
    """The next morning of the shop: today's while it is still night, else tomorrow's."""
    local = localtime(at)
    morning = local.replace(hour=MORNING_HOUR, minute=0, second=0, microsecond=0)
    return morning if local < morning else morning + timedelta(days=1)


def time_axis(*, at: datetime) -> Board:
    """All active printers with their runs on the time axis; two queries. Nothing is asked about filament."""
    end = morning_after(at)
    queues: dict[int | None, list[Queued]] = {}
    for row in Run.objects.open().in_queue_order().values_list(*Queued._fields):
        queued = Queued._make(row)
        queues.setdefault(queued.printer_id, []).append(queued)
    printers = Printer.objects.active().for_axis().by_name()
    lanes = tuple(_lane(printer, queues.pop(printer.pk, ()), at=at, end=end) for printer in printers)
    rest = (_segment(queued, at, at=at) for runs_there in queues.values() for queued in runs_there)
    return Board(at, end, lanes, tuple(rest))


def board(*, at: datetime) -> Board:
    """The time axis, and which of them are short of filament; six queries more at most."""
    night = time_axis(at=at)
    named = Q(filament__isnull=False) | Q(group__isnull=False)
    lines = RunMaterial.objects.filter(named, run__state__in=RunState.open())
    # A handful of colours, each with the runs that ask for it: hundreds of lines would be read for nothing.
    asked = {
        (filament, group): runs
        for filament, group, runs in lines.values_list("filament", "group").annotate(runs=ArrayAgg("run"))
    }
    free = shortages.free_grams(dict.fromkeys(asked, 0)) if asked else {}
    short = frozenset(key for key, grams in free.items() if grams < 0)
    waiting = {run for key in short for run in asked[key]}
    for segments in (*(lane.segments for lane in night.lanes), night.unassigned):
        for each in segments:
            each.is_short = each.queued.pk in waiting
    return Board(night.start, night.end, night.lanes, night.unassigned, short)


def _lane(printer: Printer, queue: Sequence[Queued], *, at: datetime, end: datetime) -> Lane:
    lane, cursor, window = Lane(printer), at, end - at
    ordered = sorted(queue, key=lambda each: each.state != RunState.PRINTING)
    for number, queued in enumerate(ordered, start=1):
        segment = _segment(queued, cursor, at=at)
        shown_from, shown_to = max(segment.start, at), min(segment.end, end)
        lane.idle_s += max(_seconds(min(segment.start, end) - cursor), 0)
        segment.left = int((shown_from - at) * 1000 / window)
        segment.width = int(max(shown_to - shown_from, _ZERO_S) * 1000 / window)
        cursor = max(cursor, segment.end)
        lane.segments.append(segment)
        if segment.start >= end:
            lane.behind = len(ordered) - number
            break
    lane.idle_s += max(_seconds(end - cursor), 0)
    lane.free_at = cursor
    return lane


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _segment(queued: Queued, earliest: datetime, *, at: datetime) -> Segment:
    length = timedelta(seconds=queued.print_time_s)
    if queued.state == RunState.PRINTING:
        start = queued.started_at or at
        due = start + length
        return Segment(queued, start, max(due, at), is_overdue=due <= at)
    start = max(earliest, queued.planned_for or earliest)
    return Segment(queued, start, start + length)


def lanes_with(lanes: Iterable[Lane], *, state: str = "", printer: int | None = None) -> list[Lane]:
    """Those of one printer, or those in a state; without either all."""
    if printer is not None:
        return [lane for lane in lanes if lane.printer.pk == printer]
    return [lane for lane in lanes if not state or state in lane.states()]
