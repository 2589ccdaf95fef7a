"""The failure allowance of each product, learned from its own runs: typed numbers stay, guesses give way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate

from catalog.choices import Origin, RateKind
from catalog.domain import rates
from catalog.models import Product, Rate
from production.choices import RunState
from production.models import RunOutput

LOOKS_BACK = timedelta(days=365)
_ZERO, _ALL = Decimal(0), Decimal(100)
# A change smaller than this is noise, and a row of history for nothing.
_WORTH_WRITING_PCT = Decimal("0.5")


@dataclass
class Tally:
    """Beds of a product that came out and that failed; a bed that failed at 30 % lost 0.3 of one."""

    total: int = 0
    failed: int = 0
    lost_beds: Decimal = _ZERO


def learn_failures(*, at: datetime) -> list[Rate]:
    """Set the allowance of every product whose runs say something else than the books; four queries and the changes."""
    tallies = _tallies(at)
    products = list(Product.objects.active().filter(pk__in=tallies).order_by("pk"))
    with transaction.atomic():
        known = {
            row.product_id: row
            for row in Rate.objects.in_force(localdate(at))
            if row.kind == RateKind.FAILURE_PCT and row.product_id
        }
        return list(_learned(products, tallies, known, at=at))


def _learned(
    products: Iterable[Product], tallies: dict[int, Tally], known: dict[int, Rate], *, at: datetime
) -> Iterable[Rate]:
    for product in products:
        tally, row = tallies[product.pk], known.get(product.pk)
        if row is not None and row.origin != Origin.LEARNED:
            continue
        value = rates.learned_failure_pct(failed=tally.failed, total=tally.total, lost_beds=tally.lost_beds)
        if value is None or (row is not None and abs(row.value - value) < _WORTH_WRITING_PCT):
            continue
        rate = rates.learn_failure_pct(
            product,
            failed=tally.failed,
            total=tally.total,
            lost_beds=tally.lost_beds,
            valid_from=localdate(at),
            by=None,
        )
        if rate is not None:
            yield rate


def _tallies(at: datetime) -> dict[int, Tally]:
    """By product, over the closed runs of a year; a run counts once for each product on its bed."""
    rows = (
        RunOutput.objects.filter(run__state__in=RunState.closed(), run__finished_at__gte=at - LOOKS_BACK)
        .values_list("variant__product", "run", "run__state", "run__failed_pct")
        .distinct()
    )
    tallies: dict[int, Tally] = {}
    for product_id, _run, state, failed_pct in rows.iterator():
        tally = tallies.setdefault(product_id, Tally())
        tally.total += 1
        if state == RunState.FAILED:
            tally.failed += 1
            tally.lost_beds += (_ALL if failed_pct is None else failed_pct) / _ALL
    return tallies
