from datetime import date
from decimal import Decimal

import pytest

from catalog.choices import Origin, RateKind
from catalog.domain.currencies import conversion_note, convert, from_eur, per_eur, round_guess, shipped
from catalog.domain.list_prices import density_g_cm3, known_material, list_price
from catalog.domain.rates import (
    BEGINNING,
    default_rates,
    ensure_default_rates,
    learn_failure_pct,
    rate_on,
    rates_on,
    set_rate,
)
from catalog.models import Rate
from nozzly.core.countries import country_choices, country_defaults
from nozzly.testing.factories.catalog import ProductFactory

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("country", "currency", "tariff", "wage"),
    [
        ("GB", "GBP", "0.26", "13"),
        ("DE", "EUR", "0.38", "15"),
        ("US", "USD", "0.17", "20"),
        ("JP", "JPY", "31", "1200"),
        ("DE", "USD", "0.44", "17.40"),
        ("XX", "USD", "0.29", "13.90"),
    ],
)
def test_default_rates_of_a_country_are_in_the_workspaces_money(country, currency, tariff, wage):
    rates = {rate.kind: rate.value for rate in default_rates(country, currency)}

    assert rates[RateKind.ENERGY_PER_KWH] == Decimal(tariff)
    assert rates[RateKind.LABOUR_PER_H].quantize(Decimal("0.01")) == Decimal(wage).quantize(Decimal("0.01"))
    assert rates[RateKind.FAILURE_PCT] == 5


@pytest.mark.parametrize("country", [code for code, _name in country_choices()])
def test_every_country_starts_with_believable_rates_and_a_source(country):
    currency = country_defaults(country).currency
    energy, labour, failure = default_rates(country, currency)

    assert 0 < energy.value / per_eur(currency) < Decimal("0.6")
    assert 1 < labour.value / per_eur(currency) < 40
    assert all(rate.source for rate in (energy, labour, failure))


def test_currencies_of_the_country_table_match_where_countries_start():
    table = shipped("rates")["country"]

    assert {code: row["currency"] for code, row in table.items()} == {
        code: country_defaults(code).currency for code in table
    }


def test_ensure_default_rates_writes_what_is_missing_once():
    set_rate("labour_per_h", value=Decimal(20), valid_from=TODAY, by=None)

    ensure_default_rates()
    ensure_default_rates()

    assert sorted(Rate.objects.values_list("kind", "origin", "valid_from")) == [
        ("energy_per_kwh", "assumed", BEGINNING),
        ("failure_pct", "assumed", BEGINNING),
        ("labour_per_h", "typed", TODAY),
    ]


def test_a_rate_holds_from_its_day_and_not_before():
    set_rate("labour_per_h", value=Decimal(10), valid_from=date(2026, 1, 1), by=None)
    set_rate("labour_per_h", value=Decimal(12), valid_from=date(2026, 6, 1), by=None)

    values = [rate_on("labour_per_h", day).value for day in (date(2026, 5, 31), date(2026, 6, 1), TODAY)]

    assert values == [10, 12, 12]


def test_before_the_first_rate_the_shipped_guess_holds():
    set_rate("labour_per_h", value=Decimal(10), valid_from=date(2026, 1, 1), by=None)

    rate = rate_on("labour_per_h", date(2025, 12, 31))

    assert (rate.value, rate.origin, rate.assumed) == (13, Origin.ASSUMED, True)


def test_set_rate_for_the_same_day_replaces_the_row():
    for value in (10, 11):
        set_rate("labour_per_h", value=Decimal(value), valid_from=TODAY, by=None)

    assert list(Rate.objects.values_list("value", flat=True)) == [11]


def test_a_products_own_rate_stands_beside_the_general_one():
    product = ProductFactory()
    set_rate("failure_pct", value=Decimal(5), valid_from=BEGINNING, by=None)
    set_rate("failure_pct", value=Decimal(9), valid_from=BEGINNING, product=product, by=None)

    assert (rate_on("failure_pct", TODAY).value, rate_on("failure_pct", TODAY, product=product).value) == (5, 9)


def test_rates_that_nobody_set_are_nothing():
    assert rate_on("overhead_pct", TODAY) is None
    assert rates_on(TODAY).cost_rates().overhead_pct.value == 0
    assert rates_on(TODAY).cost_rates().energy_night_per_kwh is None


def test_learn_failure_pct_waits_for_enough_runs():
    product = ProductFactory()

    assert learn_failure_pct(product, failed=3, total=19, valid_from=TODAY, by=None) is None
    rate = learn_failure_pct(product, failed=3, total=24, valid_from=TODAY, by=None)

    assert (rate.value, rate.origin, rate.source) == (Decimal("12.5"), Origin.LEARNED, "3 of 24 runs failed")


def test_money_is_converted_by_the_shipped_table():
    assert from_eur(Decimal(10), "USD") == Decimal("11.60")
    assert convert(Decimal("11.60"), currency="USD", to="GBP").quantize(Decimal("0.01")) == Decimal("8.80")
    assert convert(Decimal(5), currency="USD", to="USD") == 5
    assert (per_eur("XXX"), conversion_note("EUR")) == (1, "")
    assert conversion_note("XXX") == "; in EUR, not converted to XXX"
    assert conversion_note("USD") == "; 1 EUR = 1.16 USD"


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [("637.17", "GBP", "637.00"), ("98820", "JPY", "98800"), ("0.4444", "EUR", "0.44"), ("0", "EUR", "0")],
)
def test_round_guess_keeps_three_digits(amount, currency, rounded):
    assert round_guess(Decimal(amount), currency) == Decimal(rounded)


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("PLA", "PLA"),
        ("pla silk", "PLA-SILK"),
        ("Generic PETG", "PETG"),
        ("PETG HF", "PETG"),
        ("PA6-CF", "PA6-CF"),
        ("FLEX", "FLEX"),
        ("Unobtainium", None),
        ("", None),
    ],
)
def test_known_material_finds_what_a_file_means(written, known):
    assert known_material(written) == known


def test_list_prices_know_source_and_fall_back():
    assert list_price("PLA", "EUR").source == "usual price of PLA"
    assert list_price("PEEK", "USD").cost_per_g > Decimal("0.1")
    unknown = list_price("Unobtainium", "USD")
    assert (unknown.cost_per_g, "22 EUR/kg" in unknown.source, "1.16 USD" in unknown.source) == (
        Decimal("0.025520"),
        True,
        True,
    )
    assert (density_g_cm3("PETG"), density_g_cm3("Unobtainium")) == (Decimal("1.27"), None)
