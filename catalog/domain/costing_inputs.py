"""From rows to the plain data of costing: recipes, bindings, prices at replacement cost, rates of the day.

A constant number of queries for any number of variants; assemblies add one for each level of parts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.choices import Origin
from catalog.domain import printer_models
from catalog.domain.costing import (
    ZERO,
    ComponentUse,
    CostBreakdown,
    CostInputs,
    MachineUse,
    MaterialUse,
    PartUse,
    WorkStep,
    cost,
)
from catalog.domain.material_prices import PriceBook
from catalog.domain.rates import RateBook, rates_on
from catalog.models import PrinterModel, Recipe, RecipePart, RecipeSlot, Variant, VariantSlot
from nozzly.tenancy.current import current_workspace


@dataclass
class _Book:
    """What all costs of one call share, and the costs that are already worked out."""

    variants: dict[int, Variant]
    recipes: dict[int, Recipe]
    rates: RateBook
    prices: PriceBook
    machine: PrinterModel | None
    costs: dict[int, CostBreakdown] = field(default_factory=dict)


def variant_cost(variant: Variant, on: date) -> CostBreakdown:
    """What one piece costs at the prices and rates of the day."""
    return variant_costs([variant], on)[variant.pk]


def variant_costs(variants: Iterable[Variant], on: date) -> dict[int, CostBreakdown]:
    """Costs by variant id, in a constant number of queries. A product without a recipe costs nothing yet."""
    wanted = [variant.pk for variant in variants]
    return _work_out(wanted, {}, {}, on)


def loaded_costs(variants: Iterable[Variant], recipe: Recipe | None, on: date) -> dict[int, CostBreakdown]:
    """The same for variants of one product that a page has loaded with for_table(), and its recipe with for_page()."""
    known = {variant.pk: variant for variant in variants}
    recipes = dict.fromkeys({variant.product_id for variant in known.values()}, recipe)
    return _work_out(list(known), known, recipes, on)


def loaded_inputs(variants: Iterable[Variant], recipe: Recipe, on: date) -> dict[int, CostInputs]:
    """What the costs of one product's variants are worked out from, for those who change a part of it."""
    known = {variant.pk: variant for variant in variants}
    book = _book(set(known), known, dict.fromkeys({variant.product_id for variant in known.values()}, recipe), on)
    return {variant.pk: _inputs(variant, book) for variant in known.values()}


def loaded_costs_of_many(variants: Iterable[Variant], recipes: dict[int, Recipe], on: date) -> dict[int, CostBreakdown]:
    """The same for variants of many products, loaded with for_costing(), and their recipes by product id."""
    known = {variant.pk: variant for variant in variants}
    given = {variant.product_id: recipes.get(variant.product_id) for variant in known.values()}
    return _work_out(list(known), known, given, on) if known else {}


def recipe_cost(variant: Variant, recipe: Recipe, on: date) -> CostBreakdown:
    """What one piece would cost by another version of the recipe."""
    return _work_out([variant.pk], {}, {variant.product_id: recipe}, on)[variant.pk]


def _work_out(
    wanted: list[int], variants: dict[int, Variant], recipes: dict[int, Recipe | None], on: date
) -> dict[int, CostBreakdown]:
    """Parts are costed before what they go into."""
    book = _book(set(wanted), variants, recipes, on)
    return {variant_id: _cost(variant_id, book) for variant_id in wanted}


def _book(wanted: set[int], variants: dict[int, Variant], recipes: dict[int, Recipe | None], on: date) -> _Book:
    """Load what is not given, prices and rates once for all."""
    if not recipes or any(recipe.parts.all() for recipe in recipes.values() if recipe):
        ids = _with_parts({*wanted, *_part_ids(recipes.values())})
    else:
        ids = wanted
    missing = ids - set(variants)
    if missing:
        variants = variants | {each.pk: each for each in Variant.objects.filter(pk__in=missing).for_costing()}
    products = {variant.product_id for variant in variants.values()} - set(recipes)
    if products:
        current = Recipe.objects.current().filter(product__in=products).for_page()
        recipes = recipes | {recipe.product_id: recipe for recipe in current}
    known = {product_id: recipe for product_id, recipe in recipes.items() if recipe}
    return _Book(
        variants=variants,
        recipes=known,
        rates=rates_on(on),
        prices=_prices(variants.values(), known.values()),
        machine=None if all(recipe.printer_model_id for recipe in known.values()) else _default_machine(),
    )


def _with_parts(variant_ids: set[int]) -> set[int]:
    """The variants and everything that goes into them, at any depth."""
    found, level = set(variant_ids), set(variant_ids)
    while level:
        users = RecipePart.objects.filter(recipe__is_current=True, recipe__product__variants__in=level)
        level = set(users.values_list("variant", flat=True)) - found
        found |= level
    return found


