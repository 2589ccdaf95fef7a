from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import Plate
from catalog.tests.test_slicing import gcode
from nozzly.accounts.permissions import Role
from nozzly.testing.factories.catalog import (
    PlateFactory,
    PlateOutputFactory,
    PlateSlotFactory,
    SliceFileFactory,
    SliceSlotFactory,
    VariantFactory,
    make_product,
)
from nozzly.testing.factories.inventory import FilamentFactory, MaterialGroupFactory


def full_plate(name="Dragon bed"):
    plate = PlateFactory(name=name)
    PlateOutputFactory(plate=plate, variant=make_product(title="Dragon"), pieces=2)
    PlateSlotFactory(plate=plate, position=0)
    PlateSlotFactory(plate=plate, position=1, name="Eyes", filament=None, group=MaterialGroupFactory())
    PlateSlotFactory(plate=plate, position=2, name="Base", filament=None)
    SliceSlotFactory(slice_file=SliceFileFactory(plate=plate, layers=120), computed=True)
    return plate


def rows(**changes):
    data = {"name": "Bed", "note": "", "outputs-INITIAL_FORMS": 0, "outputs-TOTAL_FORMS": 2}
    data |= {"loads-INITIAL_FORMS": 0, "loads-TOTAL_FORMS": 1, "outputs-0-pieces": 1, "outputs-1-pieces": 1}
    return data | changes


def listed(client, **query):
    return [plate.name for plate in client.get(reverse("catalog:plate_list"), query).context["page"]]


def test_plate_list_shows_what_comes_off_and_what_is_loaded(client, operator):
    full_plate()

    page = client.get(reverse("catalog:plate_list")).content.decode()

    assert ("2 × Dragon · Black" in page, "1" in page, "£" in page) == (True, True, False)


def test_plate_list_filters_and_exports(client, viewer):
    full_plate()
    PlateFactory(name="Vase")
    PlateFactory(name="Old", archived_at="2026-01-01T00:00Z")

    assert listed(client, search="drag") == ["Dragon bed"]
    assert listed(client, search="bed dragon") == ["Dragon bed"]
    assert listed(client, state="archived") == ["Old"]
    assert listed(client, sort="name") == ["Dragon bed", "Vase"]
    export = client.get(reverse("catalog:plate_list"), {"format": "csv", "search": "drag"}).content.decode("utf-8-sig")
    assert export.splitlines()[0] == "Number,Plate,Makes,Loads,Note,Print time (s),Files"
    assert ",Dragon bed,2 × Dragon · Black," in export.splitlines()[1]


@pytest.mark.parametrize("count", [1, 3])
def test_plate_list_query_count_does_not_grow(client, viewer, django_assert_num_queries, count):
    for number in range(count):
        full_plate(f"Bed {number}")

    with django_assert_num_queries(6):
        client.get(reverse("catalog:plate_list"))


def test_plate_list_without_plates_points_to_dropping_files(client, manager):
    assert "No plates yet" in client.get(reverse("catalog:plate_list")).content.decode()
    assert "Nothing fits" in client.get(reverse("catalog:plate_list"), {"search": "x"}).content.decode()


def test_plate_page_shows_files_and_slots(client, operator):
    plate = full_plate()

    page = client.get(plate.get_absolute_url()).content.decode()

    assert all(text in page for text in ("part.gcode", "120", "from the length", "not chosen yet"))


def test_create_plate_with_two_products_and_a_filament(client, manager):
    first, second, filament = VariantFactory(), VariantFactory(), FilamentFactory()
    data = rows(**{
        "outputs-0-variant": first.pk, "outputs-0-pieces": 2, "outputs-1-variant": second.pk, "outputs-1-pieces": 1,
        "loads-0-name": "Body", "loads-0-choice": f"f:{filament.pk}",
    })  # fmt: skip

    client.get(reverse("catalog:create_plate"))
    client.post(reverse("catalog:create_plate"), data)

    plate = Plate.objects.get()
    assert [(o.variant, o.pieces) for o in plate.outputs.order_by("pk")] == [(first, 2), (second, 1)]
    assert (plate.slots.get().filament, plate.slots.get().position) == (filament, 0)


