"""What applying an import would do, order by order; writes nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import Sum
from django.utils.translation import gettext as _

from inventory.domain import ledger
from nozzly.tax.domain import periods
from pricing.models import Channel
from sales.choices import OrderState
from sales.domain.import_amounts import Amounts, new_amounts, with_what_rests_on_them
from sales.domain.import_lines import LinesPlan, compare, named
from sales.domain.import_rates import DayRates, is_known
from sales.domain.matching import Match, Matcher, Words
from sales.models import ImportSettings, Order, Refund
from sales.orderfiles.facts import FileLine, FileOrder
from sales.orderfiles.joining import Joined


class Verdict(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WAITING = "waiting"  # known only by its money: its lines come with another file
    REFUSED = "refused"


class Change(StrEnum):
    """What a file knows of an order that is here already."""

    SHIP = "ship"
    CANCEL = "cancel"
    REFUND = "refund"
    MATCH = "match"
    AMOUNTS = "amounts"
    LINES = "lines"
    NUMBER = "number"


@dataclass
class OrderPlan:
    order: FileOrder
    verdict: Verdict
    currency: str  # the channel's where the file names none
    existing: Order | None = None
    is_history: bool = False
    matches: list[Match | None] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    amounts: Amounts | None = None
    lines: LinesPlan | None = None
    before: dict = field(default_factory=dict)  # what undoing must know
    reasons: list[str] = field(default_factory=list)

    @property
    def pairs(self) -> list[tuple[FileLine, Match | None]]:
        return list(zip(self.order.lines, self.matches, strict=True))

    @property
    def stays(self) -> str:
        """What the file says otherwise of an order that nobody may change any more, and why."""
        if not self.lines or not self.lines.stays:
            return ""
        text = _("The file says: {words}. The order stays, because {reason}.")
        return text.format(words="; ".join(self.lines.words), reason=self.lines.stays)

    @property
    def is_sent(self) -> bool:
        """What was placed before the books start is over, whatever the file says of posting it."""
        return self.order.cancelled_on is None and (self.is_history or self.order.shipped_on is not None)


@dataclass(frozen=True)
class Ground:
    """What all orders of an import stand on: where they were sold, when the books start, what day it is."""

    channel: Channel
    books_start_on: date
    today: date
    closed_through: date | None
    rates: DayRates

    def is_foreign(self, order: FileOrder) -> bool:
        return order.currency not in {"", self.channel.currency}

    def rate_of(self, order: FileOrder) -> Decimal | None:
        """The rate of the day for an order that is not in the channel's currency."""
        return self.rates.on(order.currency, order.placed_on) if self.is_foreign(order) and order.placed_on else None


def ground_of(channel: Channel, *, today: date, joined: Joined) -> Ground:
    rates = DayRates({each.currency for each in (*joined.orders, *joined.rows)} - {channel.currency})
    return Ground(channel, books_start(today=today), today, periods.closed_through(), rates)


def books_start(*, today: date) -> date:
    """The day somebody typed; else the day of the first stock movement, and today where there is none.

    What was sold before anything was counted cannot have come from the shelf that was counted.
    """
    typed = ImportSettings.objects.filter(pk=1).values_list("books_start_on", flat=True).first()
    return typed or ledger.first_day() or today


def plan_orders(joined: Joined, ground: Ground) -> list[OrderPlan]:
    """A constant number of queries for any number of orders."""
    orders = joined.orders
    known = known_orders(ground.channel, orders)
    refunded = _refunded(known.values())
    matcher = Matcher(ground.channel)
    return [_plan(order, ground, matcher, known.get(order.external_id), refunded) for order in orders]


def known_orders(channel: Channel, orders: Iterable[FileOrder]) -> dict[str, Order]:
    """Those that are here, by their number in the file, also where they came before they had one."""
    earlier = {order.external_id: order.earlier_id for order in orders}
    names = {*earlier, *earlier.values()} - {""}
    rows = Order.objects.filter(channel=channel, external_id__in=names).prefetch_related("lines")
    here = {order.external_id: order for order in rows.annotate(**with_what_rests_on_them())}
    found = {name: here.get(name) or here.get(before) for name, before in earlier.items()}
    return {name: order for name, order in found.items() if order}


def _refunded(orders: Iterable[Order]) -> dict[int, Decimal]:
    rows = Refund.objects.filter(order__in=list(orders)).values("order").annotate(total=Sum("gross"))
    return {row["order"]: row["total"] for row in rows}


