from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.choices import CostCode, Origin, Stage
from catalog.domain.costing import (
    ComponentUse,
    CostInputs,
    CostRates,
    MachineUse,
    MaterialUse,
    PartUse,
    Sourced,
    WorkStep,
    cost,
    cost_per_g,
)

RATES = CostRates(
    energy_per_kwh=Sourced(Decimal("0.30"), Origin.TYPED), labour_per_h=Sourced(Decimal(12), Origin.TYPED)
)
PLA = Sourced(Decimal("0.02"), Origin.PAID, "last delivery")
MACHINE = MachineUse(
    label="Prusa MK4",
    print_time_s=Decimal(7200),
    price=Decimal(1000),
    resale_price=Decimal(200),
    life_h=Decimal(8000),
    upkeep_per_h=Decimal("0.05"),
    power_w=Decimal(100),
)

grams = st.decimals(min_value=0, max_value=5000, places=3)
prices = st.decimals(min_value="0.01", max_value=500, places=2)
rolls = st.sampled_from([Decimal(250), Decimal(750), Decimal(1000), Decimal(3000)])


def material(grams, purge_g=Decimal(0), price=PLA, origin=Origin.TYPED):
    return MaterialUse(label="Body: PLA", grams=grams, purge_g=purge_g, cost_per_g=price, grams_origin=origin)


def amounts(inputs):
    return [(line.code, line.amount) for line in cost(inputs).lines]


def test_filament_and_purge_are_lines_of_their_own():
    breakdown = cost(CostInputs(rates=RATES, materials=(material(Decimal("42.5"), Decimal("3.5")),)))

    assert [(line.code, line.amount, line.formula) for line in breakdown.lines] == [
        (CostCode.FILAMENT, Decimal("0.850000"), "42.5 g × 0.02/g"),
        (CostCode.PURGE, Decimal("0.070000"), "3.5 g × 0.02/g"),
    ]
    assert (breakdown.bought, breakdown.full) == (Decimal("0.92"), Decimal("0.92"))


def test_machine_hour_is_what_it_loses_in_value_plus_upkeep():
    breakdown = cost(CostInputs(rates=RATES, machines=(MACHINE,)))

    assert [(line.code, line.amount) for line in breakdown.lines] == [
        (CostCode.MACHINE, Decimal("0.300000")),
        (CostCode.ENERGY, Decimal("0.060000")),
    ]
    assert breakdown.lines[0].formula == "2 h × ((1000 − 200) ÷ 8000 h + 0.05/h)"
    assert breakdown.lines[1].formula == "100 W × 2 h ÷ 1000 × 0.3/kWh"
    assert breakdown.bought == 0


def test_measured_energy_wins_over_watts_and_time():
    measured = MachineUse(**{**MACHINE.__dict__, "measured_kwh": Decimal("0.5")})

    energy = cost(CostInputs(rates=RATES, machines=(measured,))).lines[1]

    assert (energy.amount, energy.formula) == (Decimal("0.150000"), "0.5 kWh × 0.3/kWh")


def test_night_tariff_is_blended_by_its_share():
    rates = CostRates(
        energy_per_kwh=Sourced(Decimal("0.30"), Origin.TYPED),
        labour_per_h=RATES.labour_per_h,
        energy_night_per_kwh=Sourced(Decimal("0.10"), Origin.TYPED),
        night_share_pct=Sourced(Decimal(50), Origin.TYPED),
    )

    energy = cost(CostInputs(rates=rates, machines=(MACHINE,))).lines[1]

    assert energy.amount == Decimal("0.040000")
    assert energy.formula == "100 W × 2 h ÷ 1000 × (50 % × 0.3 + 50 % × 0.1)/kWh"


def test_only_paid_work_is_bought():
    steps = (
        WorkStep(label="Remove supports", minutes=Decimal(5)),
        WorkStep(label="Glue", minutes=Decimal(10), is_paid=True),
    )

    breakdown = cost(CostInputs(rates=RATES, steps=steps))

    assert (breakdown.bought, breakdown.full) == (Decimal("2.000000"), Decimal("3.000000"))


def test_boxes_are_packaging_and_magnets_components():
    uses = (
        ComponentUse(
            label="Box", quantity=Decimal(1), cost_per_unit=Sourced(Decimal("0.40"), "paid"), stage=Stage.PACK
        ),
        ComponentUse(label="Magnet", quantity=Decimal(4), cost_per_unit=Sourced(Decimal("0.05"), "paid")),
    )

    breakdown = cost(CostInputs(rates=RATES, components=uses))

    assert breakdown.by_code() == [
        (CostCode.COMPONENTS, Decimal("0.200000")),
        (CostCode.PACKAGING, Decimal("0.400000")),
    ]


def test_failed_prints_are_paid_by_the_good_ones():
    rates = CostRates(**{**RATES.__dict__, "failure_pct": Sourced(Decimal(20), Origin.ASSUMED)})
    box = ComponentUse(label="Box", quantity=Decimal(1), cost_per_unit=Sourced(Decimal(5), "paid"), stage=Stage.PACK)

    breakdown = cost(CostInputs(rates=rates, materials=(material(Decimal(100)),), components=(box,)))
    failure = breakdown.lines[-1]

    assert (failure.amount, failure.formula, failure.assumed) == (Decimal("0.500000"), "2 × 20 ÷ 80", True)
    assert (breakdown.bought, breakdown.full) == (Decimal(7), Decimal("7.5"))


