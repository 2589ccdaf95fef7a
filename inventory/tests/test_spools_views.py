from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from inventory.choices import LocationKind, SpoolState
from inventory.domain import ledger
from inventory.models import Lot, Spool
from nozzly.testing.factories.inventory import (
    BrandFactory,
    FilamentFactory,
    LocationFactory,
    SpoolFactory,
    SupplierFactory,
)

LIST = "inventory:spool_list"


@pytest.mark.parametrize("spool_count", [1, 3])
def test_spool_list_query_count_does_not_grow(client, owner, django_assert_num_queries, spool_count):
    spools = [SpoolFactory() for _roll in range(spool_count)]
    client.get(reverse(LIST))

    with django_assert_num_queries(5):  # user, keys, rows, materials, places
        response = client.get(reverse(LIST))

    assert {lot.pk for lot in response.context["page"]} == {spool.pk for spool in spools}


def test_spool_list_shows_no_money_to_an_operator(client, operator):
    SpoolFactory(worth=Decimal("77.77"))

    page = client.get(reverse(LIST), {"sort": "value"})
    csv = client.get(reverse(LIST), {"format": "csv"})

    assert "77.77" not in page.content.decode()
    assert "77.77" not in csv.content.decode()
    assert "Value" not in csv.content.decode()
    assert page.context["sort"] == "filament"


def test_spool_list_shows_money_to_the_owner(client, owner):
    SpoolFactory(worth=Decimal("77.77"))

    assert "77.77" in client.get(reverse(LIST), {"sort": "-value"}).content.decode()
    assert "77.77" in client.get(reverse(LIST), {"format": "csv"}).content.decode()


def test_spool_list_needs_somebody_signed_in(client):
    assert client.get(reverse(LIST)).status_code == 302


def test_spool_list_answers_its_fragment(client, owner):
    SpoolFactory()

    response = client.get(reverse(LIST), headers={"HX-Request": "true", "HX-Target": "spool-table"})

    assert response.content.decode().strip().startswith('<section id="spool-table"')


def test_spool_list_search_finds_beginnings_of_words_of_brand_colour_code_and_batch(client, owner):
    wanted = SpoolFactory(
        filament=FilamentFactory(brand=BrandFactory(name="Prusament"), colour_name="Galaxy Black"), lot__batch="B-77"
    )
    SpoolFactory(filament__colour_name="Galaxy Silver")

    for text in ("prusa galaxy", "black", wanted.lot.code.lower(), "b-77"):
        response = client.get(reverse(LIST), {"search": text})
        assert [lot.pk for lot in response.context["page"]] == [wanted.pk]
    assert len(client.get(reverse(LIST), {"search": "!!"}).context["page"]) == 2


def test_spool_list_filters_by_state_place_and_material(client, owner):
    shelf = LocationFactory(name="Shelf")
    box = LocationFactory(name="Box", parent=shelf)
    here = SpoolFactory(lot__location=box, state=SpoolState.SEALED)
    counted = SpoolFactory(lot__needs_count=True)
    empty = SpoolFactory(state=SpoolState.EMPTY, on_hand=0)
    away = SpoolFactory(state=SpoolState.EMPTY, on_hand=0, lot__archived_at="2026-02-01T00:00Z")

    def found(**chosen):
        return {lot.pk for lot in client.get(reverse(LIST), chosen).context["page"]}

    assert found(location=shelf.pk) == {here.pk}
    assert found(state="sealed") == {here.pk}
    assert found(state="count") == {counted.pk}
    assert found(state="empty") == {empty.pk}
    assert found(state="archived") == {away.pk}
    assert found(state="all") == {here.pk, counted.pk, empty.pk, away.pk}
    assert found(material=here.lot.item.filament.material_id) == {here.pk, counted.pk}


def test_spool_list_says_what_to_do_when_nothing_is_there_or_fits(client, owner):
    assert "No rolls yet" in client.get(reverse(LIST)).content.decode()
    assert "No roll fits" in client.get(reverse(LIST), {"search": "pink"}).content.decode()


