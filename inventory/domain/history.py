"""A lot's ledger in words, and its course for the chart."""

from collections.abc import Sequence
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


_LINES_SHOWN, _LINES_DRAWN = 25, 200


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


@dataclass(frozen=True)
class Page:
    """Some lines, newest first; ``older`` is the line below which the next page begins, None on the last page."""

    lines: list[Line]
    older: int | None
    is_first: bool


def history(lot: Lot, *, below: int | None = None) -> Page:
    """Each line with the balance after it; ``below`` the line of that number, or from the newest one."""
    rows = ledger.movements_of(lot)
    if below is not None:
        rows = rows.filter(pk__lt=below)
    found = list(rows[: _LINES_SHOWN + 1])
    lines = [_line(row) for row in found[:_LINES_SHOWN]]
    return Page(lines, lines[-1].pk if len(found) > _LINES_SHOWN else None, is_first=below is None)


def course(lot: Lot) -> Sequence[tuple[datetime, Decimal]]:
    """(when, what was left) of its latest lines, the oldest of them first."""
    return list(ledger.movements_of(lot).values_list("occurred_at", "balance")[:_LINES_DRAWN])[::-1]


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
