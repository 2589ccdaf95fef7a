from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

from django.urls import reverse

from inventory.domain import deliveries, offers
from inventory.models import Offer
from nozzly.testing.factories.inventory import FilamentFactory, ItemFactory, OfferFactory, SupplierFactory

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def receive(supplier, item, *, total, on):
    lines = [deliveries.Line(item, 2, Decimal(100), Decimal(total))]
    invoice = deliveries.Invoice(received_on=on, postage=Decimal("5.00"))
    deliveries.receive(supplier, lines=lines, invoice=invoice, key=uuid4(), by=None, at=NOON)


def test_a_delivery_notes_what_its_supplier_asks_for_a_pack_and_keeps_a_newer_price():
    item, supplier = ItemFactory(), SupplierFactory()

    receive(supplier, item, total="16.80", on=date(2026, 2, 2))
    receive(supplier, item, total="20.00", on=date(2026, 1, 1))
    receive(supplier, item, total="18.00", on=date(2026, 2, 9))

    assert list(Offer.objects.values_list("pack_size", "pack_price", "noted_on")) == [
        (Decimal(100), Decimal("9.00"), date(2026, 2, 9))
    ]


def test_offers_of_several_suppliers_are_compared_per_unit(client, owner):
    item, dear, cheap = ItemFactory(), SupplierFactory(name="Dear"), SupplierFactory(name="Cheap")
    OfferFactory(item=item, supplier=dear, pack_size=10, pack_price=Decimal("2.00"))
    url = reverse("inventory:add_offer", args=[item.pk])
    data = {"supplier": cheap.pk, "pack_size": "500", "pack_price": "45,00", "order_code": "MAG-500"}

    for _twice in range(2):
        assert client.post(url, data).url == item.get_absolute_url()
    page = client.get(item.get_absolute_url()).content.decode()

    assert [(offer.supplier, offer.price_per_unit) for offer in offers.offers_of(item)] == [
        (cheap, Decimal("0.09")), (dear, Decimal("0.2"))
    ]  # fmt: skip
    assert offers.cheapest([item.pk])[item.pk].supplier == cheap
    assert page.index("Cheap") < page.index("Dear")
    client.post(reverse("inventory:remove_offer", args=[offers.offers_of(item)[0].pk]))
    assert [offer.supplier for offer in offers.offers_of(item)] == [dear]


def test_an_offer_of_nothing_or_with_a_crooked_page_is_refused(client, owner):
    filament, supplier = FilamentFactory(), SupplierFactory()
    url = reverse("inventory:add_offer", args=[filament.pk])

    form = client.get(url).context["form"]
    response = client.post(url, {"supplier": supplier.pk, "pack_size": "0", "pack_price": "-1", "url": "javascript:x"})

    assert form.initial["pack_size"] == 1000
    assert set(response.context["form"].errors) == {"pack_size", "pack_price", "url"}
    assert not Offer.objects.exists()


def test_operators_see_no_offers(client, operator):
    offer = OfferFactory()

    page = client.get(offer.item.get_absolute_url()).content.decode()

    assert "Who sells it" not in page
    assert "8.40" not in page
