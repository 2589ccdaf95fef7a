import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from catalog.models import Category, CostSnapshot, Product, Variant
from nozzly.accounts.permissions import Role
from nozzly.testing.factories.catalog import (
    CategoryFactory,
    DesignLicenceFactory,
    PrinterModelFactory,
    ProductFactory,
    ProductPhotoFactory,
    RecipeFactory,
    TagFactory,
    VariantFactory,
    make_product,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONEY = re.compile(r"£|cost|margin|0\.8\d", re.IGNORECASE)


def main_of(response):
    """The page without its frame."""
    return response.content.decode().split('<main id="main"')[1].split("</main>")[0]


@pytest.fixture(autouse=True)
def default_machine():
    return PrinterModelFactory(is_default=True)


def listed(client, **query):
    response = client.get(reverse("catalog:product_list"), query)
    return [product.title for product in response.context["page"]]


def test_product_list_shows_picture_time_and_cost(client, viewer):
    variant = make_product(title="Dragon")
    Variant.objects.filter(pk=variant.pk).update(full_cost=Decimal("1.234"))
    photo = ProductPhotoFactory(product=variant.product)

    response = client.get(reverse("catalog:product_list"))

    page = main_of(response)
    assert "Dragon" in page
    assert "£1.23" in page
    assert reverse("catalog:photo", args=[photo.pk]) in page


def test_product_list_shows_no_cost_to_operators(client, operator):
    variant = make_product(title="Dragon")
    Variant.objects.filter(pk=variant.pk).update(full_cost=Decimal("0.81"))

    response = client.get(reverse("catalog:product_list"))

    assert "Dragon" in main_of(response)
    assert MONEY.findall(main_of(response)) == []


def test_product_list_does_not_sort_by_cost_for_operators(client_for):
    cheap, dear = make_product(title="Cheap"), make_product(title="Dear")
    Variant.objects.filter(pk=cheap.pk).update(full_cost=1)
    Variant.objects.filter(pk=dear.pk).update(full_cost=9)

    assert listed(client_for(Role.VIEWER), sort="cost") == ["Cheap", "Dear"]
    assert listed(client_for(Role.VIEWER), sort="-cost") == ["Dear", "Cheap"]
    assert listed(client_for(Role.OPERATOR), sort="cost") == ["Dear", "Cheap"]
    assert listed(client_for(Role.OPERATOR), sort="-cost") == ["Dear", "Cheap"]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"search": "drag"}, ["Dragon"]),
        ({"search": "SKU-DR"}, ["Dragon"]),
        ({"search": "gift"}, ["Dragon"]),
        ({"search": "--"}, ["Vase", "Dragon"]),
        ({"material": "petg"}, ["Vase"]),
        ({"state": "kit"}, ["Vase"]),
        ({"state": "archived"}, ["Old"]),
        ({"state": "guesses"}, ["Dragon"]),
    ],
)
def test_product_list_filters(client, viewer, query, titles):
    dragon, vase = make_product(title="Dragon"), make_product(title="Vase")
    dragon.item.sku = "SKU-DR1"
    dragon.item.save()
    dragon.product.tags.add(TagFactory(name="gift"))
    vase.product.recipes.get().slots.update(material_type="PETG")
    Product.objects.filter(pk=vase.product_id).update(kind="kit")
    Variant.objects.filter(pk=vase.pk).update(cost_assumed=False)
    ProductFactory(title="Old", archived_at=NOON)

    assert listed(client, **query) == titles


def test_product_list_filters_by_category_and_names_it_in_the_chip(client, viewer):
    category = CategoryFactory(name="Toys")
    ProductFactory(title="Dragon", category=category)
    ProductFactory(title="Vase")

    response = client.get(reverse("catalog:product_list"), {"category": category.pk})

    assert [product.title for product in response.context["page"]] == ["Dragon"]
    assert response.context["filter_form"].active() == [("category", "Category", "Toys")]


def test_product_list_says_when_nothing_fits(client, viewer):
    response = client.get(reverse("catalog:product_list"), {"search": "unicorn"})

    assert "Nothing fits" in main_of(response)


def test_product_list_exports_costs_only_to_those_who_see_them(client_for):
    variant = make_product(title="Dragon")
    Variant.objects.filter(pk=variant.pk).update(full_cost=Decimal("1.234"))

    header, row = (
        client_for(Role.VIEWER)
        .get(reverse("catalog:product_list"), {"format": "csv"})
        .content.decode("utf-8-sig")
        .strip()
        .split("\r\n")
    )
    assert header == "Number,Product,Category,Tags,Kind,Variants,SKUs,Grams,Print time (s),Tax class,Cost from,Cost to"
    assert row == f"{variant.product_id},Dragon,,,Printed,1,{variant.item.sku},42.000,3600,Standard rate,1.23,1.23"

    operators = client_for(Role.OPERATOR).get(reverse("catalog:product_list"), {"format": "csv"}).content.decode()
    assert MONEY.findall(operators) == []


@pytest.mark.parametrize("count", [1, 3])
def test_product_list_query_count_does_not_grow(client, viewer, django_assert_num_queries, count):
    for _number in range(count):
        make_product()

    with django_assert_num_queries(9):
        response = client.get(reverse("catalog:product_list"))

    assert len(response.context["page"]) == count


def test_product_list_fragment_is_the_table_alone(client, viewer):
    make_product(title="Dragon")

    response = client.get(reverse("catalog:product_list"), headers={"HX-Request": "true", "HX-Target": "product-table"})

    assert response.content.decode().strip().startswith('<section id="product-table"')


