from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pricing.engine import (
    Costs,
    Ending,
    Goal,
    InvalidGoal,
    InvalidSale,
    NoPrice,
    Options,
    Sale,
    Schedule,
    TaxTreatment,
    parse_rule,
    quote,
    schedules,
    solve,
)

TODAY = date(2026, 11, 22)
UK_VAT = TaxTreatment.inside_price(Decimal(20))
COSTS = Costs(unit=Decimal(6), shipping=Decimal("3.50"), print_time_s=5400)


def etsy():
    return schedules.load("etsy-uk", on=TODAY, exchange={"USD": Decimal("0.80")})


def made(*rules):
    return Schedule("made", "Made", "made", "GB", "GBP", rules=tuple(parse_rule(rule) for rule in rules))


def percent(pct, **fields):
    return {"code": "a", "label": "A", "kind": "percent", "pct": pct, "base": ["item"], **fields}


@pytest.mark.parametrize(
    ("goal", "price"),
    [
        (Goal.break_even(), "13.64"),
        (Goal.margin(Decimal("37.5")), "24.00"),
        (Goal.margin(Decimal(40)), "25.26"),
        (Goal.markup(Decimal(100)), "26.76"),
        (Goal.profit(Decimal("7.50")), "24.00"),
        (Goal.profit_per_piece(Decimal(5)), "20.53"),
        (Goal.profit_per_print_hour(Decimal(5)), "24.00"),
        (Goal.payout(Decimal(20)), "22.87"),
    ],
)
def test_solved_price_is_the_worked_one_and_carries_its_quote(goal, price):
    solution = solve(etsy(), Sale(), COSTS, UK_VAT, goal=goal)

    assert solution.price == Decimal(price)
    assert solution.quote == replace(
        quote(etsy(), Sale(item_price=solution.price), COSTS, UK_VAT), schedule=solution.quote.schedule
    )
    assert (solution.no_price, solution.reason) == (None, "")


@pytest.mark.parametrize(
    ("ending", "price"),
    [(Ending.ANY, "25.26"), (Ending.CENTS_99, "25.99"), (Ending.CENTS_95, "25.95"), (Ending.WHOLE, "26.00")],
)
def test_charm_price_is_the_next_one_that_still_reaches_the_margin(ending, price):
    solution = solve(etsy(), Sale(), COSTS, UK_VAT, goal=Goal.margin(Decimal(40)), options=Options(ending=ending))

    assert solution.price == Decimal(price)
    assert solution.quote.margin_pct >= 40


def test_charm_prices_of_yen_end_in_99():
    schedule = schedules.load("etsy-jp", on=TODAY, exchange={"USD": Decimal(150)})
    costs = Costs(unit=Decimal(1500))

    prices = [
        solve(schedule, Sale(), costs, goal=Goal.break_even(), options=Options(ending=ending)).price
        for ending in Ending
    ]

    assert prices == [1800, 1899, 1895, 1800]


def test_price_just_over_a_whole_tier_that_gets_cheaper_is_found():
    schedule = made(
        {
            "code": "a",
            "label": "A",
            "kind": "tiered",
            "whole": True,
            "base": ["item"],
            "tiers": [{"up_to": 50, "pct": 50}, {"pct": 10}],
        }
    )

    reached = [solve(schedule, Sale(), goal=Goal.payout(Decimal(target))).price for target in (25, "25.01", 40, 46)]

    assert reached == [Decimal("50.00"), Decimal("50.01"), Decimal("50.01"), Decimal("51.11")]


def test_price_below_a_tier_that_gets_dearer_is_preferred():
    schedule = made({"code": "a", "label": "A", "kind": "fixed", "fixed": 5, "base": ["item"], "when": {"above": 10}})

    prices = [solve(schedule, Sale(), goal=Goal.payout(Decimal(target))).price for target in ("10.00", "10.01")]

    assert prices == [Decimal("10.00"), Decimal("15.01")]


