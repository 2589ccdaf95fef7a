from datetime import date
from decimal import Decimal

import pytest

from pricing.engine import (
    Costs,
    InvalidSale,
    InvalidSchedule,
    MissingExchangeRate,
    Sale,
    Schedule,
    TaxTreatment,
    blend,
    parse_rule,
    quote,
    schedules,
)

TODAY = date(2026, 11, 22)
UK_VAT = TaxTreatment.inside_price(Decimal(20))
COSTS = Costs(unit=Decimal(6), shipping=Decimal("3.50"))


def load(schedule_id, **rates):
    return schedules.load(schedule_id, on=TODAY, overrides=rates, exchange={"USD": Decimal("0.80")})


def sale(price, **fields):
    return Sale(item_price=Decimal(price), **fields)


def lines(result):
    return {line.code: line.amount for line in result.lines}


def made(*rules, **fields):
    return Schedule("made", "Made", "made", "GB", "GBP", rules=tuple(parse_rule(rule) for rule in rules), **fields)


@pytest.mark.parametrize(
    ("schedule_id", "given", "code", "text", "rate"),
    [
        ("etsy-uk", sale("24"), "listing", "USD 0.20 × 0.8", "USD 0.20 × 0.8"),
        ("etsy-uk", sale("24", quantity=3), "listing", "USD 0.20 × 0.8 × 3", "USD 0.20 × 0.8"),
        ("etsy-uk", sale("24"), "transaction", "6.5 % of 24.00", "6.5 %"),
        ("etsy-uk", sale("24"), "processing", "4 % of 24.00 + 0.20", "4 % + 0.20"),
        ("etsy-us", sale("50", offsite_ads_pct=Decimal(15)), "offsite_ads", "15 % of 50.00, at most 100.00", "15 %"),
        ("amazon-handmade-us", sale("1", quantity=2), "referral", "15 % of 2.00, at least 0.30 × 2", "15 %"),
        ("ebay-us", sale("5"), "per_order", "0.30", "0.30 up to 10.00, 0.40 above"),
        ("ebay-us", sale("50"), "per_order", "0.40", "0.30 up to 10.00, 0.40 above"),
        (
            "ebay-us",
            sale("10000"),
            "final_value",
            "13.6 % of 7,500.00 + 2.35 % of 2,500.00",
            "13.6 % up to 7,500.00, 2.35 % above",
        ),
        ("ebay-us", sale("0"), "final_value", "13.6 % of 0.00", "13.6 % up to 7,500.00, 2.35 % above"),
        ("craft-fair-uk", sale("20", orders_per_event=Decimal(25)), "stall", "50.00 a fair ÷ 25 orders", "50.00"),
    ],
)
def test_formula_says_how_a_fee_came_about(schedule_id, given, code, text, rate):
    result = quote(load(schedule_id), given)
    line = next(line for line in result.lines if line.code == code)

    assert (line.formula, line.rate) == (text, rate)


def test_formula_of_a_whole_tier_names_the_reached_share():
    rule = {
        "code": "a",
        "label": "A",
        "kind": "tiered",
        "whole": True,
        "base": ["item"],
        "tiers": [{"up_to": 10, "fixed": "1"}, {"pct": 5}],
    }

    assert quote(made(rule), sale("20")).lines[0].formula == "5 % of 20.00"
    assert quote(made(rule), sale("20")).lines[0].rate == "1.00 up to 10.00, 5 % above"


def test_rule_between_two_amounts_applies_only_there():
    rule = {
        "code": "a",
        "label": "A",
        "kind": "fixed",
        "fixed": 1,
        "base": ["item"],
        "when": {"above": 10, "up_to": 20},
    }

    fees = [quote(made(rule), sale(price)).total_fees for price in ("10", "10.01", "20", "20.01")]

    assert fees == [0, 1, 1, 0]


def test_cap_of_a_fee_without_a_share_holds():
    rule = {"code": "a", "label": "A", "kind": "capped", "fixed": 3, "cap": 2, "base": ["item"]}

    assert quote(made(rule), sale("10")).total_fees == 2


