"""Everything a run can be told to do. Planning, closing and undoing stand in modules of their own."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from inventory.domain import reservations
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from production.choices import RunEventKind, RunState
from production.domain import spools
from production.domain.beds import NothingToPrint, NotInTheShop, Pieces
from production.domain.completing import KeyUsedBefore, RunAlreadyClosed, complete_run, fail_run, finish_many
from production.domain.planning import SOURCE, InsufficientStock, TooManyCopies, plan_run, reprint
from production.domain.queueing import NotInTheQueue, last_place, move_behind, move_earlier, move_later
from production.domain.rating import rate_run
from production.domain.repeating import repeat_exactly
from production.domain.reports import AS_SLICED, FailureReport, PieceCount, RunReport, SpoolUse, WrongReport
from production.domain.undo import undo_run
from production.models import Printer, Run, RunEvent, RunMaterial

__all__ = [
    "AS_SLICED",
    "SOURCE",
    "FailureReport",
    "InsufficientStock",
    "KeyUsedBefore",
    "NotInTheQueue",
    "NotInTheShop",
    "NothingToPrint",
    "PieceCount",
    "Pieces",
    "PrinterBusy",
    "RunAlreadyClosed",
    "RunReport",
    "SpoolUse",
    "TooManyCopies",
    "WrongReport",
    "cancel_run",
    "complete_run",
    "fail_run",
    "finish_many",
    "move_behind",
    "move_earlier",
    "move_later",
    "plan_run",
    "queue_run",
    "rate_run",
    "repeat_exactly",
    "reprint",
    "start_run",
    "undo_run",
]


class PrinterBusy(DomainError):
    pass


def start_run(
    run: Run,
    *,
    printer: Printer | None = None,
    rolls: Mapping[int, int] | None = None,
    by: User,
    at: datetime,
) -> Run:
    """The bed is printing. Every colour gets its roll: the one named in ``rolls`` (material → lot), the one loaded,
    else the oldest open one. Starting a run that prints already changes nothing.

    Raises RunAlreadyClosed, PrinterBusy, NoRollKnown.
    """
    with transaction.atomic():
        run = _lock(run)
        if run.state == RunState.PRINTING:
            return run
        _refuse_closed(run)
        run.printer = printer or run.printer
        _refuse_busy(run)
        lines = list(run.materials.order_by("position"))
        for line in lines:
            line.lot_id = (rolls or {}).get(line.pk) or line.lot_id
        spools.attach(lines)
        spools.resolve(lines, run.printer)
        RunMaterial.objects.bulk_update(lines, ["lot"])
        run.state, run.started_at, run.operator = RunState.PRINTING, at, by
        run.save(update_fields=["printer", "state", "started_at", "operator", "updated_at"])
        text = str(run.printer) if run.printer else ""
        RunEvent.objects.create(run=run, kind=RunEventKind.STARTED, text=text, occurred_at=at, recorded_at=at, by=by)
    return run


def cancel_run(run: Run, *, key: UUID | None = None, by: User, at: datetime) -> Run:
    """It will not be printed: what was reserved is free again. Cancelling twice changes nothing.

    Raises RunAlreadyClosed.
    """
    with transaction.atomic():
        run = _lock(run)
        if run.state == RunState.CANCELLED:
            return run
        _refuse_closed(run)
        run.state = RunState.CANCELLED
        run.save(update_fields=["state", "updated_at"])
        reservations.release(SOURCE, run.pk)
        RunEvent.objects.create(run=run, kind=RunEventKind.CANCELLED, key=key, occurred_at=at, recorded_at=at, by=by)
    return run


def queue_run(run: Run, *, printer: Printer | None, planned_for: datetime | None, queue_position: int | None) -> Run:
    """Put an open run on a printer's queue, at a time or a place; without a place behind all others.

    Raises RunAlreadyClosed.
    """
    with transaction.atomic():
        run = _lock(run)
        _refuse_closed(run)
        run.printer, run.planned_for = printer, planned_for
        run.queue_position = last_place(printer) if queue_position is None else queue_position
        run.save(update_fields=["printer", "planned_for", "queue_position", "updated_at"])
    return run


def _lock(run: Run) -> Run:
    return Run.objects.select_for_update(of=("self",)).select_related("printer").get(pk=run.pk)


def _refuse_closed(run: Run) -> None:
    if not run.is_open:
        raise RunAlreadyClosed(
            _("%(run)s is already %(state)s.") % {"run": run, "state": run.get_state_display().lower()}
        )


def _refuse_busy(run: Run) -> None:
    if run.printer_id is None:
        return
    Printer.objects.select_for_update(no_key=True).get(pk=run.printer_id)
    busy = Run.objects.printing().filter(printer=run.printer_id).first()
    if busy is not None:
        raise PrinterBusy(
            _("%(printer)s is still printing %(run)s: finish that first.") % {"printer": run.printer, "run": busy}
        )
