from decimal import Decimal

import pytest
from django.urls import reverse

from catalog.choices import Origin
from catalog.models import Recipe
from inventory.domain import sources
from nozzly.testing.factories.catalog import (
    PlateFactory,
    PlateOutputFactory,
    PlateSlotFactory,
    PrinterModelFactory,
    RecipeComponentFactory,
    RecipeStepFactory,
    SliceFileFactory,
    SliceSlotFactory,
    VariantFactory,
    make_product,
)
from nozzly.testing.factories.inventory import FilamentFactory, ItemFactory, MaterialGroupFactory


@pytest.fixture(autouse=True)
def default_machine():
    return PrinterModelFactory(is_default=True)


def test_two_products_stand_side_by_side(client, viewer):
    left, right = make_product(), make_product(grams=Decimal(80))

    response = client.get(reverse("catalog:compare_products"), {"left": left.pk, "right": right.pk})

    rows = {row.label: (row.before, row.after) for row in response.context["rows"]}
    assert rows["Filament"] == (Decimal("0.8"), Decimal("1.6"))
    assert list(rows)[-1] == "Full cost"


def test_comparing_asks_for_two(client, viewer):
    assert client.get(reverse("catalog:compare_products")).context["rows"] == []
    assert client.get(reverse("catalog:compare_products"), {"left": 0}).context["rows"] == []


def test_where_a_filament_is_used_directly_or_through_its_group(client, operator):
    group = MaterialGroupFactory()
    filament = FilamentFactory(group=group)
    variant = make_product(filament=filament)
    direct = PlateSlotFactory(filament=filament).plate
    grouped = PlateSlotFactory(filament=None, group=group).plate
    PlateSlotFactory()

    response = client.get(reverse("catalog:where_used", args=[filament.pk]))

    assert list(response.context["variants"]) == [variant]
    assert set(response.context["plates"]) == {direct, grouped}
    assert list(response.context["products"]) == []


def test_where_a_magnet_is_used(client, operator):
    component = RecipeComponentFactory()

    response = client.get(reverse("catalog:where_used", args=[component.item_id]))

    assert list(response.context["products"]) == [component.recipe.product]


def test_an_item_that_nothing_uses(client, operator):
    page = client.get(reverse("catalog:where_used", args=[ItemFactory().pk])).content.decode()

    assert "Nothing uses it" in page


def bed(variant, *, pieces=6, grams=Decimal(60), seconds=7200):
    plate = PlateFactory(name="Six up")
    PlateOutputFactory(plate=plate, variant=variant, pieces=pieces)
    PlateSlotFactory(plate=plate, position=0, name="Body")
    file = SliceFileFactory(plate=plate, print_time_s=seconds)
    SliceSlotFactory(slice_file=file, position=0, grams=grams, purge_g=Decimal(6))
    return plate


def test_a_bed_shares_its_time_and_grams_over_its_pieces(client, manager):
    variant = make_product()
    RecipeStepFactory(recipe=variant.product.recipes.get())
    plate = bed(variant)
    SliceSlotFactory(slice_file=plate.slice_files.get(), position=1, grams=None, purge_g=None)

    response = client.post(reverse("catalog:recipe_from_plate", args=[plate.pk]))

    recipe = Recipe.objects.current().get()
    assert response.url == variant.product.get_absolute_url()
    assert [(slot.name, slot.grams, slot.purge_g, slot.origin) for slot in recipe.slots.order_by("position")] == [
        ("Body", 10, 1, Origin.SLICED),
        ("Slot 2", 0, 0, Origin.UNKNOWN),
    ]
    assert (recipe.print_time_s, recipe.steps.count(), recipe.origin) == (1200, 1, "6 on Six up")


def test_a_bed_without_a_time_leaves_it_unknown(client, manager):
    variant = make_product()

    client.post(reverse("catalog:recipe_from_plate", args=[bed(variant, seconds=None).pk]))

    assert Recipe.objects.current().get().print_time_origin == Origin.UNKNOWN


def test_a_mixed_bed_tells_nothing_about_one_piece(client, manager):
    variant = make_product()
    plate = bed(variant)
    PlateOutputFactory(plate=plate, variant=VariantFactory())

    client.post(reverse("catalog:recipe_from_plate", args=[plate.pk]))

    assert Recipe.objects.count() == 1


def test_a_recipes_component_leads_to_where_it_is_used(client, operator):
    component = RecipeComponentFactory()

    page = client.get(component.recipe.product.get_absolute_url()).content.decode()

    assert reverse("catalog:where_used", args=[component.item_id]) in page


def test_what_a_build_moved_leads_back_to_it():
    assert sources.url_of("build", 7) == reverse("catalog:build_detail", args=[7])