def test_plan_and_category_conditions_are_looked_at():
    rule = {"code": "a", "label": "A", "kind": "fixed", "fixed": 1, "when": {"plans": ["pro"], "categories": ["x"]}}

    assert quote(made(rule), sale("10")).lines == ()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"item_price": Decimal("9.999")}, "The price 9.999 has more decimals than the currency."),
        ({"item_price": Decimal(-1)}, "The price must not be negative."),
        ({"item_price": Decimal("NaN")}, "The price is not an amount of money."),
        ({"item_price": Decimal("Infinity")}, "The price is not an amount of money."),
        ({"quantity": 0}, "The quantity must be at least one."),
        ({"seller_discount_pct": Decimal(120)}, "The discount must be between 0 and 100 percent."),
        ({"category": "books"}, "Etsy, United Kingdom has no category books; it has none."),
        (
            {"orders_per_month": Decimal(0), "options": frozenset({"etsy_plus"})},
            "The number of orders that share a fee must be more than zero.",
        ),
    ],
)
def test_impossible_sale_is_refused_with_a_sentence(fields, sentence):
    with pytest.raises(InvalidSale) as refused:
        quote(load("etsy-uk"), Sale(**fields))

    assert str(refused.value) == sentence


def test_negative_cost_is_refused():
    with pytest.raises(InvalidSale):
        quote(made(), sale("5"), Costs(packaging=Decimal(-1)))


def test_missing_exchange_rate_says_what_to_type():
    rule = {"code": "a", "label": "Listing fee", "kind": "fixed", "fixed": "0.20", "currency": "USD"}

    with pytest.raises(MissingExchangeRate) as refused:
        quote(made(rule), sale("5"))

    assert str(refused.value) == "Listing fee is charged in USD: type what 1 USD costs in GBP."


def test_foreign_rule_without_amounts_needs_no_exchange_rate():
    rule = {"code": "a", "label": "A", "kind": "percent", "pct": 5, "currency": "USD", "base": ["item"]}

    assert quote(made(rule), sale("10")).total_fees == Decimal("0.50")


def test_rule_that_names_an_unknown_rate_is_refused():
    rule = {"code": "a", "label": "A", "kind": "percent", "pct": "nowhere_pct", "base": ["item"]}

    with pytest.raises(InvalidSchedule) as refused:
        quote(made(rule), sale("10"))

    assert str(refused.value) == "Made has no rate called nowhere_pct."


@pytest.mark.parametrize(
    ("schedule_id", "given", "said"),
    [
        ("etsy-us", sale("10"), ("Sales tax is taken as 0; where buyers pay it, fees are taken on it too.",)),
        ("etsy-us", sale("10", tax=Decimal("0.80")), ()),
        ("amazon-handmade-us", sale("10"), ()),
        ("etsy-uk", sale("10"), ()),
        ("shopify-uk-basic", sale("10"), ("Not shared out over sales: Plan (type the orders of a month).",)),
        ("shopify-uk-basic", sale("10", orders_per_month=Decimal(40)), ()),
    ],
)
def test_quote_says_what_it_leaves_out(schedule_id, given, said):
    assert quote(load(schedule_id), given).assumptions == said


def test_quote_of_a_fair_says_that_the_stall_is_left_out():
    said = quote(load("craft-fair-uk"), sale("10")).assumptions

    assert said[-1] == "Not shared out over sales: Stall, Travel (type the sales of a fair)."


def test_blend_averages_sales_with_and_without_an_ad():
    mixed = blend(load("etsy-uk"), sale("24.00"), COSTS, UK_VAT, share_pct=Decimal(25))

    # the ad costs 15 % of 24.00 = 3.60
    assert (mixed.without.profit, mixed.with_ad.profit) == (Decimal("7.50"), Decimal("3.90"))
    assert (mixed.profit, mixed.total_fees, mixed.payout) == (Decimal("6.60"), Decimal("3.90"), Decimal("20.10"))
    assert mixed.margin_pct == Decimal(33)


def test_blend_takes_the_rate_of_a_large_shop():
    mixed = blend(load("etsy-uk"), sale("24.00"), COSTS, UK_VAT, share_pct=Decimal(25), offsite_ads_pct=Decimal(12))

    assert mixed.with_ad.fee("offsite_ads") == Decimal("2.88")


def test_blend_without_revenue_has_no_margin():
    assert blend(load("etsy-uk"), sale("0"), share_pct=Decimal(25)).margin_pct is None


def test_compiled_programs_do_not_pile_up():
    schedule = made({"code": "a", "label": "A", "kind": "percent", "pct": "sale.promoted_pct", "base": ["item"]})

    for hundredths in range(1, 600):
        quote(schedule, sale("10", promoted_pct=Decimal(hundredths).scaleb(-2)))

    assert len(schedule.programs) <= 512
