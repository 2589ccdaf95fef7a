from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from catalog.domain import printer_models, rates
from catalog.domain.recipes import draft_of, new_version
from catalog.domain.slicing import products_from_files
from catalog.models import Plate
from catalog.tests.test_slicing import gcode
from nozzly.accounts.permissions import Role
from nozzly.testing.browser import PHONE, look_at, look_from_all_sides
from nozzly.testing.factories.catalog import (
    DesignLicenceFactory,
    RecipeComponentFactory,
    RecipePartFactory,
    RecipeStepFactory,
    VariantFactory,
    make_product,
)
from nozzly.testing.factories.inventory import FilamentFactory
from nozzly.testing.fixtures import make_user

pytestmark = pytest.mark.browser
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "slicer_samples"


def furnish():
    """A catalogue with one of everything, and with real files where they are at hand."""
    printer_models.pick_presets(["Prusa MK4S", "Bambu Lab P1S", "Voron 0.2"], currency="GBP")
    printer_models.default_printer_model(currency="GBP")
    rates.ensure_default_rates()
    rates.set_rate("labour_per_h", value=Decimal("14.50"), valid_from=date(2026, 4, 1), source="own hour", by=None)
    FilamentFactory(colour_name="Galaxy Black", colour_hexes=["#161616"])
    FilamentFactory(colour_name="Ember", colour_hexes=["#c2460f", "#ffcc00"])
    variant = make_product(title="Dragon with a fairly long name that says what it is", grams=Decimal("86.4"))
    product = variant.product
    recipe = product.recipes.get()
    RecipeComponentFactory(recipe=recipe, item__name="Magnet 6 × 3 mm", quantity=4)
    RecipeComponentFactory(recipe=recipe, item__name="Box 150 × 100", item__kind="packaging", quantity=1, stage="pack")
    RecipeStepFactory(recipe=recipe, name="Remove supports", minutes=Decimal("4.5"))
    VariantFactory(product=product, name="Ember", options={"Size": "large"})
    product.licence = DesignLicenceFactory()
    product.save()
    new_version(product, draft_of(recipe).__class__(**{**vars(draft_of(recipe)), "print_time_s": 7800}),
                origin="a slower profile", by=None, at=timezone.now())  # fmt: skip
    names = ("bambu_reference.gcode.3mf", "chestnut_3DBenchy.gcode", "kage_prusaslicer.gcode")
    if SAMPLES.is_dir():
        files = [ContentFile((SAMPLES / name).read_bytes(), name=name) for name in names]
        products_from_files(files, by=None, at=timezone.now())
    return product


def pages(product):
    """Those whose looks depend on what is in them; the others are opened with all pages of the house."""
    assembly = RecipePartFactory(recipe__product=VariantFactory().product, variant=product.variants.first(), pieces=3)
    by_name = {
        "product_list": reverse("catalog:product_list"),
        "product_detail": product.get_absolute_url(),
        "recipe_form": reverse("catalog:edit_recipe", args=[product.pk]),
        "recipe_versions": reverse("catalog:recipe_versions", args=[product.pk]),
        "variant_form": reverse("catalog:edit_variant", args=[product.variants.first().pk]),
        "build_form": reverse("catalog:build_variant", args=[assembly.recipe.product.variants.get().pk]),
        "where_used": reverse("catalog:where_used", args=[product.variants.first().item_id]),
        "rate_list": reverse("catalog:rate_list"),
    }
    plate = Plate.objects.order_by("pk").first()
    return by_name | ({"plate_detail": plate.get_absolute_url()} if plate else {})


def test_catalogue_pages_look_right(live):
    product = furnish()
    page = live.page_for(make_user(Role.OWNER))

    found = {}
    for name, path in pages(product).items():
        page.goto(live.url(path))
        found[name] = look_from_all_sides(page, f"catalog-{name}")

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_dropped_files_are_named_before_they_are_sent_and_shown_after(live):
    page = live.page_for(make_user(Role.OWNER))
    page.goto(live.url(reverse("catalog:drop_files")))
    files = {"dragon.gcode": gcode(), "vase.gcode": gcode(grams="30", colour="#1a1a1a"), "notes.gcode": "G28\n" * 900}

    page.set_input_files(
        "[name=files]",
        [{"name": name, "mimeType": "text/plain", "buffer": text.encode()} for name, text in files.items()],
    )
    named = page.locator("[data-drop-list] li").all_inner_texts()
    page.get_by_role("button", name="Make products").click()
    page.get_by_text("2 new products").wait_for()

    assert [text.split("\n")[0] for text in named] == list(files)
    assert look_at(page, "catalog-drop_results") == []
    page.set_viewport_size(PHONE)
    assert look_at(page, "catalog-drop_results") == []
