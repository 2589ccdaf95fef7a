"""Numbers as people read them: money, grams, durations, percentages, in the workspace's own locale."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal
from django.utils import timezone

from nozzly.core.money import minor_digits
from nozzly.web import workspace

NOTHING = "–"
THIN = "\u202f"
NBSP = "\u00a0"
_UNIT_COST_DIGITS = 4


def _locale() -> str:
    return _known_locale(workspace.locale())


@lru_cache(maxsize=64)
def _known_locale(wanted: str) -> str:
    try:
        return str(Locale.parse(wanted))
    except (UnknownLocaleError, ValueError):
        return "en"


# babel takes 50 to 100 µs for a number; a page shows a hundred, and mostly the same ones again.
@lru_cache(maxsize=8192)
def _decimal(value: Decimal, digits: int, locale: str) -> str:
    return format_decimal(value, format=f"#,##0.{'0' * digits}" if digits else "#,##0", locale=locale)


@lru_cache(maxsize=8192)
def _currency(value: Decimal, code: str, locale: str) -> str:
    return format_currency(value, code, locale=locale)


@lru_cache(maxsize=8192)
def _fine_currency(value: Decimal, code: str, locale: str) -> str:
    digits = max(_UNIT_COST_DIGITS, minor_digits(code))
    return format_currency(value, code, format=f"¤#,##0.{'0' * digits}", locale=locale, currency_digits=False)


def number(value: Decimal | int | None, digits: int = 0) -> str:
    """A number with grouping and exactly ``digits`` decimals."""
    if value is None or value == "":
        return NOTHING
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return _decimal(rounded or abs(rounded), digits, _locale())


def money(value: Decimal | None, currency: str = "") -> str:
    if value is None or value == "":
        return NOTHING
    return _currency(Decimal(value), currency or workspace.currency(), _locale())


def unit_cost(value: Decimal | None, currency: str = "") -> str:
    """Money below the minor unit, as for a gram: four more digits than nothing would show."""
    if value is None or value == "":
        return NOTHING
    return _fine_currency(Decimal(value), currency or workspace.currency(), _locale())


def grams(value: Decimal | None) -> str:
    """498 g, 12.4 g: a tenth of a gram only where it matters."""
    if value is None or value == "":
        return NOTHING
    value = Decimal(value)
    digits = 0 if abs(value) >= 100 or value == value.to_integral_value() else 1
    return f"{number(value, digits)}{NBSP}g"


def kilograms(value_g: Decimal | None) -> str:
    """Grams shown as kilograms, for sums."""
    if value_g is None or value_g == "":
        return NOTHING
    return f"{number(Decimal(value_g) / 1000, 2)}{NBSP}kg"


def duration(seconds: int | Decimal | None) -> str:
    """3 h 20 min; minutes below an hour; seconds below a minute."""
    if seconds is None or seconds == "":
        return NOTHING
    total = int(Decimal(seconds).to_integral_value(rounding=ROUND_HALF_UP))
    sign, total = ("−", -total) if total < 0 else ("", total)
    if total < 60:
        return f"{sign}{total}{NBSP}s"
    hours, minutes = divmod((total + 30) // 60, 60)
    if not hours:
        return f"{sign}{minutes}{NBSP}min"
    return f"{sign}{hours}{NBSP}h {minutes}{NBSP}min" if minutes else f"{sign}{hours}{NBSP}h"


def percent(value: Decimal | None, digits: int = 1) -> str:
    """6.5 is 6.5 %; whole percentages lose their zero."""
    if value is None or value == "":
        return NOTHING
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return f"{number(rounded, 0 if rounded == rounded.to_integral_value() else digits)}{THIN}%"


def day(value: date | None) -> str:
    """12 Nov 2026, in the order the workspace's locale wants."""
    if not value:
        return NOTHING
    return format_date(_local(value), "medium", locale=_locale())


def moment(value: datetime | None) -> str:
    """12 Nov 2026, 13:45, in the workspace's time zone."""
    if not value:
        return NOTHING
    at = _local(value)
    return f"{format_date(at, 'medium', locale=_locale())}, {format_time(at, 'short', locale=_locale())}"


def clock(value: datetime | None) -> str:
    """13:45, in the workspace's time zone and habit."""
    return format_time(_local(value), "short", locale=_locale()) if value else NOTHING


def _local(value: date) -> date:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
