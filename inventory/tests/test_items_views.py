from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from inventory.choices import ItemKind
from inventory.domain import ledger
from inventory.models import Item, Lot
from nozzly.testing.factories.inventory import FilamentFactory, ItemFactory, LocationFactory, LotFactory

LIST = "inventory:item_list"
MAGNET = {"kind": "component", "name": "Magnet 6×2", "sku": "MAG", "unit": "pcs", "pack_size": "100"}


@pytest.mark.parametrize("item_count", [1, 3])
def test_item_list_query_count_does_not_grow(client, owner, django_assert_num_queries, item_count):
    items = ItemFactory.create_batch(item_count)
    client.get(reverse(LIST))

    with django_assert_num_queries(2):  # user, rows
        response = client.get(reverse(LIST))

    assert set(response.context["page"]) == set(items)


def test_item_list_shows_parts_and_packaging_unless_asked_for_goods(client, owner):
    part, product = ItemFactory(name="Screw"), ItemFactory(name="Vase", kind=ItemKind.PRODUCT)
    FilamentFactory()

    def found(**chosen):
        return list(client.get(reverse(LIST), chosen).context["page"])

    assert found() == [part]
    assert found(kind="product") == [product]
    assert found(kind="nonsense") == [part]
    assert found(search="scr") == [part]
    assert "Nothing fits" in client.get(reverse(LIST), {"search": "zzz"}).content.decode()
    fragment = client.get(reverse(LIST), headers={"HX-Request": "true", "HX-Target": "item-table"})
    assert fragment.content.decode().strip().startswith('<section id="item-table"')


def test_item_costs_are_hidden_from_operators(client, client_for, owner):
    item = ItemFactory(last_cost_per_unit=Decimal("77.7700"))
    LotFactory(item=item, held=1, worth=Decimal("77.77"))
    operator = client_for("operator")

    for url in (reverse(LIST), item.get_absolute_url(), reverse(LIST) + "?format=csv"):
        assert "77.77" in client.get(url).content.decode()
        assert "77.77" not in operator.get(url).content.decode()


def test_create_item_then_edit_it(client, owner):
    client.get(reverse("inventory:create_item"))
    client.post(reverse("inventory:create_item"), MAGNET | {"list_price_per_unit": "0,085"})
    item = Item.objects.get()
    client.post(reverse("inventory:edit_item", args=[item.pk]), MAGNET | {"name": "Magnet 8×2", "sku": "MAG8"})

    item.refresh_from_db()
    assert (item.name, item.sku, item.unit, item.pack_size, item.list_price_per_unit) == (
        "Magnet 8×2", "MAG8", "pcs", Decimal(100), None,
    )  # fmt: skip
    assert list(Item.objects.matching("mag8")) == [item]


def test_create_item_with_a_taken_sku_says_so(client, owner):
    ItemFactory(sku="MAG")

    response = client.post(reverse("inventory:create_item"), MAGNET)

    assert response.status_code == 422


def test_opening_stock_of_parts_books_once(client, owner):
    item, place = ItemFactory(list_price_per_unit=Decimal("0.1")), LocationFactory()
    url = reverse("inventory:open_item_stock", args=[item.pk])
    data = {"quantity": "80", "location": place.pk, "key": uuid4()}

    client.get(url)
    client.post(url, data)
    client.post(url, data)
    client.post(url, {"quantity": "20", "total_price": "3", "key": uuid4()})

    assert list(Lot.objects.order_by("pk").values_list("on_hand", "bought_value", "location")) == [
        (Decimal(80), Decimal("8.00"), place.pk), (Decimal(20), Decimal("3.00"), None),
    ]  # fmt: skip
    assert client.post(url, {"quantity": "0"}).status_code == 422


def test_archive_item_refuses_one_with_stock(client, owner):
    held, gone = LotFactory(held=1).item, ItemFactory()

    refused = client.post(reverse("inventory:archive_item", args=[held.pk]))
    client.get(reverse("inventory:archive_item", args=[gone.pk]))
    client.post(reverse("inventory:archive_item", args=[gone.pk]))

    assert "still some of" in refused.content.decode()
    assert list(Item.objects.available()) == [held]


@pytest.mark.parametrize("movement_count", [1, 3])
def test_lot_page_query_count_does_not_grow(client, owner, django_assert_num_queries, movement_count):
    lot = LotFactory(held=100)
    for _time in range(movement_count):
        entry = ledger.Entry(lot.pk, "sale", Decimal(-1))
        ledger.post([entry], source="x", source_id=1, source_text="", key=uuid4(), by=owner, at=lot.moved_at)
    client.get(lot.get_absolute_url())

    with django_assert_num_queries(4):  # user, lot, ledger, places
        client.get(lot.get_absolute_url())


def test_lot_is_counted_by_an_operator(client, operator):
    lot = LotFactory(held=100, needs_count=True)
    url = reverse("inventory:count_lot", args=[lot.code])

    wrong = client.post(url, {"counted": "-1", "key": uuid4()})
    client.post(url, {"counted": "97", "key": uuid4()})

    lot.refresh_from_db()
    assert wrong.status_code == 422
    assert (lot.on_hand, lot.needs_count) == (97, False)


def test_lot_use_books_by_hand_in_both_directions(client, owner):
    lot = LotFactory(held=100, worth=10)
    url = reverse("inventory:use_lot", args=[lot.code])

    client.post(url, {"kind": "own_use", "quantity": "5", "note": "gift", "key": uuid4()})
    client.post(url, {"kind": "found", "quantity": "2", "key": uuid4()})
    wrong = client.post(url, {"kind": "sale", "quantity": "2", "key": uuid4()})

    lot.refresh_from_db()
    assert (lot.on_hand, wrong.status_code) == (97, 422)
    assert [(row.kind, row.quantity, row.note) for row in ledger.movements_of(lot)][:2] == [
        ("found", Decimal(2), ""), ("own_use", Decimal(-5), "gift"),
    ]  # fmt: skip


def test_lot_transfer_splits_it_or_says_why_not(client, owner):
    lot, stall = LotFactory(held=10, worth="10.01"), LocationFactory(kind="stall")
    url = reverse("inventory:transfer_lot", args=[lot.code])

    refused = client.post(url, {"quantity": "11", "location": stall.pk, "key": uuid4()})
    nowhere = client.post(url, {"quantity": "1", "key": uuid4()})
    client.post(url, {"quantity": "4", "location": stall.pk, "key": uuid4()})

    part = Lot.objects.get(location=stall)
    lot.refresh_from_db()
    assert "holds only 10" in refused.content.decode()
    assert nowhere.status_code == 422
    assert (part.on_hand, part.bought_value, lot.on_hand, lot.bought_value) == (
        4, Decimal("4.00"), 6, Decimal("6.01"),
    )  # fmt: skip


@pytest.mark.parametrize("name", ["use_lot", "transfer_lot"])
def test_booking_by_hand_is_not_for_operators(client, operator, name):
    assert client.post(reverse(f"inventory:{name}", args=[LotFactory().code])).status_code == 403
