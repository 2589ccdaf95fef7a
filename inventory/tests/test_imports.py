from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse

from inventory.domain import ledger
from inventory.models import Delivery, Filament, Location, Lot, Spool, Supplier
from nozzly.testing.factories.inventory import (
    DeliveryLineFactory,
    FilamentFactory,
    ItemFactory,
    LocationFactory,
    SpoolFactory,
    SupplierFactory,
)

SPOOLS, DELIVERIES = "inventory:import_spools", "inventory:import_deliveries"
HEAD = "Code,Brand,Material,Colour,How it looks,Full reel (g),Left (g),Place,Supplier,Batch,Value"


def upload(client, name, text, kind="csv"):
    file = BytesIO(text if isinstance(text, bytes) else text.encode())
    file.name = f"rows.{kind}"
    return client.post(reverse(name), {"file": file})


def apply(client, name, checked):
    matches = checked.context["matches"]
    columns = {f"column-{field}": column for field, _label, _form_field, column in matches if column is not None}
    return client.post(reverse(name), {"token": checked.context["token"], "apply": "1", **columns})


def verdicts(response):
    return {str(verdict): count for verdict, count in response.context["run"].counts.items()}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_spool_list_imports_back_unchanged(client, owner, kind):
    place = LocationFactory(name="Box", parent=LocationFactory(name="Shelf"))
    SpoolFactory(lot__location=place, lot__supplier=SupplierFactory(), lot__batch="=1+1", lot__note="@home", tare_g=201)
    SpoolFactory(on_hand=Decimal("12.5"), filament__finish="silk", filament__diameter_mm=Decimal("2.85"))
    exported = client.get(reverse("inventory:spool_list"), {"format": kind, "state": "all"}).content

    checked = upload(client, SPOOLS, exported, kind)

    assert verdicts(checked) == {"unchanged": 2}


def test_import_adds_new_rolls_as_opening_stock_and_corrects_known_ones(client, owner):
    known = SpoolFactory(on_hand=500, worth=Decimal("10.00"), lot__code="7K4Q")
    text = f'{HEAD}\n7K4Q,Any,PLA,Any,,1000,480,Shelf A › Box 1,Shop,B9,\n,Prusament,pla,Galaxy Black,#3d3e3d,1 kg,"640,5",Shelf A,Shop,,£14.90\n9ABC,eSUN,PETG,White,,,,,,,'

    checked = upload(client, SPOOLS, text)
    response = apply(client, SPOOLS, checked)

    assert verdicts(checked) == {"changed": 1, "new": 2}
    assert response.url == reverse("inventory:spool_list")
    known.lot.refresh_from_db()
    assert (known.lot.on_hand, known.lot.bought_value, known.lot.location.path, known.lot.batch) == (
        480, Decimal("9.60"), "Shelf A › Box 1", "B9",
    )  # fmt: skip
    fresh = Spool.objects.exclude(pk=known.pk).select_related("lot__item__filament__material").order_by("pk")
    assert [(roll.lot.on_hand, roll.lot.bought_value, roll.state, roll.lot.title) for roll in fresh] == [
        (Decimal("640.5"), Decimal("14.90"), "open", "Prusament PLA Galaxy Black"),
        (Decimal(1000), Decimal("17.00"), "sealed", "eSUN PETG White"),
    ]
    assert fresh[1].lot.code == "9ABC"
    assert [row.kind for row in ledger.movements_of(fresh[0].lot)] == ["opening"]
    assert (Supplier.objects.count(), Location.objects.count()) == (1, 2)
    assert Lot.objects.matching("galaxy").count() == 1


def test_import_applied_twice_adds_once(client, owner):
    checked = upload(client, SPOOLS, f"{HEAD}\n,eSUN,PLA,White,,,,,,,")

    apply(client, SPOOLS, checked)
    again = apply(client, SPOOLS, checked)

    assert Lot.objects.count() == 1
    assert "choose the file once more" in again.content.decode()


