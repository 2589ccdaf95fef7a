"""Expenses: entered, changed while their period is open, taken back by an opposite row once it is closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.models import Delivery
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.tax.domain import periods
from nozzly.tax.domain.status import reclaims_tax
from nozzly.tenancy.current import current_workspace
from production.domain import once
from sales.models import Expense


class ExpenseClosed(DomainError):
    """Its period is with the tax office."""


class AlreadyTakenBack(DomainError):
    pass


class NotYetSpent(DomainError):
    field = "spent_on"


@dataclass(frozen=True)
class Spending:
    """What a receipt says; money in the workspace's currency, ``tax`` on top of ``net``."""

    spent_on: date
    category: str
    text: str
    net: Decimal
    tax: Decimal = Decimal(0)
    supplier: str = ""
    in_costs: bool = False
    delivery: Delivery | None = None


def add_expense(spending: Spending, *, key: UUID, by: User | None, at: datetime) -> Expense:
    """Enter a receipt; the same ``key`` again enters nothing and answers the same expense.

    One of a closed period counts for the day it is entered. Raises NotYetSpent.
    """
    with transaction.atomic():
        once.lock(key)
        if known := Expense.objects.filter(key=key).first():
            return known
        return Expense.objects.create(**_columns(spending, _Terms(at)), key=key, by=by)


def add_expenses(spendings: Sequence[Spending], *, key: UUID, by: User | None, at: datetime) -> list[Expense]:
    """Enter many receipts at once, all or none; the same ``key`` again enters nothing. Raises NotYetSpent."""
    with transaction.atomic():
        once.lock(key)
        keys = [uuid5(key, str(number)) for number in range(len(spendings))]
        if known := list(Expense.objects.filter(key__in=keys).order_by("pk")):
            return known
        terms = _Terms(at)
        return Expense.objects.bulk_create(
            Expense(**_columns(spending, terms), key=one, by=by) for spending, one in zip(spendings, keys, strict=True)
        )


def change_expense(expense: Expense, spending: Spending, *, at: datetime) -> Expense:
    """Correct an entry. Raises ExpenseClosed, NotYetSpent."""
    with transaction.atomic():
        expense = _lock_open(expense)
        for name, value in _columns(spending, _Terms(at)).items():
            setattr(expense, name, value)
        expense.save()
        return expense


def delete_expense(expense: Expense) -> None:
    """Forget an entry that was a mistake. Raises ExpenseClosed."""
    with transaction.atomic():
        _lock_open(expense).delete()


def take_back(expense: Expense, *, by: User | None, at: datetime) -> Expense:
    """An opposite row of today, for an entry that cannot be changed any more. Raises AlreadyTakenBack."""
    with transaction.atomic():
        expense = Expense.objects.select_for_update(of=("self",)).get(pk=expense.pk)
        if expense.reverses_id or Expense.objects.filter(reverses=expense).exists():
            raise AlreadyTakenBack(_("This expense was taken back already."))
        opposite = _opposite(expense, on=timezone.localdate(at), by=by)
        opposite.save()
        return opposite


def drop_all(rows: Sequence[Expense], *, by: User | None, at: datetime) -> None:
    """Of locked rows that nobody took back: those of an open period are forgotten, the others get an opposite row of today."""
    closed_through, today = periods.closed_through(), timezone.localdate(at)
    late = [row for row in rows if closed_through and row.booked_on <= closed_through]
    gone = {row.pk for row in rows} - {row.pk for row in late}
    with transaction.atomic():
        Expense.objects.filter(pk__in=gone).delete()
        Expense.objects.bulk_create(_opposite(row, on=today, by=by) for row in late)


def _opposite(expense: Expense, *, on: date, by: User | None) -> Expense:
    return Expense(
        spent_on=on, booked_on=on, category=expense.category, supplier=expense.supplier, text=expense.text,
        net=-expense.net, tax=-expense.tax, cost=-expense.cost, tax_reclaimed=expense.tax_reclaimed,
        in_costs=expense.in_costs, delivery=expense.delivery, event_id=expense.event_id,
        fair_cost=expense.fair_cost, reverses=expense, key=_key_of_reversal(expense), by=by,
    )  # fmt: skip


def may_be_changed(expense: Expense) -> bool:
    """Neither closed nor part of a taking back."""
    taken_back = expense.reverses_id or Expense.objects.filter(reverses=expense).exists()
    return not taken_back and not periods.is_closed(expense.booked_on)


@dataclass
class _Terms:
    """What closed months and registrations make of receipts; each day is asked for once."""

    at: datetime

    def __post_init__(self) -> None:
        self.today, self.closed_through = timezone.localdate(self.at), periods.closed_through()
        self._reclaims: dict[date, bool] = {}

    def booked_on(self, day: date) -> date:
        return self.today if self.closed_through and day <= self.closed_through else day

    def reclaims(self, day: date) -> bool:
        if day not in self._reclaims:
            self._reclaims[day] = reclaims_tax(day, country=current_workspace().country)
        return self._reclaims[day]


def _columns(spending: Spending, terms: _Terms) -> dict:
    if spending.spent_on > terms.today:
        raise NotYetSpent(_("This day is still to come."))
    reclaimed = terms.reclaims(spending.spent_on)
    cost = spending.net if reclaimed else spending.net + spending.tax
    booked_on = terms.booked_on(spending.spent_on)
    return vars(spending) | {"booked_on": booked_on, "cost": cost, "tax_reclaimed": reclaimed}


def _lock_open(expense: Expense) -> Expense:
    expense = Expense.objects.select_for_update(of=("self",)).get(pk=expense.pk)
    if not may_be_changed(expense):
        raise ExpenseClosed(_("Its period is closed: take the expense back and enter it anew."))
    return expense


def _key_of_reversal(expense: Expense) -> UUID:
    return UUID(int=expense.key.int ^ 1)
