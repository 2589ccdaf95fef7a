"""Changing many orders at once: exactly those named. What they are worth and where they stand is not changed here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from nozzly.accounts.models import User
from nozzly.core.changes import Changes, hold_rows, wanted_keys
from sales.domain import run_words
from sales.models import Order

_OF_ORDER = ("due_on", "is_rush", "note")


@dataclass(frozen=True)
class OrderChanges(Changes):
    _texts = frozenset({"note"})

    due_on: date | None = None
    is_rush: bool | None = None
    note: str | None = None


def change_orders(order_ids: Sequence[int], changes: OrderChanges, *, by: User, at: datetime) -> int:
    """Write the changes to these orders and no others; answers how many. All or none.

    Raises NothingToChange, GoneMeanwhile.
    """
    wanted = wanted_keys(order_ids, changes)
    with transaction.atomic():
        hold_rows(Order.objects.all(), wanted)
        Order.objects.filter(pk__in=wanted).update(**changes.of(_OF_ORDER), updated_at=at)
        run_words.tell_runs(Order.objects.filter(pk__in=wanted))
    return len(wanted)
