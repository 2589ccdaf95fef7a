"""Expenses: entered, changed while their period is open, taken back by an opposite row once it is closed."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

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
        return Expense.objects.create(**_columns(spending, at=at), key=key, by=by)


def change_expense(expense: Expense, spending: Spending, *, at: datetime) -> Expense:
    """Correct an entry. Raises ExpenseClosed, NotYetSpent."""
    with transaction.atomic():
        expense = _lock_open(expense)
        for name, value in _columns(spending, at=at).items():
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
        today = timezone.localdate(at)
        return Expense.objects.create(
            spent_on=today, booked_on=today, category=expense.category, supplier=expense.supplier, text=expense.text,
            net=-expense.net, tax=-expense.tax, cost=-expense.cost, tax_reclaimed=expense.tax_reclaimed,
            in_costs=expense.in_costs, delivery=expense.delivery, event_id=expense.event_id,
            fair_cost=expense.fair_cost, reverses=expense, key=_key_of_reversal(expense), by=by,
        )  # fmt: skip


def may_be_changed(expense: Expense) -> bool:
    """Neither closed nor part of a taking back."""
    taken_back = expense.reverses_id or Expense.objects.filter(reverses=expense).exists()
    return not taken_back and not periods.is_closed(expense.booked_on)


def _columns(spending: Spending, *, at: datetime) -> dict:
    today = timezone.localdate(at)
    if spending.spent_on > today:
        raise NotYetSpent(_("This day is still to come."))
    reclaimed = reclaims_tax(spending.spent_on, country=current_workspace().country)
    booked_on = today if periods.is_closed(spending.spent_on) else spending.spent_on
    cost = spending.net if reclaimed else spending.net + spending.tax
    return vars(spending) | {"booked_on": booked_on, "cost": cost, "tax_reclaimed": reclaimed}


def _lock_open(expense: Expense) -> Expense:
    expense = Expense.objects.select_for_update(of=("self",)).get(pk=expense.pk)
    if not may_be_changed(expense):
        raise ExpenseClosed(_("Its period is closed: take the expense back and enter it anew."))
    return expense


def _key_of_reversal(expense: Expense) -> UUID:
    return UUID(int=expense.key.int ^ 1)
