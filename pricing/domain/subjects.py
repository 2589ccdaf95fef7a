"""What is to be priced: what one piece costs, how long it prints, what it weighs as it is posted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from catalog.domain.costing import CostBreakdown
from catalog.domain.costing_inputs import loaded_costs, loaded_costs_of_many
from catalog.models import Recipe, Variant
from nozzly.tax.choices import TaxClass

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

    @property
    def tax_class(self) -> str:
        return self.variant.product.tax_class if self.variant else TaxClass.STANDARD


@dataclass(frozen=True)
class _Made:
    """What the recipe alone tells of one piece."""

    print_time_s: int
    grams: Decimal


def subject_of(variant: Variant, *, on: date) -> Subject:
    """One variant for a page, best loaded with ``for_costing()``: its recipe is read once for cost, time and weight."""
    recipe = Recipe.objects.current().filter(product=variant.product_id).for_page().first()
    breakdown = loaded_costs([variant], recipe, on)[variant.pk]
    recipes = _with_parts({variant.product_id: recipe} if recipe else {})
    return _subject(variant, breakdown, _made(variant.product_id, recipes, _MAX_LEVELS))


def subjects_of(variants: Iterable[Variant], *, on: date) -> dict[int, Subject]:
    """By variant id, in a constant number of queries however the variants were loaded."""
    variants = list(variants)
    prefetch_related_objects(variants, "slots", "item", "product__licence")
    own = _recipes({variant.product_id for variant in variants})
    costs = loaded_costs_of_many(variants, own, on)
    recipes = _with_parts(own)
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
    rows = Recipe.objects.current().filter(product__in=product_ids).for_page()
    return {recipe.product_id: recipe for recipe in rows}


def _with_parts(recipes: dict[int, Recipe]) -> dict[int, Recipe]:
    """The recipes and those of the parts that go into them, level by level."""
    found, level = dict(recipes), recipes
    for _level in range(_MAX_LEVELS):
        parts = {part.variant.product_id for recipe in level.values() for part in recipe.parts.all()}
        if not parts - found.keys():
            break
        level = _recipes(parts - found.keys())
        found |= level
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
