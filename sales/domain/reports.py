"""Where the profit is: the same frozen figures, added up by product, channel or month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Case, CharField, F, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, Concat, TruncMonth
from django.utils.translation import gettext_lazy as _

from sales.choices import CostOrigin
from sales.models import OrderLine

ZERO = Decimal(0)
FIGURES = ("net_home", "fees_home", "cost_home", "post_home", "profit_home")


@dataclass(frozen=True)
class Row:
    """One line of a report, in the workspace's currency; ``name`` is empty for what cannot be assigned."""

    name: object
    key: object
    pieces: int
    net: Decimal
    fees: Decimal
    cost: Decimal
    post: Decimal
    profit: Decimal
    estimated: Decimal

    @property
    def margin_pct(self) -> Decimal | None:
        return self.profit * 100 / self.net if self.net else None

    @property
    def estimated_pct(self) -> Decimal:
        """How much of the cost rests on recipes, not on runs."""
        return self.estimated * 100 / self.cost if self.cost else ZERO


GROUPS = {
    "product": (_("Product"), "variant__product", Coalesce(F("variant__product__title"), Value(""))),
    "variant": (
        _("Variant"),
        "variant",
        Case(
            When(variant=None, then=Value("")),
            default=Concat("variant__product__title", Value(" · "), "variant__name"),
            output_field=CharField(),
        ),
    ),
    "channel": (_("Channel"), "order__channel", Coalesce(F("order__channel__name"), Value(""))),
    "month": (_("Month"), "month", TruncMonth("order__shipped_on")),
}


def profit_by(group: str, first: date, last: date) -> list[Row]:
    """Rows of all orders shipped in the period, the most profitable first; months in their order.

    Every grouping adds up to the same totals, because each line belongs to exactly one row of it.
    """
    _label, key, name = GROUPS[group]
    lines = OrderLine.objects.for_report(first, last)
    if group == "month":
        lines, name = lines.annotate(month=name), F("month")
    rows = _added_up(lines.order_by().values(key_=F(key), name_=name))
    return sorted(rows, key=lambda row: row.name if group == "month" else -row.profit)


def total_of(rows: Iterable[Row]) -> Row:
    """All rows as one."""
    figures = ("pieces", "net", "fees", "cost", "post", "profit", "estimated")
    return Row("", None, **{figure: sum((getattr(row, figure) for row in rows), ZERO) for figure in figures})


def _added_up(lines: QuerySet) -> list[Row]:
    sums = lines.annotate(
        pieces_sold=Sum(F("quantity") * F("pieces")),
        **{f"sum_{figure}": Sum(figure) for figure in FIGURES},
        estimated=Coalesce(Sum(Case(When(cost_origin=CostOrigin.ESTIMATED, then=F("cost_home")))), ZERO),
    )
    return [
        Row(
            row["name_"], row["key_"], row["pieces_sold"], row["sum_net_home"], row["sum_fees_home"],
            row["sum_cost_home"], row["sum_post_home"], row["sum_profit_home"], row["estimated"],
        )
        for row in sums
    ]  # fmt: skip
