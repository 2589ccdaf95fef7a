from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from catalog.choices import RateKind
from catalog.models import PlateSlot, PrinterModel, Rate, Recipe, RecipeSlot, SliceFile, Variant, VariantSlot
from nozzly.testing.factories import catalog as factories
from nozzly.testing.factories.inventory import FilamentFactory, MaterialGroupFactory


def broken(change):
    """Whether the database itself refuses it."""
    try:
        with transaction.atomic():
            change()
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    "wrong",
    [
        {"resale_price": Decimal("1000.01")},
        {"life_h": 0},
        {"price": Decimal(-1), "resale_price": Decimal(-1)},
        {"nozzle_mm": Decimal(0)},
        {"bed_x_mm": 0},
        {"upkeep_per_h": Decimal(-1)},
    ],
)
def test_printer_models_keep_their_ranges(wrong):
    model = factories.PrinterModelFactory()

    assert broken(lambda: PrinterModel.objects.filter(pk=model.pk).update(**wrong))


def test_there_is_one_usual_printer():
    factories.PrinterModelFactory(is_default=True)

    assert broken(lambda: factories.PrinterModelFactory(is_default=True))


def test_printer_models_are_known_by_name_whatever_its_case():
    factories.PrinterModelFactory(maker="Prusa", name="MK4")

    assert broken(lambda: factories.PrinterModelFactory(maker="PRUSA", name="mk4"))


def test_a_product_has_one_current_recipe_and_counts_versions_once():
    recipe = factories.RecipeFactory()

    assert broken(lambda: factories.RecipeFactory(product=recipe.product, version=2))
    assert broken(lambda: factories.RecipeFactory(product=recipe.product, version=1, is_current=False))
    assert broken(lambda: Recipe.objects.filter(pk=recipe.pk).update(version=0))
    assert broken(lambda: Recipe.objects.filter(pk=recipe.pk).update(print_time_origin="dreamt"))


@pytest.mark.parametrize("wrong", [{"grams": -1}, {"purge_g": -1}, {"colour_hex": "red"}, {"origin": "dreamt"}])
def test_recipe_slots_keep_their_ranges(wrong):
    slot = factories.RecipeSlotFactory()

    assert broken(lambda: RecipeSlot.objects.filter(pk=slot.pk).update(**wrong))


def test_recipe_rows_name_a_thing_once():
    slot, component = factories.RecipeSlotFactory(), factories.RecipeComponentFactory()
    step, part = factories.RecipeStepFactory(), factories.RecipePartFactory()

    assert broken(lambda: factories.RecipeSlotFactory(recipe=slot.recipe, name=slot.name))
    assert broken(lambda: factories.RecipeComponentFactory(recipe=component.recipe, item=component.item))
    assert broken(lambda: factories.RecipeStepFactory(recipe=step.recipe))
    assert broken(lambda: factories.RecipePartFactory(recipe=part.recipe, variant=part.variant))
    assert broken(lambda: factories.RecipeComponentFactory(quantity=0))
    assert broken(lambda: factories.RecipeStepFactory(minutes=-1))
    assert broken(lambda: factories.RecipePartFactory(pieces=0))


def test_a_variants_slot_takes_a_filament_or_a_group_never_both_nor_none():
    slot = factories.VariantSlotFactory()

    assert broken(lambda: VariantSlot.objects.filter(pk=slot.pk).update(group=MaterialGroupFactory()))
    assert broken(lambda: VariantSlot.objects.filter(pk=slot.pk).update(filament=None))
    assert broken(lambda: factories.VariantSlotFactory(variant=slot.variant))
    assert broken(lambda: VariantSlot.objects.filter(pk=slot.pk).update(grams=-1))


def test_a_plates_slot_may_wait_for_its_filament_but_never_takes_both():
    slot = factories.PlateSlotFactory(filament=None)

    assert not broken(lambda: PlateSlot.objects.filter(pk=slot.pk).update(group=MaterialGroupFactory()))
    assert broken(lambda: PlateSlot.objects.filter(pk=slot.pk).update(filament=FilamentFactory()))
    assert broken(lambda: factories.PlateOutputFactory(pieces=0))


