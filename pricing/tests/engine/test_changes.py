from datetime import date
from decimal import Decimal

import pytest

from pricing.engine import (
    Change,
    added_rules,
    carry_over,
    differences,
    parse_rule,
    preview,
    removed_rules,
    schedules,
    worked_sales,
)

TODAY = date(2026, 11, 22)


def test_update_of_a_shipped_schedule_shows_what_changed_and_keeps_own_rates():
    before = schedules.load("ebay-us", on=date(2024, 6, 1), overrides={"per_order": Decimal("0.25")})
    shipped = schedules.load("ebay-us", on=TODAY)

    after = carry_over(before, shipped)

    assert after.rates["per_order"] == Decimal("0.25")
    assert after.rates["final_value_pct"] == Decimal("13.6")
    changes = {change.name: change for change in differences(before, shipped)}
    assert changes["final_value_pct"] == Change("final_value_pct", Decimal("13.25"), Decimal("13.6"))
    assert changes["per_order"] == Change("per_order", Decimal("0.25"), Decimal("0.4"), kept=True)
    assert changes["books.final_value_pct"].before is None


def test_same_schedule_has_no_differences():
    schedule = schedules.load("ebay-us", on=TODAY)

    assert differences(schedule, schedules.load("ebay-us", on=TODAY)) == ()


def test_override_of_a_rate_that_is_gone_is_dropped():
    own = schedules.load("etsy-uk", on=TODAY, overrides={"listing": Decimal("0.30")})

    assert carry_over(own, schedules.load("stripe-uk", on=TODAY)).overridden == frozenset()


def test_added_and_removed_rules_are_named():
    before = schedules.load("direct-uk", on=TODAY)
    after = before.with_rules((parse_rule({"code": "bag", "label": "Gift bag", "kind": "fixed", "fixed": "0.35"}),))

    assert (added_rules(before, after), removed_rules(before, after)) == (("Gift bag",), ())
    assert removed_rules(after, before) == ("Gift bag",)


@pytest.mark.parametrize("schedule_id", [info.id for info in schedules.available()])
def test_preview_shows_ten_worked_sales_of_every_schedule(schedule_id):
    schedule = schedules.load(schedule_id, on=TODAY)

    rows = preview(schedule, schedule)

    assert len(rows) == 10
    assert {row.fees_change for row in rows} == {row.profit_change for row in rows} == {0}


def test_preview_says_what_a_dearer_rate_does():
    before = schedules.load("etsy-us", on=TODAY)

    rows = preview(before, before.with_rates({"transaction_pct": Decimal("7.5")}))

    planter = next(row for row in rows if row.worked.code == "planter")
    # one percent of 21.90
    assert (planter.fees_change, planter.profit_change) == (Decimal("0.22"), Decimal("-0.22"))


def test_worked_sales_are_in_plausible_amounts_of_the_currency():
    yen = worked_sales(schedules.load("etsy-jp", on=TODAY))

    assert (yen[1].label, yen[1].sale.item_price, yen[1].costs.unit) == ("A planter with postage", 2700, 630)
