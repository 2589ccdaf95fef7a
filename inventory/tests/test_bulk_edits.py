from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.choices import ItemKind
from inventory.domain import bulk_edits, drying
from inventory.models import Filament, Lot, Spool
from nozzly.testing.factories.inventory import (
    FilamentFactory,
    ItemFactory,
    LocationFactory,
    MaterialGroupFactory,
    SpoolFactory,
    SupplierFactory,
)
from nozzly.web.models import AuditEntry

URL = "inventory:edit_many"


def edit(client, rolls, **given):
    return client.post(reverse(URL), {"rows": ",".join(str(roll.pk) for roll in rolls), **given})


def everything():
    lots = Lot.objects.order_by("pk").values()
    return {lot["id"]: {k: v for k, v in lot.items() if k != "search"} for lot in lots}, {
        spool["lot_id"]: spool for spool in Spool.objects.values()
    }


def test_edit_changes_exactly_the_ticked_rolls_and_what_was_filled_in(client, owner):
    one, two, other = (SpoolFactory(lot__note="old", lot__batch=f"B{number}") for number in range(3))
    lots, rolls = everything()
    supplier, place = SupplierFactory(), LocationFactory()

    response = edit(
        client, [two, one], supplier=supplier.pk, location=place.pk, note="new lot", tare_g="0.2 kg", state="drying",
        received_on="2026-03-04",
    )  # fmt: skip

    assert response.url == reverse("inventory:spool_list")
    for roll in (one, two):
        lots[roll.pk] |= {
            "supplier_id": supplier.pk, "location_id": place.pk, "note": "new lot", "received_on": date(2026, 3, 4),
        }  # fmt: skip
        rolls[roll.pk] |= {"tare_g": Decimal("200.000"), "state": "drying"}
        rolls[roll.pk]["opened_at"] = Spool.objects.get(pk=roll.pk).opened_at
    assert everything() == (lots, rolls)
    assert set(Lot.objects.matching("new lot")) == {one.lot, two.lot}
    assert AuditEntry.objects.get().details == {"rows": 2}
    assert other.lot.note == "old"


def test_edit_empties_what_is_ticked_to_be_emptied(client, owner):
    roll = SpoolFactory(lot__note="old", lot__location=LocationFactory(), lot__supplier=SupplierFactory(), tare_g=200)

    edit(client, [roll], clear=["note", "location", "supplier", "tare_g"])

    lot = Lot.objects.select_related("spool").get()
    assert (lot.note, lot.location, lot.supplier, lot.spool.tare_g) == ("", None, None, None)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "Fill in what is to be changed."),
        ({"note": "x", "clear": ["note"]}, "Either a new value, or empty."),
        ({"tare_g": "heavy"}, "is not a weight"),
        ({"state": "empty"}, "Select a valid choice"),
    ],
)
def test_edit_says_what_is_wrong_and_changes_nothing(client, owner, given, reason):
    roll = SpoolFactory()
    before = everything()

    response = edit(client, [roll], **given)

    assert (response.status_code, reason in response.text) == (422, True)
    assert everything() == before


def test_edit_of_rolls_that_are_gone_or_of_one_slot_changes_none(client, owner):
    one, two = SpoolFactory(), SpoolFactory()
    before = everything()
    slot = LocationFactory(kind="slot")

    assert "not there any more" in client.post(reverse(URL), {"rows": f"{one.pk},999999", "note": "x"}).text
    assert "takes one roll at a time" in edit(client, [one, two], location=slot.pk, note="x").text
    assert client.post(reverse(URL), {"rows": "1;drop", "note": "x"}).status_code == 422
    assert everything() == before


