"""What being at a fair costs: stall, travel and the rest of its plan are expenses, each once."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from nozzly.accounts.models import User
from pricing.models import Event
from sales.choices import FairCost, ReturnTo
from sales.domain import expenses
from sales.domain.expenses import Spending
from sales.models import Expense, ReturnLine
from sales.report_choices import ExpenseCategory

ZERO = Decimal(0)
_LOOKS_BACK = timedelta(days=400)
_CATEGORIES = {FairCost.TRAVEL: ExpenseCategory.TRAVEL}


def book(event: Event, *, by: User | None, at: datetime) -> list[Expense]:
    """Make an expense of each cost of the fair's plan; answers what changed.

    One that is there already stays as it is, also where somebody has corrected it, until the plan is changed after it;
    in a closed month it is then taken back and entered anew. Of two at once the second finds what the first has made.
    """
    with transaction.atomic():
        event = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
        known = {row.fair_cost: row for row in _standing().filter(event=event)}
        changed = [_book(event, cost, known.get(cost), by=by, at=at) for cost in FairCost]
        return [row for row in changed if row]


def book_all(*, on: date, at: datetime) -> int:
    """Those of all fairs that have begun, whether a stall was opened for them or not; answers how many changed."""
    began = Event.objects.filter(starts_on__range=(on - _LOOKS_BACK, on))
    costly = began.filter(Q(stall__gt=0) | Q(travel__gt=0) | Q(other__gt=0) | Q(expenses__isnull=False)).distinct()
    return sum(len(book(event, by=None, at=at)) for event in costly.order_by("pk"))


def costs_of(events: Iterable[Event]) -> dict[int, Decimal]:
    """By fair: what was booked, and the plan's amount where nothing is booked yet."""
    events = list(events)
    booked = {
        (row.event_id, row.fair_cost): row.cost for row in _standing().filter(event__in=[event.pk for event in events])
    }
    return {
        event.pk: sum((booked.get((event.pk, cost), getattr(event, cost)) for cost in FairCost), ZERO)
        for event in events
    }


def goods_back(events: Iterable[Event]) -> dict[int, Decimal]:
    """By fair: the cost of what buyers brought back and is on the shelf again; scrapped it stays lost."""
    rows = ReturnLine.objects.filter(returned__order__fair_sale__stall__event__in=list(events), to=ReturnTo.STOCK)
    sums = rows.order_by().values(event=F("returned__order__fair_sale__stall__event"))
    return {row["event"]: row["total"] for row in sums.annotate(total=Sum("full_home"))}


def _standing():
    return Expense.objects.filter(event__isnull=False, reverses=None, reversed_by=None)


def _book(event: Event, cost: str, known: Expense | None, *, by: User | None, at: datetime) -> Expense | None:
    amount = getattr(event, cost)
    if known and (event.updated_at <= known.updated_at or known.gross == amount):
        return None
    if known is None:
        return _add(event, cost, amount, by=by, at=at) if amount else None
    if not expenses.may_be_changed(known):
        back = expenses.take_back(known, by=by, at=at)
        return _add(event, cost, amount, by=by, at=at) if amount else back
    if not amount:
        expenses.delete_expense(known)
        return known
    return expenses.change_expense(known, _spending(event, cost, amount, at=at), at=at)


def _add(event: Event, cost: str, amount: Decimal, *, by: User | None, at: datetime) -> Expense:
    earlier = Expense.objects.filter(event=event, fair_cost=cost).order_by("-pk").values_list("pk", flat=True).first()
    key: UUID = uuid5(NAMESPACE_OID, f"fair {event.pk} {cost} after {earlier or 0} at {at.isoformat()}")
    expense = expenses.add_expense(_spending(event, cost, amount, at=at), key=key, by=by, at=at)
    expense.event, expense.fair_cost = event, cost
    expense.save(update_fields=["event", "fair_cost", "updated_at"])
    return expense


def _spending(event: Event, cost: str, amount: Decimal, *, at: datetime) -> Spending:
    return Spending(
        spent_on=min(event.starts_on, timezone.localdate(at)), category=_CATEGORIES.get(cost, ExpenseCategory.FAIRS),
        text=_("{fair}: {cost}").format(fair=event.name, cost=FairCost(cost).label)[:200], net=amount,
    )  # fmt: skip
