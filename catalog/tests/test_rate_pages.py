from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import DesignLicence, PrinterModel, Rate
from nozzly.accounts.permissions import Role
from nozzly.testing.factories.catalog import DesignLicenceFactory, PrinterModelFactory, ProductFactory, RateFactory


def test_rates_show_what_is_in_force_and_where_it_comes_from(client, viewer):
    RateFactory(value=Decimal("14.5"), source="own hour", valid_from=date(2026, 1, 1))

    page = client.get(reverse("catalog:rate_list")).content.decode()

    assert "£14.50" in page
    assert "own hour" in page
    assert "£0.26" in page
    assert "price cap of 2025, Ofgem, rounded" in page


def test_set_rate_holds_from_its_day(client, manager):
    product = ProductFactory()
    data = {"kind": "failure_pct", "value": "7.5", "valid_from": "2026-03-01", "product": product.pk, "source": "runs"}

    client.get(reverse("catalog:set_rate"), {"kind": "failure_pct"})
    client.post(reverse("catalog:set_rate"), data)

    rate = Rate.objects.get()
    assert (rate.product, rate.value, rate.valid_from, rate.origin, rate.created_by) == (
        product,
        Decimal("7.5"),
        date(2026, 3, 1),
        "typed",
        manager,
    )


def test_a_rate_for_one_product_is_set_by_typing_its_name(client, manager):
    product = ProductFactory(title="Articulated dragon")
    data = {"kind": "failure_pct", "value": "7.5", "valid_from": "2026-03-01", "product": "dragon"}

    offered = client.get(reverse("catalog:product_suggestions"), {"product": "drag"}).content.decode()
    client.post(reverse("catalog:set_rate"), data)

    assert (f"Articulated dragon #{product.pk}" in offered, Rate.objects.get().product) == (True, product)
    refused = client.post(reverse("catalog:set_rate"), data | {"product": "unicorn"})
    assert (refused.status_code, Rate.objects.count()) == (422, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": "-1"},
        {"value": "95"},
        {"kind": "overhead_pct", "value": "101"},
        {"valid_from": "soon"},
        {"kind": "unknown"},
    ],
)
def test_a_rate_out_of_range_is_refused(client, manager, wrong):
    data = {"kind": "failure_pct", "value": "5", "valid_from": "2026-03-01"} | wrong

    response = client.post(reverse("catalog:set_rate"), data)

    assert (response.status_code, Rate.objects.count()) == (422, 0)


@pytest.mark.parametrize(
    ("name", "role", "status"),
    [
        ("rate_list", Role.OPERATOR, 403),
        ("rate_list", Role.BOOKKEEPER, 200),
        ("set_rate", Role.BOOKKEEPER, 403),
        ("set_rate", Role.VIEWER, 403),
        ("licence_list", Role.OPERATOR, 403),
        ("pick_presets", Role.OPERATOR, 403),
        ("create_printer_model", Role.OPERATOR, 403),
    ],
)
def test_rates_need_their_permission(client_for, name, role, status):
    assert client_for(role).get(reverse(f"catalog:{name}")).status_code == status


def test_printers_are_chosen_from_the_presets(client, manager):
    url = reverse("catalog:pick_presets")

    assert client.get(url).status_code == 200
    client.post(url, {"presets": ["Prusa MK4S", "Bambu Lab P1S"]})
    nothing = client.post(url, {})

    models = PrinterModel.objects.order_by("maker")
    assert [(str(model), model.assumed) for model in models] == [("Bambu Lab P1S", True), ("Prusa MK4S", True)]
    assert nothing.status_code == 422
    assert "Prusa MK4S" not in str(client.get(url).context["makers"])


def test_printer_models_show_no_price_to_operators(client_for):
    model = PrinterModelFactory(price=Decimal("777.00"), resale_price=0, assumed=True)

    for url in (reverse("catalog:printer_model_list"), model.get_absolute_url()):
        assert "£777.00" in client_for(Role.VIEWER).get(url).content.decode()
        assert "777.00" not in client_for(Role.OPERATOR).get(url).content.decode()


def test_printer_models_without_a_row_point_to_the_presets(client, manager):
    assert "No printer models yet" in client.get(reverse("catalog:printer_model_list")).content.decode()


def fields(**changes):
    return {
        "maker": "Own", "name": "Build", "bed_x_mm": 300, "bed_y_mm": 300, "bed_z_mm": 300, "nozzle_mm": "0.6",
        "slots": 1, "power_w": 150, "price": "500", "resale_price": "50", "life_h": 5000, "upkeep_per_h": "0.1",
        "slicer_names_text": "OWN, Own Build",
    } | changes  # fmt: skip


def test_describe_an_own_printer(client, manager):
    client.post(reverse("catalog:create_printer_model"), fields())

    model = PrinterModel.objects.get()
    assert (model.slicer_names, model.assumed) == (["OWN", "Own Build"], False)


def test_an_edited_preset_is_no_longer_assumed(client, manager):
    model = PrinterModelFactory(assumed=True, source="guess")
    url = reverse("catalog:edit_printer_model", args=[model.pk])

    client.get(url)
    client.post(url, fields())

    model.refresh_from_db()
    assert (model.name, model.assumed, model.source) == ("Build", False, "")


def test_a_printer_is_not_worth_more_at_the_end(client, manager):
    response = client.post(reverse("catalog:create_printer_model"), fields(resale_price="501"))

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["resale_price"])


def test_the_usual_printer_is_one_and_stays(client, manager):
    first, second = PrinterModelFactory(is_default=True), PrinterModelFactory()

    client.post(reverse("catalog:make_default_printer_model", args=[second.pk]))
    refused = client.post(reverse("catalog:archive_printer_model", args=[second.pk]))
    client.get(reverse("catalog:archive_printer_model", args=[first.pk]))
    client.post(reverse("catalog:archive_printer_model", args=[first.pk]))

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_default, second.is_default, refused.status_code) == (False, True, 422)
    assert (first.archived_at is not None, second.archived_at) == (True, None)


def test_licences_are_listed_with_their_end_and_proof(client, manager):
    licence = DesignLicenceFactory(expires_on=date(2020, 1, 1), allows_selling=False)
    licence.proof.save("proof.pdf", SimpleUploadedFile("proof.pdf", b"%PDF"))

    page = client.get(reverse("catalog:licence_list")).content.decode()
    proof = client.get(reverse("catalog:licence_proof", args=[licence.pk]))

    assert all(text in page for text in ("over", "not allowed", "£0.50"))
    assert b"".join(proof.streaming_content) == b"%PDF"
    assert proof["Content-Disposition"].startswith("attachment")


def test_add_and_edit_a_licence(client, manager):
    data = {"name": "Dragons", "owner": "Mia", "royalty_per_piece": "0.75", "allows_selling": "on"}

    assert "No licences yet" in client.get(reverse("catalog:licence_list")).content.decode()
    client.post(reverse("catalog:create_licence"), data)
    licence = DesignLicence.objects.get()
    client.post(licence.get_absolute_url(), data | {"royalty_per_piece": "0.80"})

    licence.refresh_from_db()
    assert (str(licence), licence.royalty_per_piece) == ("Dragons by Mia", Decimal("0.80"))
    assert client.get(reverse("catalog:licence_proof", args=[licence.pk])).status_code == 404
