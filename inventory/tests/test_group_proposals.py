import pytest
from django.urls import reverse

from inventory.domain import group_proposals
from inventory.models import Filament, MaterialGroup
from nozzly.testing.factories.inventory import FilamentFactory, MaterialFactory, MaterialGroupFactory

LIST, TAKE = "inventory:group_list", "inventory:take_proposal"


@pytest.fixture
def shelf(owner):
    pla, petg = MaterialFactory(name="PLA"), MaterialFactory(name="PETG")
    hues = {
        "black": (pla, "#000000"), "off-black": (pla, "#161616"), "black petg": (petg, "#050505"), "white": (pla, "#ffffff"),
        "beige": (pla, "#f7e6de"), "red": (pla, "#c12e1f"), "other red": (pla, "#d01818"), "third red": (pla, "#c42a1c"),
    }  # fmt: skip
    return {name: FilamentFactory(material=material, colour_hexes=[hue]) for name, (material, hue) in hues.items()}


def found():
    return [
        (proposal.name, proposal.group, {member.pk for member in proposal.members})
        for proposal in group_proposals.proposals()
    ]


def pks(shelf, *names):
    return {shelf[name].pk for name in names}


def test_filaments_are_gathered_by_material_and_look(shelf):
    assert found() == [
        ("Red PLA", None, pks(shelf, "red", "other red", "third red")),
        ("Black PLA", None, pks(shelf, "black", "off-black")),
    ]


def test_what_fits_a_group_that_is_there_is_proposed_to_it_first(shelf):
    black = MaterialGroupFactory(name="Black, any", material=shelf["black"].material, colour_hex="#101010")
    MaterialGroupFactory(name="Red PLA", material=shelf["black petg"].material, colour_hex="#00ff00")

    assert found() == [
        ("Black, any", black, pks(shelf, "black", "off-black")),
        ("Red PLA 2", None, pks(shelf, "red", "other red", "third red")),
    ]


def test_one_tap_makes_a_proposed_group_or_adds_to_one(client, owner, shelf):
    page = client.get(reverse(LIST)).text
    assert "Make this group" in page

    for proposal in group_proposals.proposals():
        given = {"name": proposal.name, "colour_hex": proposal.colour_hex, "member": [m.pk for m in proposal.members]}
        client.post(reverse(TAKE), given)

    assert set(MaterialGroup.objects.values_list("name", "material__name")) == {
        ("Red PLA", "PLA"),
        ("Black PLA", "PLA"),
    }
    red = MaterialGroup.objects.get(name="Red PLA")
    assert set(red.filaments.values_list("pk", flat=True)) == pks(shelf, "red", "other red", "third red")
    assert found() == []
    again = client.post(reverse(TAKE), given, follow=True)
    assert "have changed meanwhile" in again.text


def test_more_members_join_a_group(client, owner, shelf):
    group = MaterialGroupFactory(name="Blacks", material=shelf["black"].material, colour_hex="#101010")

    client.post(
        reverse(TAKE), {"name": "x", "colour_hex": "#000000", "group": group.pk, "member": list(pks(shelf, "black"))}
    )
    client.post(reverse(TAKE), {"name": "x", "colour_hex": "javascript:", "member": list(pks(shelf, "white"))})

    assert set(Filament.objects.exclude(group=None).values_list("pk", "group")) == {(shelf["black"].pk, group.pk)}


def test_proposals_are_not_for_operators(client, operator):
    assert "Make this group" not in client.get(reverse(LIST)).text
    assert client.post(reverse(TAKE)).status_code == 403
