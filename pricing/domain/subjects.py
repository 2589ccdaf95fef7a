"""What is to be priced: what one piece costs, how long it prints, what it weighs as it is posted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.domain.costing import CostBreakdown
from catalog.domain.costing_inputs import variant_costs
from catalog.models import Recipe, Variant

ZERO = Decimal(0)
# A padded bag or a small box around what is printed; said beside every price that stands on it.
_PACKING_G = Decimal(30)
_MAX_LEVELS = 8


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One piece of what is sold; money in the workspace's currency. ``size_mm`` is packed, empty when not known."""

    label: str
    unit_cost: Decimal = ZERO
    cost_assumed: bool = False
    print_time_s: int = 0
    weight_g: Decimal | None = None
    weight_assumed: bool = False
    size_mm: tuple[Decimal, ...] = ()
    breakdown: CostBreakdown | None = None
    variant: Variant | None = None


@dataclass(frozen=True)
class _Made:
    """What the recipe alone tells of one piece."""

    print_time_s: int
    grams: Decimal


def subject_of(variant: Variant, *, on: date) -> Subject:
    return subjects_of([variant], on=on)[variant.pk]


def subjects_of(variants: Iterable[Variant], *, on: date) -> dict[int, Subject]:
    """By variant id, in a constant number of queries. Variants come with their product and item."""
    variants = list(variants)
    costs = variant_costs(variants, on)
    recipes = _recipes({variant.product_id for variant in variants})
    return {
        variant.pk: _subject(variant, costs[variant.pk], _made(variant.product_id, recipes, _MAX_LEVELS))
        for variant in variants
    }


def what_if(*, unit_cost: Decimal, print_time_s: int = 0, weight_g: Decimal | None = None) -> Subject:
    """Something that is no product yet."""
    return Subject(label=_("What if"), unit_cost=unit_cost, print_time_s=print_time_s, weight_g=weight_g)


def _subject(variant: Variant, breakdown: CostBreakdown, made: _Made) -> Subject:
    item = variant.item
    sides = (item.length_mm, item.width_mm, item.height_mm)
    known = item.packed_weight_g is not None
    guess = made.grams + _PACKING_G if made.grams else None
    return Subject(
        label=str(variant),
        unit_cost=breakdown.full,
        cost_assumed=breakdown.assumed,
        print_time_s=variant.print_time_s or made.print_time_s,
        weight_g=item.packed_weight_g if known else guess,
        weight_assumed=not known,
        size_mm=tuple(sorted(sides, reverse=True)) if None not in sides else (),
        breakdown=breakdown,
        variant=variant,
    )


def _recipes(product_ids: set[int]) -> dict[int, Recipe]:
    """Current recipes of the products and of the parts that go into them, level by level."""
    found: dict[int, Recipe] = {}
    wanted = product_ids
    for _level in range(_MAX_LEVELS):
        if not wanted:
            break
        rows = Recipe.objects.current().filter(product__in=wanted).prefetch_related("slots", "parts__variant")
        found |= {recipe.product_id: recipe for recipe in rows}
        parts = {part.variant.product_id for pk in wanted if pk in found for part in found[pk].parts.all()}
        wanted = parts - found.keys()
    return found


def _made(product_id: int, recipes: dict[int, Recipe], levels: int) -> _Made:
    recipe = recipes.get(product_id)
    if recipe is None or not levels:
        return _Made(0, ZERO)
    seconds = recipe.print_time_s
    grams = sum((slot.grams for slot in recipe.slots.all()), ZERO)
    for part in recipe.parts.all():
        inner = _made(part.variant.product_id, recipes, levels - 1)
        seconds += part.pieces * (part.variant.print_time_s or inner.print_time_s)
        grams += part.pieces * inner.grams
    return _Made(seconds, grams)
