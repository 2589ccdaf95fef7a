"""The order of what waits: on a printer's queue a run goes one place up or down, or behind another one."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from production.choices import RunState
from production.models import Printer, Run

_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class NotInTheQueue(DomainError):
    """It prints already, is over, or was put somewhere else meanwhile."""


def move_earlier(run: Run) -> Run:
    """One place up in its own queue; the first one stays where it is. Raises NotInTheQueue."""
    return _arrange(run, None, lambda _queue, place: max(place - 1, 0), stays=True)


def move_later(run: Run) -> Run:
    """One place down in its own queue; the last one stays where it is. Raises NotInTheQueue."""
    return _arrange(run, None, lambda _queue, place: place + 1, stays=True)


def move_behind(run: Run, other: Run | None, *, printer: Printer | None) -> Run:
    """Into the printer's queue (None: that of runs without one), behind the other run or, without one, to its head.

    Raises NotInTheQueue.
    """

    def place_behind(queue: Sequence[Run], _place: int) -> int:
        if other is None:
            return 0
        places = {each.pk: place for place, each in enumerate(queue)}
        if other.pk not in places:
            raise NotInTheQueue(_("The queue has changed meanwhile; look again."))
        return places[other.pk] + 1

    return _arrange(run, printer, place_behind)


def last_place(printer: Printer | None) -> int:
    """Where a new run goes: behind all that somebody has put in order."""
    waiting = Run.objects.planned().filter(printer=printer)
    return waiting.aggregate(last=Max("queue_position"))["last"] or 0


def _arrange(
    run: Run, printer: Printer | None, choose: Callable[[Sequence[Run], int], int], *, stays: bool = False
) -> Run:
    """Number the whole queue anew, with the run where ``choose`` says; ``stays`` on the printer that it has."""
    with transaction.atomic():
        printer_id = Run.objects.values_list("printer", flat=True).get(pk=run.pk) if stays else printer and printer.pk
        queued = (
            Q(state=RunState.PLANNED, printer=printer_id) if printer_id else Q(state=RunState.PLANNED, printer=None)
        )
        rows = Run.objects.filter(queued | Q(pk=run.pk)).select_for_update(no_key=True).order_by("pk")
        locked = {each.pk: each for each in rows}
        run = locked.pop(run.pk)
        if run.state != RunState.PLANNED:
            state = run.get_state_display().lower()
            raise NotInTheQueue(_("%(run)s is already %(state)s.") % {"run": run, "state": state})
        if stays and run.printer_id != printer_id:
            raise NotInTheQueue(_("The queue has changed meanwhile; look again."))
        queue = sorted(locked.values(), key=_order)
        place = sum(1 for each in queue if _order(each) < _order(run))
        queue.insert(choose(queue, place), run)
        run.printer_id = printer_id
        for number, each in enumerate(queue, start=1):
            each.queue_position = number
        Run.objects.bulk_update(queue, ["queue_position", "printer"])
    return run


def _order(run: Run) -> tuple:
    """As RunQuerySet.in_queue_order has it: runs without a time behind those with one."""
    return (run.queue_position, run.planned_for is None, run.planned_for or _NO_TIME, run.pk)
