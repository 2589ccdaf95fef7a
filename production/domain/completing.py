"""Close a run: what it used leaves the spools, what is good comes in at what it really cost.

One transaction under the run's lock. What happened is never refused: a roll that gave more than it held is topped up
and flagged by the ledger, a colour nobody had a roll of is booked on an empty one.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from inventory.domain import ledger, reservations
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from production.choices import RunEventKind, RunState
from production.domain import actuals, outcomes, planning, reports, spools
from production.domain.planning import SOURCE
from production.domain.reports import AS_SLICED, FailureReport, RunReport, WrongReport
from production.models import Run, RunEvent, RunMaterial, RunOutput, RunShare

_ALL = Decimal(100)
_KEY_CONSTRAINT = "production_runevent_key"


class RunAlreadyClosed(DomainError):
    pass


class KeyUsedBefore(DomainError):
    """The form belongs to another run, or to what was undone since."""


@dataclass
class Closing:
    """A locked run with its lines, on the way from open to closed."""

    run: Run
    materials: list[RunMaterial]
    outputs: list[RunOutput]
    share_pct: Decimal = _ALL
    is_timed: bool = False  # when it began or ended is known, not only that it is done by now

    @property
    def is_failure(self) -> bool:
        return self.run.state == RunState.FAILED


def complete_run(run: Run, *, report: RunReport = AS_SLICED, key: UUID, by: User, at: datetime) -> Run:
    """Close a run: book what it used, bring in its good pieces at actual cost.

    ``report`` tells grams per roll and pieces per product; nothing told means all good, as sliced. The same ``key``
    again changes nothing. ``report.finished_at`` backdates.

    Raises RunAlreadyClosed, WrongReport, NoRollKnown, KeyUsedBefore.
    """
    with _each_key_once():
        closing = _open(run, key)
        if closing is None:
            return Run.objects.get(pk=run.pk)
        reports.count_pieces(closing.outputs, report.pieces)
        closing.run.state = RunState.DONE
        return _close(closing, report, key=key, by=by, at=at)


def fail_run(run: Run, *, report: FailureReport, reprint: bool = False, key: UUID, by: User, at: datetime) -> Run:
    """Close a run that gave nothing: it uses its percentage of the estimate, or what was weighed, and is run loss.

    ``reprint`` plans it once more in the same breath. The same ``key`` again changes nothing. Raises RunAlreadyClosed, WrongReport, NoRollKnown, KeyUsedBefore.
    """
    if not 0 <= report.failed_pct <= _ALL:
        raise WrongReport(_("It failed somewhere between 0 % and 100 %."))
    with _each_key_once():
        closing = _open(run, key)
        if closing is None:
            return Run.objects.get(pk=run.pk)
        for output in closing.outputs:
            output.good, output.b_grade, output.scrapped = 0, 0, output.planned
        closing.share_pct = report.failed_pct
        closing.run.state = RunState.FAILED
        closing.run.failed_pct, closing.run.failure_reason = report.failed_pct, report.reason
        failed = _close(closing, report.details, key=key, by=by, at=at)
        if reprint:
            planning.reprint(failed, key=uuid5(key, "reprint"), by=by, at=at)
        return failed


def _open(run: Run, key: UUID) -> Closing | None:
    """Lock the run and load what hangs on it; None when this very request was dealt with before."""
    locked = (
        Run.objects.select_for_update(of=("self",))
        .select_related("printer__model", "slice_file__printer_model")
        .get(pk=run.pk)
    )
    if locked.completion_key == key:
        return None
    if not locked.is_open:
        raise RunAlreadyClosed(
            _("%(run)s is already %(state)s.") % {"run": locked, "state": locked.get_state_display().lower()}
        )
    return Closing(locked, list(locked.materials.for_closing()), list(locked.outputs.for_closing()))


@contextmanager
def _each_key_once() -> Iterator[None]:
    """A key that closed another run, or this one before an undo, books nothing: the diary's own constraint says so."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if _KEY_CONSTRAINT in str(error):
            raise KeyUsedBefore(_("This form has been used already; open the run again.")) from None
        raise