def test_variants_are_known_by_name_and_cost_nothing_negative():
    variant = factories.VariantFactory()

    assert broken(lambda: factories.VariantFactory(product=variant.product, name=variant.name))
    assert broken(lambda: Variant.objects.filter(pk=variant.pk).update(full_cost=-1))


def test_sliced_files_are_known_by_content_on_their_plate():
    file = factories.SliceFileFactory()

    assert broken(lambda: factories.SliceFileFactory(plate=file.plate, sha256=file.sha256))
    assert broken(lambda: SliceFile.objects.filter(pk=file.pk).update(sha256="abc"))
    assert broken(lambda: factories.SliceSlotFactory(grams=-1))


@pytest.mark.parametrize(
    ("kind", "value", "refused"),
    [
        (RateKind.LABOUR_PER_H, -1, True),
        (RateKind.LABOUR_PER_H, 500, False),
        (RateKind.OVERHEAD_PCT, 101, True),
        (RateKind.FAILURE_PCT, 91, True),
        (RateKind.FAILURE_PCT, 90, False),
        ("tips", 1, True),
    ],
)
def test_rates_keep_their_ranges(kind, value, refused):
    assert broken(lambda: factories.RateFactory(kind=kind, value=value)) == refused


def test_a_rate_is_set_once_a_day_for_everybody_and_once_for_a_product():
    factories.RateFactory()
    product = factories.ProductFactory()

    assert broken(factories.RateFactory)
    assert not broken(lambda: factories.RateFactory(product=product))
    assert broken(lambda: factories.RateFactory(product=product))
    assert Rate.objects.in_force(date(2026, 11, 22)).count() == 2


def test_names_of_categories_tags_and_licences_are_taken_whatever_their_case():
    category, tag = factories.CategoryFactory(name="Toys"), factories.TagFactory(name="gift")
    factories.DesignLicenceFactory(name="Dragons")

    assert broken(lambda: factories.CategoryFactory(name="TOYS"))
    assert broken(lambda: factories.TagFactory(name="Gift"))
    assert broken(lambda: factories.DesignLicenceFactory(name="dragons"))
    assert (str(category), str(tag)) == ("Toys", "gift")


def test_rows_say_what_they_are():
    variant = factories.VariantFactory(product__title="Dragon", name="Red")
    recipe = factories.RecipeFactory(product=variant.product)
    plate = factories.PlateFactory(name="Bed")
    texts = {
        "Dragon · Red": variant,
        "Dragon, version 1": recipe,
        "Body": factories.RecipeSlotFactory(recipe=recipe),
        "2 × Magnet": factories.RecipeComponentFactory(recipe=recipe, item__name="Magnet"),
        "Assemble": factories.RecipeStepFactory(recipe=recipe),
        "1 × Dragon · Red": factories.RecipePartFactory(variant=variant),
        "3 × Dragon · Red": factories.PlateOutputFactory(plate=plate, variant=variant, pieces=3),
        "PLA": factories.SliceSlotFactory(),
        "Hands-on work, per hour: 12": factories.RateFactory(),
        "2 × Dragon · Red": factories.BuildFactory(variant=variant, recipe=recipe),
    }
    filament = FilamentFactory()

    assert {text: str(row) for text, row in texts.items()} == {text: text for text in texts}
    assert str(factories.PlateSlotFactory(plate=plate)) == "Body"
    assert str(factories.VariantSlotFactory(filament=filament)) == f"Body: {filament}"
    assert str(factories.ProductPhotoFactory(product=variant.product)) == f"Picture of {variant.product_id}"
    assert str(factories.CostSnapshotFactory(variant=variant, recipe=recipe)) == f"{variant.pk} · 2.000000"
