"""The stock room at a glance: a row for each group of filaments that replace each other, or for a lone filament."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, Sum

from inventory.choices import SpoolState
from inventory.domain import stock_days
from inventory.models import Filament, Lot, MaterialGroup, Reservation

USAGE_DAYS = 30
_ZERO = Decimal(0)


@dataclass
class Row:
    name: str
    material: str
    colours: Sequence[str]
    url: str
    item_ids: list[int] = field(default_factory=list)
    sealed_g: Decimal = _ZERO
    open_g: Decimal = _ZERO
    reserved_g: Decimal = _ZERO
    used_g: Decimal = _ZERO  # in the last USAGE_DAYS days
    value: Decimal = _ZERO
    spool_count: int = 0
    needs_count: bool = False

    @property
    def stock_g(self) -> Decimal:
        return self.sealed_g + self.open_g

    @property
    def short_g(self) -> Decimal:
        """How much more is promised than there is."""
        return max(self.reserved_g - self.stock_g, _ZERO)

    @property
    def days_left(self) -> int | None:
        """How long it lasts at the pace of the last weeks; None when none was used."""
        return int(self.stock_g * USAGE_DAYS / self.used_g) if self.used_g else None

    def bar(self, full_g: Decimal) -> dict[str, str]:
        """Widths in percent of a bar that is full at ``full_g``."""
        share = {"open": self.open_g, "sealed": self.sealed_g, "reserved": self.reserved_g}
        widths = {name: min(grams / full_g, Decimal(1)) * 100 if full_g else _ZERO for name, grams in share.items()}
        return {name: f"{width:.1f}" for name, width in widths.items()} | {"sealed_from": f"{widths['open']:.1f}"}


@dataclass(frozen=True)
class StockRoom:
    rows: list[Row]
    full_g: Decimal

    @property
    def total_g(self) -> Decimal:
        return sum((row.stock_g for row in self.rows), _ZERO)

    @property
    def total_value(self) -> Decimal:
        return sum((row.value for row in self.rows), _ZERO)

    @property
    def spool_count(self) -> int:
        return sum(row.spool_count for row in self.rows)

    def by_material(self) -> list[tuple[str, list[Row]]]:
        names = sorted({row.material for row in self.rows})
        return [(name, [row for row in self.rows if row.material == name]) for name in names]


def stock_room(*, today: date) -> StockRoom:
    """All colours with stock or demand, the scarcest of each material first. Five queries, whatever the stock."""
    groups = {group.pk: _group_row(group) for group in MaterialGroup.objects.select_related("material")}
    filaments = Filament.objects.available().select_related("item", "material", "brand")
    by_item: dict[int, Row] = {}
    for filament in filaments:
        row = groups.get(filament.group_id) or _filament_row(filament)
        row.item_ids.append(filament.pk)
        by_item[filament.pk] = row
    _add_stock(by_item)
    _add_demand(by_item, groups, used=stock_days.printed_since(today - timedelta(days=USAGE_DAYS)))
    unique = {id(row): row for row in (*groups.values(), *by_item.values())}.values()
    rows = sorted((row for row in unique if row.stock_g or row.reserved_g or row.used_g), key=_urgency)
    return StockRoom(rows, max((max(row.stock_g, row.reserved_g) for row in rows), default=_ZERO))


def _add_stock(by_item: dict[int, Row]) -> None:
    held = Lot.objects.available().filter(spool__isnull=False, on_hand__gt=0).order_by().values("item")
    sums = held.annotate(
        sealed=Sum("on_hand", filter=Q(spool__state=SpoolState.SEALED), default=_ZERO),
        total=Sum("on_hand"),
        value=Sum("bought_value"),
        spools=Sum(1),
        flagged=Sum(1, filter=Q(needs_count=True), default=0),
    )
    for line in sums:
        row = by_item.get(line["item"])
        if row:
            row.sealed_g += line["sealed"]
            row.open_g += line["total"] - line["sealed"]
            row.value += line["value"]
            row.spool_count += line["spools"]
            row.needs_count |= bool(line["flagged"])


def _add_demand(by_item: dict[int, Row], groups: dict[int, Row], *, used: dict[int, Decimal]) -> None:
    demand = Reservation.objects.order_by().values("item", "group").annotate(total=Sum("quantity"))
    for line in demand:
        row = groups.get(line["group"]) or by_item.get(line["item"])
        if row:
            row.reserved_g += line["total"]
    for item_id, grams in used.items():
        if item_id in by_item:
            by_item[item_id].used_g += grams


def _group_row(group: MaterialGroup) -> Row:
    material = group.material.name if group.material else ""
    return Row(group.name, material, [group.colour_hex], group.get_absolute_url())


def _filament_row(filament: Filament) -> Row:
    return Row(filament.item.name, filament.material.name, filament.colour_hexes, filament.get_absolute_url())


def _urgency(row: Row) -> Iterable:
    days = row.days_left
    return (not row.short_g, 10_000 if days is None else days, row.name)
