from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from catalog.choices import Stage
from catalog.domain.recipes import draft_of, new_version
from catalog.models import Recipe
from inventory.models import Item
from nozzly.accounts.permissions import Role
from nozzly.testing.factories.catalog import (
    PrinterModelFactory,
    ProductFactory,
    RecipeComponentFactory,
    RecipePartFactory,
    RecipeStepFactory,
    VariantFactory,
    make_product,
)
from nozzly.testing.factories.inventory import ItemFactory

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def default_machine():
    return PrinterModelFactory(is_default=True)


def sheet(**changes):
    """What the page of a one-slot recipe sends."""
    data = {"print_time_s": "1h", "printer_model": "", "origin": ""}
    for prefix, initial, total in (("slots", 1, 2), ("components", 0, 2), ("steps", 0, 2), ("parts", 0, 1)):
        data |= {f"{prefix}-INITIAL_FORMS": initial, f"{prefix}-TOTAL_FORMS": total}
    data |= {
        "slots-0-name": "Body",
        "slots-0-grams": "40",
        "slots-0-purge_g": "2",
        "slots-0-material_type": "PLA",
        "slots-0-colour_hex": "#1a1a1a",
        "components-0-stage": "assemble",
        "components-1-stage": "assemble",
        "steps-0-stage": "assemble",
        "steps-1-stage": "assemble",
        "parts-0-pieces": "1",
    }
    return data | {name.replace("__", "-"): value for name, value in changes.items()}


def post(client, product, **changes):
    return client.post(reverse("catalog:edit_recipe", args=[product.pk]), sheet(**changes))


def test_the_recipe_page_shows_what_is_stored(client, manager):
    product = make_product().product

    response = client.get(reverse("catalog:edit_recipe", args=[product.pk]))

    page = response.content.decode()
    assert (response.status_code, 'value="1h"' in page, 'value="40"' in page) == (200, True, True)


def test_magnets_a_box_and_minutes_make_a_new_version_and_a_new_cost(client, manager):
    variant = make_product()
    magnet = ItemFactory(list_price_per_unit=Decimal("0.05"))

    response = post(
        client,
        variant.product,
        **{
            "components-0-item": magnet.pk,
            "components-0-quantity": "4",
            "components-1-new_name": "Box 150",
            "components-1-new_price": "0.4",
            "components-1-quantity": "1",
            "components-1-stage": "pack",
            "steps-0-minutes": "4.5",
            "steps-0-name": "Glue",
        },
    )

    recipe = Recipe.objects.current().get()
    box = Item.objects.get(name="Box 150")
    variant.refresh_from_db()
    assert response.url == variant.product.get_absolute_url()
    assert [(row.item, row.quantity, row.stage) for row in recipe.components.order_by("pk")] == [
        (magnet, 4, Stage.ASSEMBLE),
        (box, 1, Stage.PACK),
    ]
    assert (box.kind, box.list_price_per_unit, box.list_price_origin) == ("packaging", Decimal("0.400000"), "typed")
    assert (recipe.version, recipe.steps.get().minutes) == (2, Decimal("4.50"))
    assert variant.full_cost > Decimal("1.4")


def test_a_new_component_with_a_known_name_is_the_known_one(client, manager):
    product, magnet = make_product().product, ItemFactory(name="Magnet")

    post(client, product, **{"components-0-new_name": "magnet", "components-0-quantity": "1"})

    assert Recipe.objects.current().get().components.get().item == magnet


def test_saving_without_a_change_makes_no_version(client, manager):
    product = make_product().product

    response = post(client, product)

    assert (response.status_code, Recipe.objects.count()) == (302, 1)


def test_a_slot_that_is_struck_out_goes(client, manager):
    product = make_product().product

    post(client, product, **{"slots-0-DELETE": "on", "slots-1-name": "Shell", "slots-1-grams": "0.05 kg"})

    slot = Recipe.objects.current().get().slots.get()
    assert (slot.name, slot.grams) == ("Shell", Decimal(50))


def test_a_part_makes_it_an_assembly(client, manager):
    product, wheel = make_product().product, VariantFactory()

    post(client, product, **{"parts-0-variant": wheel.pk, "parts-0-pieces": "4"})

    part = Recipe.objects.current().get().parts.get()
    assert (part.variant, part.pieces) == (wheel, 4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"slots-0-grams": "a lot"},
        {"slots-0-grams": "-3"},
        {"slots-0-colour_hex": "orange"},
        {"print_time_s": "soon"},
        {"components-0-quantity": "2"},
        {"slots-1-name": "Body", "slots-1-grams": "3"},
    ],
)
def test_wrong_input_is_said_and_nothing_is_stored(client, manager, wrong):
    product = make_product().product

    response = post(client, product, **wrong)

    assert (response.status_code, Recipe.objects.count()) == (422, 1)


def test_the_first_recipe_of_a_product(client, manager):
    product = ProductFactory()

    post(client, product, **{"slots-INITIAL_FORMS": 0})

    assert product.recipes.get().slots.get().grams == 40


def test_versions_show_what_changed_and_what_it_did_to_the_cost(client, viewer):
    variant = make_product()
    recipe = variant.product.recipes.get()
    RecipeComponentFactory(recipe=recipe, item__name="Magnet")
    RecipeStepFactory(recipe=recipe)
    RecipePartFactory(recipe=recipe)
    draft = draft_of(recipe)
    new_version(variant.product, replace(draft, print_time_s=7200, components=()), by=None, at=NOON)

    response = client.get(reverse("catalog:recipe_versions", args=[variant.product_id]))

    assert [(row.label, row.before, row.after) for row in response.context["rows"]] == [
        ("Magnet", Decimal("2.000"), None),
        ("Print time", 3600, 7200),
    ]
    assert {move.label for move in response.context["moves"]} == {
        "Components",
        "Machine time",
        "Electricity",
        "Failure allowance",
    }


def test_versions_show_no_cost_to_operators(client, operator):
    variant = make_product()
    new_version(variant.product, replace(draft_of(variant.product.recipes.get()), print_time_s=1), by=None, at=NOON)

    response = client.get(reverse("catalog:recipe_versions", args=[variant.product_id]), {"from": "1", "to": "2"})

    assert ("moves" in response.context, "£" in response.content.decode()) == (False, False)


def test_versions_of_a_product_without_a_recipe(client, viewer):
    product = ProductFactory()

    response = client.get(reverse("catalog:recipe_versions", args=[product.pk]))

    assert "No recipe has been written yet." in response.content.decode()


def test_an_old_version_is_used_again(client, manager):
    variant = make_product()
    old = variant.product.recipes.get()
    new_version(variant.product, replace(draft_of(old), print_time_s=1), by=None, at=NOON)

    client.post(reverse("catalog:restore_recipe", args=[old.pk]))

    assert (Recipe.objects.current().get().version, Recipe.objects.current().get().print_time_s) == (3, 3600)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER])
def test_restoring_needs_the_permission(client_for, role):
    recipe = make_product().product.recipes.get()

    assert client_for(role).post(reverse("catalog:restore_recipe", args=[recipe.pk])).status_code == 403
