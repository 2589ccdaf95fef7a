from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nozzly.core.money import minor_unit, round_money, round_unit_cost, split_money

amounts = st.decimals(min_value=-100_000, max_value=100_000, places=2)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("2.795", "USD", "2.80"),
        ("8.125", "EUR", "8.13"),
        ("-2.795", "USD", "-2.80"),
        ("100.5", "JPY", "101"),
        ("1.0005", "KWD", "1.001"),
    ],
)
def test_round_money_rounds_half_up_to_the_minor_unit(amount, currency, rounded):
    assert round_money(Decimal(amount), currency) == Decimal(rounded)


def test_round_unit_cost_keeps_six_decimals():
    assert round_unit_cost(Decimal("0.0241235")) == Decimal("0.024124")


def test_split_money_gives_the_leftover_cent_to_the_first():
    assert split_money(Decimal("10.00"), [1, 1, 1], "EUR") == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]


def test_split_money_shares_evenly_when_all_weights_are_zero():
    assert split_money(Decimal("1.00"), [0, 0], "EUR") == [Decimal("0.50"), Decimal("0.50")]


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_split_money_refuses_missing_or_negative_weights(weights):
    with pytest.raises(ValueError, match="weights"):
        split_money(Decimal(1), weights, "EUR")


@given(amounts, st.lists(st.decimals(min_value=0, max_value=1000, places=3), min_size=1, max_size=20))
def test_split_money_adds_up_exactly_and_stays_within_one_minor_unit(total, weights):
    parts = split_money(total, weights, "EUR")

    assert sum(parts) == total
    if sum(weights):
        exact = [total * weight / sum(weights) for weight in weights]
        assert all(abs(part - share) < minor_unit("EUR") for part, share in zip(parts, exact, strict=True))