def test_margin_reached_only_below_a_dearer_tier_is_found_there():
    schedule = made(
        {
            "code": "a",
            "label": "A",
            "kind": "tiered",
            "base": ["item"],
            "tiers": [{"up_to": 20, "pct": 10}, {"pct": 80}],
        }
    )

    found = solve(schedule, Sale(), Costs(unit=Decimal(2)), goal=Goal.margin(Decimal(75)))
    missed = solve(schedule, Sale(), Costs(unit=Decimal(5)), goal=Goal.margin(Decimal(75)))

    assert found.price == Decimal("13.32")
    assert missed.no_price is NoPrice.TAKES_ALL


def test_capped_fee_makes_a_margin_reachable_that_its_share_forbids():
    schedule = made({"code": "a", "label": "A", "kind": "capped", "pct": 60, "cap": 30, "base": ["item"]})

    solution = solve(schedule, Sale(), goal=Goal.margin(Decimal(70)))

    assert solution.price == Decimal("100.00")


def test_free_shipping_limit_makes_a_hole_that_the_price_jumps_over():
    sale = Sale(shipping=Decimal(5), free_shipping_from=Decimal(20))

    prices = [solve(made(), sale, goal=Goal.payout(Decimal(target))).price for target in ("24.99", "25.00")]

    assert prices == [Decimal("19.99"), Decimal("25.00")]


def test_fixed_discount_is_first_earned_back():
    assert solve(made(), Sale(seller_discount=Decimal(5)), goal=Goal.payout(Decimal(1))).price == Decimal("6.00")


def test_rebate_on_a_tiered_fee_with_a_minimum_of_its_own_is_solved():
    schedule = made(
        {"code": "a", "label": "A", "kind": "percent", "pct": 20, "base": ["item"]},
        {"code": "b", "label": "B", "kind": "minimum", "pct": 50, "minimum": 1, "base": ["fee:a"], "order": 20},
    )

    # below 10.00 the second fee is 1.00, above it is a tenth of the price
    prices = [solve(schedule, Sale(), goal=Goal.payout(Decimal(target))).price for target in (5, 14)]

    assert prices == [Decimal("7.50"), Decimal("20.00")]


def test_platform_discount_that_eats_a_base_bends_the_sum():
    schedule = made(percent(50, base=["item", "-platform_discount"]))

    prices = [
        solve(schedule, Sale(platform_discount=Decimal(10)), goal=Goal.payout(Decimal(target))).price
        for target in (8, 12)
    ]

    assert prices == [Decimal("8.00"), Decimal("14.00")]


def test_margin_and_fees_of_a_hundred_percent_have_no_price_and_say_why():
    solution = solve(etsy(), Sale(), COSTS, UK_VAT, goal=Goal.margin(Decimal(90)))

    assert (solution.price, solution.quote, solution.no_price) == (None, None, NoPrice.TAKES_ALL)
    assert solution.reason == (
        "Fees take 13.2 % of each further unit of net revenue and the margin asks for 90 %: together 100 % or more, "
        "so no price reaches it."
    )


def test_fees_of_a_hundred_percent_never_break_even():
    solution = solve(made(percent(100)), Sale(), Costs(unit=Decimal(1)), goal=Goal.break_even())

    assert solution.no_price is NoPrice.TAKES_ALL
    assert (
        solution.reason
        == "Fees take 100.0 % of each further unit of net revenue, so a higher price does not bring it closer."
    )


def test_flat_score_that_rounding_lifts_now_and_then_is_tried_price_by_price():
    schedule = made(
        percent(50),
        percent(50, code="b", rounding="down"),
        {"code": "c", "label": "C", "kind": "fixed", "fixed": "0.01"},
    )

    # half a cent rounds up in one fee and down in the other: never a gain of 0.01
    assert solve(schedule, Sale(), goal=Goal.break_even()).no_price is NoPrice.TAKES_ALL


