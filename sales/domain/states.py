"""What every step of an order does: lock it, look at its state, write into its diary."""

from datetime import datetime

from django.utils.translation import gettext as _

from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from sales.models import Order, OrderEvent, OrderLine


class NotNow(DomainError):
    """The order is in a state in which this cannot be done."""


def lock_order(order: Order) -> Order:
    """The order as it is now, held to the end of the transaction."""
    return Order.objects.select_for_update(of=("self",)).select_related("channel", "customer").get(pk=order.pk)


def lines_of(order: Order) -> list[OrderLine]:
    return list(order.lines.select_related("variant__item", "variant__product").in_order())


def expect(order: Order, *states: str) -> None:
    """Raises NotNow."""
    if order.state not in states:
        raise NotNow(
            _("Order {number} is {state}; this cannot be done now.").format(
                number=order.number, state=order.get_state_display().lower()
            )
        )


def note(order: Order, kind: str, *, text: str = "", by: User | None, at: datetime) -> None:
    OrderEvent.objects.create(order=order, kind=kind, text=text[:300], by=by, at=at)
