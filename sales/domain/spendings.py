"""What lies behind the lines of profit that belong to no product: expenses, charges, adverts, lost runs, stock, fairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from inventory.domain import ledger
from pricing.models import Channel, Event
from production.models import Run
from sales.choices import ChannelChargeKind
from sales.domain import fair_costs, profit_facts
from sales.domain.profit_parts import parts
from sales.models import ChannelCharge, Expense, Order, OrderCharge, ProfitFact
from sales.report_choices import ExpenseCategory, FactKind

ZERO = Decimal(0)
AD_CODES = ("offsite_ads", "promoted")  # what schedules and statements call fees of orders that an advert brought


@dataclass(frozen=True)
class Spent:
    """``cost`` is what lowers profit; ``in_pieces`` what of the net amount the cost of the pieces holds already."""

    category: str
    count: int
    net: Decimal
    tax: Decimal
    in_pieces: Decimal
    cost: Decimal


@dataclass(frozen=True)
class Charged:
    channel: Channel
    code: str
    count: int
    amount: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Adverts:
    """``on_orders`` are fees of orders that an advert brought, ``charged`` what of them a statement names."""

    channel: Channel | None
    net: Decimal
    on_orders: Decimal
    charged: Decimal
    paid: Decimal

    @property
    def total(self) -> Decimal:
        return self.on_orders + self.paid

    @property
    def share_pct(self) -> Decimal | None:
        return self.total * 100 / self.net if self.net else None


@dataclass(frozen=True)
class FairProfit:
    event: Event
    sale_count: int
    net: Decimal
    fees: Decimal
    goods: Decimal
    given_back: Decimal
    fixed: Decimal

    @property
    def profit(self) -> Decimal:
        return self.net - self.fees - self.goods - self.given_back - self.fixed


def expenses_by_category(first: date, last: date) -> list[Spent]:
    """By the day they count for, the dearest first."""
    loose = Q(in_costs=False)
    rows = Expense.objects.booked_between(first, last).order_by().values("category").annotate(
        count=Count("pk"), net_sum=Sum("net"), tax_sum=Sum("tax"), in_pieces=Sum("net", filter=~loose),
        cost_sum=Sum("cost", filter=loose),
    )  # fmt: skip
    found = [
        Spent(
            row["category"], row["count"], row["net_sum"], row["tax_sum"], row["in_pieces"] or ZERO, row["cost_sum"] or ZERO
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda row: (-row.net, row.category))


def charges_by_kind(first: date, last: date, *, channel: int | None = None) -> list[Charged]:
    """What channels took beside the fees of orders, by the day it counts for."""
    rows = ChannelCharge.objects.standing().filter(booked_on__range=(first, last))
    rows = rows.filter(channel=channel) if channel else rows
    sums = rows.order_by().values("channel", "code").annotate(
        count=Count("pk"), amount=Sum("amount_home"), tax_sum=Sum("tax_home")
    )  # fmt: skip
    sums = list(sums)
    channels = Channel.objects.in_bulk({row["channel"] for row in sums})
    found = [
        Charged(channels[row["channel"]], row["code"], row["count"], row["amount"], row["tax_sum"]) for row in sums
    ]
    return sorted(found, key=lambda row: (-row.amount, row.channel.name, row.code))


def adverts(first: date, last: date, *, channel: int | None = None) -> list[Adverts]:
    """What adverts took of each channel's net revenue; the row without a channel is what was paid elsewhere."""
    profit_facts.refresh()
    sold = parts("channel", first, last, {"channel": channel})
    net: dict = {}
    for part in sold:
        for key, amount in _sums(part.filter(kind=FactKind.SALE), "channel", "net").items():
            net[key] = net.get(key, ZERO) + amount
    charged, expected = _ad_fees(first, last)
    paid = ChannelCharge.objects.standing().filter(code=ChannelChargeKind.ADS, booked_on__range=(first, last))
    paid = _sums(paid, "channel", "amount_home")
    elsewhere = Expense.objects.booked_between(first, last).filter(category=ExpenseCategory.ADS)
    channels = Channel.objects.in_order()
    rows = [
        Adverts(
            each, net.get(each.pk, ZERO), charged.get(each.pk, ZERO) + expected.get(each.pk, ZERO), charged.get(each.pk, ZERO),
            paid.get(each.pk, ZERO),
        )
        for each in (channels.filter(pk=channel) if channel else channels)
    ]  # fmt: skip
    found = sorted((row for row in rows if row.net or row.total), key=lambda row: -row.total)
    spent = ZERO if channel else elsewhere.aggregate(total=Sum("cost"))["total"] or ZERO
    return [*found, Adverts(None, ZERO, ZERO, ZERO, spent)] if spent else found


