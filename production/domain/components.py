"""Which bags of magnets a run empties: the oldest first, as many as it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from inventory.domain import lots
from inventory.models import Lot
from production.domain.facts import ComponentNeed
from production.domain.spools import expect_replacement_cost

_ZERO = Decimal(0)


@dataclass(frozen=True)
class Take:
    """So many of a lot for one output."""

    output: int
    lot: Lot
    quantity: Decimal


@dataclass
class _Bag:
    lot: Lot
    held: Decimal


def takes(needs: Sequence[ComponentNeed]) -> list[Take]:
    """Share the needs over lots, oldest first; what no lot holds is taken from the newest one, to be counted.

    An item that never had a lot gets an empty one.
    """
    if not needs:
        return []
    bags = _bags({need.item_id for need in needs})
    taken = []
    for need in needs:
        its_bags = bags.setdefault(need.item_id, [])
        if not its_bags:
            lot = lots.create_lot(need.component.item)
            expect_replacement_cost(lot)
            its_bags.append(_Bag(lot, _ZERO))
        taken += _from_bags(need, its_bags)
    return taken


def _from_bags(need: ComponentNeed, bags: list[_Bag]) -> list[Take]:
    left, taken = need.quantity, []
    for bag in bags:
        part = left if bag is bags[-1] else min(left, bag.held)
        if part > 0:
            taken.append(Take(need.output, bag.lot, part))
            bag.held = max(bag.held - part, _ZERO)
            left -= part
    return taken


def _bags(item_ids: set[int]) -> dict[int, list[_Bag]]:
    bags: dict[int, list[_Bag]] = {}
    for lot in Lot.objects.available().filter(item__in=item_ids).oldest_first():
        bags.setdefault(lot.item_id, []).append(_Bag(lot, lot.on_hand))
    return bags