def test_overhead_is_added_by_the_hour_and_by_percent():
    rates = CostRates(
        **{
            **RATES.__dict__,
            "overhead_per_h": Sourced(Decimal("0.25"), Origin.TYPED),
            "overhead_pct": Sourced(Decimal(10), Origin.TYPED),
        }
    )

    breakdown = cost(CostInputs(rates=rates, machines=(MACHINE,)))

    assert [line.amount for line in breakdown.lines if line.code == CostCode.OVERHEAD] == [
        Decimal("0.500000"),
        Decimal("0.036000"),
    ]


def test_a_part_brings_its_bought_and_its_own_cost():
    part = PartUse(label="Wheel", pieces=Decimal(4), bought_cost=Decimal("0.50"), full_cost=Decimal("1.25"))

    breakdown = cost(CostInputs(rates=RATES, parts=(part,)))

    assert [(line.label, line.amount) for line in breakdown.lines] == [
        ("Wheel", Decimal("2.000000")),
        ("Wheel: machine and work", Decimal("3.000000")),
    ]
    assert (breakdown.bought, breakdown.full) == (Decimal(2), Decimal(5))


def test_royalty_stands_last_and_is_not_bought():
    breakdown = cost(CostInputs(rates=RATES, materials=(material(Decimal(10)),), royalty=Decimal("0.5")))

    assert breakdown.lines[-1].code == CostCode.ROYALTY
    assert (breakdown.bought, breakdown.full) == (Decimal("0.2"), Decimal("0.7"))


@pytest.mark.parametrize(
    ("price_origin", "grams_origin", "assumed"),
    [
        (Origin.PAID, Origin.SLICED, False),
        (Origin.ASSUMED, Origin.SLICED, True),
        (Origin.PAID, Origin.COMPUTED, True),
        (Origin.PAID, Origin.UNKNOWN, True),
    ],
)
def test_a_guess_in_price_or_grams_badges_the_line(price_origin, grams_origin, assumed):
    use = material(Decimal(10), price=Sourced(Decimal("0.02"), price_origin), origin=grams_origin)

    breakdown = cost(CostInputs(rates=RATES, materials=(use,)))

    assert (breakdown.lines[0].assumed, breakdown.assumed) == (assumed, assumed)


def test_nothing_costs_nothing():
    assert cost(CostInputs(rates=RATES)).lines == ()


@given(price=prices, net_weight_g=rolls)
def test_a_whole_roll_costs_what_was_paid_never_mixing_kilograms_and_grams(price, net_weight_g):
    per_g = Sourced(cost_per_g(price, net_weight_g), Origin.PAID)

    breakdown = cost(CostInputs(rates=RATES, materials=(material(net_weight_g, price=per_g),)))

    assert abs(breakdown.full - price) <= net_weight_g * Decimal("0.0000005")


@given(price=prices, used=grams, left=grams, net_weight_g=rolls)
def test_a_gram_costs_the_same_whatever_is_left_on_the_spool(price, used, left, net_weight_g):
    """The price of a gram knows the roll's net weight only: two rolls of one purchase, one nearly empty, cost alike."""
    fresh = cost_per_g(price, net_weight_g)
    nearly_empty = cost_per_g(price, net_weight_g)
    lines = [
        cost(CostInputs(rates=RATES, materials=(material(min(used, left or used), price=Sourced(per_g, "paid")),))).full
        for per_g in (fresh, nearly_empty)
    ]

    assert lines[0] == lines[1]


@given(used=grams, factor=st.integers(min_value=2, max_value=9))
def test_material_cost_is_proportional_to_grams(used, factor):
    one = cost(CostInputs(rates=RATES, materials=(material(used),))).full
    many = cost(CostInputs(rates=RATES, materials=(material(used * factor),))).full

    assert many == one * factor


@given(
    used=grams,
    purged=grams,
    seconds=st.integers(min_value=0, max_value=500_000),
    minutes=st.decimals(min_value=0, max_value=600, places=2),
    failure=st.decimals(min_value=0, max_value=90, places=2),
    overhead=st.decimals(min_value=0, max_value=100, places=2),
)
def test_full_is_the_sum_of_its_lines_and_never_under_bought(used, purged, seconds, minutes, failure, overhead):
    rates = CostRates(
        **{
            **RATES.__dict__,
            "failure_pct": Sourced(failure, Origin.TYPED),
            "overhead_pct": Sourced(overhead, Origin.TYPED),
        }
    )
    inputs = CostInputs(
        rates=rates,
        materials=(material(used, purged),),
        machines=(MachineUse(**{**MACHINE.__dict__, "print_time_s": Decimal(seconds)}),),
        steps=(WorkStep(label="Glue", minutes=minutes, is_paid=True),),
    )

    breakdown = cost(inputs)

    assert breakdown.full == sum(line.amount for line in breakdown.lines)
    assert 0 <= breakdown.bought <= breakdown.full
    assert breakdown.full == sum(amount for _code, amount in breakdown.by_code())
    assert all(-line.amount.as_tuple().exponent <= 6 for line in breakdown.lines)
