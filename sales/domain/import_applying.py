"""Writing orders of an import in portions: each portion whole or not at all, and nothing twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.models import Variant
from nozzly.accounts.models import User
from nozzly.core.bulk import insert_rows
from nozzly.core.errors import DomainError
from nozzly.core.numbering import next_numbers
from nozzly.tax.choices import TaxClass
from nozzly.tax.domain import periods
from pricing.domain.terms import Terms
from production.domain import once
from sales.choices import ImportAction, OrderEventKind, OrderState
from sales.domain import import_lines, states, tax_classes
from sales.domain import orders as order_life
from sales.domain.bulk_shipping import PostageGuess, Sent, TermsBook, send_all
from sales.domain.import_amounts import set_amounts
from sales.domain.import_lines import named
from sales.domain.import_plans import Change, Ground, OrderPlan, known_orders
from sales.domain.matching import Match
from sales.domain.refunds import refund_up_to
from sales.domain.rows_at_once import update_rows
from sales.domain.settling import settle_lines
from sales.domain.statement_rows import Teller
from sales.models import Customer, ImportedLine, ImportedOrder, Order, OrderEvent, OrderImport, OrderLine
from sales.orderfiles.facts import Buyer, FileLine, FileOrder

ZERO = Decimal(0)


@dataclass
class Desk:
    """What all portions of one import share."""

    order_import: OrderImport
    ground: Ground
    by: User
    at: datetime

    def __post_init__(self) -> None:
        self.terms = TermsBook(self.ground.channel)
        self.guess = PostageGuess(self.ground.channel, on=self.ground.today)

    @property
    def channel_key(self) -> UUID:
        return Teller(self.order_import, self.ground.channel, self.by, self.at).channel_key


def write_portion(desk: Desk, plans: Sequence[OrderPlan]) -> tuple[int, int]:
    """Make the new orders among these and bring the known ones up to date; answers how many of each.

    Two imports at once wait for each other here; what the first has made, the second finds.
    """
    with transaction.atomic():
        once.lock(desk.channel_key)
        here = known_orders(desk.ground.channel, [plan.order for plan in plans])
        fresh = [plan for plan in plans if plan.order.external_id not in here and plan.order.lines]
        _make(desk, fresh)
        changed = 0
        for plan in plans:
            existing = here.get(plan.order.external_id)
            if existing and plan.existing and plan.changes:
                changed += _change(desk, plan, existing)
        return len(fresh), changed


# --- New orders ------------------------------------------------------------------------------------------------------


def _make(desk: Desk, plans: Sequence[OrderPlan]) -> None:
    if not plans:
        return
    customers = _customers(desk, plans)
    numbers = next_numbers(table="sales_ordercounter", series="order", count=len(plans))
    made = [
        (plan, _order(desk, plan, customer, str(order_life.FIRST_NUMBER + number)))
        for plan, customer, number in zip(plans, customers, numbers, strict=True)
    ]
    Order.objects.bulk_create([order for _plan, order in made], batch_size=500)
    lines = _lines(made)
    insert_rows(
        [
            OrderEvent(
                order=order, kind=OrderEventKind.CREATED, text=desk.order_import.name[:300], at=desk.at, by=desk.by
            )
            for _plan, order in made
        ]
    )
    insert_rows(
        [
            ImportedOrder(
                order_import=desk.order_import, order=order, action=ImportAction.CREATED, is_history=plan.is_history
            )
            for plan, order in made
        ]
    )
    _send(desk, [(plan, order, lines[order.pk]) for plan, order in made if plan.is_sent])
    for plan, order in made:
        if not plan.is_sent and any(line.tax_class != TaxClass.STANDARD for line in lines[order.pk]):
            terms = _terms(desk, plan, order.customer)
            tax_classes.follow(order, lines[order.pk], terms=terms)
        if plan.order.refunded and plan.is_sent:
            refund_up_to(order, plan.order.refunded, on=order.shipped_on, by=desk.by, at=desk.at)


def _order(desk: Desk, plan: OrderPlan, customer: Customer | None, number: str) -> Order:
    facts, country, terms = plan.order, plan.order.buyer.country, _terms(desk, plan, customer)
    foreign_rate = desk.ground.rate_of(facts)
    cancelled = facts.cancelled_on is not None
    return Order(
        number=number, channel=desk.ground.channel, external_id=facts.external_id, customer=customer,
        state=OrderState.CANCELLED if cancelled else OrderState.NEW, cancelled_at=desk.at if cancelled else None,
        placed_on=facts.placed_on, due_on=facts.due_on if facts.due_on and facts.due_on >= facts.placed_on else None,
        ship_to=facts.buyer.label[:1000], ship_to_country=country,
        currency=facts.currency if foreign_rate else desk.ground.channel.currency, rate=foreign_rate or terms.rate,
        postage_charged=facts.postage, gift_wrap_charged=facts.gift_wrap, discount=facts.discount,
        tax_added=max(facts.tax, ZERO), tax_kind=terms.treatment.kind, tax_rate_pct=terms.treatment.rate_pct,
        tracking=facts.tracking[:80], note=_note(facts)[:2000],
        create_key=uuid5(desk.order_import.key, f"order {facts.external_id}"),
    )  # fmt: skip


def _terms(desk: Desk, plan: OrderPlan, customer: Customer | None) -> Terms:
    business = bool(customer and customer.is_business)
    return desk.terms.of(plan.order.placed_on, plan.order.buyer.country, business=business)


def _note(facts: FileOrder) -> str:
    return _("Buyer: {text}").format(text=facts.note) if facts.note else ""


def _lines(made: Sequence[tuple[OrderPlan, Order]]) -> dict[int, list[OrderLine]]:
    """Write the lines and how the channel named them; answers them by order, with their variants loaded."""
    wanted = {match.variant_id for plan, _order in made for match in plan.matches if match}
    variants = Variant.objects.select_related("product", "item").in_bulk(wanted)
    rows, named = [], []
    by_order: dict[int, list[OrderLine]] = {}
    for plan, order in made:
        for position, (fact, match) in enumerate(plan.pairs):
            line = _line(order, position, fact, match, variants)
            by_order.setdefault(order.pk, []).append(line)
            rows.append(line)
            named.append(ImportedLine(line=line, sku=fact.sku, listing=fact.listing, is_history=plan.is_history))
    insert_rows(rows)
    for each in named:
        each.line_id = each.line.pk
    insert_rows(named)
    return by_order


def _line(order: Order, position: int, fact: FileLine, match: Match | None, variants: dict[int, Variant]) -> OrderLine:
    variant = variants.get(match.variant_id) if match else None
    return OrderLine(
        order=order, position=position, external_id=fact.external_id, variant=variant, title=fact.title[:300] or "–",
        options=fact.options[:300], personalisation=fact.personalisation[:300], quantity=fact.quantity,
        pieces=match.pieces if variant else 1, unit_price=fact.unit_price, discount=fact.discount,
        tax_class=tax_classes.class_of(variant),
    )  # fmt: skip


def _customers(desk: Desk, plans: Sequence[OrderPlan]) -> list[Customer | None]:
    """Known people by email or by their name on the channel; new ones are made together."""
    buyers = [plan.order.buyer for plan in plans]
    known = known_customers(buyers)
    fresh: dict[str, Customer] = {}
    for buyer in buyers:
        key = _person(buyer)
        if key and key not in known and key not in fresh:
            fresh[key] = _customer(buyer)
    Customer.objects.bulk_create(fresh.values(), batch_size=1000)
    known |= fresh
    return [known.get(_person(buyer)) for buyer in buyers]


def _person(buyer: Buyer) -> str:
    """What tells two buyers apart; the name on the channel alone may be shared by nobody else there."""
    if buyer.email:
        return f"mail {buyer.email.casefold()}"
    if buyer.handle:
        return f"handle {buyer.handle.casefold()} {buyer.name.casefold()}"
    return f"name {buyer.name.casefold()} {buyer.postcode.casefold()}" if buyer.name else ""


def known_customers(buyers: Iterable[Buyer]) -> dict[str, Customer]:
    buyers = list(buyers)
    people = Customer.objects.filter(erased_at=None).select_related("merged_into")
    found: dict[str, Customer] = {}
    for field in ("email", "channel_handle", "name"):
        source = "handle" if field == "channel_handle" else field
        values = {text for buyer in buyers if (text := getattr(buyer, source))}
        for person in people.filter(**{f"{field}__in": values}).order_by("pk"):
            as_buyer = Buyer(person.channel_handle, person.name, email=person.email, postcode=person.postcode)
            found.setdefault(_person(as_buyer), person.merged_into or person)
    return found


def _customer(buyer: Buyer) -> Customer:
    email = buyer.email if "@" in buyer.email else ""
    return Customer(
        name=(buyer.name or buyer.handle or buyer.email)[:120], company=buyer.company, email=email, phone=buyer.phone,
        address=buyer.address, city=buyer.city, region=buyer.region, postcode=buyer.postcode, country=buyer.country,
        channel_handle=buyer.handle,
    )  # fmt: skip


# --- Sending ---------------------------------------------------------------------------------------------------------


def _send(desk: Desk, wanted: Sequence[tuple[OrderPlan, Order, list[OrderLine]]]) -> None:
    sent, closed_through = [], periods.closed_through()
    for plan, order, lines in wanted:
        on = plan.order.shipped_on or order.placed_on
        if closed_through and on <= closed_through and not plan.is_history:
            on = desk.ground.today  # what belongs to a closed month is booked today; history was never in the books
        for line in lines:
            line.order = order
        sent.append(Sent(order, lines, on, plan.is_history, key=uuid5(order.create_key, "sent")))
    send_all(sent, terms=desk.terms, guess=desk.guess, by=desk.by, at=desk.at)
    for each in sent:
        each.order.state, each.order.ship_key = OrderState.SHIPPED, each.key
        each.order.shipped_on = each.on
        each.order.shipped_at = min(each.at, desk.at)
    update_rows([each.order for each in sent], _SENT_FIELDS)
    insert_rows(
        [
            OrderEvent(order=each.order, kind=OrderEventKind.SHIPPED, text=each.order.tracking, at=desk.at, by=desk.by)
            for each in sent
        ]
    )


_SENT_FIELDS = [
    "state", "ship_key", "shipped_on", "shipped_at", "net_home", "tax_home", "fees_home", "cost_home", "post_home",
    "profit_home", "tax_kind", "tax_rate_pct",
]  # fmt: skip


# --- Orders that are here already ------------------------------------------------------------------------------------


def _change(desk: Desk, plan: OrderPlan, existing: Order) -> bool:
    """One change refused leaves the others; what was there before is kept for undoing."""
    done = []
    for change in plan.changes:
        try:
            with transaction.atomic():
                _CHANGES[change](desk, plan, existing)
        except DomainError as refusal:
            plan.reasons.append(str(refusal))
        else:
            done.append(str(change))
    if done:
        ImportedOrder.objects.update_or_create(
            order_import=desk.order_import, order=existing,
            defaults={
                "action": ImportAction.CHANGED, "before": {"state": existing.state, "changes": done} | plan.before,
            },
        )  # fmt: skip
    return bool(done)


def _match(desk: Desk, plan: OrderPlan, existing: Order) -> None:
    known = {named(line): match for line, match in plan.pairs if match}
    lines = [(line, known.get((line.title, line.options))) for line in existing.lines.all() if line.variant_id is None]
    settle_lines([(line, match.variant_id, match.pieces) for line, match in lines if match], by=desk.by, at=desk.at)


def _ship(desk: Desk, plan: OrderPlan, existing: Order) -> None:
    """Sent on the channel: pieces leave the shelf, also those of lines that nobody has confirmed."""
    lines = list(existing.lines.select_related("variant__item", "variant__product").in_order())
    order = Order.objects.select_for_update(of=("self",)).select_related("channel", "customer").get(pk=existing.pk)
    if not order.is_open or any(line.pieces_sent for line in lines):
        return
    order.tracking = order.tracking or plan.order.tracking[:80]
    order.create_key = order.create_key or uuid5(desk.order_import.key, f"order {order.pk}")
    _send(desk, [(plan, order, lines)])
    Order.objects.filter(pk=order.pk).update(tracking=order.tracking)


def _set_amounts(desk: Desk, plan: OrderPlan, existing: Order) -> None:
    before = set_amounts(existing, plan.amounts, at=desk.at)
    plan.before["amounts"] = before.as_kept()
    text = _("{total} by {file}").format(total=plan.order.total, file=desk.order_import.name)
    states.note(existing, OrderEventKind.NOTE, text=text, by=desk.by, at=desk.at)


def _set_number(desk: Desk, plan: OrderPlan, existing: Order) -> None:
    """The channel gave it a number since it came."""
    plan.before["number"] = existing.external_id
    Order.objects.filter(pk=existing.pk).update(external_id=plan.order.external_id, updated_at=desk.at)


def _set_lines(desk: Desk, plan: OrderPlan, existing: Order) -> None:
    plan.before["lines"] = import_lines.take(existing, plan.lines)
    text = f"{'; '.join(plan.lines.words)} · {desk.order_import.name}"
    states.note(existing, OrderEventKind.NOTE, text=text, by=desk.by, at=desk.at)


def _cancel(desk: Desk, plan: OrderPlan, existing: Order) -> None:
    order_life.cancel_order(existing, by=desk.by, at=desk.at)


def _refund(desk: Desk, plan: OrderPlan, existing: Order) -> None:
    refund_up_to(existing, plan.order.refunded, on=desk.ground.today, by=desk.by, at=desk.at)


_CHANGES = {
    Change.AMOUNTS: _set_amounts,
    Change.LINES: _set_lines,
    Change.NUMBER: _set_number,
    Change.MATCH: _match,
    Change.SHIP: _ship,
    Change.CANCEL: _cancel,
    Change.REFUND: _refund,
}
