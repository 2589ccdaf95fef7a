"""What one piece costs off each bed that makes it: the bed's own grams, seconds and minutes instead of the recipe's.

One-up and six-up differ in purge, in time for a piece and in how often somebody clears the bed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.choices import Origin, Stage
from catalog.domain.costing import CostBreakdown, CostInputs, MaterialUse, WorkStep, cost
from catalog.domain.costing_inputs import loaded_inputs, machine_use
from catalog.domain.material_prices import PriceBook
from catalog.models import Plate, PlateSlot, Recipe, RecipeSlot, SliceFile, SliceSlot, Variant, VariantSlot


def newest_file(plate: Plate) -> SliceFile | None:
    """Of a plate loaded with its files, the newest first."""
    return next(iter(plate.slice_files.all()), None)


def pieces_on(plate: Plate) -> int:
    return sum(output.pieces for output in plate.outputs.all())


def is_of_one_product(plate: Plate) -> bool:
    return len({output.variant.product_id for output in plate.outputs.all()}) == 1


def bed_minutes_each(plate: Plate, recipe: Recipe | None) -> Decimal | None:
    """Hands-on minutes of one piece, from clearing the bed to packing; None where nobody has said anything."""
    steps = list(recipe.steps.all()) if recipe else []
    if plate.bed_minutes is None:
        return sum((step.minutes for step in steps), Decimal(0)) if steps else None
    bench = sum((step.minutes for step in steps if step.stage != Stage.PRINT), Decimal(0))
    return bench + plate.bed_minutes / pieces_on(plate)


def bed_costs(
    plates: Iterable[Plate], variants: Mapping[int, Variant], recipe: Recipe | None, on: date
) -> dict[int, CostBreakdown]:
    """Costs of one piece by plate id, at the prices and rates of the day; four queries more than the recipe's own cost.

    Plates of one product whose newest file says grams and time; loaded with for_page(), the variants (by id) with
    for_table(). The others are left out.
    """
    told = [plate for plate in plates if _says_enough(plate) and plate.outputs.all()[0].variant_id in variants]
    if not told or recipe is None:
        return {}
    firsts = {plate.pk: variants[plate.outputs.all()[0].variant_id] for plate in told}
    inputs = loaded_inputs(firsts.values(), recipe, on)
    bindings = {plate.pk: _bindings(plate, recipe, firsts[plate.pk]) for plate in told}
    bound = [binding for found in bindings.values() for binding in found.values() if binding is not None]
    prices = PriceBook(
        filament_ids={each.filament_id for each in bound if each.filament_id},
        group_ids={each.group_id for each in bound if each.group_id},
        item_ids=set(),
    )
    return {plate.pk: cost(_inputs(plate, inputs[firsts[plate.pk].pk], bindings[plate.pk], prices)) for plate in told}


def _says_enough(plate: Plate) -> bool:
    file = newest_file(plate)
    if file is None or not file.print_time_s or not is_of_one_product(plate):
        return False
    slots = list(file.slots.all())
    return bool(slots) and all(slot.grams is not None for slot in slots)


def _bindings(plate: Plate, recipe: Recipe, variant: Variant) -> dict[int, PlateSlot | VariantSlot | None]:
    """By place in the file: what the bed loads there, else what the variant has in the colour of that name."""
    own = {slot.slot_name.casefold(): slot for slot in variant.slots.all()}
    file_slots = [slot for slot in newest_file(plate).slots.all() if slot.grams or slot.purge_g]
    loads = {slot.position: slot for slot in plate.slots.all()}
    only = next(iter(own.values())) if len(own) == len(file_slots) == len(recipe.slots.all()) == 1 else None
    found: dict[int, PlateSlot | VariantSlot | None] = {}
    for slot in file_slots:
        load = loads.get(slot.position)
        is_chosen = load is not None and (load.filament_id or load.group_id)
        by_name = own.get(load.name.casefold()) if load else None
        found[slot.position] = load if is_chosen else by_name or only
    return found


def _inputs(
    plate: Plate, by_recipe: CostInputs, bindings: Mapping[int, PlateSlot | VariantSlot | None], prices: PriceBook
) -> CostInputs:
    pieces, file = pieces_on(plate), newest_file(plate)
    names = {slot.position: slot.name for slot in plate.slots.all()}
    materials = (
        _material(slot, names.get(slot.position, ""), bindings[slot.position], prices, pieces)
        for slot in file.slots.all()
        if slot.position in bindings
    )
    return replace(
        by_recipe,
        materials=tuple(materials),
        machines=tuple(_machines(file, by_recipe, pieces)),
        steps=_steps(plate, by_recipe.steps, pieces),
    )


def _material(
    slot: SliceSlot, name: str, binding: PlateSlot | VariantSlot | None, prices: PriceBook, pieces: int
) -> MaterialUse:
    filament, price = prices.slot(RecipeSlot(material_type=slot.material_type), binding)
    return MaterialUse(
        label=_("%(slot)s: %(filament)s") % {"slot": name, "filament": filament} if name else filament,
        grams=slot.grams / pieces,
        purge_g=(slot.purge_g or Decimal(0)) / pieces,
        cost_per_g=price,
        grams_origin=Origin.COMPUTED if slot.computed else Origin.SLICED,
    )


def _machines(file: SliceFile, by_recipe: CostInputs, pieces: int) -> Iterable:
    seconds = Decimal(file.print_time_s) / pieces
    if file.printer_model:
        return (machine_use(file.printer_model, print_time_s=seconds, time_origin=Origin.SLICED),)
    return (replace(each, print_time_s=seconds, time_origin=Origin.SLICED) for each in by_recipe.machines[:1])


def _steps(plate: Plate, steps: tuple[WorkStep, ...], pieces: int) -> tuple[WorkStep, ...]:
    if plate.bed_minutes is None:
        return steps
    at_bed = [step for step in steps if step.stage == Stage.PRINT]
    whole_bed = WorkStep(
        label=_("At the bed"),
        minutes=plate.bed_minutes / pieces,
        stage=Stage.PRINT,
        is_paid=bool(at_bed) and all(step.is_paid for step in at_bed),
    )
    return (whole_bed, *(step for step in steps if step.stage != Stage.PRINT))
