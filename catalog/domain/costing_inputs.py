"""From rows to the plain data of costing: recipes, bindings, prices at replacement cost, rates of the day.

A constant number of queries for any number of variants; assemblies add the same few for each level of parts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
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
from catalog.models import PrinterModel, Recipe, RecipeSlot, Variant, VariantSlot
from nozzly.tenancy.current import current_workspace

MAX_LEVELS = 8


@dataclass(frozen=True)
class _Book:
    """What all costs of one call share."""

    rates: RateBook
    prices: PriceBook
    machine: PrinterModel
    parts: dict[int, CostBreakdown]


def variant_cost(variant: Variant, on: date) -> CostBreakdown:
    """What one piece costs at the prices and rates of the day."""
    return variant_costs([variant], on)[variant.pk]


def variant_costs(variants: Iterable[Variant], on: date) -> dict[int, CostBreakdown]:
    """Costs by variant id, in a constant number of queries. A product without a recipe costs nothing yet."""
    return _costs([variant.pk for variant in variants], rates_on(on), level=0)


def recipe_cost(variant: Variant, recipe: Recipe, on: date) -> CostBreakdown:
    """What one piece would cost by another version of the recipe."""
    return _costs([variant.pk], rates_on(on), level=0, instead=recipe)[variant.pk]


def _costs(
    variant_ids: list[int], rates: RateBook, *, level: int, instead: Recipe | None = None
) -> dict[int, CostBreakdown]:
    variants = list(Variant.objects.filter(pk__in=variant_ids).for_costing())
    wanted = (
        Recipe.objects.filter(pk=instead.pk)
        if instead
        else Recipe.objects.current().filter(product__in={variant.product_id for variant in variants})
    )
    recipes = {recipe.product_id: recipe for recipe in wanted.for_page()}
    part_ids = {part.variant_id for recipe in recipes.values() for part in recipe.parts.all()}
    deeper = level < MAX_LEVELS and part_ids
    book = _Book(
        rates=rates,
        prices=_prices(variants, recipes.values()),
        machine=_default_machine(),
        parts=_costs(sorted(part_ids), rates, level=level + 1) if deeper else {},
    )
    return {variant.pk: cost(_inputs(variant, recipes.get(variant.product_id), book)) for variant in variants}


def _prices(variants: list[Variant], recipes: Iterable[Recipe]) -> PriceBook:
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


def _inputs(variant: Variant, recipe: Recipe | None, book: _Book) -> CostInputs:
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
        parts=tuple(_parts(recipe, book.parts)),
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


def _parts(recipe: Recipe, costs: dict[int, CostBreakdown]) -> Iterable[PartUse]:
    for part in recipe.parts.all():
        breakdown = costs.get(part.variant_id, CostBreakdown())
        yield PartUse(
            label=str(part.variant),
            pieces=Decimal(part.pieces),
            bought_cost=breakdown.bought,
            full_cost=breakdown.full,
            assumed=breakdown.assumed,
        )


def _machines(variant: Variant, recipe: Recipe, default: PrinterModel) -> Iterable[MachineUse]:
    own_time_s = variant.print_time_s
    seconds = recipe.print_time_s if own_time_s is None else own_time_s
    if seconds:
        yield machine_use(
            recipe.printer_model or default,
            print_time_s=Decimal(seconds),
            time_origin=recipe.print_time_origin if own_time_s is None else Origin.TYPED,
        )


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
