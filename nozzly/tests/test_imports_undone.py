"""Whole imports of products, plates, listings and channels' files are taken back, or refused with what has been used."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import Plate, Product
from inventory.models import Item
from nozzly.testing.factories.catalog import (
    CategoryFactory,
    PlateOutputFactory,
    PrinterModelFactory,
    ProductFactory,
    make_product,
)
from nozzly.testing.factories.pricing import ChannelFactory, ListingFactory
from nozzly.web.importing import importers
from nozzly.web.models import ListImport
from pricing.models import Listing, ListingMatch

pytestmark = pytest.mark.django_db


@pytest.fixture
def take(client, owner):
    PrinterModelFactory(is_default=True)

    def through(url_name, text):
        """Upload, dry run, import; answers the import."""
        url = reverse(url_name)
        checked = client.post(url, {"file": SimpleUploadedFile("table.csv", text.encode())})
        mapping = {f"column-{name}": "" if at is None else at for name, _l, _c, at in checked.context["matches"]}
        client.post(url, {"token": checked.context["token"], "apply": "yes", **mapping})
        return ListImport.objects.latest("pk")

    return through


@pytest.fixture
def undo(client):
    return lambda made: " ".join(client.post(made.get_absolute_url(), follow=True).text.split())


def test_every_import_can_be_undone_as_a_whole():
    assert [name for name, importer in importers.items() if not importer().may_be_undone and name != "views"] == []


def test_import_of_products_is_undone_and_comes_in_again(take, undo, owner):
    old = ProductFactory(title="Owl", category=CategoryFactory(name="Birds"))
    text = f"Number,Product,Category,SKUs,Grams\n{old.pk},Big owl,Toys,,\n,Dragon,Toys,DRG-1,86"
    made = take("catalog:import_products", text)

    page = undo(made)

    old.refresh_from_db()
    assert "Out of sight: 1. As they were before: 1." in page
    assert (old.title, old.category.name) == ("Owl", "Birds")
    assert list(Product.objects.active().values_list("title", flat=True)) == ["Owl"]
    assert not Item.objects.filter(sku="DRG-1").exists()
    assert "undone already" in undo(made)
    take("catalog:import_products", "Product,SKUs,Grams\nDragon,DRG-1,86")
    assert Product.objects.active().count() == 2


def test_products_in_use_keep_the_import(take, undo):
    made = take("catalog:import_products", "Product,SKUs,Grams\nDragon,DRG-1,86\nSnake,SNK-1,20")
    PlateOutputFactory(variant=Product.objects.get(title="Snake").variants.get())

    page = undo(made)

    assert "“Snake” has been used since (plate output); nothing was undone." in page
    assert Product.objects.active().count() == 2


def test_what_somebody_has_changed_since_is_kept(take, undo):
    owl, cat = ProductFactory(title="Owl"), ProductFactory(title="Cat")
    made = take("catalog:import_products", f"Number,Product,Category\n{owl.pk},Owl,Toys\n{cat.pk},Cat,Toys")
    Product.objects.filter(pk=cat.pk).update(title="Kitten")

    page = undo(made)

    assert "As they were before: 1. Changed since, and kept so: 1." in page
    assert Product.objects.get(pk=cat.pk).category.name == "Toys"


def test_import_of_plates_is_undone(take, undo):
    make_product(title="Dragon")
    take("catalog:import_plates", "Plate,Makes,Loads\nTwo,2 × Dragon · Black,Body")
    old = Plate.objects.get()
    text = f"Number,Plate,Makes,Loads\n{old.pk},Four,4 × Dragon · Black,Body; Eyes\n,New,Dragon · Black,"
    made = take("catalog:import_plates", text)

    page = undo(made)

    old = Plate.objects.get()
    assert "Out of sight: 1. As they were before: 1." in page
    assert (old.name, old.outputs.get().pieces, old.slots.get().name) == ("Two", 2, "Body")


def test_import_of_listings_is_undone_with_its_history(take, undo, owner):
    channel = ChannelFactory(name="Etsy", currency="GBP")
    old = ListingFactory(channel=channel, price="10.00")
    old.variant.item.sku = "OLD-1"
    old.variant.item.save()
    make_product(title="Dragon")
    text = "Product,Variant,SKU,Channel,Price\n,,OLD-1,Etsy,12.50\nDragon,Black,,Etsy,24.00"
    made = take("pricing:import_listings", text)

    page = undo(made)

    old.refresh_from_db()
    assert "Out of sight: 1. As they were before: 1." in page
    assert (str(old.price), Listing.objects.live().count()) == ("10.00", 1)
    history = [(str(each.before), str(each.after)) for each in old.changes.order_by("pk")]
    assert history[-2:] == [("10.00", "12.50"), ("12.50", "10.00")]


def test_channel_file_is_undone_and_answers_stay(take, undo):
    ChannelFactory(name="Etsy", currency="GBP")
    header = "Title,Options,SKU,Number there,Price,Currency,Channel\n"
    made = take("pricing:import_channel_file", f"{header}Odd thing,,,1,5.00,GBP,Etsy\nOther,,,2,6.00,GBP,Etsy")
    ListingMatch.objects.filter(title="Other").update(is_ignored=True)

    page = undo(made)

    assert "Out of sight: 1. As they were before: 0. Changed since, and kept so: 1." in page
    assert ListingMatch.objects.get().title == "Other"