def _close(closing: Closing, report: RunReport, *, key: UUID, by: User, at: datetime) -> Run:
    run = closing.run
    _tell_times(closing, report, at=at)
    kind = RunEventKind.FAILED if closing.is_failure else RunEventKind.COMPLETED
    RunEvent.objects.create(run=run, kind=kind, key=key, occurred_at=run.finished_at, recorded_at=at, by=by)
    run.operator = run.operator or by
    run.stars, run.note = report.stars, report.note or run.note
    run.settings_note = report.settings_note or run.settings_note
    run.energy_kwh = report.energy_kwh
    run.completion_key = key
    _tell_materials(closing, report, at=at)
    taken = outcomes.take(closing.run, closing.materials, closing.outputs)
    taken.value(ledger.values_of(taken.entries))
    costed = actuals.cost_run(run, closing.materials, closing.outputs, taken, is_timed=closing.is_timed)
    brought = outcomes.bring_in(run, closing.outputs, costed)
    ledger.post(
        [*taken.entries, *brought],
        source=SOURCE,
        source_id=run.pk,
        source_text=run.number,
        key=key,
        by=by,
        at=run.finished_at,
        recorded_at=at,
    )
    for output in closing.outputs:
        outcomes.keep_for_whom_it_is(output)
    outcomes.store(run, closing.materials, closing.outputs, costed, at=at)
    reservations.release(SOURCE, run.pk)
    return run


def _tell_times(closing: Closing, report: RunReport, *, at: datetime) -> None:
    run = closing.run
    finished_at = report.finished_at or at
    if finished_at > at:
        raise WrongReport(_("A run cannot have ended in the future."))
    share = closing.share_pct if closing.is_failure else _ALL
    run.actual_time_s = int(run.print_time_s * share / 100) if report.time_s is None else report.time_s
    planned_minutes = None if closing.is_failure else run.estimated_minutes
    run.hands_on_minutes = report.minutes if report.minutes is not None else planned_minutes or Decimal(0)
    started_at = report.started_at or run.started_at
    closing.is_timed = bool(started_at or report.finished_at)
    if started_at is None or started_at > finished_at:
        started_at = finished_at - timedelta(seconds=run.actual_time_s)
    run.started_at, run.finished_at = started_at, finished_at


def _tell_materials(closing: Closing, report: RunReport, *, at: datetime) -> None:
    """Write actual grams, add lines for swapped rolls, and find a roll for every line that used something."""
    swapped = reports.apply_uses(closing.materials, report.spools, share_pct=closing.share_pct)
    if swapped:
        added = RunMaterial.objects.bulk_create([line for line, _beside in swapped])
        RunShare.objects.bulk_create(
            RunShare(material=line, output_id=share.output_id, grams_each=share.grams_each)
            for line, beside in swapped
            for share in beside.shares.all()
        )
        prefetch_related_objects(added, "shares")
        closing.materials += added
    used = [line for line in closing.materials if line.actual_total_g]
    spools.attach(used)
    spools.resolve(used, closing.run.printer)
    spools.find_or_make(used, at=at)
    spools.open_sealed(used, at=closing.run.started_at)


def finish_many(
    runs: Sequence[tuple[Run, datetime, UUID]], *, by: User, at: datetime
) -> tuple[list[Run], list[tuple[Run, str]]]:
    """The morning round: several runs all good as sliced, each with its own end. One that is refused stops no other.

    Answers the runs that are done and those that are not, with the reason.
    """
    done, refused = [], []
    for run, finished_at, key in runs:
        try:
            done.append(complete_run(run, report=reports.finished_at(AS_SLICED, finished_at), key=key, by=by, at=at))
        except DomainError as error:
            refused.append((run, str(error)))
    return done, refused
