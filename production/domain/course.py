"""How estimate and reality went along time, and run by run: what the pictures of the variance pages draw."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth, TruncWeek

from production.choices import RunState
from production.domain.variance import Compared
from production.models import Run, RunMaterial, RunOutput

_ZERO = Decimal(0)
_BY_WEEK_UP_TO = timedelta(days=100)


@dataclass(frozen=True)
class Stretch:
    """A week or a month of runs. Grams, time, minutes and cost are of good runs; pieces and failures of all."""

    starts_on: date
    runs: int
    failed: int
    good: int
    printed: int
    grams: Compared
    purge_g: Compared
    time_s: Compared
    minutes: Compared
    cost: Compared

    @property
    def yield_pct(self) -> Decimal | None:
        return Decimal(self.good * 100) / self.printed if self.printed else None

    @property
    def failed_pct(self) -> Decimal | None:
        return Decimal(self.failed * 100) / self.runs if self.runs else None


@dataclass(frozen=True)
class RunOff:
    """One good run beside its estimate."""

    number: str
    grams: Compared
    purge_g: Compared
    minutes: Compared
    cost: Compared


def course(start: datetime, end: datetime) -> list[Stretch]:
    """Weeks of a short period, months of a long one, in order; three queries."""
    trunc = TruncWeek if end - start <= _BY_WEEK_UP_TO else TruncMonth
    runs = Run.objects.finished_between(start, end)
    sums, grams, pieces = _sums(runs, trunc), _grams(runs, trunc), _pieces(runs, trunc)
    none = {"estimated": _ZERO, "actual": _ZERO, "purge_est": _ZERO, "purge": _ZERO}
    no_pieces = {"good_pieces": 0, "printed": 0}
    return [
        Stretch(
            starts_on=at.date(),
            runs=row["runs"],
            failed=row["failed"],
            good=pieces.get(at, no_pieces)["good_pieces"],
            printed=pieces.get(at, no_pieces)["printed"],
            grams=Compared(grams.get(at, none)["estimated"], grams.get(at, none)["actual"]),
            purge_g=Compared(grams.get(at, none)["purge_est"], grams.get(at, none)["purge"]),
            time_s=Compared(Decimal(row["time_est"]), Decimal(row["time"])),
            minutes=Compared(row["minutes_est"], row["minutes"]),
            cost=Compared(row["cost_est"], row["cost"]),
        )
        for at, row in sorted(sums.items())
    ]


def latest_runs(start: datetime, end: datetime, *, most: int = 20) -> list[RunOff]:
    """The last good runs of the period, the oldest of them first."""
    rows = (
        Run.objects.finished_between(start, end)
        .done()
        .annotate(
            grams_est=Coalesce(Sum(F("materials__estimated_g") + F("materials__estimated_purge_g")), _ZERO),
            grams=Coalesce(Sum(F("materials__actual_g") + F("materials__actual_purge_g")), _ZERO),
            purge_est=Coalesce(Sum("materials__estimated_purge_g"), _ZERO),
            purge=Coalesce(Sum("materials__actual_purge_g"), _ZERO),
        )
        .order_by("-finished_at", "-pk")[:most]
    )
    return [
        RunOff(
            run.number,
            Compared(run.grams_est, run.grams),
            Compared(run.purge_est, run.purge),
            Compared(run.estimated_minutes, run.hands_on_minutes or _ZERO),
            Compared(run.estimated_cost or _ZERO, run.actual_cost or _ZERO),
        )
        for run in reversed(rows)
    ]


def _sums(runs, trunc: Callable) -> dict[datetime, dict]:
    done = Q(state=RunState.DONE)
    rows = (
        runs.annotate(at=trunc("finished_at"))
        .values("at")
        .annotate(
            runs=Count("pk"),
            failed=Count("pk", filter=Q(state=RunState.FAILED)),
            time_est=Coalesce(Sum("print_time_s", filter=done), 0),
            time=Coalesce(Sum(Coalesce("actual_time_s", "print_time_s"), filter=done), 0),
            minutes_est=Coalesce(Sum("estimated_minutes", filter=done), _ZERO),
            minutes=Coalesce(Sum("hands_on_minutes", filter=done), _ZERO),
            cost_est=Coalesce(Sum("estimated_cost", filter=done), _ZERO),
            cost=Coalesce(Sum("actual_cost", filter=done), _ZERO),
        )
        .order_by("at")
    )
    return {row["at"]: row for row in rows}


def _grams(runs, trunc: Callable) -> dict[datetime, dict]:
    rows = (
        RunMaterial.objects.filter(run__in=runs.done())
        .annotate(at=trunc("run__finished_at"))
        .values("at")
        .annotate(
            estimated=Coalesce(Sum(F("estimated_g") + F("estimated_purge_g")), _ZERO),
            actual=Coalesce(Sum(F("actual_g") + F("actual_purge_g")), _ZERO),
            purge_est=Coalesce(Sum("estimated_purge_g"), _ZERO),
            purge=Coalesce(Sum("actual_purge_g"), _ZERO),
        )
        .order_by("at")
    )
    return {row["at"]: row for row in rows}


def _pieces(runs, trunc: Callable) -> dict[datetime, dict]:
    rows = (
        RunOutput.objects.filter(run__in=runs)
        .annotate(at=trunc("run__finished_at"))
        .values("at")
        .annotate(
            good_pieces=Coalesce(Sum("good"), 0),
            printed=Coalesce(Sum(F("good") + F("b_grade") + F("scrapped")), 0),
        )
        .order_by("at")
    )
    return {row["at"]: row for row in rows}
