"""The life of an order: created, confirmed (reserves), packed, shipped (posts the sale and freezes it) or cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Variant
from inventory.models import Item
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.core.numbering import next_number
from nozzly.tenancy.current import current_workspace
from pricing.domain.terms import terms_of, terms_without_channel
from pricing.models import Channel, ShippingService
from production.domain import once
from production.domain.planning import plan_run
from production.models import Run
from sales.choices import OrderEventKind, OrderState
from sales.domain import picking, shipping
from sales.models import Customer, Order, OrderEvent, OrderLine, Parcel

FIRST_NUMBER = 1000
MOST_HOME = Decimal(10) ** 11  # for a whole order, in the workspace's currency; columns hold ten times as much


class NothingOrdered(DomainError):
    pass


class OrderAlreadyHere(DomainError):
    pass


class TooMuchMoney(DomainError):
    """More than the books can hold; somebody's finger stayed on a key."""


class NotNow(DomainError):
    """The order is in a state in which this cannot be done."""


class UnknownLines(DomainError):
    pass


@dataclass(frozen=True)
class Line:
    """A line to come; money in the order's currency, ``unit_price`` for one listing of ``pieces``."""

    unit_price: Decimal
    variant: Variant | None = None
    quantity: int = 1
    pieces: int = 1
    title: str = ""
    options: str = ""
    personalisation: str = ""
    discount: Decimal = Decimal(0)
    external_id: str = ""


@dataclass(frozen=True)
class Facts:
    """What is known of an order when it comes in; ``customer_name`` names a new customer."""

    placed_on: date
    channel: Channel | None = None
    external_id: str = ""
    customer: Customer | None = None
    customer_name: str = ""
    ship_to: str = ""
    ship_to_country: str = ""
    due_on: date | None = None
    is_rush: bool = False
    postage_charged: Decimal = Decimal(0)
    gift_wrap_charged: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    tax_added: Decimal = Decimal(0)
    by_offsite_ad: bool = False
    gift_note: str = ""
    note: str = ""
    create_key: UUID | None = None


@dataclass(frozen=True)
class Sending:
    """How an order leaves: what it is packed in and what the postage costs (workspace's currency)."""

    postage: Decimal = Decimal(0)
    postage_assumed: bool = False
    service: ShippingService | None = None
    packaging: Item | None = None
    packaging_count: int = 1
    tracking: str = ""


def create_order(facts: Facts, lines: Sequence[Line], *, by: User, at: datetime) -> Order:
    """Take an order in; facts with the same ``create_key`` again change nothing and answer the same order.

    Raises NothingOrdered, OrderAlreadyHere, TooMuchMoney.
    """
    if not lines:
        raise NothingOrdered(_("An order has at least one line."))
    with transaction.atomic():
        if known := _created_before(facts.create_key):
            return known
        _refuse_twice(facts)
        if facts.customer is None and facts.customer_name:
            newcomer = Customer.objects.create(name=facts.customer_name, country=facts.ship_to_country)
            facts = replace(facts, customer=newcomer)
        terms = _terms(facts)
        _refuse_too_much(facts, lines, terms.rate)
        sequence = next_number(table="sales_ordercounter", series="order")
        order = Order.objects.create(
            number=str(FIRST_NUMBER + sequence),
            currency=terms.channel.currency,
            rate=terms.rate,
            tax_kind=terms.treatment.kind,
            tax_rate_pct=terms.treatment.rate_pct,
            **{name: value for name, value in vars(facts).items() if name != "customer_name"},
        )
        _add_lines(order, lines)
        _note(order, OrderEventKind.CREATED, by=by, at=at)
        return order


def confirm_order(order: Order, *, by: User, at: datetime) -> Order:
    """Accept it: its pieces are kept back from now on, the oldest first. Raises NotNow, UnknownLines."""
    with transaction.atomic():
        order = _lock(order)
        if order.state == OrderState.CONFIRMED:
            return order
        _expect(order, OrderState.NEW)
        lines = _lines(order)
        if any(line.variant_id is None for line in lines):
            raise UnknownLines(_("Say for each line which product it is; then confirm the order."))
        picking.keep_back(order, lines)
        order.state, order.confirmed_at = OrderState.CONFIRMED, at
        order.save(update_fields=["state", "confirmed_at", "updated_at"])
        _note(order, OrderEventKind.CONFIRMED, by=by, at=at)
        return order


def pack_order(order: Order, *, by: User, at: datetime) -> Order:
    """It is in its box; nothing leaves the books before it is shipped. Raises NotNow."""
    with transaction.atomic():
        order = _lock(order)
        if order.state == OrderState.PACKED:
            return order
        _expect(order, OrderState.CONFIRMED)
        order.state, order.packed_at = OrderState.PACKED, at
        order.save(update_fields=["state", "packed_at", "updated_at"])
        _note(order, OrderEventKind.PACKED, by=by, at=at)
        return order


