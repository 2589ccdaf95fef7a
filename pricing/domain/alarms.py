"""Which listings fell under their target since somebody last looked: after a delivery, a new tariff, other fees."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from nozzly.core.errors import DomainError
from pricing.domain.compare import Row, solved
from pricing.domain.grid import margins
from pricing.engine import Goal
from pricing.models import Listing, MarginAlarm

# Beyond this a margin says no more; it keeps the column within its digits.
_LOWEST_PCT = Decimal(-99999)
_STEP = Decimal("0.0001")
_BATCH = 400


def check_margins(*, on: date, at: datetime) -> Iterator[tuple[int, int]]:
    """Work out margin and target price of every live listing and note what fell; tells (looked at, fallen) by batch."""
    ids = list(Listing.objects.for_check().values_list("pk", flat=True))
    looked = fallen = 0
    for start in range(0, len(ids), _BATCH):
        batch = Listing.objects.for_check().filter(pk__in=ids[start : start + _BATCH])
        fallen += len(_check(batch, on=on, at=at))
        looked = min(start + _BATCH, len(ids))
        yield looked, fallen


def looked_at() -> datetime | None:
    """When the margins of all listings were last worked out."""
    return Listing.objects.for_check().order_by().aggregate(last=Max("margin_at"))["last"]


def clear_alarms(listings: Iterable[Listing], *, at: datetime) -> int:
    """Dealt with: the price was looked at."""
    return MarginAlarm.objects.open().filter(listing__in=list(listings)).update(cleared_at=at)


def _check(batch: Iterable[Listing], *, on: date, at: datetime) -> list[MarginAlarm]:
    with transaction.atomic():
        looked_at, fallen, risen = [], [], []
        for listing, row in margins(batch, on=on):
            if row.margin_pct is None:
                continue
            before = listing.margin_pct
            listing.margin_pct, listing.margin_at = _kept(row.margin_pct), at
            listing.target_price = _target_price(row)
            looked_at.append(listing)
            target = row.target_margin_pct
            if listing.margin_pct >= target:
                risen.append(listing)
            elif before is not None and before >= target:
                fallen.append(_alarm(listing, before, target, at))
        Listing.objects.bulk_update(looked_at, ["margin_pct", "margin_at", "target_price"])
        clear_alarms(risen, at=at)
        return MarginAlarm.objects.bulk_create(fallen, ignore_conflicts=True)


def _target_price(row: Row) -> Decimal | None:
    try:
        return solved(row, Goal.margin(row.target_margin_pct)).price
    except DomainError:
        return None


def _alarm(listing: Listing, before: Decimal, target: Decimal, at: datetime) -> MarginAlarm:
    return MarginAlarm(listing=listing, before_pct=before, after_pct=listing.margin_pct, target_pct=target, found_at=at)


def _kept(margin_pct: Decimal) -> Decimal:
    return max(margin_pct, _LOWEST_PCT).quantize(_STEP)
