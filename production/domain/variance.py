"""Estimate and reality: of runs, products and printers, and what it really takes on each printer in each material."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Avg, Count, F, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth

from production.choices import RunState
from production.domain import advice, samples
from production.domain.samples import Sample
from production.domain.statistics import Estimate, estimate
from production.models import Printer, Run, RunMaterial, RunOutput

_ZERO = Decimal(0)
_FAILED = Q(state=RunState.FAILED)


@dataclass(frozen=True)
class Compared:
    """Two sums and how far the second is off the first, in percent."""

    estimated: Decimal
    actual: Decimal

    @property
    def off_pct(self) -> Decimal | None:
        return (self.actual - self.estimated) * 100 / self.estimated if self.estimated else None


@dataclass(frozen=True)
class Totals:
    runs: int
    failed: int
    grams: Compared
    purge_g: Compared
    time_s: Compared
    minutes: Compared
    cost: Compared
    loss_cost: Decimal
    good: int
    printed: int

    @property
    def failed_pct(self) -> Decimal | None:
        return Decimal(self.failed * 100) / self.runs if self.runs else None

    @property
    def yield_pct(self) -> Decimal | None:
        return Decimal(self.good * 100) / self.printed if self.printed else None


@dataclass(frozen=True)
class Takes:
    """How a printer does in a material: “PETG on P1S-2 takes +6.3 % ± 1.1, 41 runs”."""

    printer_id: int
    printer: str
    material: str
    off_pct: Estimate


def totals(start: datetime, end: datetime) -> Totals:
    """Everything that ended in [start, end); grams and cost against the estimate of good runs only."""
    runs = Run.objects.finished_between(start, end)
    done = Q(state=RunState.DONE)
    sums = runs.aggregate(
        runs=Count("pk"),
        failed=Count("pk", filter=_FAILED),
        time_est=Coalesce(Sum("print_time_s", filter=done), 0),
        time=Coalesce(Sum(Coalesce("actual_time_s", "print_time_s"), filter=done), 0),
        minutes_est=Coalesce(Sum("estimated_minutes", filter=done), _ZERO),
        minutes=Coalesce(Sum("hands_on_minutes", filter=done), _ZERO),
        cost_est=Coalesce(Sum("estimated_cost", filter=done), _ZERO),
        cost=Coalesce(Sum("actual_cost", filter=done), _ZERO),
        loss=Coalesce(Sum("loss_cost"), _ZERO),
    )
    lines = RunMaterial.objects.filter(run__in=runs.done()).aggregate(
        estimated=Coalesce(Sum(F("estimated_g") + F("estimated_purge_g")), _ZERO),
        actual=Coalesce(Sum(F("actual_g") + F("actual_purge_g")), _ZERO),
        purge_est=Coalesce(Sum("estimated_purge_g"), _ZERO),
        purge=Coalesce(Sum("actual_purge_g"), _ZERO),
    )
    pieces = RunOutput.objects.filter(run__in=runs).aggregate(
        good_pieces=Coalesce(Sum("good"), 0), printed=Coalesce(Sum(F("good") + F("b_grade") + F("scrapped")), 0)
    )
    return Totals(
        runs=sums["runs"],
        failed=sums["failed"],
        grams=Compared(lines["estimated"], lines["actual"]),
        purge_g=Compared(lines["purge_est"], lines["purge"]),
        time_s=Compared(Decimal(sums["time_est"]), Decimal(sums["time"])),
        minutes=Compared(sums["minutes_est"], sums["minutes"]),
        cost=Compared(sums["cost_est"], sums["cost"]),
        loss_cost=sums["loss"],
        good=pieces["good_pieces"],
        printed=pieces["printed"],
    )


def by_reason(start: datetime, end: datetime) -> list[dict]:
    """Failed runs by reason, the commonest first: name, runs, loss, and the share of all failures up to here."""
    rows = (
        Run.objects.finished_between(start, end)
        .failed()
        .values("failure_reason__name")
        .annotate(runs=Count("pk"), loss=Coalesce(Sum("loss_cost"), _ZERO))
        .order_by("-runs", "failure_reason__name")
    )
    found = [{"name": row["failure_reason__name"] or "–", "runs": row["runs"], "loss": row["loss"]} for row in rows]
    total, so_far = sum(row["runs"] for row in found), 0
    for row in found:
        so_far += row["runs"]
        row["up_to_here_pct"] = Decimal(so_far * 100) / total
    return found


def by_month(start: datetime, end: datetime) -> list[dict]:
    """Months in order: good and lost pieces."""
    return list(
        RunOutput.objects.filter(run__in=Run.objects.finished_between(start, end))
        .annotate(month=TruncMonth("run__finished_at"))
        .values("month")
        .annotate(good_pieces=Sum("good"), lost_pieces=Sum(F("b_grade") + F("scrapped")))
        .order_by("month")
    )


def by_product(start: datetime, end: datetime, *, most: int = 25) -> list[dict]:
    """Products by what they lost, then by how much they printed: pieces, cost against estimate."""
    return list(
        RunOutput.objects.filter(run__in=Run.objects.finished_between(start, end))
        .values("variant__product_id", "variant__product__title")
        .annotate(
            runs=Count("run", distinct=True),
            failed=Count("run", distinct=True, filter=Q(run__state=RunState.FAILED)),
            good_pieces=Sum("good"),
            b_pieces=Sum("b_grade"),
            lost_pieces=Sum("scrapped"),
            stars=Avg("run__stars"),
            estimated=Coalesce(Sum("estimated_total", filter=Q(run__state=RunState.DONE)), _ZERO),
            actual=Coalesce(Sum("full_total", filter=Q(run__state=RunState.DONE)), _ZERO),
        )
        .order_by("-lost_pieces", "-runs", "variant__product__title")[:most]
    )


def by_material(start: datetime, end: datetime) -> list[dict]:
    """Materials of good runs, the most used first: grams and purge against the estimate, and what they cost."""
    rows = (
        RunMaterial.objects.filter(run__in=Run.objects.finished_between(start, end).done(), lot__isnull=False)
        .values("lot__item__filament__material__name")
        .annotate(
            runs=Count("run", distinct=True),
            grams_est=Coalesce(Sum(F("estimated_g") + F("estimated_purge_g")), _ZERO),
            grams=Coalesce(Sum(F("actual_g") + F("actual_purge_g")), _ZERO),
            purge_est=Coalesce(Sum("estimated_purge_g"), _ZERO),
            purge=Coalesce(Sum("actual_purge_g"), _ZERO),
            spent=Coalesce(Sum("full_cost"), _ZERO),
        )
        .order_by("-grams", "lot__item__filament__material__name")
    )
    return [
        {
            "material": row["lot__item__filament__material__name"] or "–",
            "runs": row["runs"],
            "grams": Compared(row["grams_est"], row["grams"]),
            "purge_g": Compared(row["purge_est"], row["purge"]),
            "spent": row["spent"],
        }
        for row in rows
    ]


def by_printer(start: datetime, end: datetime) -> list[dict]:
    """Active printers: runs, failures, stars, all against the estimate, hours on the bed and their share."""
    window_s = Decimal(max(int((end - start).total_seconds()), 1))
    good = Q(runs__state=RunState.DONE)
    inside = Q(runs__state__in=RunState.closed(), runs__finished_at__gte=start, runs__finished_at__lt=end)
    printers = (
        Printer.objects.active()
        .annotate(
            closed=Count("runs", filter=inside),
            failed=Count("runs", filter=inside & Q(runs__state=RunState.FAILED)),
            stars=Avg("runs__stars", filter=inside),
            busy_s=Coalesce(Sum(Coalesce("runs__actual_time_s", "runs__print_time_s"), filter=inside), 0),
            sliced_s=Coalesce(Sum("runs__print_time_s", filter=inside & good), 0),
            good_s=Coalesce(Sum(Coalesce("runs__actual_time_s", "runs__print_time_s"), filter=inside & good), 0),
            minutes_est=Coalesce(Sum("runs__estimated_minutes", filter=inside & good), _ZERO),
            minutes=Coalesce(Sum("runs__hands_on_minutes", filter=inside & good), _ZERO),
            cost_est=Coalesce(Sum("runs__estimated_cost", filter=inside & good), _ZERO),
            cost=Coalesce(Sum("runs__actual_cost", filter=inside & good), _ZERO),
        )
        .by_name()
    )
    grams, none = _grams_by_printer(start, end), (Compared(_ZERO, _ZERO),) * 2
    return [
        {
            "printer": printer,
            "runs": printer.closed,
            "failed_pct": Decimal(printer.failed * 100) / printer.closed if printer.closed else None,
            "stars": printer.stars,
            "grams": grams.get(printer.pk, none)[0],
            "purge_g": grams.get(printer.pk, none)[1],
            "minutes": Compared(printer.minutes_est, printer.minutes),
            "cost": Compared(printer.cost_est, printer.cost),
            "time_s": Compared(Decimal(printer.sliced_s), Decimal(printer.good_s)),
            "busy_s": printer.busy_s,
            "used_pct": min(Decimal(printer.busy_s) * 100 / window_s, Decimal(100)),
        }
        for printer in printers
    ]


def _grams_by_printer(start: datetime, end: datetime) -> dict[int, tuple[Compared, Compared]]:
    """Grams with purge, and purge alone."""
    rows = (
        RunMaterial.objects.filter(run__in=Run.objects.finished_between(start, end).done())
        .values_list("run__printer")
        .annotate(
            estimated=Coalesce(Sum(F("estimated_g") + F("estimated_purge_g")), _ZERO),
            actual=Coalesce(Sum(F("actual_g") + F("actual_purge_g")), _ZERO),
            purge_est=Coalesce(Sum("estimated_purge_g"), _ZERO),
            purge=Coalesce(Sum("actual_purge_g"), _ZERO),
        )
    )
    return {printer: (Compared(*sums[:2]), Compared(*sums[2:])) for printer, *sums in rows}


def by_batch(start: datetime, end: datetime, *, most: int = 15) -> list[dict]:
    """Maker's batches of filament with failed runs, the worst first."""
    return list(
        RunMaterial.objects.filter(run__in=Run.objects.finished_between(start, end))
        .exclude(lot__batch="")
        .exclude(lot=None)
        .values("lot__batch", "lot__title")
        .annotate(
            runs=Count("run", distinct=True), failed=Count("run", distinct=True, filter=Q(run__state=RunState.FAILED))
        )
        .filter(failed__gt=0)
        .order_by("-failed", "lot__batch")[:most]
    )


