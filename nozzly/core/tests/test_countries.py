from zoneinfo import ZoneInfo

import pytest

from nozzly.core.countries import country_choices, country_defaults, currency_choices
from nozzly.core.money import minor_digits


@pytest.mark.parametrize(
    ("country", "currency", "time_zone", "locale"),
    [
        ("GB", "GBP", "Europe/London", "en_GB"),
        ("DE", "EUR", "Europe/Berlin", "de_DE"),
        ("US", "USD", "America/New_York", "en_US"),
        ("BG", "EUR", "Europe/Sofia", "bg_BG"),
    ],
)
def test_country_defaults_fill_in_what_a_newcomer_should_not_have_to_type(country, currency, time_zone, locale):
    defaults = country_defaults(country)

    assert (defaults.currency, defaults.time_zone, defaults.locale) == (currency, time_zone, locale)


def test_every_country_on_offer_has_usable_defaults():
    for country, _ in country_choices():
        defaults = country_defaults(country)
        ZoneInfo(defaults.time_zone)
        assert (len(defaults.currency), minor_digits(defaults.currency) <= 2) == (3, True)


def test_currency_choices_have_a_code_once():
    codes = [code for code, _ in currency_choices()]

    assert len(codes) == len(set(codes))
    assert {"EUR", "GBP", "JPY", "USD"} <= set(codes)
