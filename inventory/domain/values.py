"""Stock and its value at the close of any day: the number the tax adviser asks for."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from inventory.choices import ItemKind
from inventory.domain import ledger, stock_days
from inventory.models import Item, Lot

PACE_DAYS = 90
_YEAR_DAYS = 365
_ZERO = Decimal(0)


@dataclass(frozen=True)
class ItemValue:
    item: Item
    quantity: Decimal
    bought_value: Decimal
    full_value: Decimal
    gone: Decimal  # in the PACE_DAYS up to the day

    @property
    def days_on_hand(self) -> int | None:
        return int(self.quantity * PACE_DAYS / self.gone) if self.gone > 0 else None

    @property
    def turnover(self) -> Decimal | None:
        """How many times a year what is there goes out at that pace; None when nothing is there or nothing goes."""
        if self.gone <= 0 or self.quantity <= 0:
            return None
        return (self.gone * _YEAR_DAYS / PACE_DAYS / self.quantity).quantize(Decimal("0.1"))


@dataclass(frozen=True)
class Revalued:
    """A write-down, or up: already inside the values."""

    lot: Lot
    on: date
    bought_value: Decimal
    full_value: Decimal
    reason: str
    by: object


@dataclass(frozen=True)
class StockValue:
    on: date
    rows: list[ItemValue]
    revalued: list[Revalued]  # since the start of that year

    @property
    def bought_value(self) -> Decimal:
        return sum((row.bought_value for row in self.rows), _ZERO)

    @property
    def full_value(self) -> Decimal:
        return sum((row.full_value for row in self.rows), _ZERO)

    def by_kind(self) -> list[tuple[str, Decimal, Decimal]]:
        """(kind, bought value, full value), in the order of the kinds."""
        kinds = [(kind, [row for row in self.rows if row.item.kind == kind]) for kind in ItemKind]
        return [
            (kind.label, sum(row.bought_value for row in rows), sum(row.full_value for row in rows))
            for kind, rows in kinds
            if rows
        ]


def stock_value(on: date) -> StockValue:
    """What was there at the close of the day, the dearest first. Six queries, whatever the stock."""
    balances = stock_days.held_on(on)
    gone = stock_days.gone_between(on - timedelta(days=PACE_DAYS - 1), on)
    items = Item.objects.only("kind", "name", "sku", "unit").in_bulk(
        [pk for pk, held in balances.items() if held.quantity or held.bought_value or held.full_value]
    )
    rows = [
        ItemValue(item, balances[pk].quantity, balances[pk].bought_value, balances[pk].full_value, gone.get(pk, _ZERO))
        for pk, item in items.items()
    ]
    revalued = [
        Revalued(row.lot, row.booked_on, row.bought_value, row.full_value, row.source_text, row.by)
        for row in ledger.revaluations(on.replace(month=1, day=1), on)
    ]
    return StockValue(on, sorted(rows, key=lambda row: (-row.bought_value, row.item.name)), revalued)
