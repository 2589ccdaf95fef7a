"""A lot's ledger in words, and its course for the chart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from inventory.choices import MovementKind
from inventory.domain import ledger, sources, undoing
from inventory.models import Lot

_ICONS = {
    MovementKind.OPENING: "package",
    MovementKind.RECEIPT: "truck-delivery",
    MovementKind.CONSUMPTION: "printer",
    MovementKind.PURGE: "droplet",
    MovementKind.WEIGHING: "scale",
    MovementKind.FOUND: "search",
    MovementKind.TRANSFER: "arrows-exchange",
    MovementKind.OUTPUT: "cube",
    MovementKind.SALE: "shopping-bag",
    MovementKind.REVERSAL: "arrow-back-up",
}


@dataclass(frozen=True)
class Line:
    pk: int
    text: str
    detail: str
    url: str
    icon: str
    quantity: Decimal
    balance: Decimal
    bought_value: Decimal
    at: datetime
    by: object
    late: bool
    is_undone: bool
    may_be_undone: bool


def history(lot: Lot, *, limit: int = 200) -> list[Line]:
    """Newest first, with the balance after each line."""
    return [_line(row) for row in ledger.movements_of(lot)[:limit]]


def course(lines: Iterable[Line]) -> Sequence[tuple[datetime, Decimal]]:
    """(when, what was left) from the oldest line to the newest."""
    return [(line.at, line.balance) for line in reversed(list(lines))]


def _line(row: object) -> Line:
    text = row.get_kind_display()
    is_undone = getattr(row, "reversed_by", None) is not None
    if row.kind == MovementKind.REVERSAL:
        text = _("Undone: %(what)s") % {"what": row.reverses.get_kind_display().lower()}
    return Line(
        pk=row.pk,
        text=f"{text}: {row.source_text}" if row.source_text else text,
        detail=row.note,
        url=sources.url_of(row.source, row.source_id),
        icon=_ICONS.get(row.kind, "point"),
        quantity=row.quantity,
        balance=row.balance,
        bought_value=row.bought_value,
        at=row.occurred_at,
        by=row.by,
        late=row.late,
        is_undone=is_undone,
        may_be_undone=not is_undone and undoing.may_be_undone(source=row.source, kind=row.kind),
    )
