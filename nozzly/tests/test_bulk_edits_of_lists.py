"""Many products, listings and orders at once: exactly the ticked ones change, or all that the filter shows."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from catalog.models import Product
from nozzly.accounts.permissions import Role
from nozzly.testing.factories.catalog import CategoryFactory, ProductFactory, TagFactory
from nozzly.testing.factories.pricing import ListingFactory
from nozzly.testing.factories.sales import OrderFactory

pytestmark = pytest.mark.django_db
PAGES = ["catalog:edit_products", "pricing:edit_listings", "sales:edit_orders"]


def rows(*objects):
    return ",".join(str(each.pk) for each in objects)


def test_exactly_the_ticked_products_change(client, owner):
    toys, sale = CategoryFactory(name="Toys"), TagFactory(name="Sale")
    one, two, other = ProductFactory.create_batch(3)
    for product in (one, two, other):
        product.tags.add(sale)
    sent = {"category": toys.pk, "tax_class": "reduced", "add_tags": "gift, New", "remove_tags": "sale"}

    shown = client.get(reverse("catalog:edit_products"), {"product": [one.pk, two.pk]})
    client.post(reverse("catalog:edit_products"), {"rows": rows(one, two), **sent})

    assert shown.context["count"] == 2
    tags = [sorted(tag.name for tag in product.tags.all()) for product in Product.objects.order_by("pk")]
    assert tags == [["New", "gift"], ["New", "gift"], ["Sale"]]
    assert list(Product.objects.filter(category=toys, tax_class="reduced").order_by("pk")) == [one, two]
    client.post(reverse("catalog:edit_products"), {"rows": rows(one), "add_tags": "x"})
    assert [each.tax_class for each in Product.objects.order_by("pk")] == ["reduced", "reduced", "standard"]


def test_all_that_the_filter_shows_are_offered(client, owner):
    owl, _cat = ProductFactory(title="Owl"), ProductFactory(title="Cat")

    page = client.get(reverse("catalog:edit_products"), {"filtered": "1", "search": "owl"})

    assert page.context["form"]["rows"].value() == str(owl.pk)


def test_exactly_the_ticked_listings_change_and_prices_keep_their_history(client, owner):
    one, two, other = (ListingFactory(price=Decimal("10.00")) for _number in range(3))
    ended = ListingFactory(ended_at="2026-01-01T00:00Z")
    url = reverse("pricing:edit_listings")

    client.post(url, {"rows": rows(one, two), "price": "12.50", "postage_charged": "3"})
    client.post(url, {"rows": rows(two), "ended": "yes"})
    refused = client.post(url, {"rows": rows(one, ended), "price": "99"})

    for each in (one, two, other):
        each.refresh_from_db()
    assert [each.price for each in (one, two, other)] == [Decimal("12.50"), Decimal("12.50"), Decimal("10.00")]
    assert [each.is_live for each in (one, two, other)] == [True, False, True]
    assert one.changes.latest("pk").after == Decimal("12.50")
    assert refused.status_code == 422


def test_exactly_the_ticked_orders_change(client, owner):
    one, two, other = (OrderFactory(note="by hand") for _number in range(3))
    url = reverse("sales:edit_orders")

    client.post(url, {"rows": rows(one, two), "due_on": "2026-12-01", "is_rush": "yes", "clear": ["note"]})
    client.post(url, {"rows": rows(two), "is_rush": "no"})

    for each in (one, two, other):
        each.refresh_from_db()
    day = date(2026, 12, 1)
    assert [(each.due_on, each.is_rush, each.note) for each in (one, two)] == [(day, True, ""), (day, False, "")]
    assert (other.is_rush, other.note) == (False, "by hand")


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_changed_by_an_empty_form_or_by_the_wrong_person(client, owner, client_for, page):
    nothing = client.post(reverse(page), {"rows": "1"})

    assert nothing.status_code == 422
    assert "Fill in what is to be changed." in nothing.text
    assert client.get(reverse(page)).status_code == 302  # nothing ticked
    assert client_for(Role.OPERATOR).post(reverse(page), {"rows": "1"}).status_code == 403
