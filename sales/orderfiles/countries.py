"""Names of countries in several languages, as the Unicode CLDR has them."""

from functools import cache

from babel import Locale

_LANGUAGES = ("pt", "nl", "es", "it", "fr", "de", "en")
_OTHER = {
    "usa": "US", "united states of america": "US", "u.s.a.": "US", "uk": "GB", "great britain": "GB", "england": "GB",
    "scotland": "GB", "wales": "GB", "northern ireland": "GB", "the netherlands": "NL", "holland": "NL",
    "korea, republic of": "KR", "south korea": "KR", "russian federation": "RU", "czech republic": "CZ",
    "hong kong": "HK", "macao": "MO", "viet nam": "VN", "turkey": "TR",
}  # fmt: skip


def country_code(name: str) -> str:
    """ISO code of a country by its code or name; empty where it is not known."""
    bare = name.strip().casefold()
    if len(bare) == 2 and bare.upper() in Locale("en").territories:
        return bare.upper()
    return _names().get(bare, "")


@cache
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in _LANGUAGES:
        territories = Locale(language).territories
        found |= {name.casefold(): code for code, name in territories.items() if len(code) == 2 and code.isalpha()}
    return found | _OTHER
