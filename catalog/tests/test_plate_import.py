import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import Plate
from nozzly.accounts.permissions import Role
from nozzly.testing.factories.catalog import (
    PlateFactory,
    PlateOutputFactory,
    PlateSlotFactory,
    SliceFileFactory,
    make_product,
)
from nozzly.testing.factories.inventory import MaterialGroupFactory

URL = "catalog:import_plates"
HEADER = "Number,Plate,Makes,Loads,Note"


def upload(client, text):
    return client.post(reverse(URL), {"file": SimpleUploadedFile("plates.csv", text.encode())})


def dry_run(client, *rows):
    response = upload(client, "\n".join([HEADER, *rows]))
    found = sorted(response.context["run"].rows, key=lambda row: row.number)
    return response, [row.verdict.value for row in found], [row.reasons for row in found]


def carry_on(client, response):
    mapping = {f"column-{name}": "" if index is None else index for name, _l, _c, index in response.context["matches"]}
    return client.post(reverse(URL), {"token": response.context["token"], "apply": "yes", **mapping})


def contents(plate):
    outputs = [(output.variant, output.pieces) for output in plate.outputs.order_by("pk")]
    return outputs, [(s.position, s.name, s.filament, s.group) for s in plate.slots.order_by("position")]


@pytest.fixture
def dragon():
    return make_product(title="Dragon")


@pytest.fixture
def plate(dragon):
    made = PlateFactory(name="Six dragons", note="brim")
    PlateOutputFactory(plate=made, variant=dragon, pieces=6)
    PlateSlotFactory(plate=made, position=2, name="Body", material_type="PLA", colour_hex="#ff0000")
    PlateSlotFactory(plate=made, position=5, name="Eyes", filament=None)
    SliceFileFactory(plate=made)
    return made


def test_what_the_list_exports_imports_back_unchanged(client, manager, plate):
    second = PlateFactory(name="=Owls")
    PlateOutputFactory(plate=second, variant=make_product(title="Owl"))
    PlateSlotFactory(plate=second, filament=None, group=MaterialGroupFactory())
    exported = client.get(reverse("catalog:plate_list"), {"format": "csv"}).content.decode("utf-8-sig")

    response = upload(client, exported)

    assert [row.verdict.value for row in response.context["run"].rows] == ["unchanged"] * 2


def test_new_rows_become_plates_by_name_or_sku(client, manager, dragon):
    red, owl = MaterialGroupFactory(name="Red PLA"), make_product(title="Owl")

    response, verdicts, _reasons = dry_run(
        client, f",Mixed,6 × dragon · black; 2 x {owl.item.sku.lower()}; 1 × Dragon · Black,Body = red pla; Eyes,brim"
    )
    carry_on(client, response)

    plate = Plate.objects.get()
    assert (verdicts, plate.name, plate.note) == (["new"], "Mixed", "brim")
    assert contents(plate) == ([(dragon, 7), (owl, 2)], [(0, "Body", None, red), (1, "Eyes", None, None)])


def test_rows_of_known_plates_correct_them_and_keep_what_the_file_says(client, manager, plate, dragon):
    eyes = plate.slots.get(name="Body").filament
    row = f"{plate.pk},Eight dragons,8 × Dragon · Black,Body = {eyes.item.name}; Horns; Eyes = {eyes.item.name},"

    response, verdicts, _reasons = dry_run(client, row)
    carry_on(client, response)

    plate.refresh_from_db()
    outputs, slots = contents(plate)
    assert (verdicts, plate.name, plate.note, outputs) == (["changed"], "Eight dragons", "", [(dragon, 8)])
    assert slots == [(2, "Body", eyes, None), (5, "Eyes", eyes, None), (6, "Horns", None, None)]
    assert plate.slots.get(name="Body").colour_hex == "#ff0000"
    assert plate.slice_files.count() == 1


def test_rows_that_cannot_be_taken_say_why(client, manager, plate):
    make_product(title="Twin")
    make_product(title="twin")

    _response, verdicts, reasons = dry_run(
        client,
        "999999,Ghost,1 × Dragon · Black,,",
        ",Nothing,,,",
        ",Unknown,3 × Wyvern,,",
        ",Zero,0 × Dragon · Black,,",
        ",Which,1 × Twin · Black,,",
        ",Slots,1 × Dragon · Black,Body = unobtainium,",
        f",Long,1 × Dragon · Black,{'x' * 61},",
        f"{plate.pk},Once,1 × Dragon · Black,,",
        f"{plate.pk},Twice,1 × Dragon · Black,,",
    )

    assert verdicts == ["wrong"] * 7 + ["changed", "wrong"]
    assert "There is no product called “Wyvern”." in reasons[2]
    assert "There is no filament or group called “unobtainium”." in reasons[5]
    assert Plate.objects.count() == 1


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER])
def test_importing_plates_needs_the_permission(client_for, role):
    assert client_for(role).get(reverse(URL)).status_code == 403
