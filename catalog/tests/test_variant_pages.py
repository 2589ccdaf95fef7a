from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from catalog.models import Plate, Variant
from inventory.domain import library
from inventory.models import Filament
from nozzly.accounts.permissions import Role
from nozzly.testing.factories.catalog import (
    PlateFactory,
    PlateOutputFactory,
    PlateSlotFactory,
    ProductFactory,
    SliceFileFactory,
    SliceSlotFactory,
    VariantFactory,
    make_product,
)
from nozzly.testing.factories.inventory import FilamentFactory, MaterialGroupFactory

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_variant_in_another_colour_brings_its_plate_from_the_same_file(client, manager):
    variant = make_product(title="Dragon")
    plate = PlateFactory(note="glue stick")
    PlateOutputFactory(plate=plate, variant=variant, pieces=3)
    PlateSlotFactory(plate=plate, position=2, filament=variant.slots.get().filament)
    SliceSlotFactory(slice_file=SliceFileFactory(plate=plate))
    red = FilamentFactory(colour_name="Red")

    response = client.post(reverse("catalog:add_variant", args=[variant.product_id]), {"slot_0": f"f:{red.pk}"})

    new = Variant.objects.get(name="Red")
    copy = Plate.objects.exclude(pk=plate.pk).get()
    assert response.status_code == 302
    assert (new.slots.get().filament, new.item.sku, new.item.name) == (red, "DRAGON-RED", "Dragon · Red")
    assert (copy.name, copy.note, copy.slots.get().filament, copy.slots.get().position) == (
        "Dragon · Red",
        "glue stick",
        red,
        2,
    )
    assert [(output.variant, output.pieces) for output in copy.outputs.all()] == [(new, 3)]
    assert copy.slice_files.get().sha256 == plate.slice_files.get().sha256
    assert copy.slice_files.get().slots.get().grams == Decimal(40)
    assert new.full_cost > 0


def test_a_filament_of_the_library_is_copied_when_it_is_chosen(client, manager):
    variant = make_product()
    entry = next(entry for entry in library.filaments() if entry.material == "PLA")

    client.post(reverse("catalog:add_variant", args=[variant.product_id]), {"slot_0": f"l:{entry.reference}"})

    assert Variant.objects.get(name=entry.colour_name).slots.get().filament == Filament.objects.get(
        reference=entry.reference
    )


def test_a_variant_may_take_any_filament_of_a_group(client, manager):
    variant = make_product()
    group = MaterialGroupFactory(name="Black PLA")

    client.post(reverse("catalog:add_variant", args=[variant.product_id]), {"slot_0": f"g:{group.pk}"})

    assert Variant.objects.get(name="Black PLA").slots.get().group == group


def test_a_variant_without_a_filament_is_standard(client, manager):
    variant = make_product()

    client.post(reverse("catalog:add_variant", args=[variant.product_id]), {"slot_0": "", "options": "Size: large\n\n"})

    new = Variant.objects.get(name="Standard")
    assert (new.slots.count(), new.options) == (0, {"Size": "large"})


@pytest.mark.parametrize(
    "wrong",
    [{"name": "Black"}, {"name": "New", "sku": "SKU-1"}, {"options": "large"}, {"slot_0": "f:999999"}, {"slot_0": "?"}],
)
def test_wrong_input_is_said_and_adds_nothing(client, manager, wrong):
    variant = make_product()
    variant.item.sku = "SKU-1"
    variant.item.save()

    response = client.post(reverse("catalog:add_variant", args=[variant.product_id]), wrong)

    assert (response.status_code, Variant.objects.count()) == (422, 1)


def test_many_colours_make_a_variant_each(client, manager):
    variant = make_product()
    red, blue = FilamentFactory(colour_name="Red"), FilamentFactory(colour_name="Blue")
    url = reverse("catalog:add_colourways", args=[variant.product_id])

    client.get(url)
    client.post(url, {"slot": "Body", "filaments": [f"f:{red.pk}", f"f:{blue.pk}"]})
    again = client.post(url, {"slot": "Body", "filaments": [f"f:{red.pk}"]})

    assert list(Variant.objects.order_by("position").values_list("name", flat=True)) == ["Black", "Red", "Blue"]
    assert (again.status_code, Variant.objects.get(name="Blue").options) == (422, {"Colour": "Blue"})


def test_size_times_colour_is_made_at_once(client, manager):
    variant = make_product()
    red, blue = FilamentFactory(colour_name="Red"), FilamentFactory(colour_name="Blue")
    data = {
        "slot": "Body",
        "filaments": [f"f:{red.pk}", f"f:{blue.pk}"],
        "option_name": "Size",
        "option_values": "S, L,",
    }

    client.post(reverse("catalog:add_colourways", args=[variant.product_id]), data)

    made = Variant.objects.exclude(pk=variant.pk).order_by("position")
    assert [each.name for each in made] == ["Red, S", "Red, L", "Blue, S", "Blue, L"]
    assert made[3].options == {"Colour": "Blue", "Size": "L"}


@pytest.mark.parametrize("half", [{"option_name": "Size"}, {"option_values": "S"}])
def test_half_an_option_is_refused(client, manager, half):
    variant, red = make_product(), FilamentFactory()
    data = {"slot": "Body", "filaments": [f"f:{red.pk}"]} | half

    response = client.post(reverse("catalog:add_colourways", args=[variant.product_id]), data)

    assert (response.status_code, Variant.objects.count()) == (422, 1)


