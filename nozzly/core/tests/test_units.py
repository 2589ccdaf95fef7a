from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nozzly.core.units import NotANumber, filament_grams, filament_length_mm, parse_decimal, parse_grams


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.75", "1.75"),
        ("1,75", "1.75"),
        ("1 234,50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1,234", "1234"),
        ("1,234,567", "1234567"),
        ("-3,5", "-3.5"),
    ],
)
def test_parse_decimal_reads_both_kinds_of_separators(text, number):
    assert parse_decimal(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "abc", "NaN", "Infinity", "1-2"])
def test_parse_decimal_refuses_what_is_no_number(text):
    with pytest.raises(NotANumber):
        parse_decimal(text)


@pytest.mark.parametrize(
    ("text", "grams"),
    [("250", "250"), ("1 kg", "1000"), ("0,75kg", "750"), ("8 oz", "226.796"), ("2.2 lb", "997.903"), ("5g", "5")],
)
def test_parse_grams_converts_at_the_edge(text, grams):
    assert parse_grams(text) == Decimal(grams)


@pytest.mark.parametrize("text", ["", "kg", "12 stone", "a lot", "9" * 40])
def test_parse_grams_refuses_unknown_units(text):
    with pytest.raises(NotANumber):
        parse_grams(text)


def test_filament_grams_of_a_known_length():
    grams = filament_grams(length_mm=Decimal(1000), diameter_mm=Decimal("1.75"), density_g_cm3=Decimal("1.24"))

    assert grams == Decimal("2.983")


@given(st.decimals(min_value=1, max_value=10_000, places=1))
def test_filament_length_and_grams_are_each_others_inverse(grams):
    size = {"diameter_mm": Decimal("1.75"), "density_g_cm3": Decimal("1.24")}

    length_mm = filament_length_mm(grams=grams, **size)

    assert abs(filament_grams(length_mm=length_mm, **size) - grams) < Decimal("0.01")
