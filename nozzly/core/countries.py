"""What a country tells about a business that starts there: currency, time zone, number format.

Territories, currencies and zones come from the Unicode CLDR as shipped with Babel.
"""

from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_currency_name, get_territory_currencies

from nozzly.core.money import minor_digits

# Where CLDR lists several zones, the one in which most shops keep their clock.
_MAIN_ZONE = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CD": "Africa/Kinshasa", "CL": "America/Santiago", "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia", "DE": "Europe/Berlin", "EC": "America/Guayaquil", "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta", "KZ": "Asia/Almaty", "MN": "Asia/Ulaanbaatar", "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland", "PT": "Europe/Lisbon", "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv", "US": "America/New_York", "UZ": "Asia/Tashkent",
}  # fmt: skip
_NEWER_CURRENCY = {"BG": "EUR"}  # joined the euro on 2026-01-01: https://economy-finance.ec.europa.eu/euro
_FIRST = ("US", "GB", "DE", "FR", "CA", "AU", "NZ", "IE", "NL", "ES", "IT", "AT", "BE", "SE", "PL", "CH")


@dataclass(frozen=True)
class CountryDefaults:
    currency: str
    time_zone: str
    locale: str


@cache
def country_choices() -> tuple[tuple[str, str], ...]:
    """(code, English name) of every country we can fill in for; the commonest come first."""
    names = Locale("en").territories
    known = sorted((code for code in names if _is_country(code)), key=lambda code: names[code])
    return tuple((code, names[code]) for code in [*_FIRST, *(code for code in known if code not in _FIRST)])


@cache
def country_defaults(country: str) -> CountryDefaults:
    """What to start with in a country. Raises KeyError for one that is not in ``country_choices``."""
    return CountryDefaults(
        currency=_NEWER_CURRENCY.get(country) or get_territory_currencies(country)[0],
        time_zone=_MAIN_ZONE.get(country) or get_global("territory_zones")[country][0],
        locale=_locale(country),
    )


@cache
def currency_choices() -> tuple[tuple[str, str], ...]:
    """(code, name) of the currencies in use; those with three decimal places are not offered yet."""
    codes = {country_defaults(country).currency for country, _ in country_choices()}
    return tuple((code, f"{code} · {get_currency_name(code, locale='en')}") for code in sorted(codes))


def _is_country(code: str) -> bool:
    zones = get_global("territory_zones")
    currencies = get_territory_currencies(code) if len(code) == 2 and code.isalpha() else []
    return code in zones and code != "ZZ" and bool(currencies) and minor_digits(currencies[0]) <= 2


def _locale(country: str) -> str:
    try:
        return str(Locale.parse(f"und_{country}"))
    except (UnknownLocaleError, ValueError):
        return "en"
