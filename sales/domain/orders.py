"""The life of an order: created, confirmed (reserves), packed, shipped (posts the sale and freezes it), or cancelled."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Variant
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.core.numbering import next_number
from nozzly.tax.choices import TaxClass
from nozzly.tax.domain.rates import exchange_rate
from nozzly.tenancy.current import current_workspace
from pricing.domain.terms import Terms, at_worth, terms_of, terms_without_channel
from production.domain import once
from production.domain.planning import plan_run
from production.models import Run
from sales.choices import OrderEventKind, OrderState
from sales.domain import addresses, net_prices, picking, run_words, shipping, tax_classes, waiting_rows
from sales.domain.order_facts import Facts, Line, Sending
from sales.domain.states import NotNow, expect, lines_of, lock_order, note
from sales.models import Customer, Invoice, Order, OrderLine, Parcel

FIRST_NUMBER = 1000
_NOT_KEPT = {"customer_name", "currency", "prices_without_tax"}
MOST_HOME = Decimal(10) ** 11  # for a whole order, in the workspace's currency; columns hold ten times as much


class NothingOrdered(DomainError):
    pass


class OrderAlreadyHere(DomainError):
    pass


class TooMuchMoney(DomainError):
    """More than the books can hold; somebody's finger stayed on a key."""


class UnknownLines(DomainError):
    pass


class DiscountTooBig(DomainError):
    """More off than the goods cost."""


class NothingToSend(DomainError):
    pass


def create_order(facts: Facts, lines: Sequence[Line], *, by: User, at: datetime) -> Order:
    """Take an order in; facts with the same ``create_key`` again change nothing and answer the same order.

    Raises NothingOrdered, OrderAlreadyHere, TooMuchMoney, DiscountTooBig, UnknownExchangeRate.
    """
    if not lines:
        raise NothingOrdered(_("An order has at least one line."))
    _refuse_discounts(facts, lines)
    lines = [replace(line, tax_class=tax_classes.class_of(line.variant, line.tax_class)) for line in lines]
    with transaction.atomic():
        if known := _created_before(facts.create_key):
            return known
        _refuse_twice(facts)
        if facts.customer is None and facts.customer_name:
            newcomer = Customer.objects.create(name=facts.customer_name, country=facts.ship_to_country)
            facts = replace(facts, customer=newcomer)
        facts = _going_to(facts)
        terms = _terms(facts)
        terms = at_worth(terms, _worth(facts, lines, terms))
        if facts.prices_without_tax:
            facts, lines = _with_tax(facts, lines, terms)
        _refuse_too_much(facts, lines, terms.rate)
        sequence = next_number(table="sales_ordercounter", series="order")
        order = Order.objects.create(
            number=str(FIRST_NUMBER + sequence),
            currency=terms.channel.currency,
            rate=terms.rate,
            tax_kind=terms.treatment.kind,
            tax_rate_pct=terms.treatment.rate_pct,
            **{name: value for name, value in vars(facts).items() if name not in _NOT_KEPT},
        )
        made = _add_lines(order, lines)
        if any(line.tax_class != TaxClass.STANDARD for line in made):
            tax_classes.follow(order, made, terms=terms)
        note(order, OrderEventKind.CREATED, by=by, at=at)
        _take_what_waited(order, by=by, at=at)
        return order


def confirm_order(order: Order, *, by: User, at: datetime) -> Order:
    """Accept it: its pieces are kept back from now on, the oldest first; a kit by what is in it.

    Raises NotNow, UnknownLines.
    """
    with transaction.atomic():
        order = lock_order(order)
        if order.state == OrderState.CONFIRMED:
            return order
        expect(order, OrderState.NEW)
        lines = lines_of(order)
        if any(line.variant_id is None for line in lines):
            raise UnknownLines(_("Say for each line which product it is; then confirm the order."))
        tax_classes.read_again(order, lines)
        picking.unpack_kits(lines)
        picking.keep_back(order, lines)
        order.state, order.confirmed_at = OrderState.CONFIRMED, at
        order.save(update_fields=["state", "confirmed_at", "updated_at"])
        note(order, OrderEventKind.CONFIRMED, by=by, at=at)
        return order


def pack_order(order: Order, *, by: User, at: datetime) -> Order:
    """It is in its box; nothing leaves the books before it is shipped. Raises NotNow."""
    with transaction.atomic():
        order = lock_order(order)
        if order.state == OrderState.PACKED:
            return order
        expect(order, OrderState.CONFIRMED)
        order.state, order.packed_at = OrderState.PACKED, at
        order.save(update_fields=["state", "packed_at", "updated_at"])
        note(order, OrderEventKind.PACKED, by=by, at=at)
        return order


