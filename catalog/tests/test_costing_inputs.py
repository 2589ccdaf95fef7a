from datetime import date
from decimal import Decimal

import pytest

from catalog.choices import CostCode, Origin, Stage
from catalog.domain.costing_inputs import recipe_cost, variant_cost, variant_costs
from catalog.domain.rates import set_rate
from nozzly.testing.factories.catalog import (
    DesignLicenceFactory,
    PrinterModelFactory,
    RecipeComponentFactory,
    RecipeFactory,
    RecipePartFactory,
    RecipeSlotFactory,
    RecipeStepFactory,
    VariantFactory,
    VariantSlotFactory,
    make_product,
)
from nozzly.testing.factories.inventory import (
    FilamentFactory,
    ItemFactory,
    MaterialGroupFactory,
    SpoolFactory,
)

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def plain_rates():
    for kind, value in (("energy_per_kwh", "0.30"), ("labour_per_h", "12"), ("failure_pct", "0")):
        set_rate(kind, value=Decimal(value), valid_from=date(2026, 1, 1), by=None)


@pytest.fixture
def default_machine():
    return PrinterModelFactory(is_default=True)


def by_code(breakdown):
    return [(code.value, amount) for code, amount in breakdown.by_code()]


def test_variant_cost_takes_grams_time_and_prices_from_rows(default_machine):
    variant = make_product()

    breakdown = variant_cost(variant, TODAY)

    assert by_code(breakdown) == [
        ("filament", Decimal("0.800000")),
        ("purge", Decimal("0.040000")),
        ("machine", Decimal("0.150000")),
        ("energy", Decimal("0.030000")),
    ]


def test_variant_cost_does_not_change_as_a_spool_runs_empty(default_machine):
    filament = FilamentFactory()
    variant = make_product(filament=filament)
    before = variant_cost(variant, TODAY)

    SpoolFactory(filament=filament, on_hand=Decimal("0.5"), worth=Decimal("0.01"))

    assert variant_cost(variant, TODAY) == before


def test_variant_cost_uses_the_last_price_paid(default_machine):
    filament = FilamentFactory(item__last_cost_per_unit=Decimal("0.031000"), item__last_cost_on=date(2026, 10, 1))

    line = variant_cost(make_product(filament=filament), TODAY).lines[0]

    assert (line.amount, line.origin, line.assumed) == (Decimal("1.240000"), Origin.PAID, False)


def test_variant_cost_of_an_unbound_slot_takes_the_usual_price_of_the_material(default_machine):
    variant = make_product()
    variant.slots.all().delete()

    line = variant_cost(variant, TODAY).lines[0]

    assert (line.label, line.origin, line.assumed, line.amount > 0) == ("Body: PLA", Origin.ASSUMED, True, True)


def test_variant_cost_of_a_slot_bound_to_a_group(default_machine):
    variant = make_product()
    variant.slots.all().delete()
    group = MaterialGroupFactory(name="Black PLA")
    FilamentFactory(group=group, item__list_price_per_unit=Decimal("0.05"))
    VariantSlotFactory(variant=variant, filament=None, group=group)

    line = variant_cost(variant, TODAY).lines[0]

    assert (line.label, line.amount) == ("Body: Black PLA", Decimal("2.000000"))


def test_variant_cost_takes_the_variants_own_grams_and_time(default_machine):
    variant = make_product()
    variant.slots.update(grams=Decimal(10), purge_g=Decimal(0))
    variant.print_time_s = 7200
    variant.save()

    assert by_code(variant_cost(variant, TODAY)) == [
        ("filament", Decimal("0.200000")),
        ("machine", Decimal("0.300000")),
        ("energy", Decimal("0.060000")),
    ]


def test_variant_cost_counts_components_steps_and_royalty(default_machine):
    variant = make_product(grams=Decimal(0), purge_g=Decimal(0), print_time_s=0)
    recipe = variant.product.recipes.get()
    RecipeComponentFactory(recipe=recipe)
    RecipeComponentFactory(recipe=recipe, stage=Stage.PACK, quantity=1)
    RecipeComponentFactory(recipe=recipe, item=ItemFactory(), quantity=5)
    RecipeStepFactory(recipe=recipe, minutes=Decimal(5))
    variant.product.licence = DesignLicenceFactory()
    variant.product.save()

    assert by_code(variant_cost(variant, TODAY)) == [
        ("components", Decimal("0.200000")),
        ("labour", Decimal("1.000000")),
        ("packaging", Decimal("0.100000")),
        ("royalty", Decimal("0.50")),
    ]


def test_variant_cost_adds_up_parts_of_parts(default_machine):
    wheel = make_product(print_time_s=0)
    axle = VariantFactory()
    RecipePartFactory(recipe=RecipeFactory(product=axle.product, print_time_s=0), variant=wheel, pieces=2)
    car = VariantFactory()
    RecipePartFactory(recipe=RecipeFactory(product=car.product, print_time_s=0), variant=axle, pieces=2)

    breakdown = variant_cost(car, TODAY)

    assert (breakdown.full, breakdown.bought) == (Decimal("3.36"), Decimal("3.36"))
    assert breakdown.lines[0].code == CostCode.PARTS


def test_variant_cost_without_a_default_machine_assumes_the_shipped_one():
    lines = variant_cost(make_product(), TODAY).lines

    machine = next(line for line in lines if line.code == CostCode.MACHINE)
    assert (machine.label, machine.assumed) == ("Bambu Lab P1S", True)


def test_variant_cost_without_a_recipe_is_nothing():
    assert variant_cost(VariantFactory(), TODAY).full == 0


def test_rates_of_an_earlier_day_give_the_earlier_cost(default_machine):
    variant = make_product(grams=Decimal(0), purge_g=Decimal(0), print_time_s=0)
    RecipeStepFactory(recipe=variant.product.recipes.get(), minutes=Decimal(60))
    set_rate("labour_per_h", value=Decimal(20), valid_from=date(2026, 6, 1), by=None)

    assert [variant_cost(variant, date(2026, 5, 31)).full, variant_cost(variant, TODAY).full] == [12, 20]


def test_a_products_own_failure_rate_wins(default_machine):
    variant = make_product(purge_g=Decimal(0), print_time_s=0)
    set_rate("failure_pct", value=Decimal(50), valid_from=date(2026, 2, 1), product=variant.product, by=None)

    assert variant_cost(variant, TODAY).full == Decimal("1.6")


def test_recipe_cost_works_out_an_old_version(default_machine):
    variant = make_product(print_time_s=0)
    old = RecipeFactory(product=variant.product, version=7, is_current=False, print_time_s=0)
    RecipeSlotFactory(recipe=old, grams=Decimal(100), purge_g=0)

    assert recipe_cost(variant, old, TODAY).full == Decimal(2)


@pytest.mark.parametrize("count", [1, 3])
def test_variant_costs_query_count_does_not_grow(default_machine, django_assert_num_queries, count):
    variants = [make_product() for _number in range(count)]
    for variant in variants:
        RecipeComponentFactory(recipe=variant.product.recipes.get())

    with django_assert_num_queries(11):
        costs = variant_costs(variants, TODAY)

    assert set(costs) == {variant.pk for variant in variants}
