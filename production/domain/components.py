"""Which bags of magnets a run empties: the oldest first, as many as it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from inventory.domain import lots
from inventory.models import Item, Lot
from production.domain.facts import ComponentNeed
from production.domain.spools import expect_replacement_cost

_ZERO = Decimal(0)


@dataclass(frozen=True)
class Take:
    """So many of a lot for one output."""

    output: int
    item: Item
    lot_id: int
    quantity: Decimal


def takes(needs: Sequence[ComponentNeed]) -> list[Take]:
    """Share the needs over lots, oldest first; what no lot holds is taken from the newest one, to be counted.

    An item that never had a lot gets an empty one.
    """
    if not needs:
        return []
    held = _lots({need.item.pk for need in needs})
    taken = []
    for need in needs:
        bags = held.setdefault(need.item.pk, [])
        if not bags:
            bag = lots.create_lot(need.item)
            expect_replacement_cost(bag)
            bags.append([bag.pk, _ZERO])
        taken += _from_bags(need, bags)
    return taken


def _from_bags(need: ComponentNeed, bags: list[list]) -> list[Take]:
    left, taken = need.quantity, []
    for bag in bags:
        lot_id, held = bag
        part = left if bag is bags[-1] else min(left, held)
        if part > 0:
            taken.append(Take(need.output, need.item, lot_id, part))
            bag[1] = max(held - part, _ZERO)
            left -= part
    return taken


def _lots(item_ids: set[int]) -> dict[int, list[list]]:
    rows = Lot.objects.available().filter(item__in=item_ids).oldest_first()
    held: dict[int, list[list]] = {}
    for pk, item_id, on_hand in rows.values_list("pk", "item_id", "on_hand"):
        held.setdefault(item_id, []).append([pk, on_hand])
    return held
