from decimal import Decimal

import pytest

from catalog.domain.printer_models import (
    UnknownPreset,
    default_printer_model,
    find_printer_model,
    pick_presets,
    preset_for_slicer_name,
    preset_named,
    presets,
)
from catalog.models import PrinterModel
from nozzly.testing.factories.catalog import PrinterModelFactory


def test_many_common_printers_are_shipped_with_all_their_figures():
    assert len(presets()) >= 25
    assert len({str(preset) for preset in presets()}) == len(presets())
    for preset in presets():
        assert min(*preset.bed_mm, preset.power_w, preset.life_h, preset.slots) > 0
        assert preset.price_eur > preset.resale_eur >= 0


def test_slicer_names_of_presets_are_unambiguous():
    names = [name.casefold() for preset in presets() for name in preset.slicer_names]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("name", "preset"),
    [("MK4IS", "Prusa MK4"), ("bambu lab p1s", "Bambu Lab P1S"), ("BL-P001", "Bambu Lab X1 Carbon"), ("Toaster", None)],
)
def test_preset_for_slicer_name(name, preset):
    assert preset_for_slicer_name(name) == (preset_named(preset) if preset else None)


def test_pick_presets_makes_rows_in_the_workspaces_money_once():
    pick_presets(["Prusa MK4S"], currency="GBP")
    (again,) = pick_presets(["Prusa MK4S"], currency="GBP")

    assert PrinterModel.objects.count() == 1
    assert (again.price, again.resale_price, again.assumed) == (Decimal("879.00"), Decimal("246.00"), True)
    assert "1 EUR = 0.88 GBP" in again.source


def test_pick_presets_brings_an_archived_one_back():
    model = PrinterModelFactory(maker="Prusa", name="MK4S", archived_at="2026-01-01T00:00Z")

    pick_presets(["Prusa MK4S"], currency="GBP")

    model.refresh_from_db()
    assert model.archived_at is None


def test_an_unknown_preset_is_refused_and_nothing_is_made():
    with pytest.raises(UnknownPreset):
        pick_presets(["Prusa MK4S", "Acme 1"], currency="GBP")

    assert PrinterModel.objects.count() == 0


def test_find_printer_model_by_what_a_file_says():
    assert find_printer_model(" ", currency="GBP") is None
    assert find_printer_model("Toaster", currency="GBP") is None
    assert str(find_printer_model("COREONE", currency="GBP")) == "Prusa CORE One"


def test_default_printer_model_is_the_first_there_is_else_the_shipped_one():
    assert str(default_printer_model(currency="GBP")) == "Bambu Lab P1S"
    PrinterModel.objects.all().delete()
    mine = PrinterModelFactory()

    assert default_printer_model(currency="GBP") == mine
    assert default_printer_model(currency="GBP") == mine
