"""Which pieces go into which parcel: those kept for the line, then the oldest free ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from catalog.choices import ProductKind
from catalog.domain import kits
from catalog.models import Variant
from inventory.domain import lots as stock_lots
from inventory.domain import reservations
from inventory.domain.lots import LotDetails
from inventory.domain.reservations import Wish
from inventory.models import Item, Lot, Reservation
from production.choices import RunState
from production.domain.beds import Pieces
from production.models import RunOutput
from sales.domain import named_pieces
from sales.models import Order, OrderLine, OrderPart

SOURCE = "order_line"


@dataclass(frozen=True)
class Need:
    """So many pieces of a variant for a line; a kit on a line needs several things."""

    line: OrderLine
    variant: Variant
    pieces: int

    @property
    def item(self) -> Item:
        return self.variant.item

    @property
    def b_grade(self) -> bool:
        return self.line.b_grade


@dataclass(frozen=True)
class Pick:
    """Take so many pieces for a line out of a lot."""

    line: OrderLine
    lot: Lot
    pieces: int


@dataclass(frozen=True)
class Shortage:
    """What a parcel takes that is not on the shelf."""

    need: Need
    missing: int


def unpack_kits(lines: Sequence[OrderLine]) -> None:
    """Write down what each kit takes from the shelf; later changes of the kit leave the order alone."""
    wanted = [line for line in lines if line.variant_id and line.variant.product.kind == ProductKind.KIT]
    if not wanted:
        return
    OrderPart.objects.filter(line__in=wanted).delete()
    OrderPart.objects.bulk_create(
        OrderPart(line=line, variant=variant, pieces=pieces)
        for line in wanted
        for variant, pieces in kits.explode([(line.variant, 1)])
        if variant.pk != line.variant_id
    )


def needs_of(lines: Sequence[OrderLine], pieces: Mapping[int, int] | None = None) -> list[Need]:
    """What lines still take from the shelf, or what so many ``pieces`` of them (by line) would."""
    parts: dict[int, list[OrderPart]] = {}
    for part in OrderPart.objects.filter(line__in=lines).select_related("variant__item", "variant__product"):
        parts.setdefault(part.line_id, []).append(part)
    found = []
    for line in lines:
        count = line.pieces_left if pieces is None else pieces.get(line.pk, 0)
        if not count or line.variant_id is None:
            continue
        inside = parts.get(line.pk)
        if inside:
            found += [Need(line, part.variant, part.pieces * count) for part in inside]
        else:
            found.append(Need(line, line.variant, count))
    return found


def lock_shelf(needs: Sequence[Need], *more: Item | None) -> None:
    """Hold all lots that these needs may come from, so that two orders at once do not count on the same pieces."""
    items = {need.variant.item_id for need in needs} | {item.pk for item in more if item}
    list(Lot.objects.filter(item__in=items).available().order_by("pk").select_for_update(no_key=True))


def keep_back(order: Order, lines: Sequence[OrderLine]) -> None:
    """Reserve what each line takes, the oldest free lots first, the rest on the item itself, so that demand shows.

    A line holds on to what was kept for it or printed for it. B-grade pieces are kept for lines that ask for them, and
    nobody prints those that are missing. What lines kept that need nothing more is let go.
    """
    needs = needs_of(lines)
    lock_shelf(needs)
    line_ids = [line.pk for line in lines]
    own = _own_lots(lines)
    reservations.release_all(SOURCE, line_ids)
    shelves = reservations.shelves({need.variant.item_id for need in needs})
    known = {lot.pk: lot for shelf in shelves.values() for lot in shelf}
    first = [_take_own(need, own.get(need.line.pk, ()), known) for need in needs]
    wishes = []
    for need, (mine, still) in zip(needs, first, strict=True):
        others, missing = _take(still, _shelf(need, shelves))
        wishes += [Wish(need.item, Decimal(pieces), need.line.pk, lot) for lot, pieces in _together(mine + others)]
        if missing and not need.b_grade:
            wishes.append(Wish(need.item, Decimal(missing), need.line.pk))
    reservations.replace_all(wishes, source=SOURCE, source_ids=line_ids, text=order.number)


def let_go(lines: Iterable[OrderLine]) -> None:
    reservations.release_all(SOURCE, [line.pk for line in lines])


def give_up(lines: Sequence[OrderLine]) -> None:
    """Nobody waits any more: what was kept back is free, but a piece with a name on it is b-grade to everybody else."""
    by_pk = {line.pk: line for line in lines}
    made = {lot: by_pk[line] for line, lot in _made_for(lines)}
    left = list(Lot.objects.filter(pk__in=made).available().holding().order_by("pk"))
    graded = [stock_lots.grade(lot, is_b_grade=True) for lot in left]
    named_pieces.say_on((lot, made[lot.pk]) for lot in graded)
    let_go(lines)


def picks(needs: Sequence[Need], *, stall: frozenset[int] = frozenset()) -> list[Pick]:
    """What to take for each line. A shortage goes to the newest lot, or to a new one: the ledger books it as found.

    Lots at the places of ``stall`` go before all others.
    """
    found = []
    for need, taken, missing, shelf in plan(needs, stall):
        found += [Pick(need.line, lot, pieces) for lot, pieces in taken]
        if missing:
            same = [lot for lot in shelf if lot.is_b_grade == need.b_grade]
            found.append(Pick(need.line, same[-1] if same else _empty_lot(need), missing))
    return found


def shortages(needs: Sequence[Need]) -> list[Shortage]:
    """What a parcel would take that is not there, so that people are warned before they send it."""
    return [Shortage(need, missing) for need, _taken, missing, _shelf in plan(needs) if missing]


def pieces_planned(line: OrderLine, variant: Variant) -> int:
    """Pieces of a variant for this line in runs that are not finished yet."""
    runs = RunOutput.objects.filter(
        source=SOURCE, source_id=line.pk, variant=variant, run__state__in=RunState.open()
    )  # fmt: skip
    return runs.aggregate(total=Sum("planned"))["total"] or 0


def wanted(order: Order, need: Need, pieces: int) -> Pieces:
    """What a run prints for the line, with what is to be written on it."""
    return Pieces(
        need.variant, pieces, source=SOURCE, source_id=need.line.pk, source_text=order.number,
        personalisation=need.line.personalisation,
    )  # fmt: skip


def plan(needs: Sequence[Need], stall: frozenset[int] = frozenset()) -> list[tuple]:
    """Each need with what is taken from which lot, what is missing, and the lots it may come from."""
    kept = _kept_by_line({need.line.pk for need in needs})
    shelves = reservations.shelves({need.variant.item_id for need in needs})
    known = {lot.pk: lot for shelf in shelves.values() for lot in shelf}
    planned = []
    for need in needs:
        shelf = _shelf(need, shelves, stall)
        mine, missing = _take_kept(need, kept.get(need.line.pk, ()), known)
        others, missing = _take(missing, shelf)
        planned.append((need, mine + others, missing, shelf))
    return planned


def _shelf(need: Need, shelves: Mapping[tuple[int, bool], list[Lot]], stall: frozenset[int] = frozenset()) -> list[Lot]:
    """Lots that a need may come from: of its grade, and what somebody carried to the stall whatever its grade."""
    found = shelves.get((need.variant.item_id, need.b_grade), [])
    if not stall:
        return found
    seconds = [] if need.b_grade else shelves.get((need.variant.item_id, True), [])
    carried = [lot for lot in seconds if lot.location_id in stall]
    return sorted([*found, *carried], key=lambda lot: lot.location_id not in stall)


def _made_for(lines: Sequence[OrderLine]) -> list[tuple[int, int]]:
    """(line, lot) of what runs printed for lines with something to be written on it."""
    named = [line.pk for line in lines if line.personalisation]
    if not named:
        return []
    printed = RunOutput.objects.filter(source=SOURCE, source_id__in=named, lot__isnull=False).order_by("pk")
    return list(printed.values_list("source_id", "lot"))


def _own_lots(lines: Sequence[OrderLine]) -> dict[int, list[tuple[int, int | None, bool]]]:
    """By line: lots it held or that were printed for it, at most how many pieces (None: all), and whether printed."""
    found: dict[int, list[tuple[int, int | None, bool]]] = {}
    for line, lot in _made_for(lines):
        found.setdefault(line, []).append((lot, None, True))
    for line, kept in _kept_by_line([line.pk for line in lines]).items():
        found.setdefault(line, []).extend((row.lot_id, int(row.quantity), False) for row in kept)
    return found


def _take_own(
    need: Need, own: Iterable[tuple[int, int | None, bool]], known: Mapping[int, Lot]
) -> tuple[list[tuple[Lot, int]], int]:
    taken, missing = [], need.pieces
    for pk, most, is_printed in own:
        lot = known.get(pk)
        if lot is None or lot.item_id != need.variant.item_id or not (is_printed or lot.is_b_grade == need.b_grade):
            continue
        wanted_here = missing if most is None else min(most, missing)
        got, left = _take(wanted_here, [lot])
        missing -= wanted_here - left
        taken += got
    return taken, missing


def _together(taken: Iterable[tuple[Lot, int]]) -> list[tuple[Lot, int]]:
    sums: dict[Lot, int] = {}
    for lot, pieces in taken:
        sums[lot] = sums.get(lot, 0) + pieces
    return list(sums.items())


def _take_kept(need: Need, kept: Iterable[Reservation], shelf: Mapping[int, Lot]) -> tuple[list, int]:
    taken, missing = [], need.pieces
    for reservation in kept:
        lot = shelf.get(reservation.lot_id)
        pieces = min(missing, int(reservation.quantity), int(lot.left)) if lot else 0
        if pieces > 0:
            missing -= pieces
            lot.left -= pieces
            taken.append((lot, pieces))
    return taken, missing


def _take(wanted_pieces: int, shelf: Iterable[Lot]) -> tuple[list, int]:
    """So many pieces of the lots in their order; answers them and what is missing."""
    taken, missing = [], wanted_pieces
    for lot in shelf:
        pieces = min(missing, int(lot.free), int(lot.left))
        if pieces > 0:
            lot.free -= pieces
            lot.left -= pieces
            missing -= pieces
            taken.append((lot, pieces))
    return taken, missing


def _empty_lot(need: Need) -> Lot:
    known = Lot.objects.filter(item=need.item, is_b_grade=need.b_grade).order_by("-pk").first()
    return known or stock_lots.create_lot(need.item, LotDetails(is_b_grade=need.b_grade))


def _kept_by_line(line_ids: Iterable[int]) -> dict[int, list[Reservation]]:
    kept: dict[int, list[Reservation]] = {}
    rows = Reservation.objects.filter(source=SOURCE, source_id__in=line_ids, lot__isnull=False).order_by("pk")
    for reservation in rows:
        kept.setdefault(reservation.source_id, []).append(reservation)
    return kept