def test_the_same_product_twice_is_added_up(client, manager):
    variant = VariantFactory()
    data = rows(**{
        "outputs-0-variant": variant.pk, "outputs-0-pieces": 2, "outputs-1-variant": variant.pk, "outputs-1-pieces": 3,
    })  # fmt: skip

    client.post(reverse("catalog:create_plate"), data)

    assert Plate.objects.get().outputs.get().pieces == 5


def test_edit_plate_keeps_what_the_file_says_about_a_slot(client, manager):
    plate = full_plate()
    slot = plate.slots.get(name="Base")
    slot.material_type, slot.colour_hex = "PLA", "#ffffff"
    slot.save()
    filament = FilamentFactory()
    data = {
        "name": "Renamed", "note": "slow", "bed_minutes": "2.5", "outputs-INITIAL_FORMS": 1, "outputs-TOTAL_FORMS": 1,
        "outputs-0-variant": plate.outputs.get().variant_id, "outputs-0-pieces": 4, "loads-INITIAL_FORMS": 1,
        "loads-TOTAL_FORMS": 1, "loads-0-name": "Base", "loads-0-choice": f"f:{filament.pk}",
        "loads-0-material_type": "PLA", "loads-0-colour_hex": "#ffffff", "loads-0-position": 2,
    }  # fmt: skip

    client.get(reverse("catalog:edit_plate", args=[plate.pk]))
    client.post(reverse("catalog:edit_plate", args=[plate.pk]), data)

    plate.refresh_from_db()
    slot = plate.slots.get()
    assert (plate.name, plate.bed_minutes, plate.outputs.get().pieces) == ("Renamed", Decimal("2.5"), 4)
    assert (slot.position, slot.filament, slot.material_type, slot.colour_hex) == (2, filament, "PLA", "#ffffff")


@pytest.mark.parametrize("wrong", [{}, {"name": ""}, {"outputs-0-variant": "0"}, {"bed_minutes": "-1"}])
def test_a_plate_that_makes_nothing_is_refused(client, manager, wrong):
    response = client.post(reverse("catalog:create_plate"), rows(**wrong))

    assert (response.status_code, Plate.objects.count()) == (422, 0)


def test_add_a_sliced_file_for_another_printer(client, manager):
    plate = full_plate()
    url = reverse("catalog:add_slice_file", args=[plate.pk])

    client.post(url, {"file": SimpleUploadedFile("xl.gcode", gcode().encode())})
    again = client.post(url, {"file": SimpleUploadedFile("xl.gcode", gcode().encode())})
    nothing = client.post(url, {})

    assert (plate.slice_files.count(), again.status_code, nothing.status_code) == (2, 422, 422)


def test_archive_and_restore_a_plate(client, manager):
    plate = full_plate()

    client.get(reverse("catalog:archive_plate", args=[plate.pk]))
    client.post(reverse("catalog:archive_plate", args=[plate.pk]))
    plate.refresh_from_db()
    assert plate.archived_at is not None
    assert "in the archive" in client.get(plate.get_absolute_url()).content.decode()

    client.post(reverse("catalog:restore_plate", args=[plate.pk]))
    plate.refresh_from_db()
    assert plate.archived_at is None


@pytest.mark.parametrize("name", ["edit_plate", "archive_plate", "restore_plate", "add_slice_file"])
@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER])
def test_changing_a_plate_needs_the_permission(client_for, role, name):
    plate = PlateFactory()

    assert client_for(role).post(reverse(f"catalog:{name}", args=[plate.pk])).status_code == 403


def test_grams_of_a_copied_file_stay_what_they_were():
    plate = full_plate()

    assert plate.slice_files.get().slots.get().grams == Decimal(40)
