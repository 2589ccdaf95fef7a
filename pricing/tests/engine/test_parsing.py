import copy
import tomllib
from decimal import Decimal

import pytest

from pricing.engine import FeeVat, InvalidSchedule, Kind, Per, Refund, Rounding, Tier, is_percentage, parse_rule
from pricing.engine.parsing import parse_schedule

FILE = """
id = "x"
name = "X"
channel = "x"
currency = "GBP"

[variants]
basic = "Basic"

[[versions]]
effective_from = 2025-01-01
source = "page"
confidence = "high"
[versions.rates]
fixed = 0.30
[versions.variants.basic]
pct = 2.9
[versions.categories.books]
label = "Books"
pct = 3

[[versions]]
effective_from = 2026-01-01
source = "page"
confidence = "medium"
[versions.variants.basic]
pct = 2.5

[[rules]]
code = "card"
label = "Card"
kind = "percent"
pct = "pct"
fixed = "fixed"
base = ["item"]
"""
RULE = {"code": "a", "label": "A", "kind": "percent", "pct": "5", "base": ["item"]}


def parsed(**changes):
    return parse_schedule(tomllib.loads(FILE, parse_float=Decimal) | changes, "x.toml")


def refusal_of_rule(**changes):
    with pytest.raises(InvalidSchedule) as refused:
        parse_rule({**RULE, **changes}, "Rule 1")
    return str(refused.value)


def test_later_versions_keep_what_they_do_not_name():
    first, second = parsed().versions

    assert (first.variants["basic"], second.variants["basic"]) == ({"pct": Decimal("2.9")}, {"pct": Decimal("2.5")})
    assert second.rates == {"fixed": Decimal("0.30")}
    assert [(category.code, category.label) for category in second.categories] == [("books", "Books")]


