"""Receipts out of a file: entered, corrected, and taken back as a whole."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from nozzly.accounts.models import User
from sales.domain import expenses
from sales.domain.expenses import Spending
from sales.models import Expense

TOLD = ("spent_on", "category", "text", "supplier", "net", "tax", "in_costs")  # what a file says of a receipt
_READ = {"spent_on": date.fromisoformat, "net": Decimal, "tax": Decimal}


@dataclass(frozen=True)
class Undone:
    gone: int
    restored: int
    kept: int


def spending_of(expense: Expense) -> Spending:
    return Spending(**{name: getattr(expense, name) for name in (*TOLD, "delivery")})


def already_here(wanted: Sequence[Spending], *, beside: Collection[int]) -> list[bool]:
    """Whether each of them stands in the books, each row of the books for one of them. ``beside`` names no match."""
    days = {spending.spent_on for spending in wanted}
    standing = Expense.objects.filter(spent_on__in=days, reverses=None, reversed_by=None).exclude(pk__in=beside)
    left, answers = Counter(_look(row) for row in standing.only(*TOLD)), []
    for spending in wanted:
        look = _look(spending)
        answers.append(left[look] > 0)
        left[look] -= 1
    return answers


def apply(
    new: Sequence[Spending], changed: Sequence[tuple[Expense, Mapping]], *, key: UUID, by: User, at: datetime
) -> dict:
    """All or none; answers what ``undo`` needs. Raises ExpenseClosed, NotYetSpent."""
    with transaction.atomic():
        added = expenses.add_expenses(new, key=key, by=by, at=at)
        before = {expense.pk: _texts(expense, values) for expense, values in changed}
        after = {}
        for expense, values in sorted(changed, key=lambda pair: pair[0].pk):
            told = expenses.change_expense(expense, replace(spending_of(expense), **values), at=at)
            after[expense.pk] = _texts(told, values)
    return {
        "added": {row.pk: _texts(row, TOLD) for row in added},
        "changed": {pk: [before[pk], after[pk]] for pk in before},
    }


def undo(record: Mapping, *, keep: Collection[int], by: User | None, at: datetime) -> Undone:
    """What was entered goes, in a closed month by an opposite row; what was corrected is as it was.

    What somebody has changed, taken back or set to come again since stays, and so do those of ``keep``.
    """
    added, changed = _by_key(record.get("added", {})), _by_key(record["changed"])
    with transaction.atomic():
        locked = Expense.objects.filter(pk__in=[*added, *changed]).order_by("pk").select_for_update(of=("self",))
        rows = {row.pk: row for row in locked.select_related("reversed_by", "rhythm", "delivery")}
        going = [rows[pk] for pk, texts in added.items() if pk not in keep and _is_as_entered(rows.get(pk), texts)]
        expenses.drop_all(going, by=by, at=at)
        back = sum(_restore(rows.get(pk), *texts, at=at) for pk, texts in changed.items())
    return Undone(len(going), back, len(added) + len(changed) - len(going) - back)


def _is_as_entered(row: Expense | None, texts: Mapping) -> bool:
    if row is None or hasattr(row, "rhythm") or hasattr(row, "reversed_by"):
        return False
    return _texts(row, texts) == texts


def _restore(row: Expense | None, before: Mapping, after: Mapping, *, at: datetime) -> bool:
    if row is None or _texts(row, after) != after or not expenses.may_be_changed(row):
        return False
    values = {name: _READ.get(name, lambda value: value)(value) for name, value in before.items()}
    expenses.change_expense(row, replace(spending_of(row), **values), at=at)
    return True


def _look(row: Expense | Spending) -> tuple:
    """What makes two receipts one, whatever category somebody sorted them into."""
    return row.spent_on, row.text.casefold(), row.supplier.casefold(), row.net, row.tax


def _texts(row: Expense, names: Collection[str]) -> dict[str, object]:
    """As JSON keeps them."""
    values = {name: getattr(row, name) for name in names}
    return {name: value if isinstance(value, bool) else str(value) for name, value in values.items()}


def _by_key(rows: Mapping) -> dict[int, object]:
    return {int(pk): texts for pk, texts in rows.items()}
