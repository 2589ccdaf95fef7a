"""Measured grams of finished runs: what variance, advice and “what it really takes” stand on.

Only what was weighed, typed or counted by a printer: “as sliced” repeats the estimate and teaches nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from production.choices import Method, RunState
from production.models import RunMaterial, RunShare

MOST_LINES = 5000
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Share:
    """Pieces of one product on a line: recipe version, slot, recipe grams of a piece."""

    recipe_id: int | None
    product_id: int
    pieces: int
    grams_each: Decimal


@dataclass
class Sample:
    """One colour of one run, whatever the number of rolls it came from."""

    run_id: int
    finished_at: datetime
    printer_id: int | None
    printer: str
    material: str
    slot_name: str
    actual_g: Decimal = _ZERO
    shares: dict[int, Share] = field(default_factory=dict)

    @property
    def expected_g(self) -> Decimal:
        """Grams in the parts by recipe, for the pieces that were printed."""
        return sum((share.grams_each * share.pieces for share in self.shares.values()), _ZERO)


def since(start: datetime) -> list[Sample]:
    """Samples of good runs since then, the newest MOST_LINES lines; two queries."""
    lines = (
        RunMaterial.objects.filter(run__state=RunState.DONE, run__finished_at__gte=start, actual_g__gt=0)
        .exclude(method=Method.SLICED)
        .order_by("-run__finished_at", "-pk")
        .values_list(
            "pk", "run_id", "run__finished_at", "slot_name", "actual_g", "run__printer_id", "run__printer__name",
            "lot__item__filament__material__name",
        )[:MOST_LINES]
    )  # fmt: skip
    found: dict[tuple, Sample] = {}
    of_line: dict[int, Sample] = {}
    for pk, run_id, finished_at, slot_name, actual_g, printer_id, printer, material in lines:
        key = (run_id, slot_name, material)
        if key not in found:
            found[key] = Sample(run_id, finished_at, printer_id, printer or "", material or "", slot_name)
        sample = found[key]
        sample.actual_g += actual_g
        of_line[pk] = sample
    for line_id, output_id, share in _shares(of_line):
        of_line[line_id].shares[output_id] = share
    return [sample for sample in found.values() if sample.expected_g > 0]


def _shares(lines: Iterable[int]) -> Iterable[tuple[int, int, Share]]:
    rows = RunShare.objects.filter(material__in=list(lines)).values_list(
        "material_id", "output_id", "grams_each", "output__recipe_id", "output__variant__product_id",
        "output__good", "output__b_grade", "output__scrapped",
    )  # fmt: skip
    for material_id, output_id, grams_each, recipe_id, product_id, good, b_grade, scrapped in rows:
        yield material_id, output_id, Share(recipe_id, product_id, good + b_grade + scrapped, grams_each)
