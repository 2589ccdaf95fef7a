"""Expenses that come again by themselves: rent each month, insurance each year."""

from calendar import monthrange
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from sales.domain import expenses
from sales.domain.expenses import Spending
from sales.models import Expense, ExpenseRhythm
from sales.report_choices import Rhythm

_KEYS = UUID("6c5a36f2-3f35-4d0f-9a58-8f5a0f1f8f11")


class CannotComeAgain(DomainError):
    pass


def may_come_again(expense: Expense) -> bool:
    """Neither the invoice of a delivery nor part of a fair or of a taking back."""
    taken_back = expense.reverses_id or Expense.objects.filter(reverses=expense).exists()
    return not (taken_back or expense.delivery_id or expense.event_id)


def set_rhythm(expense: Expense, every: str, *, by: User, at: datetime) -> ExpenseRhythm | None:
    """From the next due day after today on one like it is entered each time; "" ends it. Raises CannotComeAgain."""
    with transaction.atomic():
        expense = Expense.objects.select_for_update(of=("self",)).get(pk=expense.pk)
        if not every:
            ExpenseRhythm.objects.filter(expense=expense).delete()
            return None
        if not may_come_again(expense):
            raise CannotComeAgain(
                _("An expense of a delivery, of a fair, or one that was taken back does not come again.")
            )
        due = _after(expense.spent_on, every, timezone.localdate(at))
        told = {"every": every, "next_on": due, "by": by}
        return ExpenseRhythm.objects.update_or_create(expense=expense, defaults=told)[0]


def enter_due(*, at: datetime) -> int:
    """Enter all that is due up to today; answers how many. Asked twice it enters nothing twice."""
    today = timezone.localdate(at)
    due = ExpenseRhythm.objects.filter(next_on__lte=today, expense__reversed_by=None).order_by("pk")
    return sum(_enter(pk, today, at=at) for pk in due.values_list("pk", flat=True))


def _enter(pk: int, today: date, *, at: datetime) -> int:
    """Each day that was missed too, oldest first."""
    count = 0
    with transaction.atomic():
        row = (
            ExpenseRhythm.objects.select_for_update(of=("self",)).select_related("expense", "by").filter(pk=pk).first()
        )
        while row and row.next_on <= today:
            like = row.expense
            spending = Spending(
                spent_on=row.next_on, category=like.category, text=like.text, supplier=like.supplier, net=like.net,
                tax=like.tax, in_costs=like.in_costs,
            )  # fmt: skip
            expenses.add_expense(spending, key=uuid5(_KEYS, f"{like.key}:{row.next_on}"), by=row.by, at=at)
            row.next_on = _after(like.spent_on, row.every, row.next_on)
            count += 1
        if count:
            row.save(update_fields=["next_on"])
    return count


def _after(start: date, every: str, day: date) -> date:
    """The first due day after ``day``: that of ``start`` in its month, or the month's last where it is shorter."""
    step = Rhythm(every).months
    months = (day.year - start.year) * 12 + day.month - start.month
    turn = max(months // step, 0) if day >= start else 0
    while (due := _months_later(start, turn * step)) <= max(day, start):
        turn += 1
    return due


def _months_later(start: date, count: int) -> date:
    number = start.year * 12 + start.month - 1 + count
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))
