"""The same step for many orders: each stands or falls by itself, and what was refused is said."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.utils import timezone

from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from sales.domain import orders, picking, shipping
from sales.domain.orders import Sending
from sales.domain.picking import Shortage
from sales.domain.states import lines_of
from sales.models import Order

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Outcome:
    """``done`` orders, and a sentence for each that was refused."""

    done: tuple[Order, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True)
class Departure:
    """An order about to be sent, by its usual service, and what of it is not on the shelf."""

    order: Order
    sending: Sending
    shortages: tuple[Shortage, ...]


def each(found: Iterable[Order], verb: Callable[[Order], object]) -> Outcome:
    """Do one thing to every order."""
    done, refused = [], []
    for order in found:
        try:
            verb(order)
        except DomainError as error:
            refused.append(str(error))
        else:
            done.append(order)
    return Outcome(tuple(done), tuple(refused))


def departures(found: Sequence[Order]) -> list[Departure]:
    """How these orders would leave: the cheapest service that takes them, and what is short; changes nothing."""
    answers = []
    today = timezone.localdate()
    for order in found:
        service = shipping.usual_service(order, on=today)
        sending = Sending(
            service=service,
            postage=service.price if service else 0,
            postage_assumed=bool(service and service.assumed),
            packaging=shipping.usual_packaging(order),
        )
        needs = picking.needs_of(lines_of(order))
        answers.append(Departure(order, sending, tuple(picking.shortages(needs))))
    return answers


def ship_all(found: Sequence[Order], *, key: UUID, by: User, at: datetime) -> Outcome:
    """Send them by their usual services. The same ``key`` again sends nothing twice."""
    sendings = {leaving.order.pk: leaving.sending for leaving in departures(found)}

    def ship(order: Order) -> None:
        orders.ship_order(order, sending=sendings[order.pk], key=uuid5(key, str(order.pk)), by=by, at=at)

    return each(found, ship)
