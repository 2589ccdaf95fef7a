"""Fill tonight: which beds to print on idle printers, for what people wait for and for what is kept in stock."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from graphlib import TopologicalSorter
from typing import NamedTuple
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Sum

from catalog.choices import ProductKind
from catalog.models import Plate, PlateOutput, RecipePart, SliceFile, Variant
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
    """What is lacking, by variant; five queries, and one more for each level at which parts are made of parts.

    What is put together at the bench lacks its parts in its own place.
    """
    reserved = Reservation.objects.filter(item__variant__isnull=False).exclude(lot__is_b_grade=True)
    reserved = reserved.order_by().values_list("item__variant")
    wanted = dict(reserved.annotate(total=Sum("quantity")))
    targets = dict(Variant.objects.with_stock_target().values_list("pk", "stock_target"))
    lots = Lot.objects.available().holding().filter(item__variant__isnull=False, is_b_grade=False)
    lots = lots.values_list("item__variant")
    held = dict(lots.annotate(total=Sum("on_hand")))
    coming = RunOutput.objects.filter(run__state__in=RunState.open()).values_list("variant")
    planned = dict(coming.annotate(total=Sum("planned")))
    parts = _parts_below(wanted.keys() | targets.keys())
    found: dict[int, Lack] = {}
    asked: defaultdict[int, Lack] = defaultdict(Lack)
    for pk in _wholes_first(wanted.keys() | targets.keys(), parts):
        free = int(held.get(pk, Decimal(0)) - wanted.get(pk, Decimal(0))) + planned.get(pk, 0)
        above = asked[pk]
        lack = Lack(
            orders=max(above.orders - free, 0),
            stock=max(targets.get(pk, 0) + above.stock - max(free - above.orders, 0), 0),
        )
        for part, pieces in parts.get(pk, ()):
            asked[part].orders += lack.orders * pieces
            asked[part].stock += lack.stock * pieces
        if (lack.orders or lack.stock) and pk not in parts:
            found[pk] = lack
    return found


def _parts_below(variants: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """Part and pieces by what is assembled of them, down to what is printed."""
    parts: dict[int, list[tuple[int, int]]] = {}
    level = set(variants)
    while level:
        rows = RecipePart.objects.filter(
            recipe__is_current=True, recipe__product__kind=ProductKind.ASSEMBLED, recipe__product__variants__in=level
        ).values_list("recipe__product__variants", "variant", "pieces")
        below: dict[int, list[tuple[int, int]]] = {}
        for whole, part, pieces in rows:
            below.setdefault(whole, []).append((part, pieces))
        parts |= below
        level = {part for its_parts in below.values() for part, _pieces in its_parts} - parts.keys()
    return parts


def _wholes_first(variants: Iterable[int], parts: Mapping[int, Sequence[tuple[int, int]]]) -> Iterable[int]:
    order = TopologicalSorter(dict.fromkeys(variants, ()))
    for whole, its_parts in parts.items():
        for part, _pieces in its_parts:
            order.add(part, whole)
    return order.static_order()


def propose(board: Board) -> list[Proposal]:
    """Beds that start before the morning: the plate that covers most of what people wait for first, then of stock.

    Each proposal counts as printed for the next, so that two printers do not make the same pieces.
    """
    lacking = lacking_pieces()
    idle = [lane for lane in board.lanes if board.end - lane.free_at >= _SHORTEST_IDLE]
    if not lacking or not idle:
        return []
    choice = _Choice(_beds(lacking), lacking)
    proposals = []
    for lane in sorted(idle, key=lambda lane: (lane.free_at, lane.printer.name)):
        free_at, place = lane.free_at, 0
        while board.end - free_at >= _SHORTEST_IDLE and (best := choice.best(lane.printer)):
            bed, sliced = best
            covers = choice.take(bed)
            proposals.append(Proposal(lane, bed.plate, free_at, sliced.print_time_s, covers, place))
            free_at, place = proposals[-1].end, place + 1
    return _named(proposals)


def _named(proposals: Sequence[Proposal]) -> list[Proposal]:
    """With the names of what they cover; a thousand others are never read."""
    wanted = {covered.variant_id for proposal in proposals for covered in proposal.covers}
    names = Variant.objects.select_related("product").only("name", "product__title").in_bulk(wanted)
    return [
        replace(each, covers=tuple(replace(one, name=str(names[one.variant_id])) for one in each.covers))
        for each in proposals
    ]


def fill(proposals: Sequence[Proposal], *, key: UUID, by: User, at: datetime) -> list[Run]:
    """Plan every bed of the proposals, on its printer; the same ``key`` again plans nothing."""
    printers = Printer.objects.select_related("model").in_bulk({each.lane.printer.pk for each in proposals})
    with transaction.atomic():
        return [
            run
            for proposal in proposals
            for run in plan_run(
                plate=proposal.plate,
                printer=printers[proposal.lane.printer.pk],
                even_if_short=True,
                key=uuid5(key, proposal.slug),
                by=by,
                at=at,
            )
        ]


class _File(NamedTuple):
    """A sliced file as far as choosing one needs it."""

    pk: int
    plate_id: int
    printer_model_id: int | None
    nozzle_mm: Decimal | None
    print_time_s: int | None


class _Output(NamedTuple):
    """What comes off a plate."""

    plate_id: int
    variant_id: int
    pieces: int


@dataclass(frozen=True, eq=False)
class _Bed:
    """A plate that makes something of what is lacking."""

    plate: Plate
    outputs: Sequence[_Output]
    files: Sequence[_File]


def _beds(lacking: Mapping[int, Lack]) -> list[_Bed]:
    """The newest plates that make any of it, with what comes off them and their files; three queries of plain rows."""
    making = PlateOutput.objects.filter(variant__in=lacking).values("plate")
    newest = Plate.objects.active().filter(pk__in=making).only("name").order_by("-pk")[:MOST_PLATES]
    plates = {plate.pk: plate for plate in newest}
    outputs: dict[int, list[_Output]] = {}
    for row in PlateOutput.objects.filter(plate__in=plates).order_by("pk").values_list(*_Output._fields):
        outputs.setdefault(row[0], []).append(_Output._make(row))
    files: dict[int, list[_File]] = {}
    for row in SliceFile.objects.filter(plate__in=plates).values_list(*_File._fields):
        sliced = _File._make(row)
        files.setdefault(sliced.plate_id, []).append(sliced)
    return [_Bed(plate, outputs.get(pk, ()), files.get(pk, ())) for pk, plate in plates.items()]


class _Choice:
    """The best bed for each printer while what is lacking gets less; a bed is weighed anew only when it may differ."""

    def __init__(self, beds: Sequence[_Bed], lacking: Mapping[int, Lack]) -> None:
        self._lacking = lacking
        self._making: dict[int, list[_Bed]] = {}
        for bed in beds:
            for output in bed.outputs:
                self._making.setdefault(output.variant_id, []).append(bed)
        self._beds = beds
        self._worth = {bed: self._weighed(bed) for bed in beds}
        self._fitting: dict[tuple, list[tuple[_Bed, _File]]] = {}

    def best(self, printer: Printer) -> tuple[_Bed, _File] | None:
        """As much of what people wait for as it can, then of what is kept in stock, with as little beside it."""
        key = (printer.model_id, printer.nozzle_in_use_mm)
        if key not in self._fitting:
            files = ((bed, needs.best_file(bed.files, printer)) for bed in self._beds)
            self._fitting[key] = [(bed, sliced) for bed, sliced in files if sliced and _prints_on(sliced, printer)]
        useful = [each for each in self._fitting[key] if self._worth[each[0]]]
        return max(useful, key=lambda each: self._worth[each[0]], default=None)

    def take(self, bed: _Bed) -> tuple[Covers, ...]:
        """Count the bed as printed; answers what it covers."""
        covers = tuple(self._covered(bed))
        for covered in covers:
            self._lacking[covered.variant_id].cover(covered.pieces)
        for touched in {each for covered in covers for each in self._making[covered.variant_id]}:
            self._worth[touched] = self._weighed(touched)
        return covers

    def _weighed(self, bed: _Bed) -> tuple[int, int, int] | None:
        covers = tuple(self._covered(bed))
        orders = sum(each.for_orders for each in covers)
        covered = sum(each.pieces for each in covers)
        return (orders, covered - orders, -sum(output.pieces for output in bed.outputs)) if covered else None

    def _covered(self, bed: _Bed) -> Iterable[Covers]:
        for output in bed.outputs:
            lack = self._lacking.get(output.variant_id)
            short = lack.orders + lack.stock if lack else 0
            if short > 0:
                pieces = min(short, output.pieces)
                yield Covers(output.variant_id, "", short, pieces, min(lack.orders, pieces))


def _prints_on(sliced: _File, printer: Printer) -> bool:
    """A file for another machine or another nozzle does not; nor one that does not say how long it takes."""
    fits = sliced.printer_model_id in {None, printer.model_id} and sliced.nozzle_mm in {None, printer.nozzle_in_use_mm}
    return fits and bool(sliced.print_time_s)