def ship_order(order: Order, *, sending: Sending, key: UUID, by: User, at: datetime) -> Order:
    """Send it: pieces and packaging leave the shelf, revenue, fees and actual cost are frozen.

    The same ``key`` again changes nothing and answers the same order. A piece that was not on the shelf is booked as
    found and flagged. Raises NotNow.
    """
    with transaction.atomic():
        order = _lock(order)
        if order.ship_key == key:
            return order
        _expect(order, OrderState.CONFIRMED, OrderState.PACKED)
        lines = _lines(order)
        parcel = Parcel.objects.create(order=order, **vars(sending))
        shipping.post_sale(order, lines, parcel, key=key, by=by, at=at)
        order.state, order.ship_key, order.tracking = OrderState.SHIPPED, key, sending.tracking
        order.shipped_at, order.shipped_on = at, timezone.localdate(at)
        order.save()
        _note(order, OrderEventKind.SHIPPED, text=sending.tracking, by=by, at=at)
        return order


def cancel_order(order: Order, *, by: User, at: datetime) -> Order:
    """The buyer does not want it any more; what was kept back is free again. Raises NotNow."""
    with transaction.atomic():
        order = _lock(order)
        if order.state == OrderState.CANCELLED:
            return order
        _expect(order, *OrderState.open())
        picking.let_go(_lines(order))
        order.state, order.cancelled_at = OrderState.CANCELLED, at
        order.save(update_fields=["state", "cancelled_at", "updated_at"])
        _note(order, OrderEventKind.CANCELLED, by=by, at=at)
        return order


def plan_missing(order: Order, *, by: User, at: datetime) -> list[Run]:
    """Plan a run for each line that is short on the shelf and not yet planned; answers the runs. Raises NotNow."""
    with transaction.atomic():
        order = _lock(order)
        _expect(order, OrderState.CONFIRMED)
        runs = []
        for line in order.lines.filter(variant__isnull=False).with_shelf().select_related("variant__item"):
            missing = int(line.needed - line.kept - line.free) - picking.pieces_planned(line)
            if missing > 0:
                runs += plan_run(
                    outputs=[picking.wanted(order, line, missing)], reference=_("order {number}").format(number=order.number),
                    even_if_short=True, by=by, at=at,
                )  # fmt: skip
        return runs


def match_line(line: OrderLine, *, variant: Variant, by: User, at: datetime) -> OrderLine:
    """Say which product an unknown line is. Raises NotNow once the order is confirmed."""
    with transaction.atomic():
        order = _lock(line.order)
        _expect(order, OrderState.NEW)
        line.variant = variant
        line.save(update_fields=["variant"])
        _note(order, OrderEventKind.NOTE, text=f"{line.title} = {variant}", by=by, at=at)
        return line


def _add_lines(order: Order, lines: Sequence[Line]) -> None:
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order, position=position, variant=line.variant, quantity=line.quantity, pieces=line.pieces,
            title=(line.title or str(line.variant or ""))[:300], options=line.options[:300],
            personalisation=line.personalisation[:300], unit_price=line.unit_price, discount=line.discount,
            external_id=line.external_id,
        )
        for position, line in enumerate(lines)
    )  # fmt: skip


def _terms(facts: Facts):
    if facts.channel:
        return terms_of(facts.channel, on=facts.placed_on, to=shipping.destination(facts))
    return terms_without_channel(current_workspace().currency, on=facts.placed_on, to=shipping.destination(facts))


def _created_before(key: UUID | None) -> Order | None:
    """The order of an earlier, equal request; of two at once the second waits here for the first."""
    if key is None:
        return None
    once.lock(key)
    return Order.objects.filter(create_key=key).first()


def _refuse_twice(facts: Facts) -> None:
    if facts.external_id and Order.objects.filter(channel=facts.channel, external_id=facts.external_id).exists():
        raise OrderAlreadyHere(_("Order {id} is here already.").format(id=facts.external_id))


def _refuse_too_much(facts: Facts, lines: Sequence[Line], rate: Decimal) -> None:
    goods = sum((line.unit_price * line.quantity for line in lines), Decimal(0))
    total = goods + facts.postage_charged + facts.gift_wrap_charged + facts.tax_added
    if max(total, facts.discount) * max(rate, Decimal(1)) >= MOST_HOME:
        raise TooMuchMoney(_("This order is worth more than can be booked; check its amounts."))


def _lock(order: Order) -> Order:
    return Order.objects.select_for_update(of=("self",)).select_related("channel", "customer").get(pk=order.pk)


def _lines(order: Order) -> list[OrderLine]:
    return list(order.lines.select_related("variant__item", "variant__product").in_order())


def _expect(order: Order, *states: str) -> None:
    if order.state not in states:
        raise NotNow(
            _("Order {number} is {state}; this cannot be done now.").format(
                number=order.number, state=order.get_state_display().lower()
            )
        )


def _note(order: Order, kind: str, *, text: str = "", by: User, at: datetime) -> None:
    OrderEvent.objects.create(order=order, kind=kind, text=text[:300], by=by, at=at)
