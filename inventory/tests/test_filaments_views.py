from decimal import Decimal

import pytest
from django.urls import reverse

from inventory.domain import library
from inventory.models import Filament, MaterialGroup
from nozzly.testing.factories.inventory import (
    FilamentFactory,
    MaterialFactory,
    MaterialGroupFactory,
    ReservationFactory,
    SpoolFactory,
)

LIST = "inventory:filament_list"
FACTS = {
    "brand": "Prusament", "material": "petg", "colour_name": "Orange", "colour_hexes": "#FA0 00ff00",
    "diameter_mm": "1,75", "net_weight_g": "1 kg", "list_price": "29.99",
}  # fmt: skip


@pytest.mark.parametrize("filament_count", [1, 3])
def test_filament_list_query_count_does_not_grow(client, owner, django_assert_num_queries, filament_count):
    filaments = [SpoolFactory().lot.item.filament for _each in range(filament_count)]
    client.get(reverse(LIST))

    with django_assert_num_queries(4):  # user, rows, materials, groups
        response = client.get(reverse(LIST))

    assert set(response.context["page"]) == set(filaments)


def test_filament_list_filters_and_answers_its_fragment(client, operator):
    group = MaterialGroupFactory()
    wanted = FilamentFactory(colour_name="Galaxy", group=group, material=MaterialFactory(name="PETG"))
    FilamentFactory()
    SpoolFactory(filament=wanted)

    def found(**chosen):
        return list(client.get(reverse(LIST), chosen).context["page"])

    assert found(search="gala petg") == [wanted]
    assert found(search="…") == list(Filament.objects.order_by("item__name"))
    assert found(material=wanted.material_id) == [wanted]
    assert found(group=group.pk) == [wanted]
    assert found(stocked="on") == [wanted]
    assert "No filament fits" in client.get(reverse(LIST), {"search": "zzz"}).content.decode()
    fragment = client.get(reverse(LIST), headers={"HX-Request": "true", "HX-Target": "filament-table"})
    assert fragment.content.decode().strip().startswith('<section id="filament-table"')


def test_filament_list_sums_sealed_open_and_reserved(client, operator):
    filament = FilamentFactory()
    SpoolFactory(filament=filament, on_hand=300)
    SpoolFactory(filament=filament, state="sealed")
    ReservationFactory(item=filament.item, quantity=120)

    row = client.get(reverse(LIST)).context["page"][0]

    assert (row.stock_g, row.sealed_g, row.open_g, row.reserved_g, row.spool_count) == (1300, 1000, 300, 120, 2)


def test_filament_export_hides_prices_from_operators(client, client_for, owner):
    FilamentFactory(list_price=Decimal("77.77"), density_g_cm3=Decimal("1.3"))

    def text(browser):
        return browser.get(reverse(LIST), {"format": "csv"}).content.decode()

    assert "77.77" in text(client)
    assert "77.77" not in text(client_for("operator"))


def test_filament_page_shows_the_cost_with_its_origin_but_not_to_operators(client, client_for, owner):
    filament = SpoolFactory(worth=Decimal("77.77")).lot.item.filament

    page = client.get(filament.get_absolute_url()).content.decode()
    plain = client_for("operator").get(filament.get_absolute_url()).content.decode()

    assert "£0.0200" in page
    assert "list price" in page
    assert "£" not in plain


def test_create_filament_writes_everything_our_way(client, owner):
    group = MaterialGroupFactory()

    client.get(reverse("inventory:create_filament"))
    response = client.post(reverse("inventory:create_filament"), FACTS | {"group": group.pk})

    filament = Filament.objects.get()
    assert response.url == filament.get_absolute_url()
    assert (filament.item.name, filament.colour_hexes, filament.net_weight_g, filament.group) == (
        "Prusament PETG Orange", ["#ffaa00", "#00ff00"], Decimal(1000), group,
    )  # fmt: skip
    assert (filament.density, filament.item.list_price_per_unit, filament.item.list_price_origin) == (
        Decimal("1.27"), Decimal("0.02999"), "typed",
    )  # fmt: skip