@pytest.mark.parametrize("movement_count", [1, 3])
def test_spool_page_query_count_does_not_grow(client, owner, django_assert_num_queries, movement_count):
    spool = SpoolFactory()
    for _time in range(movement_count):
        entry = ledger.Entry(spool.pk, "consumption", Decimal(-10))
        ledger.post([entry], source="run", source_id=1, source_text="TA-1", key=uuid4(), by=owner, at=spool.opened_at)

    ContentType.objects.get_for_model(Lot)

    with django_assert_num_queries(9):  # user, the roll, its ledger, its course, places to move to, dryings, photos
        response = client.get(spool.get_absolute_url())

    assert response.status_code == 200
    assert "TA-1" in response.content.decode()


def test_spool_page_draws_the_course_from_three_movements(client, operator):
    spool = SpoolFactory()
    for gross in (1100, 1000, 900):
        data = {"gross_g": str(gross), "key": uuid4()}
        client.post(reverse("inventory:weigh_spool", args=[spool.lot.code]), data)

    page = client.get(spool.get_absolute_url()).content.decode()

    assert "chart-light" in page
    assert "£" not in page


def test_spool_page_of_an_unknown_code_is_not_found(client, owner):
    assert client.get(reverse("inventory:spool_detail", args=["ZZZZ"])).status_code == 404


def test_weigh_books_the_difference_and_says_what_is_left(client, operator):
    spool = SpoolFactory(on_hand=300)

    response = client.post(
        reverse("inventory:weigh_spool", args=[spool.lot.code]), {"gross_g": "498", "key": uuid4()}, follow=True
    )

    spool.lot.refresh_from_db()
    assert spool.lot.on_hand == 298
    assert "298\u00a0g left; corrected by −2\u00a0g" in response.content.decode()


def test_weigh_that_agrees_books_nothing(client, operator):
    spool = SpoolFactory(on_hand=300)

    response = client.post(
        reverse("inventory:weigh_spool", args=[spool.lot.code]), {"gross_g": "0.5 kg", "key": uuid4()}, follow=True
    )

    assert "just as the books say" in response.content.decode()
    assert ledger.movements_of(spool.lot).count() == 1


@pytest.mark.parametrize(
    ("gross", "field"), [("abc", "gross_g"), ("", "gross_g"), ("150", "gross_g"), ("0", "gross_g")]
)
def test_weigh_with_a_wrong_weight_says_so_next_to_the_field_and_keeps_it(client, operator, gross, field):
    spool = SpoolFactory(on_hand=300)

    response = client.post(reverse("inventory:weigh_spool", args=[spool.lot.code]), {"gross_g": gross, "key": uuid4()})

    assert response.status_code == 422
    assert list(response.context["weigh_form"].errors) == [field]
    assert Lot.objects.get(pk=spool.pk).on_hand == 300


def test_weigh_asks_for_an_unknown_reel_and_remembers_it(client, operator):
    spool = SpoolFactory(filament__brand__empty_reel_g=None, on_hand=300)
    url = reverse("inventory:weigh_spool", args=[spool.lot.code])

    asked = client.post(url, {"gross_g": "498", "key": uuid4()})
    client.post(url, {"gross_g": "498", "tare_g": "210", "key": uuid4()})

    assert list(asked.context["weigh_form"].errors) == ["tare_g"]
    spool.refresh_from_db()
    assert (spool.tare_g, spool.lot.on_hand) == (210, 288)


def test_weigh_of_a_sealed_roll_on_an_unknown_reel_proposes_what_the_reel_weighs(client, operator):
    spool = SpoolFactory(filament__brand__empty_reel_g=None, state=SpoolState.SEALED)

    response = client.post(reverse("inventory:weigh_spool", args=[spool.lot.code]), {"gross_g": "1213", "key": uuid4()})

    assert response.status_code == 422
    assert 'value="213"' in response.content.decode()


def test_weigh_is_not_for_viewers(client, viewer):
    spool = SpoolFactory()

    assert client.post(reverse("inventory:weigh_spool", args=[spool.lot.code]), {}).status_code == 403


def test_move_loads_a_slot_by_its_code(client, operator):
    spool, slot = SpoolFactory(state=SpoolState.SEALED), LocationFactory(kind=LocationKind.SLOT)

    response = client.post(
        reverse("inventory:move_spool", args=[spool.lot.code]),
        {"code": f"http://old.example/s/{slot.code}"},
        follow=True,
    )

    spool.refresh_from_db()
    assert (spool.lot.location, spool.state) == (slot, SpoolState.OPEN)
    assert str(slot) in response.content.decode()


