from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from inventory.domain import ledger
from inventory.models import Delivery, Item, Lot, Supplier
from nozzly.testing.factories.inventory import (
    DeliveryFactory,
    DeliveryLineFactory,
    FilamentFactory,
    ItemFactory,
    LocationFactory,
    SupplierFactory,
)

LIST, RECEIVE = "inventory:delivery_list", "inventory:receive_delivery"


def form(*rows, **head):
    data = {"supplier": "Filament Shop", "invoice_number": "R-1", "received_on": "2026-02-03", "key": uuid4()} | head
    data |= {"row-TOTAL_FORMS": len(rows), "row-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        data |= {f"row-{number}-{name}": value for name, value in row.items()}
    return data


def test_receive_delivery_spreads_postage_and_makes_a_lot_for_each_roll(client, owner):
    black, white = FilamentFactory(colour_name="Black"), FilamentFactory(colour_name="White")
    magnets, shelf = ItemFactory(name="Magnet 6x2"), LocationFactory()
    rows = [
        {"item": black.item.name, "count": "2", "quantity_each": "1000", "total": "40.00", "batch": "B7"},
        {"item": white.item.name, "count": "1", "quantity_each": "1000", "total": "20,00"},
        {"item": "magnet 6x2", "count": "1", "quantity_each": "100", "total": "10.00"},
        {"item": ""},
    ]

    client.get(reverse(RECEIVE))
    response = client.post(reverse(RECEIVE), form(*rows, postage="7.01", location=shelf.pk))

    delivery = Delivery.objects.get()
    assert response.url == delivery.get_absolute_url()
    lots = Lot.objects.order_by("pk").values_list("item__name", "on_hand", "bought_value", "batch", "received_on")
    assert list(lots) == [
        (black.item.name, Decimal(1000), Decimal("22.01"), "B7", date(2026, 2, 3)),
        (black.item.name, Decimal(1000), Decimal("22.00"), "B7", date(2026, 2, 3)),
        (white.item.name, Decimal(1000), Decimal("22.00"), "", date(2026, 2, 3)),
        ("Magnet 6x2", Decimal(100), Decimal("11.00"), "", date(2026, 2, 3)),
    ]
    assert {lot.location for lot in Lot.objects.all()} == {shelf}
    magnets.refresh_from_db()
    assert (magnets.last_cost_per_unit, magnets.preferred_supplier) == (Decimal("0.11"), Supplier.objects.get())
    assert {row.booked_on for row in ledger.movements_from("delivery", delivery.pk)} == {date(2026, 2, 3)}


def test_receive_delivery_twice_books_once(client, owner):
    filament = FilamentFactory()
    data = form({"item": filament.item.name, "total": "20"})

    client.post(reverse(RECEIVE), data)
    client.post(reverse(RECEIVE), data)

    assert (Delivery.objects.count(), Lot.objects.count()) == (1, 1)


def test_receive_delivery_fills_in_what_was_left_empty_from_the_last_one(client, owner):
    filament = FilamentFactory()
    client.post(
        reverse(RECEIVE), form({"item": filament.item.name, "count": "2", "quantity_each": "750", "total": "30"})
    )

    page = client.get(reverse(RECEIVE)).content.decode()
    client.post(
        reverse(RECEIVE),
        form({"item": filament.item.name, "count": "3"}, invoice_number="R-2", supplier="filament shop"),
    )

    line = Delivery.objects.get(invoice_number="R-2").lines.get()
    assert 'data-each="750"' in page
    assert 'data-price="15"' in page
    assert (line.count, line.quantity_each, line.line_total) == (3, Decimal(750), Decimal("45.00"))
    assert Supplier.objects.count() == 1


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"item": "no such thing"}, "item"),
        ({"item": "", "count": "2"}, "item"),
        ({"item": "Brand"}, "item"),
        ({"item": "Magnet", "count": "0"}, "count"),
        ({"item": "Magnet", "total": "1.005"}, "total"),
    ],
)
def test_receive_delivery_with_a_wrong_row_says_so_in_it_and_books_nothing(client, owner, row, field):
    ItemFactory(name="Magnet")
    FilamentFactory(brand__name="Brand A")
    FilamentFactory(brand__name="Brand B")

    response = client.post(reverse(RECEIVE), form(row))

    assert response.status_code == 422
    assert list(response.context["rows"][0].errors) == [field]
    assert not Delivery.objects.exists()
    assert not Lot.objects.exists()


