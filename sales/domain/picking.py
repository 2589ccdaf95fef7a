"""Which pieces go into which parcel: those kept for the line, then the oldest free ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from inventory.domain import lots, reservations
from inventory.models import Item, Lot, Reservation
from production.choices import RunState
from production.domain.beds import Pieces
from production.models import RunOutput
from sales.models import Order, OrderLine

SOURCE = "order_line"


@dataclass(frozen=True)
class Pick:
    """Take so many pieces for a line out of a lot."""

    line: OrderLine
    lot: Lot
    pieces: int


def needs_pieces(line: OrderLine) -> bool:
    return line.variant_id is not None


def keep_back(order: Order, lines: Sequence[OrderLine]) -> None:
    """Reserve what each line takes: the oldest free lots first, the rest on the item itself, so that demand shows."""
    wanted = [line for line in lines if needs_pieces(line)]
    items = {line.variant.item_id for line in wanted}
    # Locked before looking, so that two orders at once do not count on the same pieces.
    list(Lot.objects.filter(item__in=items).available().order_by("pk").select_for_update(no_key=True))
    free = _free_by_lot(items)
    for line in wanted:
        reservations.release(SOURCE, line.pk)
        missing = line.piece_count
        for lot in free.get(line.variant.item_id, ()):
            taken = min(missing, int(lot.free))
            if taken > 0:
                lot.free -= taken
                missing -= taken
                _reserve(order, line, taken, lot)
        if missing:
            _reserve(order, line, missing, None)


def let_go(lines: Iterable[OrderLine]) -> None:
    for line in lines:
        reservations.release(SOURCE, line.pk)


def picks(lines: Sequence[OrderLine]) -> list[Pick]:
    """What to take for each line. A shortage goes to the newest lot, or to a new one: the ledger books it as found."""
    wanted = [line for line in lines if needs_pieces(line)]
    kept = _kept_by_line([line.pk for line in wanted])
    free = _free_by_lot({line.variant.item_id for line in wanted})
    return [pick for line in wanted for pick in _picks_of(line, kept.get(line.pk, []), free)]


def pieces_planned(line: OrderLine) -> int:
    """Pieces for this line in runs that are not finished yet."""
    runs = RunOutput.objects.filter(source=SOURCE, source_id=line.pk, run__state__in=RunState.open())
    return runs.aggregate(total=Sum("planned"))["total"] or 0


def wanted(order: Order, line: OrderLine, pieces: int) -> Pieces:
    """What a run prints for the line, with what is to be written on it."""
    return Pieces(
        line.variant, pieces, source=SOURCE, source_id=line.pk, source_text=order.number,
        personalisation=line.personalisation,
    )  # fmt: skip


def _picks_of(line: OrderLine, kept: list[Reservation], free: dict[int, list[Lot]]) -> Iterable[Pick]:
    missing = line.piece_count
    shelf = free.get(line.variant.item_id, [])
    by_pk = {lot.pk: lot for lot in shelf}
    for reservation in kept:
        lot = by_pk.get(reservation.lot_id)
        taken = min(missing, int(reservation.quantity), int(lot.on_hand)) if lot else 0
        if taken > 0:
            missing -= taken
            yield Pick(line, lot, taken)
    for lot in shelf:
        taken = min(missing, int(lot.free))
        if taken > 0:
            lot.free -= taken
            missing -= taken
            yield Pick(line, lot, taken)
    if missing:
        yield Pick(line, shelf[-1] if shelf else _empty_lot(line.variant.item), missing)


def _empty_lot(item: Item) -> Lot:
    known = Lot.objects.filter(item=item).order_by("-pk").first()
    return known or lots.create_lot(item)


def _reserve(order: Order, line: OrderLine, pieces: int, lot: Lot | None) -> None:
    reservations.reserve(
        item=line.variant.item, lot=lot, quantity=Decimal(pieces), source=SOURCE, source_id=line.pk, text=order.number
    )


def _kept_by_line(line_ids: list[int]) -> dict[int, list[Reservation]]:
    kept: dict[int, list[Reservation]] = {}
    rows = Reservation.objects.filter(source=SOURCE, source_id__in=line_ids, lot__isnull=False).order_by("pk")
    for reservation in rows:
        kept.setdefault(reservation.source_id, []).append(reservation)
    return kept


def _free_by_lot(item_ids: set[int]) -> dict[int, list[Lot]]:
    """Lots that hold something, oldest first, each with ``free``: what nobody has kept back."""
    spoken_for = dict(
        Reservation.objects.filter(item__in=item_ids, lot__isnull=False)
        .values_list("lot")
        .annotate(total=Sum("quantity"))
        .values_list("lot", "total")
    )
    found: dict[int, list[Lot]] = {}
    for lot in Lot.objects.filter(item__in=item_ids).available().holding().oldest_first():
        lot.free = max(lot.on_hand - spoken_for.get(lot.pk, Decimal(0)), Decimal(0))
        found.setdefault(lot.item_id, []).append(lot)
    return found
