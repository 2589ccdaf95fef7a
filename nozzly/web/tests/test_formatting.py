from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from nozzly.tenancy.current import in_workspace
from nozzly.web import formatting

D = Decimal


@pytest.mark.parametrize(
    ("value", "shown"), [(D("1234.5"), "£1,234.50"), (D("-3"), "-£3.00"), (D(0), "£0.00"), (None, "–")]
)
def test_money_speaks_the_workspace(value, shown):
    assert formatting.money(value) == shown


def test_money_in_another_currency():
    assert formatting.money(D("12"), "EUR") == "€12.00"


def test_money_in_another_workspace(other_workspace):
    with in_workspace(other_workspace):
        assert formatting.money(D("1234.5")) == "$1,234.50"


def test_unit_cost_keeps_four_digits():
    assert (formatting.unit_cost(D("0.021900")), formatting.unit_cost(None)) == ("£0.0219", "–")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (D("498.2"), "498 g"),
        (D("12.44"), "12.4 g"),
        (D("12.00"), "12 g"),
        (D("1000"), "1,000 g"),
        (0, "0 g"),
        (None, "–"),
    ],
)
def test_grams_show_tenths_only_where_they_matter(value, shown):
    assert formatting.grams(value).replace("\u00a0", " ") == shown


def test_kilograms_for_sums():
    assert (formatting.kilograms(D(24600)), formatting.kilograms(None)) == ("24.60\u00a0kg", "–")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (12_000, "3 h 20 min"),
        (45, "45 s"),
        (3600, "1 h"),
        (600, "10 min"),
        (3599, "1 h"),
        (-120, "−2 min"),
        (None, "–"),
    ],
)
def test_durations(seconds, shown):
    assert formatting.duration(seconds).replace("\u00a0", " ") == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(D("37.5"), "37.5\u202f%"), (D("20.00"), "20\u202f%"), (D("-0.01"), "0\u202f%"), (None, "–")]
)
def test_percentages(value, shown):
    assert formatting.percent(value) == shown


def test_days_and_moments_follow_zone_and_locale(other_workspace):
    late = datetime(2026, 7, 12, 23, 30, tzinfo=UTC)

    assert formatting.moment(late) == "13 Jul 2026, 00:30"
    assert formatting.day(date(2026, 7, 12)) == "12 Jul 2026"
    with in_workspace(other_workspace):
        assert formatting.day(late) == "Jul 12, 2026"
    assert (formatting.day(None), formatting.moment(None), formatting.number(None)) == ("–", "–", "–")
