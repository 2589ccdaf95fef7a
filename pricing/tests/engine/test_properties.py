from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pricing.engine import Ending, Goal, Kind, Options, TaxTreatment, quote, schedules, solve
from pricing.engine.evaluate import prepare
from pricing.engine.goals import scales
from pricing.tests.engine import reference, strategies

RELAXED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
HIGHEST = 20_000  # minor units: 200.00
COMPARED = ("total_fees", "fee_cost", "tax_amount", "net_revenue", "payout", "profit")

goals = st.one_of(
    st.just(Goal.break_even()),
    st.builds(Goal.margin, strategies.pct("95", "-20")),
    st.builds(Goal.markup, strategies.pct("300")),
    st.builds(Goal.profit, strategies.money("40")),
    st.builds(Goal.profit_per_piece, strategies.money("20")),
    st.builds(Goal.profit_per_print_hour, strategies.money("30")),
    st.builds(Goal.payout, strategies.money("90")),
)


def assert_like_the_reference(schedule, sale, costs, tax):
    slow = reference.amounts(schedule, sale, costs, tax)

    result = quote(schedule, sale, costs, tax)

    charged = [(code, amount) for code, amount in slow["lines"] if amount]
    assert [(line.code, line.amount) for line in result.lines if line.amount] == charged
    assert {name: getattr(result, name) for name in COMPARED} == {name: slow[name] for name in COMPARED}


@given(data=st.data(), schedule=strategies.shipped, costs=strategies.costs, tax=strategies.treatments)
@settings(max_examples=300, **RELAXED)
def test_quotes_of_shipped_schedules_equal_the_slow_reference(data, schedule, costs, tax):
    assert_like_the_reference(schedule, data.draw(strategies.sales(schedule)), costs, tax)


@given(schedule=strategies.made_schedules(), sale=strategies.sales(), costs=strategies.costs, tax=strategies.treatments)
@settings(max_examples=300, **RELAXED)
def test_quotes_of_any_schedule_equal_the_slow_reference(schedule, sale, costs, tax):
    assert_like_the_reference(schedule, sale, costs, tax)


@given(schedule=strategies.made_schedules(), sale=strategies.sales(), tax=strategies.treatments)
@settings(max_examples=150, **RELAXED)
def test_fees_are_never_negative(schedule, sale, tax):
    result = quote(schedule, sale, tax=tax)

    assert [line for line in result.lines if line.amount < 0 and line.code != "rebate"] == []
    assert result.total_fees >= 0
    assert result.fee_cost >= 0


@given(data=st.data(), schedule=strategies.made_schedules(), sale=strategies.sales(), tax=strategies.treatments)
@settings(max_examples=100, **RELAXED)
def test_order_of_rules_with_the_same_key_does_not_matter(data, schedule, sale, tax):
    shuffled = replace(schedule, rules=tuple(data.draw(st.permutations(schedule.rules))))

    first, second = quote(schedule, sale, tax=tax), quote(shuffled, sale, tax=tax)

    assert sorted((line.code, line.amount) for line in first.lines) == sorted(
        (line.code, line.amount) for line in second.lines
    )
    assert first.profit == second.profit


@given(data=st.data(), schedule=strategies.shipped, costs=strategies.costs, tax=strategies.treatments)
@settings(max_examples=150, **RELAXED)
def test_money_goes_somewhere(data, schedule, costs, tax):
    result = quote(schedule, data.draw(strategies.sales(schedule)), costs, tax)

    assert sum(share.amount for share in result.shares) == result.net_revenue + result.tax_amount


def brute_force(schedule, sale, costs, tax, goal, step):
    prepared = prepare(schedule, sale, costs, tax)
    scale = scales(goal, prepared)
    first, distance = step
    if goal.kind == "markup" and not prepared.costs:
        return None
    for price in range(first, HIGHEST + 1, distance):
        if goal.kind == "margin" and prepared.takings(price).net <= 0:
            continue
        if scale.score(prepared, price) >= scale.target:
            return Decimal(price).scaleb(-2)
    return None