def test_edit_filament_keeps_what_the_form_does_not_show_and_renames_its_rolls(client, owner):
    filament = SpoolFactory(filament__list_price=Decimal(20)).lot.item.filament
    url = reverse("inventory:edit_filament", args=[filament.pk])

    shown = client.get(url).content.decode()
    client.post(url, FACTS | {"colour_name": "Pink", "finish": "silk"})

    filament.refresh_from_db()
    assert filament.colour_name not in shown
    assert filament.item.name == "Prusament PETG Silk Pink"
    assert [lot.title for lot in filament.item.lots.all()] == ["Prusament PETG Silk Pink"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour_hexes": "red"}, {"colour_hexes": ""}, {"diameter_mm": "9"}, {"net_weight_g": "0"},
        {"density_g_cm3": "1.23456"}, {"brand": ""}, {"diameter_mm": "fat"},
    ],
)  # fmt: skip
def test_create_filament_with_something_wrong_says_so_next_to_the_field(client, owner, wrong):
    response = client.post(reverse("inventory:create_filament"), FACTS | wrong)

    assert response.status_code == 422
    assert set(response.context["form"].errors) == set(wrong)
    assert not Filament.objects.exists()


def test_the_same_filament_is_not_made_twice(client, owner):
    client.post(reverse("inventory:create_filament"), FACTS)

    again = client.post(reverse("inventory:create_filament"), FACTS)
    other = client.post(reverse("inventory:create_filament"), FACTS | {"colour_name": "Blue"})
    onto = client.post(reverse("inventory:edit_filament", args=[Filament.objects.get(colour_name="Blue").pk]), FACTS)

    assert "already in your list" in again.content.decode()
    assert other.status_code == 302
    assert "exactly like this one" in onto.content.decode()
    assert Filament.objects.count() == 2


@pytest.mark.parametrize("name", ["create_filament", "library", "create_group"])
def test_changing_filaments_is_not_for_operators(client, operator, name):
    assert client.get(reverse(f"inventory:{name}")).status_code == 403


def test_library_finds_and_picks_once(client, owner):
    page = client.get(reverse("inventory:library"), {"search": "prusament galaxy black"})
    entry = page.context["entries"][0]

    for _time in range(2):
        response = client.post(reverse("inventory:pick_filament"), {"reference": entry.reference})

    filament = Filament.objects.get()
    assert response.url == filament.get_absolute_url()
    assert (filament.item.name, filament.tare_g, filament.density) == (
        "Prusament PLA Galaxy Black", Decimal(193), Decimal("1.24"),
    )  # fmt: skip
    owned = client.get(reverse("inventory:library"), {"search": "galaxy black"}).content.decode()
    assert "yours" in owned


def test_library_says_what_to_do_when_it_knows_nothing_and_answers_its_fragment(client, owner):
    headers = {"HX-Request": "true", "HX-Target": "library-results"}

    response = client.get(reverse("inventory:library"), {"search": "unobtainium"}, headers=headers)
    unknown = client.post(reverse("inventory:pick_filament"), {"reference": "nothing"})

    assert "does not know it" in response.content.decode()
    assert response.content.decode().strip().startswith('<section id="library-results"')
    assert unknown.status_code == 404


def test_library_ships_enough_with_no_reference_twice():
    references = [entry.reference for entry in library.filaments()]

    assert len(references) == len(set(references)) >= 250
    assert len(library.materials()) >= 20
    assert {entry.material.upper() for entry in library.filaments()} <= set(library.materials())
    assert all(len(colour) == 7 for entry in library.filaments() for colour in entry.colour_hexes)


def test_group_gathers_the_ticked_filaments_and_suggests_likely_ones(client, owner):
    black, anthracite, white = (FilamentFactory(colour_hexes=[hue]) for hue in ("#101010", "#1c1c1e", "#ffffff"))
    data = {"name": "Black PLA", "material": black.material_id, "colour_hex": "#101010", "member": [black.pk, "x"]}

    client.get(reverse("inventory:create_group"))
    client.post(reverse("inventory:create_group"), data)

    group = MaterialGroup.objects.get()
    page = client.get(group.get_absolute_url())
    assert list(page.context["members"]) == [black]
    assert page.context["suggestions"] == [anthracite]
    edit = client.get(reverse("inventory:edit_group", args=[group.pk]))
    assert [filament.pk for filament in edit.context["candidates"]] == [black.pk, anthracite.pk, white.pk]
    client.post(reverse("inventory:edit_group", args=[group.pk]), data | {"member": [anthracite.pk]})
    assert list(group.filaments.all()) == [anthracite]


@pytest.mark.parametrize("group_count", [1, 3])
def test_group_list_query_count_does_not_grow(client, owner, django_assert_num_queries, group_count):
    MaterialGroupFactory.create_batch(group_count)
    client.get(reverse("inventory:group_list"))

    with django_assert_num_queries(4):  # user, groups; for proposals filaments without one, groups
        client.get(reverse("inventory:group_list"))
