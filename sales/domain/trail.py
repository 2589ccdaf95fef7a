"""Where an order left its marks: the runs made for it, and what the ledger booked."""

from dataclasses import dataclass
from decimal import Decimal

from inventory.domain import ledger
from production.models import RunOutput
from sales.choices import ReturnTo
from sales.domain import picking, returns, shipping
from sales.models import Order

ZERO = Decimal(0)


@dataclass(frozen=True)
class Afterwards:
    """What came of a sale later, in the workspace's currency; ``profit`` is what is left of it now."""

    given_back: Decimal
    fees_back: Decimal
    goods_back: Decimal
    profit: Decimal


def afterwards(order: Order) -> Afterwards | None:
    """None where no money and no pieces came back; asks for loaded refunds and returns."""
    refunds, rows = order.refunds.all(), [row for back in order.returns.all() for row in back.lines.all()]
    if order.profit_home is None or not (refunds or rows):
        return None
    given = sum((refund.net_home for refund in refunds), ZERO)
    fees = sum((refund.fees_home for refund in refunds), ZERO)
    goods = sum((row.full_home for row in rows if row.to == ReturnTo.STOCK), ZERO)
    return Afterwards(given, fees, goods, order.profit_home - given + fees + goods)


def runs_for(order: Order) -> list[RunOutput]:
    """What runs made or will make for its lines; asks for loaded lines."""
    outputs = RunOutput.objects.filter(
        source=picking.SOURCE, source_id__in=[line.pk for line in order.lines.all()]
    )  # fmt: skip
    return list(outputs.select_related("run", "variant__product").order_by("run__number", "pk"))


def movements_of(order: Order) -> list:
    """All of its movements in the order they were booked: what was sent, undone, and came back."""
    rows = [
        *ledger.movements_from(shipping.SOURCE, order.pk),
        *ledger.movements_from(returns.SOURCE, order.pk),
    ]
    return sorted(rows, key=lambda row: row.pk)
