"""What runs are told of the orders that they print for: which one, whether it is urgent, when it is due, and its end."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from nozzly.accounts.models import User
from production.choices import RunState
from production.domain import purposes, runs
from production.domain.purposes import Words
from production.models import Run, RunOutput
from sales.choices import OrderState
from sales.domain import picking
from sales.domain.states import expect, lock_order
from sales.models import Order, OrderLine


def words_of(order: Order) -> Words:
    begins = _("order {number}").format(number=order.number)
    rush = [_("rush")] if order.is_rush else []
    due = [_("due {day}").format(day=date_format(order.due_on, "j M"))] if order.due_on else []
    return Words(begins, " · ".join([begins, *rush, *due]))


def tell_runs(orders: Sequence[Order]) -> None:
    """Runs that are planned or printing say when their orders are due now."""
    words = {order.pk: words_of(order) for order in orders}
    lines = OrderLine.objects.filter(order__in=words).values_list("pk", "order")
    purposes.refer(picking.SOURCE, {pk: words[order] for pk, order in lines})


def in_vain(order: Order) -> list[Run]:
    """Runs that are planned for a cancelled order and for nothing else."""
    if order.state != OrderState.CANCELLED:
        return []
    lines = list(order.lines.values_list("pk", flat=True))
    for_others = RunOutput.objects.filter(run=OuterRef("pk")).exclude(source=picking.SOURCE, source_id__in=lines)
    planned = Run.objects.making(picking.SOURCE, lines).filter(~Exists(for_others), state=RunState.PLANNED)
    return list(planned.order_by("pk"))


def cancel_runs(order: Order, *, by: User, at: datetime) -> list[Run]:
    """Nobody waits for what these would print. Again it changes nothing. Raises NotNow."""
    with transaction.atomic():
        order = lock_order(order)
        expect(order, OrderState.CANCELLED)
        return [runs.cancel_run(run, by=by, at=at) for run in in_vain(order)]
