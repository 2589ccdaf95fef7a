"""What runs are told of the orders that they print for: which one, whether it is urgent, and when it is due."""

from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from production.domain import purposes
from production.domain.purposes import Words
from sales.domain import picking
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
