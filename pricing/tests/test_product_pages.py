from decimal import Decimal

import pytest
from django.urls import reverse

from nozzly.accounts.permissions import Role
from nozzly.testing.factories.catalog import ProductFactory, VariantFactory
from nozzly.testing.factories.pricing import ChannelFactory
from pricing.choices import PriceReason
from pricing.models import Listing, PriceChange
from pricing.tests import shop

HX = {"HX-Request": "true", "HX-Target": "comparison"}


def page(product):
    return reverse("pricing:product", args=[product.pk])


def setter(product):
    return reverse("pricing:set_prices", args=[product.pk])


@pytest.fixture
def listing():
    shop.registered()
    return shop.dragon(title="Dragon")


def test_product_shows_cost_with_origins_and_every_channel(client, owner, listing):
    fair = shop.fair()

    response = client.get(page(listing.variant.product))

    assert [card.row.channel for card in response.context["cards"]] == [listing.channel, fair]
    assert [segment.code for segment in response.context["cost_bar"]][:2] == ["filament", "purge"]
    assert "Where every number comes from" in response.text


def test_product_tries_a_price_out_without_writing(client, owner, listing):
    response = client.get(page(listing.variant.product), {f"price_{listing.channel.pk}": "30"}, headers=HX)

    assert response.context["cards"][0].row.offer.price == 30
    assert response.text.strip().startswith('<section class="comparison-result"')
    assert Listing.objects.get().price == Decimal("24.00")


def test_set_prices_saves_listings_and_their_history(client, owner, listing):
    fair = shop.fair()
    product = listing.variant.product
    typed = {f"price_{listing.channel.pk}": "26.50", f"postage_{listing.channel.pk}": "3.95", f"price_{fair.pk}": "25"}

    response = client.post(setter(product), typed | {"note": "PLA went up", "variant": listing.variant.pk})

    assert response.url == f"{page(product)}?variant={listing.variant.pk}"
    assert list(Listing.objects.order_by("price").values_list("channel", "price", "postage_charged")) == [
        (fair.pk, Decimal("25.00"), 0),
        (listing.channel.pk, Decimal("26.50"), Decimal("3.95")),
    ]
    changes = PriceChange.objects.order_by("after").values_list("before", "after", "reason", "note", "by")
    assert list(changes) == [
        (None, Decimal("25.00"), PriceReason.TYPED, "PLA went up", owner.pk),
        (Decimal("24.00"), Decimal("26.50"), PriceReason.TYPED, "PLA went up", owner.pk),
    ]


def test_set_prices_that_stand_already_says_so(client, owner, listing):
    typed = {f"price_{listing.channel.pk}": "24.00"}

    response = client.post(setter(listing.variant.product), typed, follow=True)

    assert "These prices stand there already." in response.text
    assert PriceChange.objects.count() == 0


def test_set_prices_for_all_variants(client, owner, listing):
    other = VariantFactory(product=listing.variant.product)
    VariantFactory(product=listing.variant.product, archived_at="2026-01-01T09:00Z")
    typed = {f"price_{listing.channel.pk}": "26", "all_variants": "on"}

    client.post(setter(listing.variant.product), typed)

    assert set(Listing.objects.values_list("variant", "price")) == {(listing.variant.pk, 26), (other.pk, 26)}


def test_set_prices_keeps_what_was_typed_wrong(client, owner, listing):
    response = client.post(setter(listing.variant.product), {f"price_{listing.channel.pk}": "dear"})

    assert response.status_code == 422
    assert 'value="dear"' in response.text
    assert Listing.objects.get().price == Decimal("24.00")


def test_set_prices_refuses_more_decimals_than_the_currency_has(client, owner, listing):
    japan = ChannelFactory(schedule_id="etsy-jp", country="JP", currency="JPY")

    response = client.post(setter(listing.variant.product), {f"price_{japan.pk}": "4000.50"})

    assert response.status_code == 422
    assert "more decimals than JPY" in response.text


def test_product_shows_one_variant_at_a_time(client, owner, listing):
    other = VariantFactory(product=listing.variant.product, position=2)

    assert client.get(page(listing.variant.product)).context["chosen"] == listing.variant
    assert client.get(page(listing.variant.product), {"variant": other.pk}).context["chosen"] == other


def test_product_without_variants_says_what_to_do(client, owner):
    ChannelFactory()
    product = ProductFactory()

    assert "No variant to price" in client.get(page(product)).text
    assert client.post(setter(product), {}).status_code == 302


def test_product_without_channels_offers_to_add_one(client, owner):
    assert "No channel yet" in client.get(page(VariantFactory().product)).text


def test_product_prices_are_for_those_who_see_costs(client_for, listing):
    statuses = {role: client_for(role).get(page(listing.variant.product)).status_code for role in Role}

    assert statuses[Role.OPERATOR] == 403
    assert [status for role, status in statuses.items() if role != Role.OPERATOR] == [200] * 4
    assert client_for(None).get(page(listing.variant.product)).status_code == 302


def test_set_prices_is_for_those_who_may_edit_them(client_for, listing):
    url = setter(listing.variant.product)

    assert client_for(Role.VIEWER).post(url).status_code == 403
    assert client_for(Role.OWNER).get(url).status_code == 405
    assert "Set prices</button>" not in client_for(Role.VIEWER).get(page(listing.variant.product)).text


def test_product_of_nobody_is_not_found(client, owner):
    assert client.get("/pricing/compare/products/77/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_product_query_count_does_not_grow(client, owner, listing, django_assert_max_num_queries, count):
    for number in range(count):
        ChannelFactory()
        VariantFactory(product=listing.variant.product, name=f"Other {number}")
    client.get(page(listing.variant.product))

    with django_assert_max_num_queries(25) as found:
        client.get(page(listing.variant.product))

    assert len(found) == PAGE_QUERIES


PAGE_QUERIES = 16