def test_edit_page_takes_the_ticked_rolls_or_all_that_the_filter_shows(client, owner, operator, client_for):
    here = client_for("owner")
    red, blue = SpoolFactory(filament__colour_name="Red"), SpoolFactory(filament__colour_name="Blue")

    ticked = here.get(reverse(URL), {"lot": [red.pk, "x"]})
    shown = here.get(reverse(URL), {"filtered": "1", "search": "blue"})

    assert ticked.context["form"].initial["rows"] == [red.pk]
    assert shown.context["form"].initial["rows"] == [blue.pk]
    assert here.get(reverse(URL)).status_code == 302
    assert "javascript:" not in here.get(reverse(URL), {"lot": red.pk, "next": "javascript:alert(1)"}).text
    assert client_for("operator").get(reverse(URL), {"lot": red.pk}).status_code == 403


def test_filaments_are_edited_together_and_no_others(client, owner):
    one, two, other = (FilamentFactory(net_weight_g=500, list_price=None) for _number in range(3))
    group = MaterialGroupFactory()
    before = Filament.objects.filter(pk=other.pk).values().get()
    page = client.get(reverse("inventory:edit_filaments"), {"filament": [one.pk, two.pk]})

    client.post(
        reverse("inventory:edit_filaments"),
        {"rows": ",".join(map(str, page.context["form"].initial["rows"])), "group": group.pk, "list_price": "20,00",
         "clear": ["empty_reel_g"]},
    )  # fmt: skip

    changed = Filament.objects.select_related("item").filter(pk__in=[one.pk, two.pk])
    assert {(row.group_id, row.empty_reel_g, row.list_price, row.item.list_price_per_unit) for row in changed} == {
        (group.pk, None, 20, Decimal("0.04"))
    }
    assert Filament.objects.filter(pk=other.pk).values().get() == before
    client.post(reverse("inventory:edit_filaments"), {"rows": str(one.pk), "clear": ["list_price"]})
    assert Filament.objects.get(pk=one.pk).item.list_price_per_unit is None


def test_parts_are_edited_together_and_made_goods_are_not(client, owner):
    part, product = ItemFactory(kind=ItemKind.COMPONENT), ItemFactory(kind=ItemKind.PRODUCT)
    supplier = SupplierFactory()
    given = {"preferred_supplier": supplier.pk, "pack_size": "100", "list_price_per_unit": "0.08"}

    client.post(reverse("inventory:edit_items"), {"rows": str(part.pk), **given})
    refused = client.post(reverse("inventory:edit_items"), {"rows": f"{part.pk},{product.pk}", "pack_size": "7"})

    part.refresh_from_db()
    assert (part.preferred_supplier, part.pack_size, part.list_price_per_unit) == (supplier, 100, Decimal("0.08"))
    assert "not there any more" in refused.text
    page = client.get(reverse("inventory:item_list"), {"kind": "product"}).text
    assert f'name="item" value="{product.pk}"' not in " ".join(page.split())


def test_spool_list_shows_the_chosen_columns_and_keeps_them(client, owner):
    SpoolFactory(lot__note="by the window")

    usual = client.get(reverse("inventory:spool_list")).text
    chosen = client.get(reverse("inventory:spool_list"), {"columns": ["note", "code", "nonsense"], "sort": "code"}).text

    assert "by the window" not in usual
    assert "by the window" in chosen
    assert 'data-label="Place"' not in chosen
    assert '<input type="hidden" name="columns" value="note">' in chosen
    assert "columns=note&amp;columns=code" in chosen  # the pages and sorts link on


def test_operators_choose_no_value(client, operator):
    SpoolFactory()

    page = client.get(reverse("inventory:spool_list"), {"columns": ["value", "code"]}).text

    assert 'value="value"' not in page
    assert 'data-label="Value"' not in page


def test_a_roll_that_many_take_out_of_the_dryer_can_go_in_again(owner):
    lot = SpoolFactory(state="open").lot
    drying.start_drying(lot.spool, hours=Decimal(4), temperature_c=50, by=owner, at=timezone.now())

    bulk_edits.change_spools([lot.pk], bulk_edits.SpoolChanges(state="open"), by=owner, at=timezone.now())

    drying.start_drying(lot.spool, hours=Decimal(4), temperature_c=50, by=owner, at=timezone.now())
    assert lot.spool.dryings.filter(ended_at=None).count() == 1