def _plan(
    order: FileOrder, ground: Ground, matcher: Matcher, existing: Order | None, refunded: dict[int, Decimal]
) -> OrderPlan:
    plan = OrderPlan(order, Verdict.NEW, order.currency or ground.channel.currency, existing)
    plan.is_history = order.placed_on is not None and order.placed_on < ground.books_start_on
    plan.matches = [matcher.find(words_of(line)) for line in order.lines]
    plan.reasons = _reasons(order, ground, existing)
    if plan.reasons:
        plan.verdict = Verdict.REFUSED
    elif existing:
        before = refunded.get(existing.pk, Decimal(0))
        plan.amounts = new_amounts(order, existing, refunded=before, closed_through=ground.closed_through)
        plan.lines = compare(order, plan.matches, existing)
        plan.changes = _changes(plan, existing, before)
        plan.verdict = Verdict.CHANGED if plan.changes else Verdict.SAME
    elif not order.lines:
        plan.verdict = Verdict.WAITING
    return plan


def words_of(line: FileLine) -> Words:
    return Words(line.title, line.options, line.sku, line.listing)


def _reasons(order: FileOrder, ground: Ground, existing: Order | None) -> list[str]:
    """Why an order cannot be taken in at all."""
    found = []
    if order.refused:
        found.append(_("Some of its rows cannot be read."))
    elif order.placed_on is None:
        found.append(_("Its date is not clear yet."))
    elif order.placed_on > ground.today:
        found.append(_("It was placed in the future."))
    if order.shipped_on and (
        order.shipped_on > ground.today or (order.placed_on and order.shipped_on < order.placed_on)
    ):
        found.append(_("It was sent before it was placed, or in the future."))
    found += _money_reasons(order, ground, existing)
    if any(line.discount > line.unit_price * line.quantity for line in order.lines):
        found.append(_("More is taken off a line than it costs."))
    if order.lines and order.discount > sum((line.total for line in order.lines), Decimal(0)):
        found.append(_("More is taken off than the goods cost."))
    return found


def _money_reasons(order: FileOrder, ground: Ground, existing: Order | None) -> list[str]:
    if existing and order.currency not in {"", existing.currency}:
        text = _("It is in {currency} here, in {other} in the file.")
        return [text.format(currency=existing.currency, other=order.currency)]
    if ground.is_foreign(order) and not is_known(order.currency):
        return [_("“{currency}” is no currency.").format(currency=order.currency)]
    return []


def _changes(plan: OrderPlan, existing: Order, refunded: Decimal) -> list[Change]:
    order, found = plan.order, [Change.AMOUNTS] if plan.amounts else []
    if existing.external_id != order.external_id:
        found.append(Change.NUMBER)
    if plan.lines and not plan.lines.stays:
        found.append(Change.LINES)
    if existing.state in OrderState.open():
        if order.cancelled_on:
            found.append(Change.CANCEL)
        elif plan.is_sent and order.shipped_on:
            found.append(Change.SHIP)
    if order.refunded > refunded and (existing.is_sent or Change.SHIP in found):
        found.append(Change.REFUND)
    if any(_matches_now(plan, existing)):
        found.append(Change.MATCH)
    return found


def _matches_now(plan: OrderPlan, existing: Order) -> Iterable[bool]:
    """Lines that nobody could name at the time of an earlier import."""
    unknown = {(line.title, line.options) for line in existing.lines.all() if line.variant_id is None}
    return (named(line) in unknown and match is not None for line, match in plan.pairs)


def counts_of(plans: Sequence[OrderPlan]) -> dict[str, int]:
    """What the preview says in numbers; lines are those of orders that would be made."""
    verdicts = Counter(plan.verdict for plan in plans)
    fresh = [match for plan in plans if plan.verdict == Verdict.NEW for match in plan.matches]
    return {
        **{verdict.value: verdicts[verdict] for verdict in Verdict},
        "lines": len(fresh),
        "matched": sum(1 for match in fresh if match),
        "history": sum(1 for plan in plans if plan.verdict == Verdict.NEW and plan.is_history),
    }


def totals_of(plans: Sequence[OrderPlan]) -> dict[str, Decimal]:
    """What the new orders come to, by currency; currencies are never added."""
    totals: dict[str, Decimal] = {}
    for plan in plans:
        if plan.verdict == Verdict.NEW:
            totals[plan.currency] = totals.get(plan.currency, Decimal(0)) + plan.order.reckoned_total
    return totals