def test_import_gives_a_reason_for_every_wrong_row_and_changes_nothing(client, owner):
    rows = [
        ",,PLA,White,,,,,,,",
        "7K4Q,eSUN,PLA,White,,,,,,,",
        "7K4Q,eSUN,PLA,White,,,,,,,",
        "ilou,eSUN,PLA,White,,,,,,,",
        ",eSUN,PLA,White,red,,,,,,",
        ",eSUN,PLA,White,,,0,,,,",
        ",eSUN,PLA,White,,,heavy,,,,",
        ",eSUN,PLA,White,,,,,,,good",
    ]

    checked = upload(client, SPOOLS, "\n".join([HEAD, *rows]))
    apply(client, SPOOLS, checked)

    assert checked.status_code == 422
    assert verdicts(checked) == {"wrong": 8}
    assert all(row.reasons for row in checked.context["run"].rows)
    assert not Lot.objects.exists()
    assert not Filament.objects.exists()


def test_import_of_a_file_for_another_list_names_the_missing_columns(client, owner):
    checked = upload(client, SPOOLS, "Order,Buyer\n1,Ann")

    assert "No column for “Brand”" in checked.content.decode()


def test_import_reads_other_programs_headers_and_a_semicolon_file_with_a_mark(client, owner):
    text = "\ufeffManufacturer;Material;Color;Remaining weight;Diameter\nHatchbox;PLA;Red;1,5 kg;1,75"

    checked = upload(client, SPOOLS, text)
    apply(client, SPOOLS, checked)

    assert Lot.objects.get().on_hand == 1500


def test_import_pages_are_not_for_operators(client, operator):
    assert client.get(reverse(SPOOLS)).status_code == 403
    assert client.get(reverse(DELIVERIES)).status_code == 403


def test_import_page_offers_a_sample_that_it_takes_itself(client, owner):
    ItemFactory(name="Prusament PLA Galaxy Black")
    for name in (SPOOLS, DELIVERIES):
        sample = client.get(reverse(name), {"format": "sample"}).content

        assert verdicts(upload(client, name, sample)) == {"new": 1}


def test_the_delivery_list_imports_back_unchanged(client, owner):
    line = DeliveryLineFactory()
    DeliveryLineFactory(delivery=line.delivery, item=FilamentFactory().item, count=3)
    DeliveryLineFactory(delivery__invoice_number="")
    exported = client.get(reverse("inventory:delivery_list"), {"format": "csv"}).content

    assert verdicts(upload(client, DELIVERIES, exported)) == {"unchanged": 3}


def test_delivery_import_books_one_delivery_for_each_invoice(client, owner):
    filament, magnet = FilamentFactory(), ItemFactory(name="Magnet", sku="MAG", pack_size=100)
    text = "\n".join(
        [
            "Supplier,Invoice,Date,Item,Qty,Each,Total,Shipping",
            f"Shop,R-1,2026-02-03,{filament.item.name},2,1000,40.00,6.00",
            "Shop,R-1,2026-02-03,mag,1,,20.00,6.00",
            "Other,,03.02.2026,MAG,1,50,5.00,",
        ]
    )

    checked = upload(client, DELIVERIES, text)
    response = apply(client, DELIVERIES, checked)

    assert verdicts(checked) == {"new": 3}
    assert response.status_code == 302
    assert list(Delivery.objects.order_by("pk").values_list("supplier__name", "invoice_number", "postage")) == [
        ("Shop", "R-1", Decimal("6.00")), ("Other", "", Decimal(0)),
    ]  # fmt: skip
    assert list(Lot.objects.order_by("pk").values_list("on_hand", "bought_value")) == [
        (Decimal(1000), Decimal("22.00")), (Decimal(1000), Decimal("22.00")), (Decimal(100), Decimal("22.00")),
        (Decimal(50), Decimal("5.00")),
    ]  # fmt: skip
    magnet.refresh_from_db()
    assert magnet.last_cost_per_unit == Decimal("0.1")


def test_delivery_import_refuses_unknown_items_and_new_rows_of_a_booked_invoice(client, owner):
    line = DeliveryLineFactory(delivery__supplier__name="Shop", delivery__invoice_number="R-1")
    text = "\n".join(
        [
            "Supplier,Invoice,Date,Item,Qty,Each,Total",
            f"Shop,r-1,2026-01-01,{line.item.name},1,100,11.00",
            "Shop,R-2,2026-01-01,nothing,1,1,1.00",
        ]
    )

    checked = upload(client, DELIVERIES, text)

    reasons = [row.reasons for row in checked.context["run"].rows]
    assert "booked already, without this row" in reasons[0][0]
    assert "There is no “nothing”" in reasons[1][0]
