import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import Product
from nozzly.accounts.permissions import Role
from nozzly.testing.factories.catalog import (
    CategoryFactory,
    PrinterModelFactory,
    ProductFactory,
    TagFactory,
    make_product,
)

URL = "catalog:import_products"
HEADER = "Number,Product,Category,Tags,Kind,SKUs,Grams,Print time (s)"


@pytest.fixture(autouse=True)
def default_machine():
    return PrinterModelFactory(is_default=True)


def upload(client, text):
    return client.post(reverse(URL), {"file": SimpleUploadedFile("products.csv", text.encode())})


def dry_run(client, *rows):
    response = upload(client, "\n".join([HEADER, *rows]))
    return response, [
        (row.verdict.value, row.reasons) for row in sorted(response.context["run"].rows, key=lambda r: r.number)
    ]


def carry_on(client, response):
    """Press the button of the dry run: every column as it was matched."""
    mapping = {f"column-{name}": "" if index is None else index for name, _l, _c, index in response.context["matches"]}
    return client.post(reverse(URL), {"token": response.context["token"], "apply": "yes", **mapping})


def test_new_rows_become_products_with_recipe_sku_and_cost(client, manager):
    response, verdicts = dry_run(client, ',Dragon,Toys,"gift, red",Printed,DR-1,86.4,2h 10m', ",Plain,,,,,,")

    carry_on(client, response)

    dragon = Product.objects.get(title="Dragon")
    variant = dragon.variants.get()
    assert [verdict for verdict, _reasons in verdicts] == ["new", "new"]
    assert (str(dragon.category), dragon.tags.count(), variant.item.sku) == ("Toys", 2, "DR-1")
    assert (dragon.recipes.get().slots.get().grams, dragon.recipes.get().print_time_s) == (Decimal("86.4"), 7800)
    assert variant.full_cost > 1
    assert Product.objects.get(title="Plain").recipes.count() == 0


def test_a_row_with_a_time_alone(client, manager):
    response, _verdicts = dry_run(client, ",Dragon,,,,,,600")

    carry_on(client, response)

    assert Product.objects.get().recipes.get().print_time_s == 600


def test_a_tax_class_is_read_and_where_a_file_says_none_it_stays(client, manager):
    header = HEADER + ",Tax class"
    for row in ("Reduced rate", ""):
        carry_on(client, upload(client, f"{header}\n,Primer,,,,,,,{row}"))

    refused = upload(client, f"{header}\n,Other,,,,,,,half")

    assert Product.objects.get(title="Primer").tax_class == "reduced"
    assert [row.verdict.value for row in refused.context["run"].rows] == ["wrong"]


def test_what_the_list_exports_imports_back_unchanged(client, manager):
    variant = make_product(title="=Dragon")
    variant.product.category = CategoryFactory()
    variant.product.save()
    variant.product.tags.add(TagFactory(), TagFactory())
    ProductFactory(title="Twin", kind="kit")
    ProductFactory(title="Twin")
    exported = client.get(reverse("catalog:product_list"), {"format": "csv"}).content.decode("utf-8-sig")

    response = upload(client, exported)

    assert [row.verdict.value for row in response.context["run"].rows] == ["unchanged"] * 3


def test_rows_of_known_products_correct_them(client, manager):
    first = make_product(title="Dragon").product
    second = ProductFactory(title="Vase", description="tall")
    response, verdicts = dry_run(client, f"{first.pk},Wyvern,Toys,,Printed,,,", ",vase,Home,,Kit,,,")

    carry_on(client, response)

    first.refresh_from_db()
    second.refresh_from_db()
    assert [verdict for verdict, _reasons in verdicts] == ["changed", "changed"]
    assert (first.title, str(first.category)) == ("Wyvern", "Toys")
    assert (second.title, second.kind, second.description) == ("vase", "kit", "tall")


def test_rows_that_cannot_be_taken_say_why(client, manager):
    make_product(title="Dragon").item.__class__.objects.update(sku="")
    taken = make_product(title="Vase")
    ProductFactory(title="Twin")
    ProductFactory(title="Twin")

    _response, verdicts = dry_run(
        client,
        "999999,Ghost,,,,,,",
        ",Twin,,,,,,",
        f",New,,,,{taken.item.sku},,",
        ",Same,,,,,,",
        ",same,,,,,,",
        ",Odd,,,Dreamt,,,",
        ",Heavy,,,,,a lot,",
    )

    assert [verdict for verdict, _reasons in verdicts] == ["wrong"] * 7
    assert all(reasons for _verdict, reasons in verdicts)
    assert Product.objects.filter(title__in=["New", "Same", "Odd"]).count() == 0


def test_the_page_explains_itself_and_gives_a_sample(client, manager):
    page = client.get(reverse(URL)).content.decode()
    sample = client.get(reverse(URL), {"format": "sample"}).content.decode("utf-8-sig")

    assert "Rows with a number or title you have are corrected" in re.sub(r"\s+", " ", page)
    assert sample.splitlines()[0] == HEADER + ",Tax class"


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER, Role.BOOKKEEPER])
def test_importing_products_needs_the_permission(client_for, role):
    assert client_for(role).get(reverse(URL)).status_code == 403
