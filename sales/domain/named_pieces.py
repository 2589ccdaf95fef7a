"""Pieces with words on them that nobody waits for any more: their lot says what stands on them, so that nobody gets it unawares."""

from collections.abc import Iterable, Sequence

from inventory.domain import searching
from inventory.models import Lot
from sales.models import OrderLine

_MOST = 120


def note_of(line: OrderLine) -> str:
    """For the lot of its piece; asks for a loaded order."""
    words = line.personalisation
    words = f"{words[: _MOST - 1]}…" if len(words) > _MOST else words
    return f"“{words}” · {line.order.number}"


def say_on(lots: Iterable[tuple[Lot, OrderLine]]) -> None:
    """What somebody wrote on a lot by hand stays."""
    said = []
    for lot, line in lots:
        if not lot.note:
            lot.note = note_of(line)
            lot.save(update_fields=["note"])
            said.append(lot.pk)
    searching.refresh_lots(said)


def forget(lines: Sequence[OrderLine]) -> None:
    """Whoever these were for is to be forgotten; also parts of a lot that went to another place."""
    lots = Lot.objects.filter(note__in=[note_of(line) for line in lines])
    ids = list(lots.values_list("pk", flat=True))
    Lot.objects.filter(pk__in=ids).update(note="")
    searching.refresh_lots(ids)
