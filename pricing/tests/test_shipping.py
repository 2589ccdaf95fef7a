"""Post: what a new workspace starts with, which service takes a parcel, and the pages that change it."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from nozzly.accounts.permissions import Role
from nozzly.testing.factories.pricing import ChannelFactory, ShippingServiceFactory
from pricing.domain import shipping
from pricing.domain.postage import Parcel, cheapest, fits, postage_for, zone_of
from pricing.models import ShippingService
from pricing.tests import shop
from pricing.tests.shop import TODAY

D = Decimal
LIST = "/pricing/channels/shipping/"


@pytest.mark.parametrize(
    ("country", "currency", "carrier"),
    [("GB", "GBP", "Royal Mail"), ("US", "USD", "USPS"), ("DE", "EUR", "DHL"), ("PL", "PLN", "Post")],
)
def test_a_new_workspace_starts_with_rough_services(country, currency, carrier):
    made = shipping.start_with(country, currency)

    assert carrier in {service.carrier for service in made}
    assert {service.assumed for service in made} == {True}
    assert all(service.source and service.price > 0 for service in made)
    assert shipping.start_with(country, currency) == []


def test_shipped_services_of_every_country_can_be_rows():
    for country in ("AT", "AU", "CA", "ES", "FR", "IE", "IT", "NL", "NZ", "XX"):
        ShippingService.objects.all().delete()
        assert shipping.start_with(country, "EUR") != []


@pytest.mark.parametrize(
    ("home", "to", "zone"), [("GB", "GB", "home"), ("GB", "DE", "europe"), ("GB", "US", "world"), ("US", "CA", "world")]
)
def test_zone_is_how_far_a_country_is(home, to, zone):
    assert zone_of(home, to) == zone


def test_service_takes_a_parcel_by_weight_and_every_side():
    letter = ShippingServiceFactory(max_weight_g=100, max_length_mm=353, max_width_mm=250, max_height_mm=25)

    def takes(weight, *size):
        return fits(letter, Parcel(D(weight), size_mm=tuple(D(side) for side in size)))

    assert takes(100, 300, 200, 20) is True
    assert takes(101, 300, 200, 20) is False
    assert takes(100, 300, 200, 26) is False
    assert takes(100, 400, 20, 20) is False
    assert fits(letter, Parcel(None)) is False


def test_unmeasured_parcel_is_no_letter():
    ShippingServiceFactory(name="Letter", max_length_mm=353, max_width_mm=250, max_height_mm=25, price=D("1.50"))
    parcel = ShippingServiceFactory(name="Parcel", max_length_mm=450, max_width_mm=350, max_height_mm=160)
    bag = ShippingServiceFactory(name="Bag", price=D("9.00"))
    services = list(ShippingService.objects.all())

    assert cheapest(services, Parcel(D(100)), zone="home") == parcel
    assert cheapest([bag], Parcel(D(100)), zone="home") == bag
    assert cheapest(services, Parcel(D(100)), zone="world") is None


def test_postage_says_what_it_does_not_know():
    channel = ChannelFactory()
    rough = ShippingServiceFactory(assumed=True)

    unknown = postage_for(channel, Parcel(None), [rough], home="GB")
    too_heavy = postage_for(channel, Parcel(D(9000)), [rough], home="GB")
    guessed = postage_for(channel, Parcel(D(100), weight_assumed=True), [rough], home="GB")

    assert ["left out" in unknown.notes[0], "left out" in too_heavy.notes[0]] == [True, True]
    assert (guessed.paid, guessed.service, len(guessed.notes)) == (D("3.50"), rough, 2)
    assert postage_for(shop.fair(), Parcel(None), [rough], home="GB").paid == 0


def test_newest_price_of_a_service_holds():
    old = ShippingServiceFactory(name="Parcel", valid_from=date(2026, 1, 1))
    new = ShippingServiceFactory(name="Parcel", valid_from=date(2026, 6, 1))
    ShippingServiceFactory(name="Parcel", valid_from=date(2027, 1, 1))
    ShippingServiceFactory(name="Gone", archived_at=timezone.now())

    assert list(ShippingService.objects.newest_on(TODAY)) == [new]
    assert list(ShippingService.objects.newest_on(date(2026, 2, 1))) == [old]


def facts(**changes):
    return {
        "carrier": "Royal Mail",
        "name": "Tracked 24",
        "zone": " Home ",
        "price": "4,20",
        "valid_from": "2026-11-01",
        "max_weight_g": "2000",
        "max_length_mm": "450",
        "max_width_mm": "",
        "max_height_mm": "",
        "source": "",
    } | changes


def test_services_show_sort_and_filter(client, owner):
    far = ShippingServiceFactory(name="Airmail", zone="world", price=D(9))
    near = ShippingServiceFactory(name="Parcel", assumed=True)

    assert list(client.get(LIST).context["page"]) == [near, far]
    assert list(client.get(LIST, {"search": "air royal"}).context["page"]) == [far]
    assert list(client.get(LIST, {"zone": "home"}).context["page"]) == [near]
    assert "assumed" in client.get(LIST).text


def test_services_answer_htmx_with_the_table(client, owner):
    response = client.get(LIST, headers={"HX-Request": "true", "HX-Target": "service-table"})

    assert response.text.strip().startswith('<section id="service-table"')


def test_services_export(client, owner):
    service = ShippingServiceFactory(name="Parcel", max_length_mm=450)

    line = client.get(LIST, {"format": "csv"}).content.decode("utf-8-sig").splitlines()[1]

    assert line == f"Royal Mail,Parcel,home,2000,450,,,3.50,2026-01-01,,{service.pk}"


@pytest.mark.parametrize("count", [1, 3])
def test_services_query_count_does_not_grow(client, owner, django_assert_num_queries, count):
    ShippingServiceFactory.create_batch(count)
    client.get(LIST)

    with django_assert_num_queries(2):  # user, rows
        client.get(LIST)


def test_create_service(client, owner):
    response = client.post(f"{LIST}new/", facts())

    service = ShippingService.objects.get()
    assert (service.zone, service.price, service.limits_mm, service.assumed) == ("home", D("4.20"), (450,), False)
    assert response.url == LIST


def test_correcting_a_service_makes_it_the_shops_own(client, owner):
    rough = ShippingServiceFactory(assumed=True)
    url = rough.get_absolute_url()
    assert 'value="3.50"' in client.get(url).text

    client.post(url, facts(name=rough.name))

    rough.refresh_from_db()
    assert (rough.price, rough.assumed) == (D("4.20"), False)


@pytest.mark.parametrize("wrong", [{"price": "-1"}, {"max_weight_g": "0"}, {"valid_from": ""}, {"max_length_mm": "0"}])
def test_service_says_what_is_wrong(client, owner, wrong):
    assert client.post(f"{LIST}new/", facts(**wrong)).status_code == 422
    assert ShippingService.objects.count() == 0


def test_service_has_one_price_a_day(client, owner):
    client.post(f"{LIST}new/", facts())

    response = client.post(f"{LIST}new/", facts(price="5"))

    assert (response.status_code, ShippingService.objects.count()) == (422, 1)


def test_archive_service(client, owner):
    service = ShippingServiceFactory(name="Parcel")
    url = reverse("pricing:archive_shipping_service", args=[service.pk])
    assert "no longer" in client.get(url).text

    assert client.post(url).url == LIST
    assert ShippingService.objects.active().count() == 0


def test_shipping_pages_state_their_permission(client_for):
    service = ShippingServiceFactory()
    urls = (
        LIST,
        f"{LIST}new/",
        service.get_absolute_url(),
        reverse("pricing:archive_shipping_service", args=[service.pk]),
    )

    assert [client_for(None).get(url).status_code for url in urls] == [302] * 4
    assert [client_for(Role.OPERATOR).get(url).status_code for url in urls] == [403] * 4
    assert [client_for(Role.VIEWER).get(url).status_code for url in urls] == [200, 403, 403, 403]
