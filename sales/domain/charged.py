"""The fees of one order: what the schedule expects beside what a statement has charged."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sales.models import Order, OrderCharge

ZERO = Decimal(0)


@dataclass(frozen=True)
class Fee:
    """In the workspace's currency; ``charged`` is None until a statement names it. ``counts`` is what profit uses."""

    code: str
    label: str
    formula: str
    source: str
    expected: Decimal | None
    charged: Decimal | None

    @property
    def counts(self) -> Decimal:
        return (self.expected or ZERO) if self.charged is None else self.charged


def fees_of(order: Order) -> list[Fee]:
    """By kind of fee; asks for loaded charges. Rows that were taken back, and those that took them back, are left out."""
    rows: dict[str, list[OrderCharge]] = {}
    charges = sorted(order.charges.all(), key=lambda row: row.pk)
    undone = {row.reverses_id for row in charges if row.reverses_id}
    for row in charges:
        if row.reverses_id is None and row.pk not in undone:
            rows.setdefault(row.code, []).append(row)
    return [_fee(code, found) for code, found in rows.items()]


def _fee(code: str, rows: Iterable[OrderCharge]) -> Fee:
    expected = [row for row in rows if not row.charged]
    charged = [row for row in rows if row.charged]
    first = (expected or charged)[0]
    return Fee(
        code=code, label=first.label, formula=first.formula, source=first.source,
        expected=sum((row.amount_home for row in expected), ZERO) if expected else None,
        charged=sum((row.cost_home for row in charged), ZERO) if charged else None,
    )  # fmt: skip


def profit_of(order: Order) -> Decimal | None:
    """Profit with charged fees where they are known, expected ones where not; None before it is sent."""
    if order.profit_home is None:
        return None
    known = [fee for fee in fees_of(order) if fee.charged is not None]
    return order.profit_home - sum((fee.counts - (fee.expected or ZERO) for fee in known), ZERO)
