from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.slices import figures


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1d 2h 3m 4s", 93_784),
        ("45s", 45),
        ("0 hours 31 minutes", 1_860),
        ("7.94 minutes", 476),
        ("10.16 minutes", 610),
        ("7,5 minutes", 450),
        ("01:02:03", 3_723),
        ("744", 744),
        ("9602.18", 9_602),
        ("0.5", 1),
        ("1 hour, 2 mins.", 3_720),
        ("0", None),
        ("00:00:00", None),
        ("#P_TIME#", None),
        ("", None),
        ("soon 5s", None),
        ("5 sheep", None),
    ],
)
def test_seconds_reads_the_grammars_of_the_slicers(text, seconds):
    assert figures.seconds(text) == seconds


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.24", "1.24"),
        (" 71,958466 ", "71.958466"),
        ("0", "0"),
        ("-1", None),
        ("1e9", None),
        ("NaN", None),
        ("1_0", None),
    ],
)
def test_amount_is_a_plain_number_or_unknown(text, amount):
    assert figures.amount(text) == (Decimal(amount) if amount else None)


@pytest.mark.parametrize(
    ("text", "dimension", "unit", "expected"),
    [
        ("0.49988m", "length", None, "499.88"),
        ("4375.5 mm (4.38 m)", "length", None, "4375.5"),
        ("1.20m 3.6g", "mass", None, "3.6"),
        ("1234mm3", "volume", None, "1234"),
        ("  298.83 mm  (0.719 cm^3)", "volume", None, "719"),
        ("852.9", "length", "mm", "852.9"),
        ("852.9", "length", None, None),
        ("-5mm", "length", None, None),
        ("13.16 g (0.03 lb)", "mass", None, "13.16"),
        ("#F_AMNT#m", "length", None, None),
    ],
)
def test_quantity_keeps_to_its_dimension(text, dimension, unit, expected):
    found = figures.quantity(text, dimension=dimension, unit=unit)

    assert found == (Decimal(expected) if expected else None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"a;b";"c"', ["a;b", "c"]),
        ("PLA;PETG", ["PLA", "PETG"]),
        ("PLA", ["PLA"]),
        (r'"say \"hi\"";x', ['say "hi"', "x"]),
        (";b", ["", "b"]),
        ('"a" b;c', ['"a" b', "c"]),
        ("", []),
        ("a;b;c;d", ["a", "b", "c"]),
    ],
)
def test_texts_splits_between_quotes(text, expected):
    assert figures.texts(text, most=3) == expected


def test_filament_grams_of_a_metre_of_pla():
    grams = figures.filament_grams(
        length_mm=Decimal(1000), diameter_mm=Decimal("1.75"), density_g_per_cm3=Decimal("1.24")
    )

    assert grams == Decimal("2.9825")


@given(st.text(max_size=60))
def test_figures_read_any_text_or_say_unknown(text):
    for read in (figures.amount, figures.positive, figures.count, figures.seconds):
        found = read(text)
        assert found is None or found >= 0
    assert len(figures.texts(text, most=4)) <= 4