def ship_order(order: Order, *, sending: Sending, key: UUID, by: User, at: datetime) -> Order:
    """Send a parcel: its pieces and its packaging leave the shelf; with the last, what the order earned is frozen.

    The same ``key`` again changes nothing and answers the same order. A piece that was not on the shelf is booked as
    found and flagged. Raises NotNow, NothingToSend.
    """
    with transaction.atomic():
        order = lock_order(order)
        if _sent_before(key):
            return order
        expect(order, OrderState.CONFIRMED, OrderState.PACKED)
        lines = lines_of(order)
        pieces = _pieces_of(lines, sending)
        parcel = Parcel.objects.create(
            order=order, key=key, service=sending.service, postage=sending.postage, tracking=sending.tracking,
            postage_assumed=sending.postage_assumed, packaging=sending.packaging,
            packaging_count=sending.packaging_count,
        )  # fmt: skip
        if sending.closes:
            for line in lines:
                line.pieces_dropped = line.pieces_left - pieces.get(line.pk, 0)
        shipping.post_parcel(
            shipping.Posting(order, lines, parcel, pieces), key=key, by=by, at=at, stall=sending.stall
        )  # fmt: skip
        if sending.tracking:
            order.tracking = sending.tracking
        if any(line.pieces_left for line in lines):
            order.state, order.packed_at = OrderState.CONFIRMED, None
            kind = OrderEventKind.PART_SENT
        else:
            shipping.freeze_order(order, lines, at=at)
            order.state, order.ship_key = OrderState.SHIPPED, key
            order.shipped_at, order.shipped_on = at, timezone.localdate(at)
            kind = OrderEventKind.SHIPPED
        order.save()
        note(order, kind, text=sending.tracking, by=by, at=at)
        if kind == OrderEventKind.SHIPPED:
            _take_what_waited(order, by=by, at=at)
        return order


def deliver_order(order: Order, *, on: date, by: User, at: datetime) -> Order:
    """The buyer has it. Raises NotNow."""
    with transaction.atomic():
        order = lock_order(order)
        if order.state == OrderState.DELIVERED:
            return order
        expect(order, OrderState.SHIPPED)
        if not order.shipped_on <= on <= timezone.localdate(at):
            raise NotNow(_("It cannot have arrived before it was sent, or after today."))
        order.state, order.delivered_on = OrderState.DELIVERED, on
        order.save(update_fields=["state", "delivered_on", "updated_at"])
        note(order, OrderEventKind.DELIVERED, by=by, at=at)
        return order


def cancel_order(order: Order, *, by: User, at: datetime) -> Order:
    """The buyer does not want it any more; what was kept back is free again. Raises NotNow."""
    with transaction.atomic():
        order = lock_order(order)
        if order.state == OrderState.CANCELLED:
            return order
        expect(order, *OrderState.open())
        _refuse_if_committed(order)
        picking.give_up(lines_of(order))
        order.state, order.cancelled_at = OrderState.CANCELLED, at
        order.save(update_fields=["state", "cancelled_at", "updated_at"])
        note(order, OrderEventKind.CANCELLED, by=by, at=at)
        return order


def plan_missing(order: Order, *, by: User, at: datetime) -> list[Run]:
    """Plan a run for each thing that is short on the shelf and not yet planned; answers the runs. Raises NotNow."""
    with transaction.atomic():
        order = lock_order(order)
        expect(order, OrderState.CONFIRMED)
        runs = []
        for short in picking.shortages(picking.needs_of(lines_of(order))):
            if short.need.b_grade:
                continue  # nobody sets out to print those
            missing = short.missing - picking.pieces_planned(short.need.line, short.need.variant)
            if missing > 0:
                runs += plan_run(
                    outputs=[picking.wanted(order, short.need, missing)],
                    reference=run_words.words_of(order).reference,
                    even_if_short=True, by=by, at=at,
                )  # fmt: skip
        return runs


def add_note(order: Order, text: str, *, by: User, at: datetime) -> None:
    """A message to ourselves, in the order's diary; sent twice within a minute it stands once."""
    with transaction.atomic():
        order = lock_order(order)
        lately = order.events.filter(kind=OrderEventKind.NOTE, text=text[:300], by=by, at__gt=at - timedelta(minutes=1))
        if not lately.exists():
            note(order, OrderEventKind.NOTE, text=text, by=by, at=at)


def match_line(line: OrderLine, *, variant: Variant, by: User, at: datetime) -> OrderLine:
    """Say which product an unknown line is. Raises NotNow once the order is confirmed."""
    with transaction.atomic():
        order = lock_order(line.order)
        expect(order, OrderState.NEW)
        line.variant = variant
        line.save(update_fields=["variant"])
        tax_classes.read_again(order, lines_of(order))
        note(order, OrderEventKind.NOTE, text=f"{line.title} = {variant}", by=by, at=at)
        return line


def _take_what_waited(order: Order, *, by: User, at: datetime) -> None:
    """What statements have said of it before it came, or before it was sent."""
    if order.channel and order.external_id:
        waiting_rows.join(order.channel, order=order, by=by, at=at)


def _add_lines(order: Order, lines: Sequence[Line]) -> list[OrderLine]:
    return OrderLine.objects.bulk_create(
        OrderLine(
            order=order, position=position, variant=line.variant, quantity=line.quantity, pieces=line.pieces,
            title=(line.title or str(line.variant or ""))[:300], options=line.options[:300],
            personalisation=line.personalisation[:300], b_grade=line.b_grade, unit_price=line.unit_price, discount=line.discount,
            external_id=line.external_id, tax_class=line.tax_class,
        )
        for position, line in enumerate(lines)
    )  # fmt: skip


