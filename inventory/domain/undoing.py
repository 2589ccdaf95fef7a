"""Taking back what a person booked by mistake: first a look at what would change, then reversing rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from inventory.choices import MovementKind, SpoolState
from inventory.domain import deliveries, ledger
from inventory.models import Delivery, Lot, Spool
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError

# Runs and orders are undone on their own pages, where more than stock is taken back.
BY_HAND = frozenset({"hand", "weighing", "spools", "delivery", "transfer", "import", "stocktake"})


class NotUndoable(DomainError):
    pass


class NothingThere(NotUndoable):
    """There is no such movement."""


@dataclass
class Change:
    """One lot: what it holds now, what it would hold."""

    lot: Lot
    quantity: Decimal = Decimal(0)
    bought_value: Decimal = Decimal(0)

    @property
    def before(self) -> Decimal:
        return self.lot.on_hand

    @property
    def after(self) -> Decimal:
        return self.lot.on_hand + self.quantity

    @property
    def is_short(self) -> bool:
        return self.after < 0


def may_be_undone(*, source: str, kind: str) -> bool:
    return source in BY_HAND and kind != MovementKind.REVERSAL


def preview(movement_id: int) -> list[Change]:
    """What undoing this movement, and all booked together with it, would change. Raises NothingThere, NotUndoable."""
    rows = ledger.batch_of(movement_id)
    if not rows:
        raise NothingThere(_("There is no such booking."))
    if not may_be_undone(source=rows[0].source, kind=rows[0].kind):
        raise NotUndoable(_("This is undone where it was booked: at its run or order."))
    if any(getattr(row, "reversed_by", None) for row in rows):
        raise NotUndoable(_("This has already been undone."))
    changes: dict[int, Change] = {}
    for row in rows:
        change = changes.setdefault(row.lot_id, Change(row.lot))
        change.quantity -= row.quantity
        change.bought_value -= row.bought_value
    return list(changes.values())


def first_of_delivery(delivery: Delivery) -> int:
    """A movement of the delivery, by which all of it is undone. Raises NothingThere."""
    first = ledger.movements_with_key(delivery.key).values_list("pk", flat=True).first()
    if first is None:
        raise NothingThere(_("There is no such booking."))
    return first


def refusal(changes: Sequence[Change]) -> str:
    """Why these changes cannot be made, or nothing."""
    short = [change for change in changes if change.is_short]
    if not short:
        return ""
    return _("%(lot)s holds only %(held)s now: undo first what used the rest.") % {
        "lot": short[0].lot,
        "held": f"{short[0].before.normalize():f} {short[0].lot.item.get_unit_display()}",
    }


def undo(movement_id: int, *, by: User, at: datetime) -> None:
    """Reverse the movement and all booked together with it; the same once more changes nothing.

    Raises NotUndoable, InsufficientStock when what came in has been used already.
    """
    with transaction.atomic():
        preview(movement_id)
        rows = ledger.batch_of(movement_id)
        ledger.reverse(rows, key=uuid5(rows[0].key, "undo"), by=by, at=at)
        if rows[0].source == "delivery":
            deliveries.take_back(rows[0].source_id, at=at)
        _tidy_up(
            [row.lot_id for row in rows], came_in=rows[0].kind in {MovementKind.RECEIPT, MovementKind.OPENING}, at=at
        )


def _tidy_up(lot_ids: list[int], *, came_in: bool, at: datetime) -> None:
    """Rolls that never came are out of sight; a roll that has something on it again is no longer empty."""
    if came_in:
        Lot.objects.filter(pk__in=lot_ids, on_hand=0).update(archived_at=at, location=None)
    refilled = Spool.objects.filter(lot__in=lot_ids, state=SpoolState.EMPTY, lot__on_hand__gt=0)
    refilled.update(state=SpoolState.OPEN)
