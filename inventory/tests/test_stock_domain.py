from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from inventory.choices import ItemKind
from inventory.domain import filaments, items, ledger, library, reservations, sources, spools, stock
from inventory.domain.codes import new_codes, normalised
from inventory.domain.colours import distance, passes_for
from inventory.domain.filaments import AlreadyThere, FilamentFacts
from inventory.domain.places import NobodyHasThisCode, by_code, location_by_code
from inventory.models import Lot, Reservation, Spool
from nozzly.tenancy.current import current_workspace
from nozzly.testing.factories.inventory import (
    FilamentFactory,
    ItemFactory,
    LocationFactory,
    LotFactory,
    MaterialFactory,
    MaterialGroupFactory,
    SpoolFactory,
    WeighingFactory,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def weigh(spool, gross_g, **more):
    return spools.weigh(spool, gross_g=Decimal(gross_g), key=more.pop("key", uuid4()), by=None, at=NOON, **more)


# Codes


def test_new_codes_are_different_readable_and_four_long():
    codes = new_codes(200)

    assert len(set(codes)) == 200
    assert {len(code) for code in codes} == {4}


def test_new_codes_grow_when_the_short_ones_fill_up():
    assert {len(code) for code in new_codes(104_900)} == {5}


@pytest.mark.parametrize(
    ("typed", "code"), [("7k4q", "7K4Q"), (" 7K-4Q ", "7K4Q"), ("7Ko4", "7K04"), ("il1O", "1110"), ("7K 4Q", "7K4Q")]
)
def test_codes_are_read_as_people_write_them(typed, code):
    assert normalised(typed) == code


def test_by_code_finds_lots_and_places_and_nothing_else():
    lot, place = LotFactory(), LocationFactory()

    assert by_code(f"https://other.example/s/{lot.code}/") == lot
    assert by_code(place.code) == place
    assert location_by_code(place.code) == place
    with pytest.raises(NobodyHasThisCode):
        by_code("")
    with pytest.raises(NobodyHasThisCode, match="is not a place"):
        location_by_code(lot.code)


# Stock, costs, reservations


def test_replacement_cost_is_the_last_delivery_else_the_list_price_else_a_guess():
    paid = ItemFactory(last_cost_per_unit=Decimal("0.5"), last_cost_on=date(2026, 1, 2), list_price_per_unit=9)
    listed = ItemFactory(list_price_per_unit=Decimal("0.4"), list_price_origin="typed")
    guessed, unknown = FilamentFactory(item__list_price_per_unit=None).item, ItemFactory()

    costs = [stock.replacement_cost_per_unit(item) for item in (paid, listed, guessed, unknown)]

    assert [(cost.value, cost.assumed) for cost in costs] == [
        (Decimal("0.5"), False), (Decimal("0.4"), False), (Decimal("0.017"), True), (Decimal(0), True),
    ]  # fmt: skip
    assert "last delivery" in costs[0].origin
    assert costs[2].origin == "usual price of PLA"


def test_group_cost_is_the_mean_of_what_is_known_else_a_guess():
    known, empty, bare = MaterialGroupFactory(), MaterialGroupFactory(), MaterialGroupFactory(material=None)
    for last in ("0.02", "0.03", None):
        FilamentFactory(group=known, item__last_cost_per_unit=last and Decimal(last))

    costs = stock.group_costs([known, empty, bare])

    assert (costs[known.pk].value, costs[known.pk].assumed) == (Decimal("0.025"), False)
    assert (costs[empty.pk].value, costs[empty.pk].assumed) == (Decimal("0.017"), True)
    assert costs[bare.pk].value == Decimal("0.017")


def test_on_hand_and_available_net_reservations():
    item = LotFactory(held=10).item
    LotFactory(item=item, held=5)
    reservations.reserve(item=item, quantity=Decimal(12), source="order_line", source_id=1, text="order 1007")

    assert (stock.on_hand(item), reservations.reserved(item), reservations.available(item)) == (15, 12, 3)
    assert [row.source_text for row in reservations.reserved_for("order_line", 1)] == ["order 1007"]
    reservations.release("order_line", 1)
    assert reservations.available(item) == 15


def test_available_in_group_nets_what_its_filaments_promised():
    group = MaterialGroupFactory()
    filament = SpoolFactory(filament=FilamentFactory(group=group)).lot.item.filament
    reservations.reserve(group=group, quantity=Decimal(300), source="run", source_id=1)
    reservations.reserve(item=filament.item, quantity=Decimal(200), source="run", source_id=2)

    assert reservations.available_in_group(group) == 500


def test_a_reservation_names_an_item_or_a_group():
    for wrong in ({}, {"item": ItemFactory(), "group": MaterialGroupFactory()}):
        with pytest.raises(IntegrityError, match="item_or_group"), transaction.atomic():
            reservations.reserve(quantity=Decimal(1), source="run", source_id=1, **wrong)
    assert not Reservation.objects.exists()


# Filaments, items, library


def test_material_named_makes_it_once_with_its_shipped_density():
    made = filaments.material_named("pla+")

    assert (made.name, made.density_g_cm3) == ("PLA", Decimal("1.24"))
    assert filaments.material_named("PLA").pk == made.pk
    assert filaments.material_named("Moonstuff").density_g_cm3 == Decimal("1.24")


def test_get_or_create_filament_knows_the_same_facts_again():
    facts = FilamentFacts(brand="Own", material="PETG", colour_name="Blue", colour_hexes=["#0000FF"])

    made = filaments.get_or_create_filament(facts)

    assert made.colour_hexes == ["#0000ff"]
    assert filaments.get_or_create_filament(facts) == made
    with pytest.raises(AlreadyThere):
        filaments.create_filament(facts)


def test_closest_filament_prefers_stock_then_the_nearer_colour():
    far, near, stocked = (FilamentFactory(colour_hexes=[hue]) for hue in ("#ff0000", "#101010", "#161616"))
    FilamentFactory(colour_hexes=["#101010", "#ffffff"])

    assert filaments.closest_filament("pla", "#111111") == near
    SpoolFactory(filament=stocked)
    assert filaments.closest_filament("PLA", "#111111") == stocked
    assert filaments.closest_filament("PLA", "#00ff00") is None
    assert filaments.closest_filament("ABS", "#ff0000") is None
    assert far.pk


def test_create_group_gathers_members_and_refuses_a_taken_name():
    member = FilamentFactory()

    group = filaments.create_group(name="Black", material=member.material, colour_hex="#1A1A1A", members=[member])

    assert list(group.filaments.all()) == [member]
    assert group.colour_hex == "#1a1a1a"
    with pytest.raises(AlreadyThere):
        filaments.create_group(name="black", material=None, colour_hex="#1a1a1a")


def test_suggestions_of_a_group_without_material_go_by_colour():
    group = MaterialGroupFactory(material=None, colour_hex="#1a1a1a")
    petg = FilamentFactory(material=MaterialFactory(name="PETG", density_g_cm3=1))
    FilamentFactory(colour_hexes=["#ffffff"])

    assert filaments.suggested_for(group) == [petg]
    assert len(filaments.group_candidates(None)) == 2


def test_names_do_not_repeat_the_finish():
    def name(**more):
        facts = {"brand": "B", "material": "PLA", "colour_name": "Silk Gold", "colour_hexes": ["#ffd700"]} | more
        return filaments.create_filament(FilamentFacts(**facts)).item.name

    assert name(finish="silk") == "B PLA Silk Gold"
    assert name(finish="silk", colour_name="Gold") == "B PLA Silk Gold"
    assert name(colour_name="Red") == "B PLA Red"


def test_library_guesses_a_price_in_the_workspace_currency():
    assert library.guessed_cost_per_g("PETG", currency="EUR") == Decimal("0.02")
    assert library.guessed_cost_per_g("PETG", currency="JPY") == Decimal(3)
    assert library.guessed_cost_per_g("Moonstuff", currency="XXX") == Decimal("0.025")
    assert library.by_reference("no-such") is None


def test_colour_distance_tells_near_from_far():
    assert distance("#1a1a1a", "#1a1a1a") == 0
    assert distance("#000000", "#ffffff") == pytest.approx(100, abs=0.1)
    assert distance("#1a1a1a", "#1c1c1e") < 3 < distance("#ff0000", "#00ff00")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("#000000", "#1a1a1a", True),
        ("#ffffff", "#f5f5f0", True),
        ("#c12e1f", "#d01818", True),
        ("#f7f7f5", "#f5f1e6", True),
        ("#ffffff", "#f7e6de", False),  # beige is no white
        ("#f1f0ea", "#f7e6de", False),
        ("#f4f4f2", "#e8e2d0", False),  # nor is vanilla
        ("#ffffff", "#d1d3d5", False),
        ("#000000", "#3d3e3d", False),
        ("#8e9089", "#a6a9aa", False),
        ("#ff6a13", "#f4ee2a", False),
    ],
)
def test_colours_pass_for_each_other_as_on_the_shelf(first, second, same):
    assert (passes_for(first, second), passes_for(second, first)) == (same, same)


