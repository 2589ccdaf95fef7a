"""What to take to a fair: by what was sold from the stall's stock at the fairs before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from django.db.models import Sum

from catalog.models import Variant
from inventory.domain import ledger
from inventory.models import Lot
from pricing.models import Event

ZERO = Decimal(0)
_FAIRS_LOOKED_AT = 5


@dataclass(frozen=True)
class PackRow:
    """``sold`` by fair, the latest first; ``take`` covers the average, scaled to what is hoped for now."""

    variant: Variant
    sold: tuple[int, ...]
    take: int
    on_hand: int

    @property
    def missing(self) -> int:
        return max(self.take - self.on_hand, 0)


@dataclass(frozen=True)
class PackList:
    past: tuple[Event, ...]
    rows: tuple[PackRow, ...]

    @property
    def pieces(self) -> int:
        return sum(row.take for row in self.rows)


def pack_list(event: Event) -> PackList | None:
    """None where the stall has no place of its own; empty before its first fair."""
    if event.location is None:
        return None
    before = Event.objects.for_table().filter(location=event.location_id, starts_on__lt=event.starts_on)
    past = tuple(before.exclude(pk=event.pk).order_by("-starts_on", "-pk")[:_FAIRS_LOOKED_AT])
    sales = [ledger.sold_from(event.location, each.starts_on, _last_day(each)) for each in past]
    counted = [(each, sold) for each, sold in zip(past, sales, strict=True) if sold]
    rows = _rows(event, [sold for _each, sold in counted])
    return PackList(tuple(each for each, _sold in counted), tuple(rows))


def _last_day(event: Event) -> date:
    return event.starts_on + timedelta(days=event.days - 1)


def _rows(event: Event, sales: Sequence[Mapping[int, Decimal]]) -> list[PackRow]:
    if not sales:
        return []
    items = {item for sold in sales for item in sold}
    variants = Variant.objects.filter(item__in=items).select_related("product", "item")
    held = Lot.objects.filter(item__in=items).values("item").annotate(held=Sum("on_hand"))
    on_hand = {row["item"]: row["held"] for row in held}
    average = {item: sum((sold.get(item, ZERO) for sold in sales), ZERO) / len(sales) for item in items}
    scale = Decimal(event.expected_units) / sum(average.values())
    rows = [
        PackRow(
            variant=variant,
            sold=tuple(int(sold.get(variant.item_id, ZERO)) for sold in sales),
            take=int((average[variant.item_id] * scale).to_integral_value(rounding=ROUND_CEILING)),
            on_hand=int(on_hand.get(variant.item_id) or 0),
        )
        for variant in variants
    ]
    return sorted(rows, key=lambda row: (-row.take, str(row.variant)))
