"""What still fits on a roll that is nearly used up: which variants, how many of each, and what they would leave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.models import Recipe, Variant
from inventory.domain import spools
from inventory.models import Spool
from pricing.domain import compare, subjects
from pricing.domain.compare import Row
from pricing.domain.terms import terms_of_all
from pricing.models import Channel

ZERO = Decimal(0)
MOST_LOOKED_AT = 300
MOST_SHOWN = 50


@dataclass(frozen=True)
class Fit:
    """So many pieces of a variant out of what is left."""

    variant: Variant
    grams_each: Decimal  # of this roll, with what is purged
    pieces: int
    left_g: Decimal
    doubt: str
    other_slots: tuple[str, ...]  # what it needs beside this colour
    row: Row | None  # the channel that leaves most, where a price is known

    @property
    def rest_g(self) -> Decimal:
        return self.left_g - self.grams_each * self.pieces

    @property
    def profit_per_print_hour(self) -> Decimal | None:
        """In the workspace's currency."""
        per_hour = self.row.profit_per_print_hour if self.row else None
        return None if per_hour is None else per_hour * self.row.terms.rate

    @property
    def profit(self) -> Decimal | None:
        """Of all the pieces together, in the workspace's currency."""
        return None if self.row is None else self.row.profit_at_home * self.pieces


def fits(spool: Spool, *, on: date, with_prices: bool) -> list[Fit]:
    """Best profit per print hour first, then without a price what leaves least on the roll. Constant queries."""
    filament, left_g = spool.lot.item.filament, spool.lot.on_hand
    variants = list(
        Variant.objects.active().using_item(filament.pk).for_costing().filter(product__archived_at=None)
        .select_related("product").order_by("product__title", "position", "pk")[:MOST_LOOKED_AT]
    )  # fmt: skip
    recipes = Recipe.objects.current().filter(product__in={variant.product_id for variant in variants})
    by_product = {recipe.product_id: recipe for recipe in recipes.prefetch_related("slots")}
    needs = {
        variant.pk: _need(variant, by_product.get(variant.product_id), {filament.pk}, {filament.group_id})
        for variant in variants
    }
    fitting = [variant for variant in variants if ZERO < needs[variant.pk][0] <= left_g]
    best = _best_rows(fitting, on=on) if with_prices else {}
    spread_g = spools.tare_spread_g(filament) or ZERO
    found = [_fit(variant, needs[variant.pk], left_g, spread_g, best.get(variant.pk)) for variant in fitting]
    return sorted(found, key=_rank)[:MOST_SHOWN]


def _need(
    variant: Variant, recipe: Recipe | None, filaments: set[int], groups: set[int | None]
) -> tuple[Decimal, tuple[str, ...]]:
    """Grams of this colour in one piece, and the names of its other colours."""
    slots = {slot.name: slot for slot in recipe.slots.all()} if recipe else {}
    grams, others = ZERO, []
    for bound in variant.slots.all():
        slot = slots.get(bound.slot_name)
        if slot is None:
            continue
        if bound.filament_id in filaments or (bound.group_id and bound.group_id in groups):
            grams += slot.grams if bound.grams is None else bound.grams
            grams += slot.purge_g if bound.purge_g is None else bound.purge_g
        else:
            others.append(bound.slot_name)
    return grams, tuple(others)


def _best_rows(variants: Sequence[Variant], *, on: date) -> dict[int, Row]:
    """By variant: the channel with a price of its own that leaves most for an hour of printing."""
    known = subjects.subjects_of(variants, on=on)
    terms = terms_of_all(list(Channel.objects.active().order_by("pk")), on=on)
    answers = compare.compare_on([known[variant.pk] for variant in variants], terms, on=on, solving=False)
    best = {}
    for variant, comparison in zip(variants, answers, strict=True):
        rows = [row for row in comparison.rows if row.profit is not None and row.offer.listing is not None]
        if rows:
            best[variant.pk] = max(rows, key=lambda row: row.profit_at_home)
    return best


def _fit(
    variant: Variant, need: tuple[Decimal, tuple[str, ...]], left_g: Decimal, spread_g: Decimal, row: Row | None
) -> Fit:
    grams, others = need
    pieces = int(left_g / grams)
    doubt = spools.doubt(left_g, needed_g=grams * pieces, spread_g=spread_g)
    return Fit(variant, grams, pieces, left_g, doubt, others, row)


def _rank(fit: Fit) -> Iterable:
    per_hour = fit.profit_per_print_hour
    return (per_hour is None, -(per_hour or ZERO), fit.rest_g, fit.variant.pk)
