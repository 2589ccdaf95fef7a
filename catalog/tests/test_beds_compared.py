from decimal import Decimal

import pytest

from catalog.choices import Stage
from catalog.domain.bed_choices import beds_compared
from catalog.models import Plate
from nozzly.accounts.permissions import Role
from nozzly.testing.factories.catalog import (
    PlateFactory,
    PlateOutputFactory,
    PrinterModelFactory,
    RecipeStepFactory,
    SliceFileFactory,
    SliceSlotFactory,
    make_product,
)


def bed(variant, pieces, *, seconds, grams, purge_g, name, bed_minutes=None):
    plate = PlateFactory(name=name, bed_minutes=bed_minutes)
    PlateOutputFactory(plate=plate, variant=variant, pieces=pieces)
    SliceFileFactory(plate=plate, print_time_s=99)  # an older file does not count
    file = SliceFileFactory(plate=plate, print_time_s=seconds)
    SliceSlotFactory(slice_file=file, position=0, grams=grams, purge_g=purge_g)
    SliceSlotFactory(slice_file=file, position=1, grams=grams, purge_g=None)
    return plate


@pytest.fixture
def choice(workspace):
    """A dragon off a bed of one, a bed of six, a bed with an owl, and a bed without a file."""
    PrinterModelFactory(is_default=True)
    dragon, owl = make_product(title="Dragon"), make_product(title="Owl")
    recipe = dragon.product.recipes.get()
    RecipeStepFactory(recipe=recipe, stage=Stage.PRINT, name="clear", minutes=Decimal(6))
    RecipeStepFactory(recipe=recipe, stage=Stage.ASSEMBLE, name="glue", minutes=Decimal(2))
    bed(dragon, 1, seconds=3600, grams=Decimal(20), purge_g=Decimal(12), name="1-up")
    bed(dragon, 6, seconds=18_000, grams=Decimal(126), purge_g=Decimal(12), name="6-up", bed_minutes=Decimal(9))
    mixed = bed(dragon, 1, seconds=60, grams=Decimal(1), purge_g=None, name="mixed")
    PlateOutputFactory(plate=mixed, variant=owl)
    PlateOutputFactory(plate=PlateFactory(name="bare"), variant=dragon)
    return dragon


def test_one_up_and_six_up_are_compared_by_the_piece(client, owner, choice):
    response = client.get(choice.get_absolute_url())

    one, six, bare, mixed = response.context["beds"]
    assert [(share.seconds, share.grams, share.purge_g, share.minutes) for share in (one, six, bare, mixed)] == [
        (3600, 40, 12, 8),
        (3000, 42, 2, Decimal("3.5")),
        (None, None, None, 8),
        (None, None, None, None),
    ]
    flags = [(each.is_fastest, each.is_lightest, each.is_easiest, each.is_cheapest) for each in (one, six, bare, mixed)]
    assert flags == [(False,) * 4, (True,) * 4, (False,) * 4, (False,) * 4]
    page = response.content.decode()
    assert [page.count(text) for text in ("least time", "least filament", "least work", "cheapest")] == [1] * 4


def test_a_bed_costs_its_own_grams_time_and_work(client, owner, choice):
    one, six, bare, mixed = client.get(choice.get_absolute_url()).context["beds"]

    hour = Decimal("0.15")  # (1000 - 200) / 8000 + 0.05
    assert [share.cost.total("machine") for share in (one, six)] == [hour, hour * 5 / 6]
    assert six.labour_cost / one.labour_cost == pytest.approx(Decimal("3.5") / 8)
    assert six.cost.total("purge") * 6 == pytest.approx(one.cost.total("purge"), abs=Decimal("0.00001"))
    assert (bare.cost, mixed.cost) == (None, None)
    assert six.full_cost < one.full_cost


def test_the_recipes_own_bed_costs_what_the_recipe_says(client, owner, choice):
    """Two ways to the same number: a bed of one with the recipe's grams, seconds and minutes."""
    recipe = choice.product.recipes.get()
    plate = PlateFactory(name="as the recipe")
    PlateOutputFactory(plate=plate, variant=choice, pieces=1)
    file = SliceFileFactory(plate=plate, print_time_s=recipe.print_time_s, printer_model=None)
    for slot in recipe.slots.all():
        SliceSlotFactory(slice_file=file, position=0, grams=slot.grams, purge_g=slot.purge_g, material_type="PLA")

    response = client.get(choice.get_absolute_url())

    share = next(each for each in response.context["beds"] if each.plate == plate)
    assert share.full_cost == response.context["sheet"].full


def test_operators_see_time_and_grams_but_no_cost(client_for, choice):
    response = client_for(Role.OPERATOR).get(choice.get_absolute_url())

    assert {share.cost for share in response.context["beds"]} == {None}
    assert ("least time" in response.content.decode(), "cheapest" in response.content.decode()) == (True, False)


def test_a_single_bed_is_no_choice(workspace):
    dragon = make_product()
    bed(dragon, 2, seconds=3600, grams=Decimal(20), purge_g=Decimal(0), name="2-up")

    (share,) = beds_compared(Plate.objects.for_page(), None, costs={})

    assert (share.seconds, share.is_fastest, share.is_lightest) == (1800, False, False)


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_does_not_grow_with_beds(client, owner, choice, django_assert_num_queries, count):
    for number in range(count):
        bed(choice, 2, seconds=3600, grams=Decimal(20), purge_g=Decimal(0), name=f"{number}")

    with django_assert_num_queries(24):
        client.get(choice.get_absolute_url())