def _terms(facts: Facts) -> Terms:
    """The channel's terms, or those of a sale without one: in any currency, at the rate of the day."""
    if facts.channel:
        return terms_of(facts.channel, on=facts.placed_on, to=shipping.destination(facts))
    home = current_workspace().currency
    terms = terms_without_channel(facts.currency or home, on=facts.placed_on, to=shipping.destination(facts))
    if terms.rate_assumed:
        exchange_rate(currency=terms.channel.currency, to=home, on=facts.placed_on)  # refuses: nobody typed one
    return terms


def _worth(facts: Facts, lines: Sequence[Line], terms: Terms) -> Decimal:
    """What the goods are worth at a border, in the order's currency."""
    if facts.prices_without_tax:
        return sum((line.unit_price * line.quantity - line.discount for line in lines), Decimal(0)) - facts.discount
    factors = net_prices.factors_of(lines, terms)
    return net_prices.goods_without_tax(lines, facts.discount, factors, terms.channel.currency)


def _with_tax(facts: Facts, lines: Sequence[Line], terms: Terms) -> tuple[Facts, Sequence[Line]]:
    factors, currency = net_prices.factors_of(lines, terms), terms.channel.currency
    whole = net_prices.whole_factor(lines, factors)
    amounts = {
        name: net_prices.with_tax(getattr(facts, name), whole, currency)
        for name in ("postage_charged", "gift_wrap_charged", "discount", "deposit_asked")
    }
    return replace(facts, **amounts), net_prices.lines_with_tax(lines, factors, currency)


def _going_to(facts: Facts) -> Facts:
    """To the customer's own address where the order names no other."""
    if facts.customer is None or facts.ship_to.strip():
        return facts
    country = facts.ship_to_country or facts.customer.country
    return replace(facts, ship_to=addresses.on_parcel(facts.customer), ship_to_country=country)


def _created_before(key: UUID | None) -> Order | None:
    """The order of an earlier, equal request; of two at once the second waits here for the first."""
    if key is None:
        return None
    once.lock(key)
    return Order.objects.filter(create_key=key).first()


def _refuse_twice(facts: Facts) -> None:
    if facts.external_id and Order.objects.filter(channel=facts.channel, external_id=facts.external_id).exists():
        raise OrderAlreadyHere(_("Order {id} is here already.").format(id=facts.external_id))


def _refuse_discounts(facts: Facts, lines: Sequence[Line]) -> None:
    for line in lines:
        if line.discount > line.unit_price * line.quantity:
            raise DiscountTooBig(
                _("{title} costs {cost}; no more than that can be taken off.").format(
                    title=line.title or line.variant or _("A line"), cost=line.unit_price * line.quantity
                )
            )
    goods = sum((line.unit_price * line.quantity - line.discount for line in lines), Decimal(0))
    if facts.discount > goods:
        raise DiscountTooBig(_("The goods cost {goods}; no more than that can be taken off.").format(goods=goods))


def _sent_before(key: UUID) -> bool:
    """Whether this very parcel is on its way. Raises NotNow when that was undone since."""
    known = Parcel.objects.filter(key=key).first()
    if known and known.undone_at:
        raise NotNow(_("This parcel was sent and taken back; open the order again to send it."))
    return known is not None


def _pieces_of(lines: Sequence[OrderLine], sending: Sending) -> dict[int, int]:
    """What lies in the parcel, by line. Raises NothingToSend."""
    if sending.pieces is None:
        return {line.pk: line.pieces_left for line in lines if line.pieces_left}
    wanted = {line.pk: sending.pieces.get(line.pk, 0) for line in lines}
    for line in lines:
        if not 0 <= wanted[line.pk] <= line.pieces_left:
            raise NothingToSend(
                _("{title}: {left} pieces are still to be sent.").format(title=line.title, left=line.pieces_left)
            )
    if not any(wanted.values()):
        raise NothingToSend(_("Say how many pieces lie in the parcel."))
    return {pk: pieces for pk, pieces in wanted.items() if pieces}


def _refuse_if_committed(order: Order) -> None:
    """What must be taken back first, by its own road. Raises NotNow."""
    if order.parcels.filter(undone_at=None).exists():
        raise NotNow(_("Part of it is sent: send the rest, or send nothing more, or undo the shipping."))
    if stands := Invoice.objects.filter(order=order).standing().first():
        raise NotNow(_("Invoice {number} stands; take it back by a credit note first.").format(number=stands.number))


def _refuse_too_much(facts: Facts, lines: Sequence[Line], rate: Decimal) -> None:
    goods = sum((line.unit_price * line.quantity for line in lines), Decimal(0))
    total = goods + facts.postage_charged + facts.gift_wrap_charged + facts.tax_added
    if max(total, facts.discount) * max(rate, Decimal(1)) >= MOST_HOME:
        raise TooMuchMoney(_("This order is worth more than can be booked; check its amounts."))
