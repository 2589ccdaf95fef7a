"""Where an order left its marks: the runs made for it, and what the ledger booked."""

from inventory.domain import ledger
from production.models import RunOutput
from sales.domain import picking, returns, shipping
from sales.models import Order


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
