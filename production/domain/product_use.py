"""Grams, purge and minutes of good runs by product: a bed of several is shared as its cost is.

Filament goes by recipe grams × pieces on each roll, hands-on minutes by pieces.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from production.domain.variance import Compared
from production.models import Run, RunOutput, RunShare

_ZERO = Decimal(0)


@dataclass(frozen=True)
class ProductUse:
    grams: Compared
    purge_g: Compared
    minutes: Compared


NOTHING = ProductUse(*[Compared(_ZERO, _ZERO)] * 3)


def by_product(start: datetime, end: datetime) -> dict[int, ProductUse]:
    """By product id; two queries."""
    runs = Run.objects.finished_between(start, end).done()
    grams, minutes = _grams(runs), _minutes(runs)
    return {
        product: ProductUse(
            *grams.get(product, (NOTHING.grams, NOTHING.purge_g)), minutes.get(product, NOTHING.minutes)
        )
        for product in {*grams, *minutes}
    }


def _grams(runs) -> dict[int, tuple[Compared, Compared]]:
    weight = F("grams_each") * F("output__planned")
    whole = RunShare.objects.filter(material=OuterRef("material")).order_by().values("material")
    rows = (
        RunShare.objects.filter(material__run__in=runs)
        .annotate(whole=Subquery(whole.annotate(total=Sum(weight)).values("total")))
        .filter(whole__gt=0)
        .annotate(part=weight / F("whole"))
        .values("output__variant__product")
        .annotate(
            estimated=Sum((F("material__estimated_g") + F("material__estimated_purge_g")) * F("part")),
            actual=Coalesce(Sum((F("material__actual_g") + F("material__actual_purge_g")) * F("part")), _ZERO),
            purge_est=Sum(F("material__estimated_purge_g") * F("part")),
            purge=Coalesce(Sum(F("material__actual_purge_g") * F("part")), _ZERO),
        )
    )
    return {
        row["output__variant__product"]: (
            Compared(row["estimated"], row["actual"]),
            Compared(row["purge_est"], row["purge"]),
        )
        for row in rows
    }


def _minutes(runs) -> dict[int, Compared]:
    whole = RunOutput.objects.filter(run=OuterRef("run")).order_by().values("run")
    rows = (
        RunOutput.objects.filter(run__in=runs, planned__gt=0)
        .annotate(whole=Subquery(whole.annotate(total=Sum("planned")).values("total")))
        .annotate(part=F("planned") * Decimal("1.0") / F("whole"))
        .values("variant__product")
        .annotate(
            estimated=Sum(F("run__estimated_minutes") * F("part")),
            actual=Coalesce(Sum(F("run__hands_on_minutes") * F("part")), _ZERO),
        )
    )
    return {row["variant__product"]: Compared(row["estimated"], row["actual"]) for row in rows}
