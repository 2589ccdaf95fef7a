"""Closed months: what is with the tax office is not changed any more."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.tax.models import ClosedPeriod


class PeriodAlreadyClosed(DomainError):
    pass


class PeriodNotOver(DomainError):
    pass


def closed_through() -> date | None:
    """The last closed day, or None."""
    return ClosedPeriod.objects.order_by("-through_on").values_list("through_on", flat=True).first()


def is_closed(on: date) -> bool:
    through = closed_through()
    return through is not None and on <= through


def close_period(*, through_on: date, by: User, at: datetime) -> ClosedPeriod:
    """Close every day up to and including ``through_on``, for good. Raises PeriodNotOver, PeriodAlreadyClosed."""
    if through_on >= timezone.localdate(at):
        raise PeriodNotOver("Only days that are over can be closed.")
    with transaction.atomic():
        if is_closed(through_on):
            raise PeriodAlreadyClosed(f"Everything through {closed_through():%Y-%m-%d} is closed already.")
        return ClosedPeriod.objects.create(through_on=through_on, closed_by=by, closed_at=at)
