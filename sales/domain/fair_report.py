"""What a fair brought, and what to bring next time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from django.db.models import F, Max, Sum

from catalog.models import Variant
from sales.choices import FairMethod, OrderState
from sales.domain import fair_costs, fairs
from sales.models import FairSale, FairStall, Order, OrderLine

ZERO = Decimal(0)
_AT_MOST_TIMES = 3


@dataclass(frozen=True)
class Outcome:
    """``cash`` and ``card`` in the channel's currency, the rest in the workspace's. ``profit`` is after the fair.

    ``goods`` is what was sold, ``goods_back`` what of it came back to the shelf.
    """

    cash: Decimal
    card: Decimal
    sale_count: int
    net: Decimal
    fees: Decimal
    goods: Decimal
    given_back: Decimal
    fixed: Decimal
    goods_back: Decimal

    @property
    def takings(self) -> Decimal:
        return self.cash + self.card

    @property
    def profit(self) -> Decimal:
        return self.net - self.fees - self.goods + self.goods_back - self.given_back - self.fixed


@dataclass(frozen=True)
class NextTime:
    """``bring`` is what would have sold had it lasted to the end, at most three times what was sold."""

    variant: Variant
    sold: int
    left: int
    sold_out_at: datetime | None
    bring: int


def outcome_of(stall: FairStall) -> Outcome:
    takings = fairs.takings_of(stall)
    sent = Order.objects.sent().filter(fair_sale__stall=stall)
    sums = sent.aggregate(net=Sum("net_home"), fees=Sum("fees_home"), cost=Sum("cost_home"), post=Sum("post_home"))
    back = sent.aggregate(net=Sum("refunds__net_home"), fees=Sum("refunds__fees_home"))
    return Outcome(
        cash=takings[FairMethod.CASH],
        card=takings[FairMethod.CARD],
        sale_count=sent.count(),
        net=sums["net"] or ZERO,
        fees=sums["fees"] or ZERO,
        goods=(sums["cost"] or ZERO) + (sums["post"] or ZERO),
        given_back=(back["net"] or ZERO) - (back["fees"] or ZERO),
        fixed=fair_costs.costs_of([stall.event])[stall.event_id],
        goods_back=fair_costs.goods_back([stall.event]).get(stall.event_id, ZERO),
    )


def sales_of(stall: FairStall) -> Sequence[FairSale]:
    """Newest first, each with its lines; those undone stand there too, crossed out."""
    rows = stall.sales.select_related("order", "by").prefetch_related("order__lines__variant__product")
    return rows.order_by("-sold_at", "-pk")


def next_time(stall: FairStall, *, now: datetime) -> list[NextTime]:
    """By what sold best."""
    held = fairs.held_there(stall)
    lines = OrderLine.objects.filter(order__fair_sale__stall=stall, variant__isnull=False)
    lines = lines.exclude(order__state=OrderState.CANCELLED).order_by().values("variant")
    sums = {
        row["variant"]: (row["pieces"], row["last"])
        for row in lines.annotate(pieces=Sum(F("quantity") * F("pieces")), last=Max("order__fair_sale__sold_at"))
    }
    found = []
    for variant in Variant.objects.filter(pk__in=sums).select_related("product", "item"):
        sold, last = sums[variant.pk]
        left = held.get(variant.item_id, 0)
        out_at = None if left else last
        found.append(NextTime(variant, sold, left, out_at, _bring(stall, sold, out_at, now)))
    return sorted(found, key=lambda row: (-row.sold, str(row.variant)))


def _bring(stall: FairStall, sold: int, out_at: datetime | None, now: datetime) -> int:
    if out_at is None:
        return sold
    whole = Decimal(((stall.closed_at or now) - stall.opened_at).total_seconds())
    until = Decimal((out_at - stall.opened_at).total_seconds())
    if until <= 0 or whole <= until:
        return sold
    longer = min(whole / until, Decimal(_AT_MOST_TIMES))
    return int((sold * longer).to_integral_value(rounding=ROUND_CEILING))