def test_move_with_an_unknown_code_says_so(client, operator):
    spool = SpoolFactory()

    response = client.post(reverse("inventory:move_spool", args=[spool.lot.code]), {"code": "QQQ"})

    assert response.status_code == 422
    assert list(response.context["move_form"].errors) == ["code"]


def test_move_nowhere_takes_it_off_the_shelf(client, operator):
    spool = SpoolFactory(lot__location=LocationFactory())

    client.post(reverse("inventory:move_spool", args=[spool.lot.code]), {})

    assert Lot.objects.get(pk=spool.pk).location is None


def test_open_spool_opens_it(client, operator):
    spool = SpoolFactory(state=SpoolState.SEALED, opened_at=None)

    client.post(reverse("inventory:open_spool", args=[spool.lot.code]))

    spool.refresh_from_db()
    assert spool.state == SpoolState.OPEN


def test_empty_spool_asks_and_books_the_rest_as_waste(client, operator):
    spool = SpoolFactory(on_hand=12)
    url = reverse("inventory:empty_spool", args=[spool.lot.code])

    question = client.get(url).content.decode()
    client.post(url, {"key": uuid4()})

    spool.refresh_from_db()
    assert "still have 12\u00a0g" in question
    assert (spool.state, spool.lot.on_hand) == (SpoolState.EMPTY, 0)


def test_archive_spool_refuses_one_that_still_holds_something(client, owner):
    holding, empty = SpoolFactory(), SpoolFactory(on_hand=0, state=SpoolState.EMPTY)

    refused = client.post(reverse("inventory:archive_spool", args=[holding.lot.code]))
    client.post(reverse("inventory:archive_spool", args=[empty.lot.code]))

    assert "still holds something" in refused.content.decode()
    assert "Archive" in client.get(reverse("inventory:archive_spool", args=[empty.lot.code])).content.decode()
    assert set(Lot.objects.available()) == {holding.lot}


def test_edit_spool_corrects_what_describes_it(client, owner):
    spool = SpoolFactory()
    data = {"net_weight_g": "750", "tare_g": "190", "batch": "L42", "note": "dry it"}

    shown = client.get(reverse("inventory:edit_spool", args=[spool.lot.code])).content.decode()
    client.post(reverse("inventory:edit_spool", args=[spool.lot.code]), data)

    spool.refresh_from_db()
    assert 'value="1000"' in shown
    assert (spool.net_weight_g, spool.tare_g, spool.lot.batch, spool.lot.note) == (750, 190, "L42", "dry it")
    assert Lot.objects.matching("L42").count() == 1


def test_move_many_moves_exactly_the_ticked_rolls(client, operator):
    place, ticked, other = LocationFactory(), SpoolFactory.create_batch(2), SpoolFactory()
    data = {"lot": [spool.pk for spool in ticked], "location": place.pk, "next": "/stock/spools/?page=1"}

    response = client.post(reverse("inventory:move_many"), data)

    assert response.url == "/stock/spools/?page=1"
    assert {lot.pk for lot in Lot.objects.filter(location=place)} == {spool.pk for spool in ticked}
    assert Lot.objects.get(pk=other.pk).location is None


def test_move_many_of_nothing_or_into_one_slot_is_refused(client, operator):
    slot, spools = LocationFactory(kind=LocationKind.SLOT), SpoolFactory.create_batch(2)

    nothing = client.post(reverse("inventory:move_many"), {}, follow=True)
    both = client.post(
        reverse("inventory:move_many"), {"lot": [spool.pk for spool in spools], "location": slot.pk}, follow=True
    )

    assert "Tick what is to be moved" in nothing.content.decode()
    assert "one roll at a time" in both.content.decode()
    assert not Lot.objects.filter(location=slot).exists()


