"""Fill tonight: which beds to print on idle printers, for what people wait for and for what is kept in stock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Sum

from catalog.models import Plate, SliceFile, Variant
from inventory.models import Lot, Reservation
from nozzly.accounts.models import User
from production.choices import RunState
from production.domain import needs
from production.domain.board import Board, Lane
from production.domain.planning import plan_run
from production.models import Printer, Run, RunOutput

MOST_PLATES = 200
_SHORTEST_IDLE = timedelta(minutes=20)


@dataclass(frozen=True)
class Covers:
    """Pieces of a variant that are lacking, how many of them the bed makes, and how many of those people wait for."""

    variant_id: int
    name: str
    missing: int
    pieces: int
    for_orders: int


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


@dataclass
class Lack:
    """Pieces of a variant that are neither on a shelf nor planned: spoken for, and below what is kept in stock."""

    orders: int = 0
    stock: int = 0

    def cover(self, pieces: int) -> None:
        """Orders first."""
        for_orders = min(pieces, self.orders)
        self.orders -= for_orders
        self.stock = max(self.stock - (pieces - for_orders), 0)


def lacking_pieces() -> dict[int, Lack]:
    """What is lacking, by variant; four queries."""
    reserved = Reservation.objects.filter(item__variant__isnull=False).values_list("item__variant")
    wanted = dict(reserved.annotate(total=Sum("quantity")))
    targets = dict(Variant.objects.with_stock_target().values_list("pk", "stock_target"))
    variants = wanted.keys() | targets.keys()
    lots = Lot.objects.available().filter(item__variant__in=variants).values_list("item__variant")
    held = dict(lots.annotate(total=Sum("on_hand")))
    coming = RunOutput.objects.filter(variant__in=variants, run__state__in=RunState.open()).values_list("variant")
    planned = dict(coming.annotate(total=Sum("planned")))
    found = {}
    for pk in variants:
        free = int(held.get(pk, Decimal(0)) - wanted.get(pk, Decimal(0))) + planned.get(pk, 0)
        lack = Lack(orders=max(-free, 0), stock=max(targets.get(pk, 0) - max(free, 0), 0))
        if lack.orders or lack.stock:
            found[pk] = lack
    return found


def propose(board: Board) -> list[Proposal]:
    """Beds that start before the morning: the plate that covers most of what people wait for first, then of stock.

    Each proposal counts as printed for the next, so that two printers do not make the same pieces.
    """
    lacking = lacking_pieces()
    if not lacking:
        return []
    plates = list(
        Plate.objects.active().filter(outputs__variant__in=lacking).distinct().for_page().order_by("-pk")[:MOST_PLATES]
    )
    proposals = []
    for lane in sorted(board.lanes, key=lambda lane: (lane.free_at, lane.printer.name)):
        free_at, place = lane.free_at, 0
        while board.end - free_at >= _SHORTEST_IDLE:
            proposal = _best(lane, plates, lacking, free_at)
            if proposal is None:
                break
            proposals.append(replace(proposal, place=place))
            place += 1
            for covered in proposal.covers:
                lacking[covered.variant_id].cover(covered.pieces)
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


def _best(lane: Lane, plates: Sequence[Plate], lacking: Mapping[int, Lack], start: datetime) -> Proposal | None:
    fitting = [each for plate in plates if (each := _proposal(lane, plate, lacking, start))]
    return max(fitting, key=_worth, default=None)


def _worth(proposal: Proposal) -> tuple[int, int, int]:
    """As much of what people wait for as it can, then of what is kept in stock, with as little beside it."""
    orders = sum(each.for_orders for each in proposal.covers)
    covered = sum(each.pieces for each in proposal.covers)
    made = sum(output.pieces for output in proposal.plate.outputs.all())
    return orders, covered - orders, -made


def _proposal(lane: Lane, plate: Plate, lacking: Mapping[int, Lack], start: datetime) -> Proposal | None:
    covers = tuple(_covered(plate, lacking))
    sliced = needs.slice_for(plate, lane.printer)
    if not covers or (sliced and not _prints_on(sliced, lane.printer)):
        return None
    seconds = sliced.print_time_s if sliced and sliced.print_time_s else 0
    return Proposal(lane, plate, sliced, start, seconds, covers) if seconds else None


def _prints_on(sliced: SliceFile, printer: Printer) -> bool:
    """A file for another machine or another nozzle does not."""
    return sliced.printer_model_id in {None, printer.model_id} and sliced.nozzle_mm in {None, printer.nozzle_in_use_mm}


def _covered(plate: Plate, lacking: Mapping[int, Lack]) -> Iterable[Covers]:
    for output in plate.outputs.all():
        lack = lacking.get(output.variant_id, Lack())
        short = lack.orders + lack.stock
        if short > 0:
            pieces = min(short, output.pieces)
            yield Covers(output.variant_id, str(output.variant), short, pieces, min(lack.orders, pieces))
