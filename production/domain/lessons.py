"""All that one page says of a period, worked out once and kept until another run ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from django.core.cache import cache
from django.db.models import Count, Max

from catalog.models import Recipe
from production.domain import advice, product_use, samples, variance
from production.domain.advice import Advice
from production.models import RecipeAdvice, Run

KEPT_FOR = timedelta(hours=1)
MOST_ADVICE = 12
# A new version of Nozzly may keep other columns: what an old one left in the cache is none of its business.
_SHAPE = sha256(
    b"".join(Path(each).read_bytes() for each in (__file__, advice.__file__, product_use.__file__, variance.__file__))
).hexdigest()[:8]


@dataclass(frozen=True)
class Lessons:
    """``key`` is another one as soon as anything in it may be."""

    key: str
    totals: variance.Totals
    reasons: list[dict]
    months: list[dict]
    products: list[dict]
    materials: list[dict]
    printers: list[dict]
    batches: list[dict]
    takes: list[variance.Takes]
    advice: list[Advice]  # the first of them; a shop with hundreds answers those first
    advice_count: int


def lessons(start: datetime, end: datetime) -> Lessons:
    """What the runs that ended in [start, end) teach; from the cache while no run, recipe or answer is new."""
    settings = advice.floor_settings()
    runs = Run.objects.finished_between(start, end).aggregate(count=Count("pk"), last=Max("finished_at"))
    newest = (Recipe.objects.aggregate(last=Max("pk")), RecipeAdvice.objects.aggregate(last=Max("answered_at")))
    key = f"lessons:{_SHAPE}:{start:%Y%m%d%H%M}:{settings.advice_pct}:{sorted(runs.items())}:{newest}"
    key = "".join(letter for letter in key if letter.isalnum() or letter in ":.-")
    found = cache.get(key)
    if found is None:
        found = _worked_out(key, start, end, settings)
        cache.set(key, found, KEPT_FOR.total_seconds())
    return found


def _worked_out(key: str, start: datetime, end: datetime, settings) -> Lessons:
    back = end - advice.LOOKS_BACK
    measured = samples.since(min(start, back))
    pct = settings.advice_pct
    recent = [sample for sample in measured if sample.finished_at >= back]
    open_advice = advice.open_advice(at=end, threshold_pct=pct, measured=recent)
    return Lessons(
        key=key,
        totals=variance.totals(start, end),
        reasons=variance.by_reason(start, end),
        months=variance.by_month(start, end),
        products=_products(start, end),
        materials=variance.by_material(start, end),
        printers=variance.by_printer(start, end),
        batches=variance.by_batch(start, end),
        takes=variance.what_it_takes(
            start, threshold_pct=pct, measured=[sample for sample in measured if sample.finished_at >= start]
        ),
        advice=open_advice[:MOST_ADVICE],
        advice_count=len(open_advice),
    )


def _products(start: datetime, end: datetime) -> list[dict]:
    use = product_use.by_product(start, end)
    return [
        row | {"use": use.get(row["variant__product_id"], product_use.NOTHING)}
        for row in variance.by_product(start, end)
    ]
