"""Re-costing: work costs out anew, keep the last figure for lists, write a snapshot where it moved."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from django.db import transaction

from catalog.domain.costing import CostBreakdown, CostLine
from catalog.domain.costing_inputs import variant_costs
from catalog.models import CostSnapshot, Product, Recipe, RecipePart, Variant
from nozzly.core.bulk import insert_rows, update_rows

AT_ONCE = 200
_COLUMNS = tuple(field.name for field in fields(CostLine))


@dataclass(frozen=True)
class CostChange:
    variant: Variant
    before: Decimal | None
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - (self.before or Decimal(0))


def recost(variants: Iterable[Variant], *, on: date, at: datetime) -> list[CostChange]:
    """Work out the variants at the day's prices; answers those whose full cost moved.

    A constant number of queries for each 200 variants.
    """
    changes: list[CostChange] = []
    for chunk in _chunks(variants):
        changes += _recost_chunk(chunk, on=on, at=at)
    return changes


def recost_product(product: Product, *, on: date, at: datetime) -> list[CostChange]:
    """The product's variants, and those of everything it is a part of."""
    products, level = {product.pk}, {product.pk}
    while level:
        users = RecipePart.objects.filter(recipe__is_current=True, variant__product__in=level)
        level = set(users.values_list("recipe__product", flat=True)) - products
        products |= level
    return recost(Variant.objects.filter(product__in=products), on=on, at=at)


def recost_everything(*, on: date, at: datetime) -> list[CostChange]:
    return recost(Variant.objects.active().order_by("pk"), on=on, at=at)


def as_rows(breakdown: CostBreakdown) -> list[dict]:
    """Lines as plain JSON values, for snapshots."""
    return [
        {name: str(value) if isinstance(value := getattr(line, name), Decimal) else value for name in _COLUMNS}
        for line in breakdown.lines
    ]


def as_csv(changes: Iterable[CostChange]) -> bytes:
    """Before and after, for people; UTF-8 with a mark."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Variant", "SKU", "Before", "After", "Difference"])
    for change in changes:
        before = "" if change.before is None else change.before
        writer.writerow([str(change.variant), change.variant.item.sku, before, change.after, change.difference])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def is_stale(variant: Variant, breakdown: CostBreakdown) -> bool:
    """Whether the figure that lists show is no longer the one worked out now."""
    return variant.full_cost != breakdown.full or variant.bought_cost != breakdown.bought


def _chunks(variants: Iterable[Variant]) -> Iterator[list[Variant]]:
    rest = iter(variants)
    while chunk := list(islice(rest, AT_ONCE)):
        yield chunk


def _recost_chunk(variants: list[Variant], *, on: date, at: datetime) -> list[CostChange]:
    costs = variant_costs(variants, on)
    recipes = dict(
        Recipe.objects.current()
        .filter(product__in={variant.product_id for variant in variants})
        .values_list("product", "pk")
    )
    changes, snapshots, new = [], [], []
    for variant in variants:
        breakdown, before = costs[variant.pk], variant.full_cost
        moved = is_stale(variant, breakdown)
        if moved or variant.cost_assumed != breakdown.assumed:
            new.append(variant)
        variant.bought_cost, variant.full_cost = breakdown.bought, breakdown.full
        variant.cost_assumed, variant.costed_at = breakdown.assumed, at
        if moved and variant.product_id in recipes:
            changes.append(CostChange(variant, before, breakdown.full))
            snapshots.append(
                CostSnapshot(
                    variant=variant,
                    recipe_id=recipes[variant.product_id],
                    bought_cost=breakdown.bought,
                    full_cost=breakdown.full,
                    lines=as_rows(breakdown),
                    at=at,
                )
            )
    with transaction.atomic():
        Variant.objects.filter(pk__in=[variant.pk for variant in variants]).update(costed_at=at)
        update_rows(new, ["bought_cost", "full_cost", "cost_assumed"])
        insert_rows(snapshots)
    return changes