def test_colours_that_differ_never_share_a_filament_and_equal_ones_do():
    pla = MaterialFactory(name="PLA")
    red = FilamentFactory(material=pla, colour_hexes=["#c12e1f"])
    white = FilamentFactory(material=pla, colour_hexes=["#ffffff"])

    found = filaments.closest_filaments(
        [("PLA", "#e01020"), ("pla", "#c22d20"), ("PLA", "#fefefe"), ("PLA", "#f7e6de"), ("PLA", "#ffffff")]
    )

    assert found == [None, red, white, None, white]
    assert filaments.closest_filaments([]) == []


def test_create_item_can_be_searched_at_once():
    item = items.create_item(kind=ItemKind.PART, name="Lid of the jar", sku="LID-1")

    assert list(type(item).objects.matching("jar lid-1")) == [item]


def test_sources_link_to_pages_that_exist(monkeypatch):
    monkeypatch.setattr(sources, "_pages", dict(sources._pages))
    sources.announce("ghost", "inventory:no_such_page")

    assert sources.url_of("delivery", 7) == "/stock/deliveries/7/"
    assert [sources.url_of(*what) for what in (("ghost", 1), ("unknown", 1), ("delivery", None))] == ["", "", ""]


# Constraints


@pytest.mark.parametrize(
    ("table", "change", "rule"),
    [
        ("inventory_filament", "colour_hexes = '{red}'", "colours_are_hex"),
        ("inventory_lot", "code = 'IL0O'", "code_readable"),
        ("inventory_lot", "on_hand = 0", "nothing_is_worth_nothing"),
        ("inventory_spool", "net_weight_g = 0", "net_weight_positive"),
        ("inventory_spool", "state = 'lost'", "state_known"),
        ("inventory_item", "kind = 'wish'", "kind_known"),
        ("inventory_brand", "empty_reel_g = -1", "reel_not_negative"),
        ("inventory_material", "density_g_cm3 = 0", "density_positive"),
    ],
)
def test_database_refuses_what_no_form_would_send(table, change, rule):
    SpoolFactory()

    with pytest.raises(IntegrityError, match=rule), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change}")


def test_texts_of_rows_are_readable():
    spool = SpoolFactory(lot__code="7K4Q", filament__colour_name="Red")
    lot = spool.lot

    assert str(spool) == str(lot) == f"7K4Q {lot.title}"
    assert str(lot.item.filament) == f"{lot.item.filament.brand} PLA Red"
    assert str(WeighingFactory.build(spool=spool)) == "700 g − 200 g = 500 g"
    assert str(ledger.movements_of(lot)[0]) == "Opening stock +1000.000"
    assert (lot.age_days(date(2026, 1, 11)), Lot().age_days(date(2026, 1, 1))) == (10, None)
    assert Spool.objects.in_use().count() == 1
    assert current_workspace().currency == "GBP"