def test_tax_that_takes_everything_leaves_nothing():
    tax = TaxTreatment.flat_rate(Decimal(100), rate_pct=Decimal(0))

    margin = solve(made(), Sale(), tax=tax, goal=Goal.margin(Decimal(10)))
    profit = solve(made(), Sale(), tax=tax, goal=Goal.profit(Decimal(1)))

    assert margin.no_price is NoPrice.TAKES_ALL
    assert (
        profit.reason
        == "Fees take 100 % of each further unit of net revenue, so a higher price does not bring it closer."
    )


def test_goal_above_the_highest_price_is_out_of_reach():
    solution = solve(etsy(), Sale(), COSTS, UK_VAT, goal=Goal.break_even(), options=Options(at_most=Decimal(10)))

    assert solution.no_price is NoPrice.TOO_HIGH
    assert solution.reason == "Up to 10.00, the highest price allowed, the target is not reached."


def test_goal_beyond_all_sense_is_out_of_reach():
    solution = solve(made(), Sale(), goal=Goal.profit(Decimal(20_000_000)))

    assert solution.reason == "Up to 10,000,000.00, any sensible price, the target is not reached."


def test_bounds_without_a_price_between_them_are_told():
    options = Options(ending=Ending.CENTS_99, at_least=Decimal("12.00"), at_most=Decimal("12.50"))

    solution = solve(made(), Sale(), goal=Goal.break_even(), options=options)

    assert solution.reason == "No such price lies between the lowest and the highest one allowed."


@pytest.mark.parametrize(
    ("at_least", "price"), [("0", "0.99"), ("12.00", "12.99"), ("12.99", "12.99"), ("13.00", "13.99")]
)
def test_lowest_price_allowed_is_kept(at_least, price):
    options = Options(ending=Ending.CENTS_99, at_least=Decimal(at_least))

    assert solve(made(), Sale(), goal=Goal.break_even(), options=options).price == Decimal(price)


def test_one_price_allowed_either_reaches_the_goal_or_not():
    only = Options(at_least=Decimal(10), at_most=Decimal(10))

    prices = [solve(made(), Sale(), goal=Goal.profit(Decimal(target)), options=only).price for target in (10, 11)]

    assert prices == [Decimal(10), None]


def test_profit_per_print_hour_needs_a_print_time():
    solution = solve(etsy(), Sale(), Costs(unit=Decimal(6)), goal=Goal.profit_per_print_hour(Decimal(5)))

    assert solution.no_price is NoPrice.NO_PRINT_TIME


def test_markup_needs_costs():
    assert solve(etsy(), Sale(), goal=Goal.markup(Decimal(50))).no_price is NoPrice.NO_COSTS


def test_blended_goal_lies_between_the_prices_without_and_with_an_ad():
    prices = [
        solve(
            etsy(), Sale(), COSTS, UK_VAT, goal=Goal.margin(Decimal(40)), options=Options(offsite_share_pct=share)
        ).price
        for share in (Decimal(0), Decimal(20), Decimal(100))
    ]
    with_ad = solve(etsy(), Sale(offsite_ads_pct=Decimal(15)), COSTS, UK_VAT, goal=Goal.margin(Decimal(40))).price

    assert prices == [Decimal("25.26"), Decimal("27.36"), with_ad]


@pytest.mark.parametrize("share", [Decimal(-1), Decimal(101)])
def test_share_of_ads_outside_a_hundred_percent_is_refused(share):
    with pytest.raises(InvalidGoal):
        solve(etsy(), Sale(), goal=Goal.break_even(), options=Options(offsite_share_pct=share))


def test_target_that_is_no_number_is_refused():
    with pytest.raises(InvalidGoal):
        Goal.margin(Decimal("NaN"))


def test_bound_finer_than_the_currency_is_refused():
    with pytest.raises(InvalidSale):
        solve(made(), Sale(), goal=Goal.break_even(), options=Options(at_least=Decimal("0.001")))