def what_it_takes(
    start: datetime, *, threshold_pct: Decimal | None = None, measured: Iterable[Sample] | None = None
) -> list[Takes]:
    """Percent over the recipe for each printer and material, fitted on what recipe advice does not explain.

    A slot that the runs have surely put off counts with its corrected grams, so that accepting the advice and
    minding the printer never correct the same grams twice.
    """
    threshold_pct = advice.floor_settings().advice_pct if threshold_pct is None else threshold_pct
    measured = samples.since(start) if measured is None else measured
    measured = [sample for sample in measured if sample.printer_id and sample.material]
    corrected = {
        (each.recipe.pk, each.slot.name.casefold()): each.really.mean / each.slot.grams
        for each in advice.corrections(measured, threshold_pct=threshold_pct)
    }
    groups: dict[tuple[int, str, str], list[Decimal]] = {}
    for sample in measured:
        expected_g = _expected(sample, corrected)
        off_pct = (sample.actual_g - expected_g) * 100 / expected_g
        groups.setdefault((sample.printer_id, sample.printer, sample.material), []).append(off_pct)
    found = [Takes(*key, estimate(values)) for key, values in groups.items()]
    return sorted(found, key=lambda takes: (takes.printer, takes.material))


def _expected(sample: Sample, corrected: dict[tuple[int, str], Decimal]) -> Decimal:
    slot = sample.slot_name.casefold()
    return sum(
        (
            share.grams_each * share.pieces * corrected.get((share.recipe_id, slot), Decimal(1))
            for share in sample.shares.values()
        ),
        _ZERO,
    )


def alarm(run: Run, lines: Iterable[RunMaterial], *, threshold_pct: Decimal) -> list[tuple[str, Compared]]:
    """("filament" or "time", how much) of a good run that is off the estimate by more than the threshold."""
    if run.state != RunState.DONE:
        return []
    lines = list(lines)
    grams = Compared(
        sum((line.estimated_total_g for line in lines), _ZERO),
        sum((line.actual_total_g or _ZERO for line in lines), _ZERO),
    )
    time_s = Compared(Decimal(run.print_time_s), Decimal(run.time_s))
    return [
        (what, each)
        for what, each in (("filament", grams), ("time", time_s))
        if each.off_pct is not None and abs(each.off_pct) > threshold_pct
    ]
