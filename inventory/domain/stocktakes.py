"""Counting what is there. A count may wait for days; what moves meanwhile is neither lost nor counted twice."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from inventory.choices import MovementKind, StocktakeState
from inventory.domain import ledger
from inventory.domain.ledger import Entry
from inventory.models import Location, Lot, Stocktake, StocktakeLine
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError


class StocktakeClosed(DomainError):
    pass


class NothingCounted(DomainError):
    pass


def start_stocktake(*, name: str, locations: Sequence[Location], by: User, at: datetime) -> Stocktake:
    """Begin to count in these places and all that is in them; without any, everywhere."""
    with transaction.atomic():
        stocktake = Stocktake.objects.create(name=name, started_at=at, started_by=by, key=uuid4())
        stocktake.locations.set(locations)
    return stocktake


def count_lot(stocktake: Stocktake, lot: Lot, *, counted: Decimal, by: User, at: datetime) -> StocktakeLine:
    """Note what is there. Counting a lot again replaces the first count. Raises StocktakeClosed."""
    with transaction.atomic():
        _open(stocktake)
        expected = Lot.objects.values_list("on_hand", flat=True).get(pk=lot.pk)
        line, _new = StocktakeLine.objects.update_or_create(
            stocktake=stocktake,
            lot=lot,
            defaults={"counted": counted, "expected": expected, "counted_at": at, "counted_by": by},
        )
    return line


def approve(stocktake: Stocktake, *, by: User, at: datetime) -> Stocktake:
    """Book every difference; what was not counted, or came up short after its count, still waits to be counted.

    Raises StocktakeClosed, NothingCounted.
    """
    with transaction.atomic():
        stocktake = _open(stocktake)
        lines = list(stocktake.lines.order_by("lot"))
        if not lines:
            raise NothingCounted(_("Nothing has been counted yet."))
        counted = [line.lot_id for line in lines]
        # All of them at once and in order, those without a difference too: their flag is taken off below.
        list(Lot.objects.filter(pk__in=counted).order_by("pk").select_for_update(no_key=True).values_list("pk"))
        entries = [
            Entry(line.lot_id, MovementKind.ADJUSTMENT, line.difference, note=_("counted"))
            for line in lines
            if line.difference
        ]
        ledger.post(
            entries, source="stocktake", source_id=stocktake.pk, source_text=stocktake.name, key=stocktake.key, by=by,
            at=at,
        )  # fmt: skip
        short_again = ledger.short_since({line.lot_id: line.counted_at for line in lines})
        Lot.objects.filter(pk__in=set(counted) - short_again).update(needs_count=False)
        return _close(stocktake, StocktakeState.APPROVED, by=by, at=at)


def cancel(stocktake: Stocktake, *, by: User, at: datetime) -> Stocktake:
    """Drop the count; nothing is booked. Raises StocktakeClosed."""
    with transaction.atomic():
        return _close(_open(stocktake), StocktakeState.CANCELLED, by=by, at=at)


def _open(stocktake: Stocktake) -> Stocktake:
    held = Stocktake.objects.select_for_update().get(pk=stocktake.pk)
    if held.state != StocktakeState.COUNTING:
        raise StocktakeClosed(
            _("%(name)s is already %(state)s.") % {"name": held.name, "state": held.get_state_display().lower()}
        )
    return held


def _close(stocktake: Stocktake, state: str, *, by: User, at: datetime) -> Stocktake:
    stocktake.state, stocktake.closed_at, stocktake.closed_by = state, at, by
    stocktake.save(update_fields=["state", "closed_at", "closed_by"])
    return stocktake
