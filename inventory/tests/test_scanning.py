from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from inventory.choices import LocationKind, SpoolState
from inventory.domain import barcodes, scanning
from inventory.domain.barcodes import BarcodeTaken, NotABarcode
from inventory.models import Barcode, Lot
from nozzly.testing.factories.inventory import (
    BarcodeFactory,
    FilamentFactory,
    ItemFactory,
    LocationFactory,
    LotFactory,
    SpoolFactory,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EAN, UPC = "4006381333931", "036000291452"
FIND, MOVE = reverse("inventory:find", urlconf="nozzly.urls"), reverse("inventory:move_by_scan", urlconf="nozzly.urls")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (EAN, EAN), (f" {EAN[:6]} {EAN[6:]} ", EAN), (UPC, f"0{UPC}"), (f"0{UPC}", f"0{UPC}"), (f"00{UPC}", f"0{UPC}"),
        ("96385074", "96385074"), ("4006381333930", ""), ("7K4Q", ""), ("0000000000000", ""), ("٤٠٠٦٣٨١٣٣٣٩٣١", ""),
    ],
)  # fmt: skip
def test_an_ean_and_its_upc_are_kept_as_one(typed, kept):
    assert barcodes.digits_of(typed) == kept


def test_a_barcode_is_linked_once_and_leads_to_its_item(client, owner):
    filament, magnet = FilamentFactory(), ItemFactory()
    url = reverse("inventory:link_barcode", args=[EAN])

    first = client.get(FIND, {"code": EAN})
    linked = client.post(url, {"item": filament.pk})
    second = client.get(FIND, {"code": EAN})

    assert first.url == url
    assert linked.url == second.url == filament.get_absolute_url()
    barcodes.link_barcode(filament.item, digits=EAN)
    with pytest.raises(BarcodeTaken, match=str(filament.item)):
        barcodes.link_barcode(magnet, digits=EAN)
    with pytest.raises(NotABarcode):
        barcodes.link_barcode(magnet, digits="123")
    assert Barcode.objects.count() == 1


def test_barcodes_are_added_and_forgotten_on_the_pages_of_filaments_and_parts(client, owner):
    for item in (FilamentFactory().item, ItemFactory()):
        client.post(reverse("inventory:add_barcode", args=[item.pk]), {"digits": UPC})
        page = client.get(item.get_absolute_url()).content.decode()
        assert f"0{UPC}" in page
        client.post(reverse("inventory:remove_barcode", args=[item.barcodes.get().pk]))
        assert not item.barcodes.exists()

    client.post(reverse("inventory:add_barcode", args=[item.pk]), {"digits": "4006381333930"})
    assert not item.barcodes.exists()


def test_a_label_of_any_host_and_a_roll_with_a_code_of_digits_are_found(client, operator):
    spool = SpoolFactory(lot__code="96385074")

    for scanned in ("96385074", "https://old.example/s/96385074", "9638-5074"):
        assert client.get(FIND, {"code": scanned}).url == spool.get_absolute_url()
    BarcodeFactory(digits="96385074", item=(item := ItemFactory()))
    assert scanning.what_is("96385074") == item


@pytest.mark.parametrize("scanned", ["", "ZZZZ", "\x00", "x" * 400, EAN])
def test_what_nobody_knows_goes_back_to_where_it_was_scanned(client, operator, scanned):
    back = reverse("inventory:scanner")

    response = client.get(FIND, {"code": scanned, "next": back})

    assert response.url == back


def test_rolls_and_then_a_place_are_scanned(client, operator):
    rolls = [SpoolFactory(state=SpoolState.SEALED, opened_at=None).lot for _roll in range(2)]
    box = LotFactory(held=5)
    shelf = LocationFactory()

    url = MOVE
    for lot in (*rolls, box):
        held = client.get(url).context["held"]
        url = client.post(url, {"code": lot.code, "lot": [each.pk for each in held]}).url
    page = client.get(url)
    response = client.post(
        url, {"code": f"https://x.example/s/{shelf.code}", "lot": [lot.pk for lot in page.context["held"]]}
    )

    assert url == f"{MOVE}?{urlencode([('lot', lot.pk) for lot in (*rolls, box)])}"
    assert response.url == MOVE
    assert set(Lot.objects.values_list("location", flat=True)) == {shelf.pk}
    assert set(Lot.objects.spools().values_list("spool__state", flat=True)) == {SpoolState.SEALED}


def test_loading_is_scan_roll_scan_slot_and_a_slot_takes_one(client, operator):
    slot = LocationFactory(kind=LocationKind.SLOT)
    roll, other = (SpoolFactory(state=SpoolState.SEALED, opened_at=None).lot for _roll in range(2))

    too_many = client.post(MOVE, {"code": slot.code, "lot": [roll.pk, other.pk]})
    place_first = client.post(MOVE, {"code": slot.code})
    client.post(MOVE, {"code": slot.code, "lot": [roll.pk]})

    roll.refresh_from_db()
    assert (too_many.status_code, place_first.status_code) == (422, 422)
    assert "scan what goes there first" in place_first.content.decode()
    assert (roll.location, roll.spool.state) == (slot, SpoolState.OPEN)


def test_only_the_scan_pages_may_compile_the_decoder(client, operator):
    csp = client.get(reverse("inventory:scanner")).headers["Content-Security-Policy"]

    assert "script-src 'self' 'wasm-unsafe-eval'" in csp
    assert "unsafe-inline" not in csp
    assert "'unsafe-eval'" not in csp
    assert "wasm" not in client.get(reverse("inventory:spool_list")).headers["Content-Security-Policy"]


def test_a_scanned_address_in_the_search_box_opens_its_page(client, operator):
    spool = SpoolFactory()

    response = client.get(reverse("home:search"), {"q": f"http://192.168.1.9:8000/s/{spool.lot.code}"})

    assert response.url == f"{FIND}?{urlencode({'code': f'http://192.168.1.9:8000/s/{spool.lot.code}'})}"


def test_from_a_scan_to_a_recorded_weighing_are_three_requests(client, operator):
    spool = SpoolFactory(on_hand=500)

    opened = client.get(f"/s/{spool.lot.code}")
    page = client.get(opened.url)
    form = page.context["weigh_form"]
    client.post(reverse("inventory:weigh_spool", args=[spool.lot.code]), {"gross_g": "640", "key": form["key"].value()})

    assert [weighing.net_g for weighing in spool.weighings.all()] == [440]
