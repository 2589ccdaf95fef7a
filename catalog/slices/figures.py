"""Numbers as slicers write them, read into Decimal. Whatever cannot be read is None: unknown is not zero."""

import re
from decimal import ROUND_HALF_UP, Decimal

PI = Decimal("3.14159265358979323846")
MILLIGRAM_TENTH = Decimal("0.0001")
MAX_FIGURE_CHARACTERS = 100
# Twelve digits hold every honest figure and keep a hostile one from growing.
_NUMBER = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,12})?")
_DIGITS = re.compile(r"[0-9]{1,9}")
_QUANTITY = re.compile(
    r"(?<![0-9.-])([0-9]{1,12}(?:\.[0-9]{1,12})?)\s*(mm\^?3|cm\^?3|mm|cm|m|kg|g)?(?![a-z0-9^.])", re.IGNORECASE
)
_UNITS = {
    "mm": ("length", Decimal(1)),
    "cm": ("length", Decimal(10)),
    "m": ("length", Decimal(1000)),
    "g": ("mass", Decimal(1)),
    "kg": ("mass", Decimal(1000)),
    "mm3": ("volume", Decimal(1)),
    "cm3": ("volume", Decimal(1000)),
}
_CLOCK = re.compile(r"([0-9]{1,4}):([0-9]{2}):([0-9]{2})")
_TIME_SPAN = re.compile(
    r"([0-9]{1,9}(?:[.,][0-9]{1,9})?)\s*(d|h|m|s|days?|hours?|hrs?|minutes?|mins?|seconds?|secs?)(?![a-z])",
    re.IGNORECASE,
)
_SECONDS_PER = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_QUOTED_OR_PLAIN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"\s*|([^;]*))(?:;|$)')


def amount(text: str) -> Decimal | None:
    """A single number that is not negative; German and French slicers write a decimal comma."""
    text = text.strip()
    return Decimal(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def positive(text: str) -> Decimal | None:
    return amount(text) or None


def count(text: str) -> int | None:
    text = text.strip()
    return int(text) if _DIGITS.fullmatch(text) else None


def quantity(text: str, *, dimension: str, unit: str | None) -> Decimal | None:
    """The first figure of this dimension (length in mm, mass in g, volume in mm³).

    ``unit`` is that of a figure without one; None asks for the unit to be written.
    """
    for figure, written in _QUANTITY.findall(text[:MAX_FIGURE_CHARACTERS]):
        name = written.lower().replace("^", "") or unit
        found, factor = _UNITS.get(name, (None, Decimal(1)))
        if found == dimension:
            return Decimal(figure) * factor
    return None


def seconds(text: str) -> int | None:
    """``1d 2h 3m 4s``, ``0 hours 31 minutes``, ``7.94 minutes``, ``01:02:03``, or plain seconds."""
    text = text[:MAX_FIGURE_CHARACTERS].strip()
    clock = _CLOCK.fullmatch(text)
    if clock:
        hours, minutes, rest = (int(part) for part in clock.groups())
        return whole_seconds(Decimal(hours * 3_600 + minutes * 60 + rest))
    plain = amount(text)
    if plain is not None:
        return whole_seconds(plain)
    spans = _TIME_SPAN.findall(text)
    if not spans or _TIME_SPAN.sub("", text).strip(" ,."):
        return None
    return whole_seconds(sum(Decimal(n.replace(",", ".")) * _SECONDS_PER[unit[0].lower()] for n, unit in spans))


def whole_seconds(value: Decimal) -> int | None:
    """No print takes no time, so 0 is a placeholder."""
    return int(value.to_integral_value(ROUND_HALF_UP)) or None


def texts(value: str, *, most: int) -> list[str]:
    """A list of texts: semicolons between them, quotes around those that hold a semicolon themselves."""
    found, position = [], 0
    while position < len(value) and len(found) < most:
        match = _QUOTED_OR_PLAIN.match(value, position)  # its plain branch matches anything
        quoted, plain = match.groups()
        found.append(re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain.strip())
        position = match.end()
    return found


def circle_mm2(diameter_mm: Decimal) -> Decimal:
    return PI * diameter_mm * diameter_mm / 4


def filament_grams(*, length_mm: Decimal, diameter_mm: Decimal, density_g_per_cm3: Decimal) -> Decimal:
    return volume_grams(volume_mm3=length_mm * circle_mm2(diameter_mm), density_g_per_cm3=density_g_per_cm3)


def volume_grams(*, volume_mm3: Decimal, density_g_per_cm3: Decimal) -> Decimal:
    return (volume_mm3 * density_g_per_cm3 / 1000).quantize(MILLIGRAM_TENTH, ROUND_HALF_UP)
