import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from pricing.engine import Mismatch, UnreadableCases, check_cases, read_cases

TODAY = date(2026, 11, 22)
SHARED = Path(__file__).parents[4] / "shared" / "data" / "fee_cases.json"
GOOD = {
    "id": "etsy-us-25-5",
    "schedule": "etsy-us",
    "currency": "USD",
    "rates": {"listing": 0.2},
    "sale": {"item_price": 25, "quantity": 1, "shipping": 5, "international": False},
    "costs": {"unit": 8},
    "target_payout": 20,
    "expect": {
        "lines": {"listing": 0.2, "transaction": 1.95, "processing": 1.15, "offsite_ads": 0, "vat_on_fees": 0},
        "total_fees": 3.3,
        "payout": 26.7,
        "break_even_price": 4.34,
        "price": 17.6,
    },
    "source": "by hand",
}


def write(path, *cases):
    path.write_text(json.dumps({"format": "text", "cases": cases}), encoding="utf-8")
    return path


def check(tmp_path, case, **options):
    (result,) = check_cases(read_cases(write(tmp_path / "cases.json", case)), on=TODAY, **options)
    return result


def test_case_that_agrees_passes(tmp_path):
    result = check(tmp_path, GOOD)

    assert (result.passed, result.mismatches, result.refused) == (True, (), "")


def test_case_that_differs_says_where(tmp_path):
    result = check(tmp_path, GOOD | {"expect": {"lines": {"processing": 1.16}, "payout": 26.7}})

    assert not result.passed
    assert result.mismatches == (Mismatch("processing", Decimal("1.16"), Decimal("1.15")),)
    assert result.lines[0] == ("listing", Decimal("0.20"))


def test_listing_fee_of_a_case_is_in_the_currency_of_the_sale(tmp_path):
    case = {"id": "x", "schedule": "etsy-uk", "rates": {"listing": 0.16}, "sale": {"item_price": 10}}

    assert check(tmp_path, case | {"expect": {"lines": {"listing": 0.16}}}).passed


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"schedule": "etsy-mars"}, "UnknownSchedule: There is no fee schedule called etsy-mars."),
        ({"currency": "GBP"}, "UnreadableCases: the schedule is in USD."),
        ({"sale": {"item_price": 25, "colour": "red"}}, "UnreadableCases: unknown in the sale: colour."),
        ({"rates": {"nothing": 1}}, "UnknownRate: Etsy, United States has no rate nothing; it has"),
        ({"target_payout": None}, "UnreadableCases: a price is expected, but no target_payout is given."),
        ({"costs": {"beer": 1}}, "TypeError: "),
    ],
)
def test_case_that_cannot_be_worked_out_fails_with_its_reason(tmp_path, changes, refusal):
    result = check(tmp_path, GOOD | changes)

    assert not result.passed
    assert result.refused.startswith(refusal)


def test_documented_contradiction_is_set_right_and_told(tmp_path):
    case = {
        "id": "etsy-breakeven-au",
        "schedule": "etsy-au",
        "rates": {"listing": 0.18},
        "sale": {"item_price": 75, "shipping": 15},
        "expect": {"total_fees": 9.08},
    }

    corrected, written = check(tmp_path, case), check(tmp_path, case, as_written=True)
    repaired = check(tmp_path, case | {"rates": {"listing": 0.28}})

    assert (corrected.passed, written.passed, repaired.passed) == (True, False, True)
    assert corrected.corrected.startswith("listing is 0.28, not 0.18: ")
    assert (written.corrected, repaired.corrected) == ("", "")


@pytest.mark.parametrize("text", ["{", "[]", '{"cases": {}}', '{"cases": [{}]}'])
def test_file_without_cases_is_refused(tmp_path, text):
    path = tmp_path / "cases.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(UnreadableCases):
        read_cases(path)


def test_command_counts_what_passed(tmp_path, capsys):
    call_command("check_fee_cases", write(tmp_path / "cases.json", GOOD))

    assert capsys.readouterr().out == "1 passed, 0 failed\n"


def test_command_prints_failing_cases_and_ends_with_status_one(tmp_path, capsys):
    wrong = GOOD | {"expect": {"total_fees": 3.31}}
    refused = GOOD | {"id": "refused", "schedule": "etsy-mars"}

    with pytest.raises(SystemExit) as ended:
        call_command("check_fee_cases", write(tmp_path / "cases.json", GOOD, wrong, refused))

    assert ended.value.code == 1
    assert capsys.readouterr().out.splitlines() == [
        "FAILED etsy-us-25-5 (by hand)",
        "  total_fees: expected 3.31, computed 3.30",
        "  line listing: 0.20",
        "  line transaction: 1.95",
        "  line processing: 1.15",
        "FAILED refused (by hand)",
        "  UnknownSchedule: There is no fee schedule called etsy-mars.",
        "1 passed, 2 failed",
    ]


def test_command_tells_corrections(tmp_path, capsys):
    case = {
        "id": "ebay-uk-fvf-10pct-54",
        "schedule": "ebay-uk",
        "sale": {"item_price": 50, "shipping": 4},
        "expect": {"lines": {"final_value": 5.4}},
    }

    call_command("check_fee_cases", write(tmp_path / "cases.json", case))

    assert capsys.readouterr().out.startswith("corrected ebay-uk-fvf-10pct-54: final_value_pct is 10, not nothing: ")


def test_command_refuses_a_missing_file(tmp_path):
    with pytest.raises(CommandError):
        call_command("check_fee_cases", tmp_path / "nowhere.json")


@pytest.mark.skipif(not SHARED.exists(), reason="the collection of published cases is not here")
def test_all_published_cases_pass():
    results = check_cases(read_cases(SHARED), on=TODAY)

    assert [result for result in results if not result.passed] == []
    assert len(results) >= 66


@pytest.mark.skipif(not SHARED.exists(), reason="the collection of published cases is not here")
def test_only_the_documented_contradictions_fail_as_written():
    results = check_cases(read_cases(SHARED), on=TODAY, as_written=True)

    assert sorted(result.id for result in results if not result.passed) == [
        "ebay-uk-fvf-10pct-54",
        "etsy-breakeven-au",
        "etsy-breakeven-tr",
    ]
