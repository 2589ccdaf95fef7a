"""Rolls in the dryer, and the log of when each was dry last."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from inventory.choices import SpoolState
from inventory.domain.holding import hold_roll
from inventory.models import Drying, Spool
from nozzly.accounts.models import User
from nozzly.core.bulk import update_rows
from nozzly.core.errors import DomainError

USUAL_HOURS = Decimal(6)
_SECONDS_AN_HOUR = 3600
_SHORTEST_H = Decimal("0.01")
_LONGEST_H = Decimal(500)


class NotToDry(DomainError):
    """It is empty, or in the dryer already, or not in it."""


def start_drying(spool: Spool, *, hours: Decimal, temperature_c: int | None, by: User | None, at: datetime) -> Drying:
    """Into the dryer for so many hours; a sealed roll is open from now on. Raises NotToDry, IsArchived."""
    with transaction.atomic():
        spool = _held(spool)
        if spool.state == SpoolState.DRYING:
            raise NotToDry(_("%(spool)s is in the dryer already.") % {"spool": spool})
        drying = Drying.objects.create(spool=spool, temperature_c=temperature_c, hours=hours, started_at=at, by=by)
        spool.state, spool.opened_at = SpoolState.DRYING, spool.opened_at or at
        spool.save(update_fields=["state", "opened_at"])
    return drying


def finish_drying(spool: Spool, *, at: datetime) -> Spool:
    """Out of the dryer; the log keeps how long it really was in there. Raises NotToDry."""
    with transaction.atomic():
        spool = _held(spool)
        if spool.state != SpoolState.DRYING:
            raise NotToDry(_("%(spool)s is not in the dryer.") % {"spool": spool})
        stop_drying([spool.pk], at=at)
        spool.state, spool.dried_at = SpoolState.OPEN, at
        spool.save(update_fields=["state", "dried_at"])
    return spool


def note_drying(spool: Spool, *, hours: Decimal, temperature_c: int | None, by: User | None, at: datetime) -> Drying:
    """It was dried already and comes out of the dryer now. Raises NotToDry."""
    with transaction.atomic():
        spool = _held(spool)
        if spool.state == SpoolState.DRYING:
            raise NotToDry(_("%(spool)s is in the dryer: take it out first.") % {"spool": spool})
        began = at - timedelta(hours=float(hours))
        drying = Drying.objects.create(
            spool=spool, temperature_c=temperature_c, hours=hours, started_at=began, ended_at=at, by=by
        )
        if spool.state == SpoolState.SEALED:
            spool.state, spool.opened_at = SpoolState.OPEN, began
        spool.dried_at = at
        spool.save(update_fields=["state", "opened_at", "dried_at"])
    return drying


def start_together(spool_ids: Iterable[int], *, by: User | None, at: datetime) -> None:
    """Rolls that go into the dryer as one: how long is not known yet, so the usual time is planned."""
    inside = set(Drying.objects.filter(spool__in=spool_ids, ended_at=None).values_list("spool", flat=True))
    Drying.objects.bulk_create(
        Drying(spool_id=pk, hours=USUAL_HOURS, started_at=at, by=by) for pk in spool_ids if pk not in inside
    )


def stop_drying(spool_ids: Iterable[int], *, at: datetime) -> None:
    """Whatever these rolls are in the dryer for ends here; the log keeps how long each really was in there."""
    ended = list(Drying.objects.filter(spool__in=spool_ids, ended_at=None).order_by("pk").select_for_update())
    for drying in ended:
        drying.ended_at = max(at, drying.started_at)
        drying.hours = _hours(drying.ended_at - drying.started_at)
    update_rows(ended, ["ended_at", "hours"])


def _held(spool: Spool) -> Spool:
    held = hold_roll(spool)
    if held.state not in SpoolState.in_use():
        raise NotToDry(_("%(spool)s is %(state)s.") % {"spool": held, "state": held.get_state_display().lower()})
    return held


def _hours(spent: timedelta) -> Decimal:
    hours = Decimal(int(spent.total_seconds())) / _SECONDS_AN_HOUR
    return min(max(hours.quantize(_SHORTEST_H), _SHORTEST_H), _LONGEST_H)
