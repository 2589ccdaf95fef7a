import pytest
from django.urls import reverse

from inventory.models import Location, Lot
from nozzly.testing.factories.inventory import LocationFactory, LotFactory, SpoolFactory

LIST = "inventory:location_list"


@pytest.mark.parametrize("place_count", [1, 3])
def test_location_list_query_count_does_not_grow(client, owner, django_assert_num_queries, place_count):
    places = LocationFactory.create_batch(place_count)
    client.get(reverse(LIST))

    with django_assert_num_queries(2):  # user, places
        response = client.get(reverse(LIST))

    assert set(response.context["places"]) == set(places)


def test_location_list_says_what_to_do_first(client, owner):
    assert "Start with the room" in client.get(reverse(LIST)).content.decode()


def test_location_is_made_in_another_and_moves_with_all_that_is_in_it(client, owner):
    create = reverse("inventory:create_location")
    client.post(create, {"name": "Workshop", "kind": "room"})
    room = Location.objects.get()
    client.get(create, {"in": room.pk})
    client.post(create, {"name": "Shelf A", "kind": "shelf", "parent": room.pk})
    shelf = Location.objects.get(name="Shelf A")
    client.post(create, {"name": "Box 1", "kind": "box", "parent": shelf.pk})

    client.get(reverse("inventory:edit_location", args=[shelf.pk]))
    client.post(reverse("inventory:edit_location", args=[shelf.pk]), {"name": "Rack", "kind": "shelf"})

    assert list(Location.objects.in_tree_order().values_list("path", "depth")) == [
        ("Rack", 0), ("Rack › Box 1", 1), ("Workshop", 0),
    ]  # fmt: skip


def test_location_cannot_be_in_itself_nor_have_a_taken_name(client, owner):
    room = LocationFactory(name="Room")
    shelf = LocationFactory(name="Shelf", parent=room)

    itself = client.post(
        reverse("inventory:edit_location", args=[room.pk]), {"name": "Room", "kind": "room", "parent": shelf.pk}
    )
    taken = client.post(reverse("inventory:create_location"), {"name": "Room", "kind": "room"})
    arrow = client.post(reverse("inventory:create_location"), {"name": "A › B", "kind": "room"})

    assert "cannot be inside itself" in itself.content.decode()
    assert "already a place called Room" in taken.content.decode()
    assert "cannot contain" in arrow.content.decode()
    assert Location.objects.count() == 2


def test_location_tree_has_a_bottom(client, owner):
    place = None
    for depth in range(9):
        place = LocationFactory(name=f"D{depth}", parent=place)

    response = client.post(reverse("inventory:create_location"), {"name": "X", "kind": "box", "parent": place.pk})

    assert "too deep" in response.content.decode()


def test_location_page_shows_what_is_in_it_and_below(client, operator):
    room = LocationFactory()
    spool = SpoolFactory(lot__location=LocationFactory(parent=room))

    page = client.get(room.get_absolute_url())

    assert [lot.pk for lot in page.context["lots"]] == [spool.pk]
    assert spool.lot.code in page.content.decode()
    assert "£" not in page.content.decode()


def test_location_is_removed_only_when_empty(client, owner):
    held = SpoolFactory(lot__location=LocationFactory()).lot.location
    free = LocationFactory()

    refused = client.post(reverse("inventory:delete_location", args=[held.pk]))
    client.get(reverse("inventory:delete_location", args=[free.pk]))
    client.post(reverse("inventory:delete_location", args=[free.pk]))

    assert "is not empty" in refused.content.decode()
    assert list(Location.objects.all()) == [held]


@pytest.mark.parametrize("name", ["create_location"])
def test_making_places_is_not_for_operators(client, operator, name):
    assert client.get(reverse(f"inventory:{name}")).status_code == 403


def test_all_that_is_in_a_place_moves_at_once(client, operator):
    box, stall = LocationFactory(), LocationFactory()
    lots = [LotFactory(held=1, location=box), SpoolFactory(lot__location=box).lot]

    page = client.get(box.get_absolute_url()).content.decode()
    response = client.post(
        reverse("inventory:move_many"),
        {"lot": [lot.pk for lot in lots], "location": stall.pk, "next": box.get_absolute_url()},
    )

    assert "Move all that is in it" in page
    assert response.url == box.get_absolute_url()
    assert set(Lot.objects.values_list("location", flat=True)) == {stall.pk}


def test_ticked_places_move_together_with_what_is_in_them(client, owner):
    room, barn = LocationFactory(name="Room"), LocationFactory(name="Barn")
    shelf = LocationFactory(name="Shelf", parent=room)
    box = LocationFactory(name="Box", parent=shelf)
    rack = LocationFactory(name="Rack", parent=room)
    url = reverse("inventory:move_places")

    client.post(url, {"place": [shelf.pk, box.pk, rack.pk], "parent": barn.pk})

    assert list(Location.objects.in_tree_order().values_list("path", flat=True)) == [
        "Barn", "Barn › Rack", "Barn › Shelf", "Barn › Shelf › Box", "Room"
    ]  # fmt: skip
    for data, why in (
        ({"place": [barn.pk], "parent": box.pk}, "cannot be inside itself"),
        ({"parent": barn.pk}, "Tick the places"),
        ({"place": ["x"]}, "Choose the places once more"),
    ):
        assert why in client.post(url, data, follow=True).content.decode()
    client.post(url, {"place": [box.pk]})
    box.refresh_from_db()
    assert (box.path, box.depth) == ("Box", 0)


def test_what_is_ticked_in_a_place_or_all_of_it_moves(client, operator):
    shelf, barn = LocationFactory(), LocationFactory()
    box = LocationFactory(parent=shelf)
    one, two = SpoolFactory(lot__location=shelf).lot, LotFactory(location=box, held=5, worth=1)
    page = client.get(shelf.get_absolute_url()).content.decode()
    url = reverse("inventory:move_many")

    client.post(url, {"lot": [one.pk], "location": barn.pk})
    placed = dict(Lot.objects.values_list("pk", "location"))
    client.post(url, {"within": shelf.pk, "location": barn.pk})

    assert f'value="{two.pk}"' in page
    assert placed == {one.pk: barn.pk, two.pk: box.pk}
    assert set(Lot.objects.values_list("location", flat=True)) == {barn.pk}
    assert "Tick what is to be moved" in client.post(url, {"location": barn.pk}, follow=True).content.decode()