def test_add_spools_takes_in_several_and_a_double_click_takes_them_in_once(client, owner):
    filament, supplier, key = FilamentFactory(), SupplierFactory(), uuid4()
    data = {
        "filament": filament.pk, "count": "3", "price_each": "19", "postage": "3.01", "supplier": supplier.pk,
        "received_on": "2026-02-03", "batch": "A1", "key": key,
    }  # fmt: skip

    client.get(reverse("inventory:add_spools"), {"filament": filament.pk})
    first = client.post(reverse("inventory:add_spools"), data)
    client.post(reverse("inventory:add_spools"), data)

    lots = list(Lot.objects.order_by("pk"))
    assert [lot.bought_value for lot in lots] == [Decimal("20.01"), Decimal("20.00"), Decimal("20.00")]
    assert {(lot.on_hand, lot.supplier, lot.batch, lot.received_on) for lot in lots} == {
        (Decimal(1000), supplier, "A1", date(2026, 2, 3))
    }
    assert {row.booked_on for lot in lots for row in ledger.movements_of(lot)} == {date(2026, 2, 3)}
    assert first.url == lots[0].get_absolute_url()


def test_add_spools_then_another_or_labels(client, owner):
    filament = FilamentFactory()
    url = reverse("inventory:add_spools")

    another = client.post(url, {"filament": filament.pk, "count": "1", "key": uuid4(), "another": "1"})
    label = client.post(url, {"filament": filament.pk, "count": "1", "key": uuid4(), "label": "1"})

    assert another.url == url
    assert label.url == f"{reverse('inventory:labels')}?lot={Lot.objects.latest('pk').pk}"


def test_add_spools_without_a_price_values_them_at_the_usual_one_and_says_so(client, owner):
    filament = FilamentFactory()

    client.post(reverse("inventory:add_spools"), {"filament": filament.pk, "count": "1", "key": uuid4()})

    lot = Lot.objects.get()
    assert lot.bought_value == Decimal("20.00")
    assert [line.note for line in ledger.movements_of(lot)] == ["list price"]


@pytest.mark.parametrize(
    "data", [{"count": "0"}, {"count": "x"}, {"net_weight_g": "-5"}, {"total_price": "1.234"}, {"postage": "3"}]
)
def test_add_spools_with_something_wrong_adds_nothing(client, owner, data):
    filament = FilamentFactory()
    good = {"filament": filament.pk, "count": "1", "key": uuid4()}

    response = client.post(reverse("inventory:add_spools"), good | data)

    assert response.status_code == 422
    assert set(response.context["form"].errors) == set(data)
    assert not Spool.objects.exists()


@pytest.mark.parametrize("name", ["add_spools", "opening_stock"])
def test_adding_spools_is_not_for_operators(client, operator, name):
    assert client.get(reverse(f"inventory:{name}")).status_code == 403


def test_opening_stock_of_a_half_used_roll_by_its_gross_weight(client, owner):
    filament = FilamentFactory()
    data = {"filament": filament.pk, "count": "1", "gross_g": "842", "key": uuid4()}

    client.get(reverse("inventory:opening_stock"))
    client.post(reverse("inventory:opening_stock"), data)

    spool = Spool.objects.get()
    assert (spool.lot.on_hand, spool.state) == (642, SpoolState.OPEN)
    assert [row.kind for row in ledger.movements_of(spool.lot)] == ["opening"]


@pytest.mark.parametrize(("reel_g", "gross", "field"), [(None, "842", "tare_g"), (200, "199", "gross_g")])
def test_opening_stock_asks_when_the_arithmetic_does_not_work(client, owner, reel_g, gross, field):
    filament = FilamentFactory(brand__empty_reel_g=reel_g)
    data = {"filament": filament.pk, "count": "1", "gross_g": gross, "key": uuid4()}

    response = client.post(reverse("inventory:opening_stock"), data)

    assert list(response.context["form"].errors) == [field]
    assert not Spool.objects.exists()


def test_scan_opens_the_roll_or_the_place(client, operator):
    spool, place = SpoolFactory(), LocationFactory()

    assert client.get(f"/s/{spool.lot.code}").url == spool.get_absolute_url()
    assert client.get(f"/s/{place.code}").url == place.get_absolute_url()
    assert client.get(reverse("inventory:find"), {"code": spool.lot.code.lower()}).url == spool.get_absolute_url()


def test_scan_of_a_stranger_code_says_so(client, operator):
    response = client.get("/s/ZZZZ", follow=True)

    assert "Nothing here has the code ZZZZ" in response.content.decode()


def test_scan_asks_to_sign_in_first(client):
    assert "next=/s/7K4Q" in client.get("/s/7K4Q").url
