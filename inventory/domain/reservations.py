"""What planned runs and open orders will take, announced by whoever plans them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from inventory.domain import stock
from inventory.models import Item, Lot, MaterialGroup, Reservation
from inventory.querysets import ReservationQuerySet


def reserve(  # noqa: PLR0913 - what, how much, and for whom
    *,
    item: Item | None = None,
    group: MaterialGroup | None = None,
    lot: Lot | None = None,
    quantity: Decimal,
    source: str,
    source_id: int,
    text: str = "",
) -> Reservation:
    """Keep a quantity of an item or of a material group back for a source. Reserving never refuses: it shows demand."""
    return Reservation.objects.create(
        item=item, group=group, lot=lot, quantity=quantity, source=source, source_id=source_id, source_text=text[:200]
    )


@dataclass(frozen=True)
class Wish:
    """So much of an item, or of one of its lots, for a source."""

    item: Item
    quantity: Decimal
    source_id: int
    lot: Lot | None = None


def replace_all(wishes: Sequence[Wish], *, source: str, source_ids: Iterable[int], text: str = "") -> None:
    """What these sources keep back is these wishes from now on; two queries, whatever their number."""
    release_all(source, source_ids)
    Reservation.objects.bulk_create(
        Reservation(
            item=wish.item, lot=wish.lot, quantity=wish.quantity, source=source, source_id=wish.source_id,
            source_text=text[:200],
        )
        for wish in wishes
    )  # fmt: skip


def release_all(source: str, source_ids: Iterable[int]) -> None:
    Reservation.objects.filter(source=source, source_id__in=list(source_ids)).delete()


def pin(*, lot: Lot, quantity: Decimal, source: str, source_id: int, text: str = "") -> None:
    """Pieces that a source waits for have arrived: so many of what it asked of the item are kept on this lot now."""
    waiting = Reservation.objects.of(source, source_id).filter(item=lot.item_id, lot=None).order_by("pk")
    left = quantity
    for row in waiting.select_for_update():
        taken = min(row.quantity, left)
        left -= taken
        if taken == row.quantity:
            row.delete()
        elif taken:
            row.quantity -= taken
            row.save(update_fields=["quantity"])
    reserve(item=lot.item, lot=lot, quantity=quantity, source=source, source_id=source_id, text=text)


def unpin(lots: Iterable[Lot], *, source: str, source_id: int) -> None:
    """The lots are going away: what they kept for the source, it waits for again."""
    kept = Reservation.objects.of(source, source_id).filter(lot__in=[lot.pk for lot in lots])
    kept.update(lot=None)


def is_waiting(source: str, source_id: int) -> bool:
    return Reservation.objects.of(source, source_id).exists()


def release(source: str, source_id: int) -> None:
    """The source takes what it needs now, or needs it no more."""
    Reservation.objects.of(source, source_id).delete()


def reserved_for(source: str, source_id: int) -> ReservationQuerySet:
    return Reservation.objects.of(source, source_id).select_related("item", "group", "lot")


def shelves(item_ids: Iterable[int]) -> dict[tuple[int, bool], list[Lot]]:
    """By item and whether it is b-grade: lots that hold something, oldest first.

    Each with what is ``left`` and what of it is ``free``: nobody has kept it back.
    """
    wanted = list(item_ids)
    kept = Reservation.objects.filter(item__in=wanted, lot__isnull=False).order_by().values_list("lot")
    spoken_for = dict(kept.annotate(total=Sum("quantity")))
    found: dict[tuple[int, bool], list[Lot]] = {}
    for lot in Lot.objects.filter(item__in=wanted).available().holding().oldest_first().select_related("location"):
        lot.left = lot.on_hand
        lot.free = max(lot.on_hand - spoken_for.get(lot.pk, Decimal(0)), Decimal(0))
        found.setdefault((lot.item_id, lot.is_b_grade), []).append(lot)
    return found


def reserved(item: Item) -> Decimal:
    """How much of this very item is spoken for."""
    return Reservation.objects.filter(item=item).aggregate(total=Sum("quantity"))["total"] or Decimal(0)


def available(item: Item) -> Decimal:
    """On hand less what is spoken for; below zero when more is promised than there is."""
    return stock.on_hand(item) - reserved(item)


def available_in_group(group: MaterialGroup) -> Decimal:
    """Grams of all filaments of the group less what is spoken for from the group or from one of them."""
    held = Lot.objects.filter(item__filament__group=group).aggregate(total=Sum("on_hand"))["total"] or Decimal(0)
    of_group = Reservation.objects.filter(group=group).aggregate(total=Sum("quantity"))["total"] or Decimal(0)
    of_members = Reservation.objects.filter(item__filament__group=group).aggregate(total=Sum("quantity"))["total"]
    return held - of_group - (of_members or Decimal(0))
