from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from nozzly.accounts.permissions import Role
from nozzly.tax.models import ExchangeRate
from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.pricing import ChannelFactory
from pricing.tests import shop

URL = "/pricing/compare/"
HX = {"HX-Request": "true", "HX-Target": "comparison"}
FIXED_POINT = {"cost": "6", "price": "24", "postage_paid": "3.50"}


def profits(response):
    return [card.row.profit for card in response.context["cards"]]


def test_compare_shows_the_fixed_point(client, owner):
    shop.registered()
    ChannelFactory()

    response = client.get(URL, FIXED_POINT)

    assert profits(response) == [Decimal("7.50")]
    assert "£7.50" in response.text
    assert "37.5" in response.text


def test_compare_answers_htmx_with_the_cards_alone(client, owner):
    ChannelFactory()

    response = client.get(URL, FIXED_POINT, headers=HX)

    assert response.text.strip().startswith('<section class="comparison-result"')


def test_compare_asks_for_something_first(client, owner):
    ChannelFactory()
    dragon = shop.dragon(title="Dragon").variant

    answer = client.get(URL)

    assert "What shall it be?" in answer.text
    assert answer.context["hits"] == [dragon]


def test_compare_without_channels_offers_to_add_one(client, owner):
    assert "No channel yet" in client.get(URL, FIXED_POINT).text


def test_compare_finds_products_by_title_and_sku(client, owner):
    dragon = shop.dragon(title="Dragon").variant
    by_sku = VariantFactory(item__sku="VASE-9")

    assert client.get(URL, {"search": "drag"}).context["hits"] == [dragon]
    assert client.get(URL, {"search": "vase-9"}).context["hits"] == [by_sku]
    assert "Nothing is called that." in client.get(URL, {"search": "x"}).text


def test_compare_answers_the_search_with_its_hits_alone(client, owner):
    shop.dragon()

    response = client.get(URL, {"search": "drag"}, headers=HX | {"HX-Target": "product-hits"})

    assert response.text.strip().startswith('<div id="product-hits">')


def test_compare_of_a_variant_takes_its_listing_and_cost(client, owner):
    listing = shop.dragon(title="Dragon")

    response = client.get(URL, {"variant": listing.variant.pk})

    row = response.context["cards"][0].row
    assert (row.offer.price, row.costs.unit > 0) == (listing.price, True)
    assert "Dragon · Black" in response.text


def test_compare_lets_a_typed_cost_time_and_weight_go_first(client, owner):
    listing = shop.dragon()
    asked = {"variant": listing.variant.pk, "cost": "5.5", "print_hours": "2", "weight_g": "1 kg", "quantity": "2"}

    subject = client.get(URL, asked).context["comparison"].subject

    assert (subject.unit_cost, subject.print_time_s, subject.weight_g, subject.weight_assumed) == (
        Decimal("5.5"),
        7200,
        1000,
        False,
    )


def test_compare_shows_only_the_channels_that_are_ticked(client, owner):
    one, _other = ChannelFactory(), ChannelFactory()

    response = client.get(URL, FIXED_POINT | {"channels": one.pk})

    assert [card.row.channel for card in response.context["cards"]] == [one]


def test_compare_takes_a_price_for_one_channel(client, owner):
    ChannelFactory(name="A")
    other = ChannelFactory(name="B")

    response = client.get(URL, FIXED_POINT | {f"price_{other.pk}": "30,00"})

    assert [card.row.offer.price for card in response.context["cards"]] == [24, 30]


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": "abc"},
        {"price": "-1"},
        {"price": "1.234"},
        {"cost": "99999999999"},
        {"target_margin_pct": "100"},
        {"target_margin_pct": "x %"},
        {"weight_g": "heavy"},
        {"quantity": "0"},
        {"variant": "77"},
    ],
)
def test_compare_says_what_it_cannot_read(client, owner, wrong):
    ChannelFactory()

    response = client.get(URL, FIXED_POINT | wrong, headers=HX)

    assert response.status_code == 422
    assert 'role="alert"' in response.text


def test_compare_is_for_those_who_see_costs(client_for):
    statuses = {role: client_for(role).get(URL).status_code for role in (Role.OPERATOR, Role.VIEWER, Role.BOOKKEEPER)}

    assert statuses == {Role.OPERATOR: 403, Role.VIEWER: 200, Role.BOOKKEEPER: 200}
    assert client_for(None).get(URL).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_compare_page_query_count_does_not_grow(client, owner, django_assert_max_num_queries, count):
    listing = shop.dragon()
    for _number in range(count):
        ChannelFactory()
    client.get(URL, {"variant": listing.variant.pk})

    with django_assert_max_num_queries(24) as found:
        client.get(URL, {"variant": listing.variant.pk})

    assert len(found) == PAGE_QUERIES


PAGE_QUERIES = 15


def test_exchange_rate_is_typed_beside_the_assumption(client, owner):
    back = "/pricing/compare/?cost=6"

    response = client.post(reverse("pricing:set_exchange"), {"currency": "USD", "rate": "0,79", "next": back})

    assert response.url == back
    assert ExchangeRate.objects.get().rate == Decimal("0.79")


@pytest.mark.parametrize("wrong", [{"currency": "GBP", "rate": "1"}, {"currency": "USD", "rate": "x"}])
def test_exchange_rate_that_is_none_is_refused(client, owner, wrong):
    response = client.post(reverse("pricing:set_exchange"), wrong, follow=True)

    assert ExchangeRate.objects.count() == 0
    assert any(sentence in response.text for sentence in ("GBP is no foreign currency.", "Type what one unit is worth"))


@pytest.mark.parametrize(("role", "status"), [(Role.MANAGER, 403), (Role.VIEWER, 403), (Role.BOOKKEEPER, 302)])
def test_exchange_rate_is_for_those_who_look_after_tax(client_for, role, status):
    answer = client_for(role).post(reverse("pricing:set_exchange"), {"currency": "USD", "rate": "1"})

    assert answer.status_code == status


def test_a_comparison_is_shared_as_pdf(client, viewer):
    listing = shop.dragon(title="Articulated dragon")
    url = reverse("pricing:comparison_pdf")

    text = " ".join(
        PdfReader(BytesIO(client.get(url, {"variant": listing.variant_id}).content)).pages[0].extract_text().split()
    )

    assert all(word in text for word in ("Articulated dragon", "Etsy", "24.00", "Break-even", "Transaction fee"))
    assert client.get(url).url == f"{reverse('pricing:compare')}?"
    assert client.get(url, {"cost": "6", "price": "x"}).status_code == 302


@pytest.mark.parametrize(
    ("goal", "value", "reached"),
    [
        ("markup", "150", lambda quote: quote.markup_pct >= 150),
        ("profit_per_piece", "7.50", lambda quote: quote.profit_per_piece >= Decimal("7.50")),
        ("profit_per_print_hour", "4", lambda quote: quote.profit_per_print_hour >= 4),
        ("payout", "20", lambda quote: quote.payout >= 20),
    ],
)
def test_a_price_is_found_for_other_goals_than_the_margin(client, viewer, goal, value, reached):
    ChannelFactory()
    asked = {"cost": "6", "print_hours": "2", "goal": goal, "goal_value": value, "ending": ".99"}

    answer = client.get(URL, asked)

    (row,) = answer.context["comparison"].rows
    assert reached(row.target.quote)
    assert str(row.target.price).endswith(".99")


def test_a_goal_without_a_number_is_asked_for(client, viewer):
    ChannelFactory()

    answer = client.get(URL, {"cost": "6", "goal": "payout"})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["goal_value"])
