"""The tree of places as a file."""

import pytest

from inventory.domain import locations
from inventory.models import Location
from inventory.tests.test_import_undo import undo
from inventory.tests.test_imports import apply, upload, verdicts
from inventory.tests.test_more_imports import export

PLACES = "inventory:import_places"


@pytest.fixture
def workshop():
    room = locations.create_location(name="Workshop", kind="room")
    return room, locations.create_location(name="Shelf A/B", kind="shelf", parent=room)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_tree_of_places_imports_back_unchanged(client, owner, workshop, kind):
    assert verdicts(upload(client, PLACES, export(client, "location_list", kind), kind)) == {"unchanged": 2}


def test_places_are_made_with_those_above_them_and_taken_back(client, owner, workshop):
    page = upload(client, PLACES, "Place,Kind\nWorkshop › Shelf A/B,Box\nGarage›Shelf 1 › Box 2,dry box\n".encode())

    assert verdicts(page) == {"changed": 1, "new": 1}
    apply(client, PLACES, page)
    assert list(Location.objects.order_by("path").values_list("path", "kind")) == [
        ("Garage", "shelf"),
        ("Garage › Shelf 1", "shelf"),
        ("Garage › Shelf 1 › Box 2", "drybox"),
        ("Workshop", "room"),
        ("Workshop › Shelf A/B", "box"),
    ]
    undo(client)
    assert list(Location.objects.order_by("path").values_list("path", "kind")) == [
        ("Workshop", "room"),
        ("Workshop › Shelf A/B", "shelf"),
    ]


def test_a_kind_that_is_none_says_so_in_its_row(client, owner):
    page = upload(client, PLACES, b"Place,Kind\nWorkshop,cupboard\n")

    assert "“cupboard” is no kind of place" in page.content.decode()
