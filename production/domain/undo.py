"""Take back a closed run: every movement gets its opposite, every cost line too, and the run is open again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from inventory.choices import MovementKind, Unit
from inventory.domain import ledger, reservations
from inventory.models import Lot
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from production.choices import CostStage, Method, RunEventKind, RunState
from production.domain.planning import SOURCE, reserve_material
from production.models import Run, RunCostLine, RunEvent, RunMaterial

_ZERO = Decimal(0)


class NotClosed(DomainError):
    pass


class PiecesGone(DomainError):
    """Pieces of the run were shipped, used or moved on since."""


@dataclass(frozen=True)
class BackRow:
    """One thing that an undo gives back or takes away again."""

    lot: Lot
    kind: str
    quantity: Decimal
    bought_value: Decimal
    full_value: Decimal

    @property
    def kind_label(self) -> str:
        return str(MovementKind(self.kind).label)

    @property
    def is_weighed(self) -> bool:
        return self.lot.item.unit == Unit.GRAM


@dataclass(frozen=True)
class UndoPreview:
    rows: tuple[BackRow, ...]
    gone: tuple[str, ...]
    full_cost: Decimal
    bought_cost: Decimal

    @property
    def is_possible(self) -> bool:
        return not self.gone


def preview(run: Run) -> UndoPreview:
    """What undoing would book, and what stands against it; changes nothing."""
    rows = _standing(run)
    return UndoPreview(
        rows=tuple(
            BackRow(row.lot, row.kind, -row.quantity, -row.bought_value, -row.full_value) for row in reversed(rows)
        ),
        gone=tuple(_gone(run)),
        full_cost=run.actual_cost or _ZERO,
        bought_cost=run.bought_cost or _ZERO,
    )


def undo_run(run: Run, *, key: UUID, by: User, at: datetime) -> Run:
    """Reverse all that closing the run booked and open it again; nothing is deleted. The same ``key`` again is no news.

    Raises NotClosed, PiecesGone.
    """
    with transaction.atomic():
        run = Run.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if RunEvent.objects.filter(key=key, run=run).exists():
            return run
        if not run.is_closed:
            raise NotClosed(_("%(run)s is not closed, so there is nothing to undo.") % {"run": run})
        rows = _standing(run)
        # Locked before looking, so that nothing ships between the look and the booking.
        list(Lot.objects.filter(pk__in={row.lot_id for row in rows}).order_by("pk").select_for_update(no_key=True))
        gone = _gone(run)
        if gone:
            raise PiecesGone(" ".join(gone))
        _forget_for_whom(run)
        ledger.reverse(rows, key=key, by=by, at=at, note=_("%(run)s undone") % {"run": run.number})
        _reverse_costs(run, at=at)
        _reopen(run, at=at)
        RunEvent.objects.create(run=run, kind=RunEventKind.UNDONE, key=key, occurred_at=at, recorded_at=at, by=by)
    return run


def _standing(run: Run) -> list:
    """Movements of the run that nothing has reversed yet, in the order they were booked."""
    rows = ledger.movements_from(SOURCE, run.pk).not_reversed().exclude(kind=MovementKind.REVERSAL)
    return list(rows)


def _gone(run: Run) -> list[str]:
    """A sentence for every output of which pieces have left their lot."""
    sentences = []
    for output in run.outputs.select_related("variant__item", "lot", "b_grade_lot").order_by("position"):
        for lot, made in ((output.lot, output.good), (output.b_grade_lot, output.b_grade)):
            if lot is not None and lot.on_hand < made:
                missing = f"{(made - lot.on_hand).normalize():f}"
                sentences.append(
                    _("%(count)s of %(made)s %(product)s have already left lot %(lot)s.")
                    % {"count": missing, "made": made, "product": output.variant.item.name, "lot": lot.code}
                )
    return sentences


def _forget_for_whom(run: Run) -> None:
    """Pieces that go back to the bed are waited for again by whom they were made for."""
    for output in run.outputs.exclude(source="").select_related("lot", "b_grade_lot"):
        lots = [lot for lot in (output.lot, output.b_grade_lot) if lot is not None]
        reservations.unpin(lots, source=output.source, source_id=output.source_id)


def _reverse_costs(run: Run, *, at: datetime) -> None:
    standing = _net(RunCostLine.objects.standing().filter(run=run).order_by("pk"))
    RunCostLine.objects.bulk_create(
        RunCostLine(
            run=run,
            output_id=line.output_id,
            stage=CostStage.REVERSAL,
            code=line.code,
            label=line.label,
            amount=-line.amount,
            in_bought=line.in_bought,
            is_loss=line.is_loss,
            formula=line.formula,
            origin=line.origin,
            recorded_at=at,
        )
        for line in standing
    )


def _net(lines: Sequence[RunCostLine]) -> list[RunCostLine]:
    """Actual lines since the last reversal: earlier ones cancel out already."""
    latest: list[RunCostLine] = []
    for line in lines:
        if line.stage == CostStage.REVERSAL:
            latest = []
        else:
            latest.append(line)
    return latest


def _reopen(run: Run, *, at: datetime) -> None:
    materials = list(run.materials.order_by("position"))
    for line in materials:
        line.actual_g = line.actual_purge_g = line.bought_cost = line.full_cost = None
        line.scale_before_g = line.scale_after_g = None
        line.method = Method.SLICED
    RunMaterial.objects.bulk_update(
        materials,
        ["actual_g", "actual_purge_g", "bought_cost", "full_cost", "scale_before_g", "scale_after_g", "method"],
    )
    # A roll swapped mid-print was part of the report, not of the plan.
    run.materials.filter(estimated_g=0, estimated_purge_g=0, position__gt=_last_planned(materials)).delete()
    run.outputs.update(
        good=0, b_grade=0, scrapped=0, lot=None, b_grade_lot=None,
        bought_cost=None, full_cost=None, bought_total=None, full_total=None,
    )  # fmt: skip
    run.state = RunState.PRINTING if run.events.filter(kind=RunEventKind.STARTED).exists() else RunState.PLANNED
    run.finished_at = run.actual_time_s = run.hands_on_minutes = run.energy_kwh = run.completion_key = None
    run.failure_reason = run.failed_pct = run.stars = None
    run.actual_cost = run.bought_cost = run.loss_cost = run.loss_bought_cost = None
    if run.state == RunState.PLANNED:
        run.started_at = None
    run.undone_at = at
    run.save()
    reserve_material(run, [line for line in materials if line.estimated_total_g])


def _last_planned(materials: Sequence[RunMaterial]) -> int:
    return max((line.position for line in materials if line.estimated_total_g), default=-1)