def _ad_fees(first: date, last: date) -> tuple[dict, dict]:
    """By channel: what statements name, and what the schedule expects where none does."""
    rows = OrderCharge.objects.standing().filter(code__in=AD_CODES, order__shipped_on__range=(first, last))
    named = OrderCharge.objects.standing().filter(charged=True, order=OuterRef("order"), code=OuterRef("code"))
    rows = rows.filter(Q(charged=True) | ~Exists(named)).order_by()
    sums = rows.values_list("charged", "order__channel").annotate(total=Sum("amount_home"))
    found = {False: {}, True: {}}
    for charged, channel, total in sums:
        found[charged][channel] = total
    return found[True], found[False]


def _sums(rows: QuerySet, by: str, name: str) -> dict:
    return {row[by]: row["total"] for row in rows.order_by().values(by).annotate(total=Sum(name))}


def fairs_between(first: date, last: date) -> list[FairProfit]:
    """Fairs that started in these days, the newest first: what was sold there, less everything it cost."""
    events = list(
        Event.objects.filter(starts_on__range=(first, last)).select_related("fair_stall").order_by("-starts_on", "-pk")
    )
    sent = Order.objects.sent().filter(fair_sale__stall__event__in=events).order_by()
    by = "fair_sale__stall__event"
    sums = {
        row[by]: row
        for row in sent.values(by).annotate(
            count=Count("pk"), net=Sum("net_home"), fees=Sum("fees_home"), cost=Sum("cost_home"), post=Sum("post_home")
        )
    }
    back = {
        row[by]: row
        for row in sent.filter(refunds__isnull=False)
        .values(by)
        .annotate(net=Sum("refunds__net_home"), fees=Sum("refunds__fees_home"))
    }
    fixed, returned = fair_costs.costs_of(events), fair_costs.goods_back(events)
    return [
        _fair(
            event, sums.get(event.pk, {}), back.get(event.pk, {}), fixed[event.pk], returned.get(event.pk, ZERO)
        )
        for event in events
    ]  # fmt: skip


def _fair(event: Event, sold: dict, back: dict, fixed: Decimal, returned: Decimal) -> FairProfit:
    def amount(row: dict, name: str) -> Decimal:
        return row.get(name) or ZERO

    return FairProfit(
        event, sold.get("count", 0), amount(sold, "net"), amount(sold, "fees"),
        amount(sold, "cost") + amount(sold, "post") - returned, amount(back, "net") - amount(back, "fees"), fixed,
    )  # fmt: skip


@dataclass(frozen=True)
class Lost:
    count: int
    amount: Decimal


def lost(first: date, last: date, kind: str) -> Lost:
    """How many runs or movements lost something, and what all of them took from profit."""
    profit_facts.refresh()
    found = ProfitFact.objects.between(first, last).filter(kind=kind).aggregate(count=Count("pk"), total=Sum("profit"))
    return Lost(found["count"], -(found["total"] or ZERO))


def lost_runs(first: date, last: date, *, most: int | None = None) -> list[tuple[ProfitFact, Run]]:
    """Each run that lost something, the dearest first, as profit counts it."""
    facts = _facts(first, last, FactKind.RUN_LOSS, most)
    runs = Run.objects.select_related("printer", "failure_reason").in_bulk([fact.source_id for fact in facts])
    return [(fact, runs[fact.source_id]) for fact in facts if fact.source_id in runs]


def stock_lost(first: date, last: date, *, most: int | None = None) -> list[tuple[ProfitFact, object]]:
    """Each movement of stock that was lost, found, scrapped or written down, the dearest first, as profit counts it."""
    facts = _facts(first, last, FactKind.STOCK, most)
    rows = {row.pk: row for row in ledger.movements_numbered([fact.source_id for fact in facts])}
    return [(fact, rows[fact.source_id]) for fact in facts if fact.source_id in rows]


def _facts(first: date, last: date, kind: str, most: int | None) -> Sequence[ProfitFact]:
    profit_facts.refresh()
    rows = ProfitFact.objects.between(first, last).filter(kind=kind)
    return list(rows.order_by(F("profit").asc(), "-on", "pk")[:most])
