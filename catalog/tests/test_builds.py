from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from catalog.domain import builds
from catalog.domain.builds import AlreadyUndone, NothingToBuild
from catalog.domain.kits import explode
from catalog.domain.rates import set_rate
from catalog.models import Build
from inventory.domain.ledger import InsufficientStock
from inventory.domain.lots import adjust
from inventory.models import Lot
from nozzly.accounts.permissions import Role
from nozzly.testing.factories.catalog import (
    BuildFactory,
    ProductFactory,
    RecipeComponentFactory,
    RecipeFactory,
    RecipePartFactory,
    RecipeStepFactory,
    VariantFactory,
)
from nozzly.testing.factories.inventory import ItemFactory, LotFactory

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def car():
    """Four wheels, two magnets, twelve minutes of which half are paid; a box that is packed later."""
    set_rate("labour_per_h", value=Decimal(10), valid_from=date(2026, 1, 1), by=None)
    car = VariantFactory(product__title="Car")
    recipe = RecipeFactory(product=car.product, print_time_s=0)
    RecipePartFactory(recipe=recipe, variant=VariantFactory(product__title="Wheel"), pieces=4)
    RecipeComponentFactory(recipe=recipe, item=ItemFactory(name="Magnet"), quantity=2)
    RecipeComponentFactory(recipe=recipe, item=ItemFactory(name="Box"), quantity=1, stage="pack")
    RecipeStepFactory(recipe=recipe, minutes=6, name="Glue", is_paid=True)
    RecipeStepFactory(recipe=recipe, minutes=6, name="Look")
    return car


def wheel_of(car):
    return car.product.recipes.get().parts.get().variant.item


def magnet_of(car):
    return car.product.recipes.get().components.get(stage="assemble").item


def stocked(car):
    old = LotFactory(item=wheel_of(car), held=5, worth=Decimal("5.00"), received_on=date(2026, 1, 1))
    new = LotFactory(item=wheel_of(car), held=10, worth=Decimal("20.00"), received_on=date(2026, 2, 1))
    magnets = LotFactory(item=magnet_of(car), held=100, worth=Decimal("10.00"))
    return old, new, magnets


def build(car, pieces=2, key=None, **options):
    return builds.build(car, pieces=pieces, key=key or uuid4(), by=None, at=NOON, **options)


def held(lot):
    lot.refresh_from_db()
    return lot.on_hand


def test_build_takes_parts_oldest_first_and_brings_pieces_in_at_what_they_cost(car):
    old, new, magnets = stocked(car)

    made = build(car)

    assert [held(lot) for lot in (old, new, magnets)] == [0, 7, 96]
    assert (held(made.lot), made.lot.bought_value, made.lot.full_value) == (2, Decimal("13.40"), Decimal("15.40"))
    assert (made.bought_cost, made.full_cost, made.minutes) == (Decimal("6.7"), Decimal("7.7"), 24)


def test_build_with_typed_minutes_costs_those(car):
    stocked(car)

    made = build(car, minutes=Decimal(48))

    assert made.full_cost == Decimal("9.7")


def test_build_twice_with_one_key_builds_once(car):
    stocked(car)
    key = uuid4()

    assert build(car, key=key) == build(car, key=key)
    assert Build.objects.count() == 1


def test_build_books_what_is_short_as_found_and_flags_it(car):
    lot = LotFactory(item=wheel_of(car), held=3, worth=Decimal("3.00"))

    build(car)

    lot.refresh_from_db()
    magnets = Lot.objects.get(item=magnet_of(car))
    assert (lot.on_hand, lot.needs_count, magnets.on_hand, magnets.needs_count) == (0, True, 0, True)


@pytest.mark.parametrize("pieces", [0, 1])
def test_build_refuses_nothing_and_products_without_parts(car, pieces):
    variant = VariantFactory()

    with pytest.raises(NothingToBuild):
        build(variant, pieces=pieces)
    with pytest.raises(NothingToBuild):
        build(car, pieces=0)

    assert Build.objects.count() == 0


def test_needs_say_what_is_short(car):
    LotFactory(item=wheel_of(car), held=3)

    found = {need.item.name.split(" ")[0]: (need.quantity, need.missing) for need in builds.needs(car, 2)}

    assert found == {"Wheel": (8, 5), "Magnet": (4, 4)}


def test_undo_build_puts_parts_back_and_takes_the_pieces_out(car):
    old, new, magnets = stocked(car)
    made = build(car)

    builds.undo_build(made, key=uuid4(), by=None, at=NOON)

    made.refresh_from_db()
    assert ([held(lot) for lot in (old, new, magnets, made.lot)], made.undone_at) == ([5, 10, 100, 0], NOON)
    with pytest.raises(AlreadyUndone):
        builds.undo_build(made, key=uuid4(), by=None, at=NOON)


def test_undo_build_is_refused_when_a_piece_has_gone(car):
    old, *_rest = stocked(car)
    made = build(car)
    adjust(made.lot, quantity=Decimal(-1), kind="sale", note="", key=uuid4(), by=None, at=NOON)

    with pytest.raises(InsufficientStock):
        builds.undo_build(made, key=uuid4(), by=None, at=NOON)

    assert held(old) == 0


def test_build_pages(client, manager, car):
    stocked(car)
    url = reverse("catalog:build_variant", args=[car.pk])

    page = client.get(url, {"pieces": 3})
    assert [need.quantity for need in page.context["needs"]] == [12, 6]
    client.post(url, {"pieces": 2, "minutes": "", "key": str(uuid4())})
    made = Build.objects.get()
    assert "£7.70" in client.get(reverse("catalog:build_list")).content.decode()
    assert "£7.7000" in client.get(made.get_absolute_url()).content.decode()
    client.get(reverse("catalog:undo_build", args=[made.pk]))
    client.post(reverse("catalog:undo_build", args=[made.pk]))
    made.refresh_from_db()
    assert made.undone_at is not None
    assert "Undone" in client.get(made.get_absolute_url()).content.decode()


def test_build_page_says_when_there_is_nothing_to_build(client, manager):
    url = reverse("catalog:build_variant", args=[VariantFactory().pk])

    assert "nothing to put together" in client.get(url, {"pieces": "many"}).content.decode()
    assert client.post(url, {"pieces": 1, "key": str(uuid4())}).status_code == 422
    assert client.post(url, {"pieces": "x"}).status_code == 422


def test_builds_show_no_cost_to_operators(client_for):
    made = BuildFactory(full_cost=Decimal("7.70"))

    for url in (reverse("catalog:build_list"), made.get_absolute_url()):
        assert "£" not in client_for(Role.OPERATOR).get(url).content.decode()


def test_a_kit_is_taken_from_the_shelf_as_its_contents():
    pen, pad = VariantFactory(), VariantFactory()
    inner = VariantFactory(product__kind="kit")
    RecipePartFactory(recipe=RecipeFactory(product=inner.product), variant=pen, pieces=3)
    outer = VariantFactory(product__kind="kit")
    recipe = RecipeFactory(product=outer.product)
    RecipePartFactory(recipe=recipe, variant=inner, pieces=2)
    RecipePartFactory(recipe=recipe, variant=pad)
    empty = VariantFactory(product=ProductFactory(kind="kit"))

    found = explode([(outer, 2), (pen, 1), (empty, 1)])

    assert {variant.pk: pieces for variant, pieces in found} == {pen.pk: 13, pad.pk: 2, empty.pk: 1}


def test_no_kit_changes_nothing():
    pen = VariantFactory()

    assert explode([(pen, 2)]) == [(pen, 2)]
