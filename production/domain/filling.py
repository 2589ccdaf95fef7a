"""Fill tonight: which beds to print on idle printers, so that what people wait for is there in the morning."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Sum

from catalog.models import Plate, SliceFile
from inventory.models import Lot, Reservation
from nozzly.accounts.models import User
from production.choices import RunState
from production.domain import needs
from production.domain.board import Board, Lane
from production.domain.planning import plan_run
from production.models import Run, RunOutput

MOST_PLATES = 200
_SHORTEST_IDLE = timedelta(minutes=20)


@dataclass(frozen=True)
class Covers:
    """Pieces of a variant that somebody waits for, and how many of them the bed makes."""

    variant_id: int
    name: str
    missing: int
    pieces: int


@dataclass(frozen=True)
class Proposal:
    """A plate for a printer that would stand idle."""

    lane: Lane
    plate: Plate
    slice_file: SliceFile | None
    start: datetime
    print_time_s: int
    covers: tuple[Covers, ...]
    place: int = 0  # its place among the printer's proposals

    @property
    def slug(self) -> str:
        """Names the proposal as long as the board stays as it is."""
        return f"{self.lane.printer.pk}-{self.place}-{self.plate.pk}"

    @property
    def end(self) -> datetime:
        return self.start + timedelta(seconds=self.print_time_s)


def missing_pieces() -> dict[int, int]:
    """Pieces by variant that are spoken for and neither on a shelf nor planned; three queries."""
    wanted = dict(
        Reservation.objects.filter(item__variant__isnull=False)
        .values_list("item__variant")
        .annotate(total=Sum("quantity"))
    )
    held = dict(
        Lot.objects.available()
        .filter(item__variant__in=wanted)
        .values_list("item__variant")
        .annotate(total=Sum("on_hand"))
    )
    planned = dict(
        RunOutput.objects.filter(variant__in=wanted, run__state__in=RunState.open())
        .values_list("variant")
        .annotate(total=Sum("planned"))
    )
    short = {pk: int(total - held.get(pk, Decimal(0))) - planned.get(pk, 0) for pk, total in wanted.items()}
    return {pk: pieces for pk, pieces in short.items() if pieces > 0}


def propose(board: Board) -> list[Proposal]:
    """Beds that start before the morning, the plate that covers most of what is missing first.

    Each proposal counts as printed for the next, so that two printers do not make the same pieces.
    """
    missing = missing_pieces()
    if not missing:
        return []
    plates = list(
        Plate.objects.active().filter(outputs__variant__in=missing).distinct().for_page().order_by("-pk")[:MOST_PLATES]
    )
    proposals = []
    for lane in sorted(board.lanes, key=lambda lane: (lane.free_at, lane.printer.name)):
        free_at, place = lane.free_at, 0
        while board.end - free_at >= _SHORTEST_IDLE:
            proposal = _best(lane, plates, missing, free_at)
            if proposal is None:
                break
            proposals.append(replace(proposal, place=place))
            place += 1
            for covered in proposal.covers:
                missing[covered.variant_id] -= covered.pieces
            free_at = proposal.end
    return proposals


def fill(proposals: Sequence[Proposal], *, key: UUID, by: User, at: datetime) -> list[Run]:
    """Plan every bed of the proposals, on its printer; the same ``key`` again plans nothing."""
    with transaction.atomic():
        return [
            run
            for proposal in proposals
            for run in plan_run(
                plate=proposal.plate,
                printer=proposal.lane.printer,
                even_if_short=True,
                key=uuid5(key, proposal.slug),
                by=by,
                at=at,
            )
        ]


def _best(lane: Lane, plates: Sequence[Plate], missing: dict[int, int], start: datetime) -> Proposal | None:
    fitting = [each for plate in plates if (each := _proposal(lane, plate, missing, start))]
    return max(fitting, key=_worth, default=None)


def _worth(proposal: Proposal) -> tuple[int, int]:
    """As much of what is missing as it can, with as little beside it."""
    covered = sum(each.pieces for each in proposal.covers)
    made = sum(output.pieces for output in proposal.plate.outputs.all())
    return covered, -made


def _proposal(lane: Lane, plate: Plate, missing: dict[int, int], start: datetime) -> Proposal | None:
    covers = tuple(_covered(plate, missing))
    sliced = needs.slice_for(plate, lane.printer)
    # A file for another machine does not print on this one.
    if not covers or (sliced and sliced.printer_model_id not in {None, lane.printer.model_id}):
        return None
    seconds = sliced.print_time_s if sliced and sliced.print_time_s else 0
    return Proposal(lane, plate, sliced, start, seconds, covers) if seconds else None


def _covered(plate: Plate, missing: dict[int, int]) -> Iterable[Covers]:
    for output in plate.outputs.all():
        short = missing.get(output.variant_id, 0)
        if short > 0:
            yield Covers(output.variant_id, str(output.variant), short, min(short, output.pieces))