def _part_ids(recipes: Iterable[Recipe | None]) -> set[int]:
    return {part.variant_id for recipe in recipes if recipe for part in recipe.parts.all()}


def _cost(variant_id: int, book: _Book) -> CostBreakdown:
    if variant_id not in book.costs:
        book.costs[variant_id] = CostBreakdown()  # ends a circle, should one ever have been stored
        book.costs[variant_id] = cost(_inputs(book.variants[variant_id], book))
    return book.costs[variant_id]


def _prices(variants: Iterable[Variant], recipes: Iterable[Recipe]) -> PriceBook:
    bindings = [slot for variant in variants for slot in variant.slots.all()]
    return PriceBook(
        filament_ids={slot.filament_id for slot in bindings if slot.filament_id},
        group_ids={slot.group_id for slot in bindings if slot.group_id},
        item_ids={component.item_id for recipe in recipes for component in recipe.components.all()},
    )


def _default_machine() -> PrinterModel:
    """The workspace's default, else the shipped one: reading a page never writes."""
    found = PrinterModel.objects.filter(is_default=True).first()
    return found or printer_models.default_preset().row(current_workspace().currency)


def _inputs(variant: Variant, book: _Book) -> CostInputs:
    recipe = book.recipes.get(variant.product_id)
    rates = book.rates.cost_rates(variant.product_id)
    if recipe is None:
        return CostInputs(rates=rates)
    bindings = {slot.slot_name: slot for slot in variant.slots.all()}
    licence = variant.product.licence
    return CostInputs(
        rates=rates,
        materials=tuple(_material(slot, bindings.get(slot.name), book.prices) for slot in recipe.slots.all()),
        components=tuple(
            ComponentUse(
                label=component.item.name,
                quantity=component.quantity,
                cost_per_unit=book.prices.item(component.item),
                stage=component.stage,
            )
            for component in recipe.components.all()
        ),
        parts=tuple(_parts(recipe, book)),
        machines=tuple(_machines(variant, recipe, book.machine)),
        steps=tuple(
            WorkStep(
                label=step.name or step.get_stage_display(),
                minutes=step.minutes,
                stage=step.stage,
                is_paid=step.is_paid,
                origin=step.origin,
            )
            for step in recipe.steps.all()
        ),
        royalty=licence.royalty_per_piece if licence else ZERO,
        royalty_label=str(licence) if licence else "",
    )


def _material(slot: RecipeSlot, binding: VariantSlot | None, prices: PriceBook) -> MaterialUse:
    own_grams = binding.grams if binding else None
    own_purge_g = binding.purge_g if binding else None
    name, price = prices.slot(slot, binding)
    return MaterialUse(
        label=_("%(slot)s: %(filament)s") % {"slot": slot.name, "filament": name},
        grams=slot.grams if own_grams is None else own_grams,
        purge_g=slot.purge_g if own_purge_g is None else own_purge_g,
        cost_per_g=price,
        grams_origin=slot.origin if own_grams is None else Origin.TYPED,
    )


def _parts(recipe: Recipe, book: _Book) -> Iterable[PartUse]:
    for part in recipe.parts.all():
        breakdown = _cost(part.variant_id, book)
        yield PartUse(
            label=str(part.variant),
            pieces=Decimal(part.pieces),
            bought_cost=breakdown.bought,
            full_cost=breakdown.full,
            assumed=breakdown.assumed,
        )


def _machines(variant: Variant, recipe: Recipe, default: PrinterModel | None) -> Iterable[MachineUse]:
    own_time_s = variant.print_time_s
    seconds = recipe.print_time_s if own_time_s is None else own_time_s
    origin = recipe.print_time_origin if own_time_s is None else Origin.TYPED
    if seconds or origin == Origin.UNKNOWN:
        model = recipe.printer_model or default
        yield machine_use(model, print_time_s=Decimal(seconds), time_origin=origin)


def machine_use(model: PrinterModel, *, print_time_s: Decimal, time_origin: str) -> MachineUse:
    """Seconds on a printer of this model, at the model's own figures."""
    return MachineUse(
        label=str(model),
        print_time_s=print_time_s,
        price=model.price,
        resale_price=model.resale_price,
        life_h=Decimal(model.life_h),
        upkeep_per_h=model.upkeep_per_h,
        power_w=Decimal(model.power_w),
        origin=Origin.ASSUMED if model.assumed else Origin.TYPED,
        source=model.source,
        time_origin=time_origin,
    )