def test_too_many_variants_at_once_are_refused(client, manager):
    variant, red = make_product(), FilamentFactory()
    sizes = ",".join(str(number) for number in range(101))
    data = {"slot": "Body", "filaments": [f"f:{red.pk}", f"f:{FilamentFactory().pk}"], "option_name": "Size"}

    response = client.post(
        reverse("catalog:add_colourways", args=[variant.product_id]), data | {"option_values": sizes}
    )

    assert (response.status_code, Variant.objects.count()) == (422, 1)


def test_many_colours_of_a_product_without_variants_are_refused(client, manager):
    product = make_product().product
    product.variants.update(archived_at=NOON)
    red = FilamentFactory()

    response = client.post(
        reverse("catalog:add_colourways", args=[product.pk]), {"slot": "Body", "filaments": [f"f:{red.pk}"]}
    )

    assert response.status_code == 422


def test_many_colours_need_a_tick(client, manager):
    variant = make_product()

    response = client.post(reverse("catalog:add_colourways", args=[variant.product_id]), {"slot": "Body"})

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["filaments"])


def test_many_colours_of_a_product_without_a_recipe_show_a_page(client, manager):
    product = ProductFactory()

    assert client.get(reverse("catalog:add_colourways", args=[product.pk])).status_code == 200


def test_edit_variant_binds_anew_and_reloads_its_own_plates(client, manager):
    variant = make_product()
    own, mixed = PlateFactory(), PlateFactory()
    for plate in (own, mixed):
        PlateOutputFactory(plate=plate, variant=variant)
        PlateSlotFactory(plate=plate, position=0)
    PlateOutputFactory(plate=mixed)
    before, red = mixed.slots.get().filament, FilamentFactory(colour_name="Red")
    url = reverse("catalog:edit_variant", args=[variant.pk])

    client.get(url)
    client.post(url, {"name": "Ruby", "sku": "R-1", "slot_0": f"f:{red.pk}", "grams_0": "12.5", "print_time_s": "2h"})

    variant.refresh_from_db()
    slot = variant.slots.get()
    assert (variant.name, variant.item.sku, variant.print_time_s) == ("Ruby", "R-1", 7200)
    assert (slot.filament, slot.grams) == (red, Decimal("12.5"))
    assert (own.slots.get().filament, mixed.slots.get().filament) == (red, before)


def test_edit_variant_keeps_its_own_purge(client, manager):
    variant = make_product()
    slot = variant.slots.get()
    slot.purge_g, slot.guessed = Decimal(7), True
    slot.save()

    client.post(
        reverse("catalog:edit_variant", args=[variant.pk]), {"name": "Black", "slot_0": f"f:{slot.filament_id}"}
    )

    assert (variant.slots.get().purge_g, variant.slots.get().guessed) == (7, False)


def test_edit_variant_keeps_its_sku_when_the_field_is_empty(client, manager):
    variant = make_product()
    VariantFactory(product=variant.product, name="Red")

    client.post(reverse("catalog:edit_variant", args=[variant.pk]), {"name": "Black", "sku": ""})
    taken = client.post(reverse("catalog:edit_variant", args=[variant.pk]), {"name": "Red", "sku": ""})
    other = Variant.objects.get(name="Red").item.sku
    sku_taken = client.post(reverse("catalog:edit_variant", args=[variant.pk]), {"name": "Black", "sku": other})

    variant.refresh_from_db()
    assert (variant.item.sku != "", taken.status_code, sku_taken.status_code) == (True, 422, 422)


def test_archive_and_restore_a_variant(client, manager):
    variant = make_product()
    other = VariantFactory(product=variant.product, name="Red")

    client.post(reverse("catalog:archive_variant", args=[other.pk]))
    other.refresh_from_db()
    other.item.refresh_from_db()
    assert (other.archived_at is not None, other.item.archived_at is not None) == (True, True)

    client.post(reverse("catalog:archive_variant", args=[variant.pk]))
    variant.refresh_from_db()
    assert variant.archived_at is None

    client.post(reverse("catalog:restore_variant", args=[other.pk]))
    other.refresh_from_db()
    assert other.archived_at is None


def test_skus_made_from_names_are_numbered_where_they_meet(client, manager):
    variant = make_product(title="Dragon")
    variant.item.sku = "DRAGON-RED"
    variant.item.save()

    client.post(reverse("catalog:add_variant", args=[variant.product_id]), {"name": "Red"})
    client.post(reverse("catalog:add_variant", args=[variant.product_id]), {"name": "Red!"})
    client.post(reverse("catalog:add_variant", args=[variant.product_id]), {"name": "R-e-d"})

    skus = list(Variant.objects.order_by("position", "pk").values_list("item__sku", flat=True))
    assert skus == ["DRAGON-RED", "DRAGON-RED-2", "DRAGON-RED-3", "DRAGON-R-E-D"]


@pytest.mark.parametrize("name", ["edit_variant", "archive_variant", "restore_variant"])
@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER])
def test_changing_a_variant_needs_the_permission(client_for, role, name):
    variant = make_product()

    assert client_for(role).post(reverse(f"catalog:{name}", args=[variant.pk])).status_code == 403


def test_a_variant_says_how_many_are_kept_in_stock(client, manager):
    variant = make_product()

    sent = {"name": variant.name, "sku": variant.item.sku, "stock_target": "12"}
    response = client.post(reverse("catalog:edit_variant", args=[variant.pk]), sent)

    variant.refresh_from_db()
    assert (response.status_code, variant.stock_target) == (302, 12)
    assert "keep in stock: 12" in client.get(variant.product.get_absolute_url()).content.decode()
    client.post(reverse("catalog:edit_variant", args=[variant.pk]), sent | {"stock_target": "0"})
    variant.refresh_from_db()
    assert variant.stock_target is None