def test_rule_with_everything_is_read():
    rule = parse_rule(
        {
            "code": "fee",
            "label": "Fee",
            "kind": "tiered",
            "per": "unit",
            "base": ["item", "-seller_discount"],
            "tiers": [{"up_to": 10, "fixed": "0.30"}, {"pct": Decimal("2.5")}],
            "whole": True,
            "currency": "USD",
            "when": {"international": True, "categories": ["books"], "options": ["pro"], "above": "1.50"},
            "rounding": "down",
            "order": 30,
            "vat": "included",
            "refund": "returned",
            "refund_fee_pct": 20,
            "refund_fee_cap": 5,
            "note": "Said so.",
        }
    )

    assert (rule.kind, rule.per, rule.rounding) == (Kind.TIERED, Per.UNIT, Rounding.DOWN)
    assert rule.tiers == (Tier(Decimal(10), Decimal(0), Decimal("0.30")), Tier(None, Decimal("2.5")))
    assert (rule.when.international, rule.when.categories, rule.when.above) == (True, ("books",), Decimal("1.50"))
    assert (rule.vat, rule.refund, rule.refund_fee_cap) == (FeeVat.INCLUDED, Refund.RETURNED, 5)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"percent": 5}, "Rule 1: unknown percent; known are base, cap, code,"),
        ({"code": " "}, "Rule 1: code is missing."),
        ({"kind": "share"}, "Rule 1, kind: 'share' is none of percent, fixed, tiered, minimum, capped."),
        ({"per": "week"}, "Rule 1, per: 'week' is none of order, unit, month, event."),
        ({"base": ["itm"]}, "Rule 1: unknown base part itm; use item, shipping,"),
        ({"base": []}, "Rule 1: a share needs a base such as item and shipping."),
        ({"base": ["shipping", "-seller_discount"]}, "Rule 1: a base that takes something away must hold item."),
        ({"pct": 0}, "Rule 1: a percent rule needs pct."),
        ({"pct": 101}, "Rule 1, pct: must be between -100 and 100 percent, not 101."),
        ({"pct": -5}, "Rule 1: only a rebate on another fee can be negative."),
        ({"pct": True}, "Rule 1, pct: True is not a number."),
        ({"pct": "6,5"}, "Rule 1, pct: '6,5' is not a number."),
        ({"pct": Decimal("NaN")}, "Rule 1, pct: Decimal('NaN') is not a number."),
        ({"fixed": -1}, "Rule 1, fixed: the amount must not be negative, it is -1."),
        ({"kind": "tiered"}, "Rule 1: a tiered rule needs tiers."),
        ({"minimum": 1}, "Rule 1: minimum belongs to rules of kind minimum, and to all of them."),
        ({"kind": "capped"}, "Rule 1: cap belongs to rules of kind capped, and to all of them."),
        ({"kind": "tiered", "tiers": [{"pct": 5}, {"pct": 6}]}, "Rule 1: every tier but the last needs up_to."),
        ({"kind": "tiered", "tiers": [{"up_to": 5, "pct": 5}]}, "Rule 1: every tier but the last needs up_to."),
        ({"kind": "tiered", "tiers": [{"fixed": 5}]}, "Rule 1: tiers with fixed amounts must be whole."),
        ({"kind": "tiered", "tiers": [{"percent": 5}]}, "Rule 1: a tier holds up_to, pct and fixed."),
        ({"when": {"weekend": True}}, "Rule 1: unknown condition weekend."),
    ],
)
def test_wrong_rule_is_refused_with_what_is_allowed(changes, sentence):
    assert refusal_of_rule(**changes).startswith(sentence)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"versions": []}, "x.toml: at least one [[versions]] with effective_from is needed."),
        ({"name": 5}, "x.toml: name is missing."),
        ({"variants": {}}, "x.toml, version 2025-01-01: no rate for pct."),
        ({"variants": {"basic": "B", "pro": "P"}}, "x.toml, version 2025-01-01: no rate for pct."),
        ({"exchange": {"USD": "much"}}, "x.toml, exchange, USD: 'much' is not a number."),
    ],
)
def test_wrong_file_is_refused_with_what_is_missing(changes, sentence):
    with pytest.raises(InvalidSchedule) as refused:
        parsed(**changes)

    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("number", "key", "value", "sentence"),
    [
        (0, "effective_from", "2025", "x.toml: effective_from must be a date such as 2026-10-05."),
        (0, "source", None, "x.toml, version 2025-01-01: source is missing."),
        (0, "confidence", "sure", "x.toml, version 2025-01-01, confidence: 'sure' is none of high, medium, low."),
        (0, "rates", {"fixed": -1}, "x.toml, version 2025-01-01: fixed must not be negative, it is -1."),
        (1, "variants", {"gone": {"pct": 1}}, "x.toml: rates for a variant that [variants] does not name."),
    ],
)
def test_wrong_version_is_refused(number, key, value, sentence):
    data = tomllib.loads(FILE, parse_float=Decimal)
    data["versions"][number][key] = value

    with pytest.raises(InvalidSchedule) as refused:
        parse_schedule(data, "x.toml")

    assert str(refused.value) == sentence


def test_versions_out_of_order_are_refused():
    data = tomllib.loads(FILE, parse_float=Decimal)
    data["versions"].append(copy.deepcopy(data["versions"][0]))

    with pytest.raises(InvalidSchedule) as refused:
        parse_schedule(data, "x.toml")

    assert str(refused.value) == "x.toml: versions must follow each other by effective_from."


@pytest.mark.parametrize("order", [5, 10])
def test_fee_on_a_fee_of_no_lower_order_is_refused(order):
    rules = [RULE, {**RULE, "code": "b", "base": ["fee:a"], "order": order}]

    with pytest.raises(InvalidSchedule) as refused:
        parsed(rules=rules, variants={"basic": "B"})

    assert str(refused.value) == "x.toml: b builds on a, which needs a lower order."


def test_percentages_are_told_by_their_names():
    assert [is_percentage(name) for name in ("pct", "regulatory_pct", "fixed", "listing")] == [True, True, False, False]