def test_product_page_shows_cost_line_by_line_with_formula_and_origin(client, viewer):
    variant = make_product(title="Dragon")

    page = main_of(client.get(variant.get_absolute_url()))

    assert "40 g × 0.02/g" in page
    assert "list price" in page
    assert page.count('<rect class="cost-') == 10


def test_product_page_shows_no_cost_to_operators(client, operator):
    variant = make_product(title="Dragon")

    page = main_of(client.get(variant.get_absolute_url()))

    assert "Dragon" in page
    assert MONEY.findall(page) == []


def test_product_page_of_the_other_variant(client, viewer):
    variant = make_product()
    other = VariantFactory(product=variant.product, name="Red", position=1)

    response = client.get(other.get_absolute_url())

    assert response.context["chosen"] == other


def test_product_page_without_a_variant_or_recipe_says_what_is_missing(client, manager):
    product = ProductFactory()

    assert "No recipe yet" in main_of(client.get(product.get_absolute_url()))


@pytest.mark.parametrize("count", [1, 3])
def test_product_page_query_count_does_not_grow(client, viewer, django_assert_num_queries, count):
    variant = make_product()
    for number in range(count - 1):
        VariantFactory(product=variant.product, name=f"Red {number}")
    Variant.objects.update(full_cost=None)

    with django_assert_num_queries(17):
        client.get(variant.get_absolute_url())


def test_create_product_makes_category_tags_and_a_first_variant(client, manager):
    client.post(
        reverse("catalog:create_product"),
        {"title": "Dragon", "kind": "printed", "category_name": "Toys", "tag_names": "gift, Gift, red"},
    )

    product = Product.objects.get()
    assert (product.title, str(product.category), product.variants.get().name) == ("Dragon", "Toys", "Standard")
    assert sorted(product.tags.values_list("name", flat=True)) == ["gift", "red"]


def test_edit_product_renames_its_items(client, manager):
    variant = make_product(title="Dragon")
    Category.objects.create(name="Toys")
    data = {"title": "Wyvern", "kind": "printed", "category_name": "toys"}

    client.get(reverse("catalog:edit_product", args=[variant.product_id]))
    client.post(reverse("catalog:edit_product", args=[variant.product_id]), data)

    variant.item.refresh_from_db()
    assert (variant.item.name, Category.objects.count()) == ("Wyvern · Black", 1)


def test_create_product_refuses_an_empty_title(client, manager):
    response = client.post(reverse("catalog:create_product"), {"title": "", "kind": "printed"})

    assert (response.status_code, Product.objects.count()) == (422, 0)


def test_archive_and_restore_a_product(client, manager):
    variant = make_product()
    product = variant.product

    client.get(reverse("catalog:archive_product", args=[product.pk]))
    client.post(reverse("catalog:archive_product", args=[product.pk]))
    product.refresh_from_db()
    variant.item.refresh_from_db()
    assert (product.is_archived, variant.item.archived_at is not None) == (True, True)

    client.post(reverse("catalog:restore_product", args=[product.pk]))
    product.refresh_from_db()
    assert product.is_archived is False


def test_duplicate_product_copies_recipe_variants_and_bindings(client, manager):
    variant = make_product(title="Dragon")

    client.post(reverse("catalog:duplicate_product", args=[variant.product_id]))

    copy = Product.objects.get(title="Dragon (copy)")
    twin = copy.variants.get()
    assert (twin.name, twin.slots.get().filament, twin.item.sku != variant.item.sku) == (
        "Black",
        variant.slots.get().filament,
        True,
    )
    assert copy.recipes.get().slots.get().grams == Decimal(40)


def test_duplicate_product_without_a_recipe(client, manager):
    product = ProductFactory(title="Empty")

    client.post(reverse("catalog:duplicate_product", args=[product.pk]))

    assert Product.objects.get(title="Empty (copy)").recipes.count() == 0


def test_opening_a_product_refreshes_an_old_figure(client, viewer, django_capture_on_commit_callbacks, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    variant = make_product()

    with django_capture_on_commit_callbacks(execute=True):
        client.get(variant.get_absolute_url())

    variant.refresh_from_db()
    assert (variant.full_cost > 0, CostSnapshot.objects.count()) == (True, 1)


def test_work_out_all_costs_starts_a_job(client, manager, django_capture_on_commit_callbacks, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    variant = make_product()

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("catalog:recost"))

    variant.refresh_from_db()
    assert (response.status_code, variant.full_cost > 0) == (302, True)


def test_product_page_names_licence_and_personalisation(client, viewer):
    variant = make_product()
    product = variant.product
    product.licence, product.personalisation = DesignLicenceFactory(allows_selling=False), "a name"
    product.save()
    RecipeFactory(product=product, version=2, is_current=False)

    page = main_of(client.get(product.get_absolute_url()))

    assert "selling not allowed" in page
    assert "a name" in page


@pytest.mark.parametrize(
    "name", ["edit_product", "archive_product", "edit_recipe", "add_variant", "add_colourways", "add_photo"]
)
@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER, Role.BOOKKEEPER])
def test_changing_a_product_needs_the_permission(client_for, role, name):
    product = ProductFactory()

    assert client_for(role).post(reverse(f"catalog:{name}", args=[product.pk])).status_code == 403


def test_product_pages_ask_strangers_to_sign_in(client):
    product = ProductFactory()

    assert client.get(product.get_absolute_url()).status_code == 302
