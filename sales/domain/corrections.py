"""Small corrections of many rows at once, as a file brings them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from nozzly.core.bulk import update_rows
from sales.domain import run_words
from sales.models import Customer, Order

_ALWAYS_SAID = {"name"}


def set_due_days(days: Sequence[tuple[Order, date | None]], *, at: datetime) -> None:
    with transaction.atomic():
        for order, due_on in days:
            Order.objects.filter(pk=order.pk).update(due_on=due_on, updated_at=at)
        run_words.tell_runs(Order.objects.filter(pk__in=[order.pk for order, _due_on in days]))


def correct_customers(corrections: Sequence[tuple[Customer, Mapping[str, str | None]]], *, at: datetime) -> None:
    """Only what is named is written; an empty name leaves the name."""
    with transaction.atomic():
        locked = Customer.objects.filter(pk__in=[customer.pk for customer, _values in corrections])
        rows = {row.pk: row for row in locked.order_by("pk").select_for_update(of=("self",), no_key=True)}
        names = set()
        for customer, values in corrections:
            given = _given(values)
            names |= given.keys()
            for name, value in given.items():
                setattr(rows[customer.pk], name, value)
            rows[customer.pk].updated_at = at
        update_rows(list(rows.values()), [*sorted(names), "updated_at"])


def _given(values: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value or "" for name, value in values.items() if value or name not in _ALWAYS_SAID}