def test_receive_delivery_without_rows_or_with_a_booked_invoice_is_refused(client, owner):
    filament = FilamentFactory()
    client.post(reverse(RECEIVE), form({"item": filament.item.name, "total": "20"}))

    nothing = client.post(reverse(RECEIVE), form(invoice_number="R-9"))
    again = client.post(reverse(RECEIVE), form({"item": filament.item.name, "total": "20"}, invoice_number="r-1"))

    assert "at least one line" in nothing.content.decode()
    assert "already booked" in again.content.decode()
    assert Delivery.objects.count() == 1


def test_receive_delivery_tells_namesakes_apart(client, owner):
    small = FilamentFactory(brand__name="B", colour_name="Black", net_weight_g=250)
    large = FilamentFactory(brand=small.brand, colour_name="Black")
    Item.objects.filter(pk__in=[small.pk, large.pk]).update(name="B PLA Black")
    twins = ItemFactory(name="Box"), ItemFactory(name="Box", sku="BOX-2")

    client.post(
        reverse(RECEIVE),
        form({"item": "B PLA Black · 250 g 1.75 mm"}, {"item": "box-2"}, {"item": f"Box · #{twins[0].pk}"}),
    )

    assert [lot.item_id for lot in Lot.objects.order_by("pk")] == [small.pk, twins[1].pk, twins[0].pk]


@pytest.mark.parametrize("name", [LIST, RECEIVE, "inventory:import_deliveries"])
def test_deliveries_are_not_for_operators_nor_strangers(client, client_for, operator, name):
    assert client.get(reverse(name)).status_code == 403
    assert client_for(None).get(reverse(name)).status_code == 302


@pytest.mark.parametrize("delivery_count", [1, 3])
def test_delivery_list_query_count_does_not_grow(client, owner, django_assert_num_queries, delivery_count):
    lines = DeliveryLineFactory.create_batch(delivery_count)
    client.get(reverse(LIST))

    with django_assert_num_queries(2):  # user, rows
        response = client.get(reverse(LIST))

    assert {row.pk for row in response.context["page"]} == {line.delivery_id for line in lines}


def test_delivery_list_searches_and_answers_its_fragment(client, owner):
    wanted = DeliveryFactory(supplier__name="Prusa")
    DeliveryFactory(supplier__name="Other")
    headers = {"HX-Request": "true", "HX-Target": "delivery-table"}

    response = client.get(reverse(LIST), {"search": "prus"}, headers=headers)

    assert list(response.context["page"]) == [wanted]
    assert response.content.decode().strip().startswith('<section id="delivery-table"')
    assert "No delivery fits" in client.get(reverse(LIST), {"search": "zzz"}).content.decode()


@pytest.mark.parametrize("line_count", [1, 3])
def test_delivery_page_query_count_does_not_grow(client, owner, django_assert_num_queries, line_count):
    delivery = DeliveryFactory()
    DeliveryLineFactory.create_batch(line_count, delivery=delivery)
    client.get(delivery.get_absolute_url())

    with django_assert_num_queries(6):  # user, delivery, lines, items, filaments, lots
        client.get(delivery.get_absolute_url())


def test_delivery_page_shows_lines_and_lots(client, bookkeeper):
    filament = FilamentFactory()
    client.post(reverse(RECEIVE), form({"item": filament.item.name, "count": "2", "total": "20"}, postage="4"))

    page = client.get(Delivery.objects.get().get_absolute_url()).content.decode()

    assert all(lot.code in page for lot in Lot.objects.all())
    assert "£24.00" in page


def test_suppliers_are_listed_and_edited(client, owner):
    supplier = SupplierFactory(name="Old")

    client.post(supplier.get_absolute_url(), {"name": "New", "url": "", "note": ""})
    client.post(reverse("inventory:create_supplier"), {"name": "Second", "url": "https://example.com", "note": ""})
    double = client.post(reverse("inventory:create_supplier"), {"name": "Second", "url": "", "note": ""})

    page = client.get(reverse("inventory:supplier_list"))
    assert [row.name for row in page.context["page"]] == ["New", "Second"]
    assert double.status_code == 422