def assert_smallest(schedule, sale, costs, tax, goal, ending=Ending.ANY):
    expected = brute_force(schedule, sale, costs, tax, goal, ending.steps(2))

    solution = solve(schedule, sale, costs, tax, goal=goal, options=Options(ending=ending, at_most=Decimal(200)))

    assert solution.price == expected
    assert (solution.no_price is None) == (expected is not None)
    assert bool(solution.reason) == (expected is None)


@given(data=st.data(), schedule=strategies.shipped, costs=strategies.costs, tax=strategies.treatments, goal=goals)
@settings(max_examples=60, **RELAXED)
def test_solved_price_of_shipped_schedules_equals_every_price_tried(data, schedule, costs, tax, goal):
    assert_smallest(schedule, data.draw(strategies.sales(schedule)), costs, tax, goal)


@given(
    schedule=strategies.made_schedules(),
    sale=strategies.sales(),
    costs=strategies.costs,
    tax=strategies.treatments,
    goal=goals,
    ending=st.sampled_from(list(Ending)),
)
@settings(max_examples=60, **RELAXED)
def test_solved_price_of_any_schedule_equals_every_price_tried(schedule, sale, costs, tax, goal, ending):
    assert_smallest(schedule, sale, costs, tax, goal, ending)


@given(data=st.data(), schedule=strategies.shipped, costs=strategies.costs, tax=strategies.treatments, goal=goals)
@settings(max_examples=150, **RELAXED)
def test_solved_price_reaches_its_goal_and_a_cent_less_by_the_reference_does_not(data, schedule, costs, tax, goal):
    sale = data.draw(strategies.sales(schedule))

    solution = solve(schedule, sale, costs, tax, goal=goal)

    if solution.price is not None:
        assert reached(schedule, strategies.priced(sale, solution.price), costs, tax, goal)
        if solution.price > Decimal("0.01"):
            assert not reached(schedule, strategies.priced(sale, solution.price - Decimal("0.01")), costs, tax, goal)


def reached(schedule, sale, costs, tax, goal):
    slow = reference.amounts(schedule, sale, costs, tax)
    profit, net = slow["profit"], slow["net_revenue"]
    pieces = sale.quantity * sale.pieces
    spent = net - slow["fee_cost"] - profit
    return {
        "break_even": profit >= 0,
        "margin": net > 0 and profit * 100 >= goal.target * net,
        "markup": spent > 0 and profit * 100 >= goal.target * spent,
        "profit": profit >= goal.target,
        "profit_per_piece": profit >= goal.target * pieces,
        "profit_per_print_hour": profit * 3600 >= goal.target * costs.print_time_s * pieces,
        "payout": slow["payout"] >= goal.target,
    }[goal.kind]


@given(sale=strategies.sales(), costs=strategies.costs, share=st.integers(0, 100), target=strategies.pct("60"))
@settings(max_examples=60, **RELAXED)
def test_blended_price_is_the_smallest_whose_average_reaches_the_margin(sale, costs, share, target):
    schedule = schedules.load("etsy-uk", on=strategies.TODAY)
    tax = TaxTreatment.inside_price(Decimal(20))
    options = Options(offsite_share_pct=Decimal(share), at_most=Decimal(200))

    solution = solve(schedule, sale, costs, tax, goal=Goal.margin(target), options=options)

    plain = prepare(schedule, replace(sale, offsite_ads_pct=Decimal(0)), costs, tax)
    ad = prepare(schedule, replace(sale, offsite_ads_pct=Decimal(15)), costs, tax)
    scale = scales(Goal.margin(target), plain)
    expected = None
    for price in range(1, HIGHEST + 1):
        average = (100 - share) * scale.score(plain, price) + share * scale.score(ad, price)
        if plain.takings(price).net > 0 and average >= 0:
            expected = Decimal(price).scaleb(-2)
            break
    assert solution.price == expected


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_rule_is_shipped_somewhere(kind):
    shipped = [schedules.load(info.id, on=strategies.TODAY) for info in schedules.available()]

    assert kind in {rule.kind for schedule in shipped for rule in schedule.rules}
