"""What the person at the printer says about a run that has ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from production.choices import Method
from production.models import FailureReason, RunMaterial

_ZERO = Decimal(0)
_MILLIGRAM = Decimal("0.001")


class WrongReport(DomainError):
    """The numbers cannot be right, whatever happened."""


@dataclass(frozen=True)
class SpoolUse:
    """What one roll gave to one material line. A second one for the same line is a roll swapped mid-print.

    ``grams`` stay in the part, ``purge_g`` do not; by scale both come out of before − after.
    """

    material_id: int
    lot_id: int | None = None
    method: Method = Method.SLICED
    grams: Decimal | None = None
    purge_g: Decimal | None = None
    before_g: Decimal | None = None
    after_g: Decimal | None = None


@dataclass(frozen=True)
class PieceCount:
    output_id: int
    good: int
    b_grade: int = 0
    scrapped: int = 0


@dataclass(frozen=True)
class RunReport:
    """Nothing said means: all good, as sliced."""

    spools: tuple[SpoolUse, ...] = ()
    pieces: tuple[PieceCount, ...] = ()
    stars: int | None = None
    note: str = ""
    settings_note: str = ""
    minutes: Decimal | None = None
    time_s: int | None = None
    energy_kwh: Decimal | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True)
class FailureReport:
    """``failed_pct`` of the bed was done; spools that were weighed say better what was used."""

    failed_pct: Decimal = Decimal(100)
    reason: FailureReason | None = None
    details: RunReport = field(default_factory=RunReport)


AS_SLICED = RunReport()


def apply_uses(
    materials: Sequence[RunMaterial], uses: Iterable[SpoolUse], *, share_pct: Decimal = Decimal(100)
) -> list[tuple[RunMaterial, RunMaterial]]:
    """Write actual grams onto the lines; ``share_pct`` of the estimate where nothing was measured.

    A roll that was swapped leaves to the first one, where nobody measured that, the rest of the estimate. Answers the
    lines to add for swapped rolls, each with the line it stands beside. Raises WrongReport.
    """
    by_line: dict[int, list[SpoolUse]] = {}
    for use in uses:
        by_line.setdefault(use.material_id, []).append(use)
    unknown = set(by_line) - {line.pk for line in materials}
    if unknown:
        raise WrongReport(_("A spool was named for a colour that is not on this bed."))
    swapped = []
    for line in materials:
        first, *more = by_line.get(line.pk) or [SpoolUse(line.pk)]
        _apply(line, first, share_pct)
        seconds = [_second_line(line, use, share_pct) for use in more]
        if first.method == Method.SLICED:
            _leave_rest(line, seconds)
        swapped += [(second, line) for second in seconds]
    for position, (line, _beside) in enumerate(
        swapped, start=1 + max((each.position for each in materials), default=0)
    ):
        line.position = position
    return swapped


def _second_line(line: RunMaterial, use: SpoolUse, share_pct: Decimal) -> RunMaterial:
    if use.method == Method.SLICED:
        raise WrongReport(_("A second roll of one colour needs its own grams: typed or weighed."))
    second = RunMaterial(
        run_id=line.run_id, slot_name=line.slot_name, filament_id=line.filament_id, group_id=line.group_id
    )
    _apply(second, use, share_pct)
    return second


def _leave_rest(line: RunMaterial, seconds: Sequence[RunMaterial]) -> None:
    line.actual_g = max(line.actual_g - sum((each.actual_g for each in seconds), _ZERO), _ZERO)
    line.actual_purge_g = max(line.actual_purge_g - sum((each.actual_purge_g for each in seconds), _ZERO), _ZERO)


def _apply(line: RunMaterial, use: SpoolUse, share_pct: Decimal) -> None:
    line.method = use.method
    if use.lot_id:
        line.lot_id = use.lot_id
    purge_g = _share(line.estimated_purge_g, share_pct) if use.purge_g is None else use.purge_g
    if use.method == Method.SLICED:
        grams = _share(line.estimated_g, share_pct)
    elif use.method == Method.SCALE:
        total = _weighed(use)
        purge_g = min(purge_g, total)
        grams = total - purge_g
        line.scale_before_g, line.scale_after_g = use.before_g, use.after_g
    else:
        grams = use.grams
    if grams is None or grams < 0 or purge_g < 0:
        raise WrongReport(_("Say how many grams were used; 0 or more."))
    line.actual_g, line.actual_purge_g = grams, purge_g


def _weighed(use: SpoolUse) -> Decimal:
    if use.before_g is None or use.after_g is None:
        raise WrongReport(_("The scale needs two numbers: before and after the print."))
    if not 0 <= use.after_g <= use.before_g:
        raise WrongReport(_("The roll cannot weigh more after the print than before it."))
    return use.before_g - use.after_g


def _share(grams: Decimal, share_pct: Decimal) -> Decimal:
    return (grams * share_pct / 100).quantize(_MILLIGRAM)


def count_pieces(outputs: Sequence, pieces: Iterable[PieceCount]) -> None:
    """Write good, b-grade and scrapped onto the outputs; nothing said about one means all good. Raises WrongReport."""
    told = {count.output_id: count for count in pieces}
    if set(told) - {output.pk for output in outputs}:
        raise WrongReport(_("A product was counted that is not on this bed."))
    for output in outputs:
        count = told.get(output.pk) or PieceCount(output.pk, good=output.planned)
        if min(count.good, count.b_grade, count.scrapped) < 0:
            raise WrongReport(_("Pieces cannot be fewer than none."))
        output.good, output.b_grade, output.scrapped = count.good, count.b_grade, count.scrapped


def finished_at(report: RunReport, when: datetime) -> RunReport:
    """The same report, backdated: for the morning round."""
    return replace(report, finished_at=when)
