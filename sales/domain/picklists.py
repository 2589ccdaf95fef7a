"""What to fetch from where for the orders that are packed next: one walk along the shelves."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from inventory.models import Lot
from nozzly.core.natural import natural
from sales.domain import picking
from sales.domain.picking import Shortage
from sales.models import Order


@dataclass
class Stop:
    """Pieces of one lot, and for which orders."""

    lot: Lot
    pieces: int = 0
    orders: dict[str, int] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return self.lot.location.path if self.lot.location else ""

    @property
    def warning(self) -> str:
        """What is the matter with b-grade pieces: the name on them, where they came from."""
        return self.lot.note if self.lot.is_b_grade else ""


@dataclass(frozen=True)
class PickList:
    stops: tuple[Stop, ...]
    missing: tuple[tuple[Order, Shortage], ...]


def pick_list(found: Sequence[Order]) -> PickList:
    """Asks for orders with loaded lines; two orders never count on the same piece."""
    by_pk = {order.pk: order for order in found}
    lines = [line for order in found for line in order.lines.all()]
    needs = picking.needs_of(lines)
    stops: dict[int, Stop] = {}
    missing = []
    for need, taken, short, _shelf in picking.plan(needs):
        order = by_pk[need.line.order_id]
        for lot, pieces in taken:
            stop = stops.setdefault(lot.pk, Stop(lot))
            stop.pieces += pieces
            stop.orders[order.number] = stop.orders.get(order.number, 0) + pieces
        if short:
            missing.append((order, Shortage(need, short)))
    walk = sorted(stops.values(), key=lambda stop: (natural(stop.place), stop.lot.title, stop.lot.pk))
    return PickList(tuple(walk), tuple(missing))
