"""What happens to a roll beside printing: used by hand, dried, photographed, emptied."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from inventory.choices import MovementKind, SpoolState
from inventory.domain import drying, ledger, spools
from inventory.domain.drying import NotToDry
from inventory.models import Drying
from nozzly.testing.factories.inventory import ItemFactory, LotFactory, SpoolFactory
from nozzly.web.models import Attachment

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def photo(name="roll.jpg"):
    file = BytesIO()
    Image.new("RGB", (40, 30), "#336699").save(file, "JPEG")
    return SimpleUploadedFile(name, file.getvalue(), "image/jpeg")


def verb(name, spool):
    return reverse(f"inventory:{name}", args=[spool.lot.code])


def test_grams_used_by_hand_go_off_once(client, operator):
    spool = SpoolFactory(on_hand=300)
    data = {"grams": "40,5 g", "kind": MovementKind.CONSUMPTION, "note": "test cube", "key": uuid4()}

    for _click in range(2):
        assert client.post(verb("use_spool", spool), data).url == spool.get_absolute_url()

    spool.lot.refresh_from_db()
    assert spool.lot.on_hand == Decimal("259.5")
    assert ledger.movements_of(spool.lot).first().note == "test cube"
    again = client.post(verb("use_spool", spool), data | {"grams": "-3", "key": uuid4()})
    assert again.status_code == 422
    assert again.context["use_form"].errors["grams"]


def test_a_roll_goes_into_the_dryer_and_comes_out_dry(operator):
    spool = SpoolFactory(state=SpoolState.SEALED, opened_at=None)

    drying.start_drying(spool, hours=Decimal(6), temperature_c=55, by=operator, at=NOON)
    with pytest.raises(NotToDry, match="already"):
        drying.start_drying(spool, hours=Decimal(6), temperature_c=55, by=operator, at=NOON)
    with pytest.raises(NotToDry, match="take it out first"):
        drying.note_drying(spool, hours=Decimal(6), temperature_c=55, by=operator, at=NOON)
    drying.finish_drying(spool, at=NOON + timedelta(hours=7, minutes=30))

    spool.refresh_from_db()
    assert (spool.state, spool.opened_at, spool.dried_at) == (
        SpoolState.OPEN, NOON, NOON + timedelta(hours=7, minutes=30)
    )  # fmt: skip
    assert [str(log) for log in Drying.objects.all()] == ["7.5 h 55 °C"]
    with pytest.raises(NotToDry, match="not in the dryer"):
        drying.finish_drying(spool, at=NOON)


def test_an_emptied_roll_leaves_the_dryer_and_tells_what_its_reel_weighs(client, operator):
    spool = SpoolFactory(on_hand=15)
    drying.start_drying(spool, hours=Decimal(6), temperature_c=None, by=operator, at=NOON)
    key = uuid4()

    assert client.post(verb("empty_spool", spool), {"reel_g": "heavy", "key": key}).status_code == 422
    for _click in range(2):
        client.post(verb("empty_spool", spool), {"reel_g": "187.5", "key": key})

    spool.refresh_from_db()
    assert (spool.state, spool.lot.on_hand, spool.tare_g) == (SpoolState.EMPTY, 0, Decimal("187.5"))
    assert not Drying.objects.filter(ended_at=None).exists()
    assert spools.tare_spread_g(spool.lot.item.filament) is None
    with pytest.raises(NotToDry):
        drying.start_drying(spool, hours=Decimal(6), temperature_c=None, by=operator, at=NOON)


def test_drying_is_logged_on_the_page(client, operator):
    spool = SpoolFactory()

    noted = client.post(verb("dry_spool", spool), {"hours": "4,5", "temperature_c": "50", "done": "done"})
    client.post(verb("dry_spool", spool), {"hours": "6"})
    page = client.get(spool.get_absolute_url()).content.decode()
    hot = client.post(verb("dry_spool", spool), {"hours": "0", "temperature_c": "900"})
    client.post(verb("undry_spool", spool))

    assert noted.url == spool.get_absolute_url()
    assert "4.5 h 50 °C" in page
    assert "It is dry" in page
    assert set(hot.context["dry_form"].errors) == {"hours", "temperature_c"}
    spool.refresh_from_db()
    assert spool.state == SpoolState.OPEN
    assert client.post(verb("undry_spool", spool)).url == spool.get_absolute_url()


def test_photos_of_rolls_and_parts_are_kept_shown_and_removed(client, owner):
    spool, item = SpoolFactory(), ItemFactory()

    for subject, url in (
        (spool, verb("add_lot_picture", spool)),
        (item, reverse("inventory:add_item_picture", args=[item.pk])),
    ):
        client.post(url, {"picture": photo()})
        picture = Attachment.objects.get()
        assert picture.get_absolute_url() in client.get(subject.get_absolute_url()).content.decode()
        assert client.get(picture.get_absolute_url()).headers["Content-Type"] == "image/jpeg"
        client.post(reverse("inventory:remove_picture", args=[picture.pk]))
        assert not Attachment.objects.exists()


def test_what_is_no_photo_is_refused(client, owner):
    spool = SpoolFactory()
    url = verb("add_lot_picture", spool)

    for picture in (None, SimpleUploadedFile("x.jpg", b"not a picture", "image/jpeg"),
                    SimpleUploadedFile("x.svg", b"<svg/>", "image/svg+xml"),
                    SimpleUploadedFile("x.html", b"<b>", "text/html")):  # fmt: skip
        response = client.post(url, {"picture": picture} if picture else {})
        assert response.url == spool.get_absolute_url()

    assert not Attachment.objects.exists()


def test_the_first_weighing_of_a_sealed_roll_asks_whether_its_reel_weighs_what_was_assumed(client, operator):
    sealed = SpoolFactory(state=SpoolState.SEALED)
    url, sent = verb("weigh_spool", sealed), {"gross_g": "1213", "key": uuid4()}

    asked = client.post(url, sent)
    client.post(url, sent | {"tare_g": "213"})
    sealed.refresh_from_db()
    client.post(url, {"gross_g": "1205", "key": uuid4()})

    assert asked.status_code == 422
    assert 'value="213"' in asked.content.decode()
    assert "assumed was 200" in asked.content.decode()
    assert (sealed.tare_g, sealed.state) == (213, SpoolState.SEALED)
    sealed.lot.refresh_from_db()
    assert sealed.lot.on_hand == 992
    far_off = SpoolFactory(state=SpoolState.SEALED)
    assert spools.tare_to_confirm(far_off, gross_g=Decimal(1040)) is None


def test_parts_and_filaments_show_the_moving_average_to_those_who_see_costs(client, owner):
    lot = LotFactory(held=100, worth=5)
    LotFactory(item=lot.item, held=100, worth=10)
    roll = SpoolFactory(tare_g=Decimal(200))
    SpoolFactory(filament=roll.lot.item.filament, tare_g=Decimal(230), worth=10)

    part = client.get(lot.item.get_absolute_url()).content.decode()
    filament = client.get(roll.lot.item.get_absolute_url()).content.decode()

    assert "0.075" in part
    assert "0.015" in filament
    assert "±15" in filament
