"""Days as marketplaces write them. Day-first or month-first is seen from the column or asked, never guessed."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import cache

from babel.dates import get_month_names

from nozzly.core.errors import DomainError

_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "sv", "da", "pl")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[T ,].*)?")
_NUMBERS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:[T ,].*)?")
_WORDS = re.compile(r"[^\W_]+", re.UNICODE)
_FIRST_YEAR, _LAST_YEAR = 1995, 2099


class DateOrder(StrEnum):
    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class NoDate(DomainError):
    """The text is no day of the calendar."""


class UnclearDate(DomainError):
    """The text is one of two days, and nothing tells which."""


def order_of(texts: Iterable[str]) -> DateOrder | None:
    """What a column of days shows: a number above twelve is no month. None where it shows nothing, or both."""
    seen = set()
    for text in texts:
        match = _NUMBERS.fullmatch(text.strip())
        if not match:
            continue
        if match[2] == "." or int(match[1]) > 12:
            seen.add(DateOrder.DAY_FIRST)
        elif int(match[3]) > 12:
            seen.add(DateOrder.MONTH_FIRST)
    return seen.pop() if len(seen) == 1 else None


def is_unclear(text: str) -> bool:
    """Whether it can be read as two different days."""
    match = _NUMBERS.fullmatch(text.strip())
    return bool(match and match[2] != "." and int(match[1]) <= 12 and int(match[3]) <= 12 and match[1] != match[3])


def read_date(text: str, order: DateOrder | None = None) -> date | None:
    """The day a cell names; None for an empty one. Raises NoDate, UnclearDate."""
    text = text.strip()
    if text in {"", "-", "--", "–"}:
        return None
    if match := _ISO.fullmatch(text) or _YEAR_FIRST.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3]), text)
    if match := _NUMBERS.fullmatch(text):
        return _from_numbers(match, order, text)
    return _from_words(text)


def _from_numbers(match: re.Match, order: DateOrder | None, text: str) -> date:
    first, second, year = int(match[1]), int(match[3]), _year(match[4])
    if match[2] == "." or (order is None and first > 12):
        order = DateOrder.DAY_FIRST
    elif order is None and (second > 12 or first == second):
        order = DateOrder.MONTH_FIRST
    if order is None:
        raise UnclearDate(f"“{text[:30]}” can be two days; say whether the day or the month comes first.")
    month, day = (second, first) if order == DateOrder.DAY_FIRST else (first, second)
    return _day(year, month, day, text)


def _from_words(text: str) -> date:
    """``September 3, 2026``, ``31 July, 2026``, ``Sep-18-26``, ``05-oct.-26``, ``10-Dez-25``."""
    words = _WORDS.findall(text)[:5]
    month = next((number for word in words if (number := months().get(_bare(word)))), None)
    numbers = [word for word in words if word.isdecimal()]
    if month is None or len(numbers) < 2:
        raise NoDate(f"“{text[:30]}” is no date.")
    first, second = numbers[:2]
    if len(first) == 4:
        first, second = second, first
    if len(first) > 2 or len(second) not in {2, 4}:
        raise NoDate(f"“{text[:30]}” is no date.")
    return _day(_year(second), month, int(first), text)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _day(year: int, month: int, day: int, text: str) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise NoDate(f"“{text[:30]}” is no day of the calendar.") from None
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise NoDate(f"“{text[:30]}” is outside the years that can be booked.")
    return found


@cache
def months() -> dict[str, int]:
    """Names and short names of the months in the languages that marketplaces write."""
    found = {"sept": 9}
    for language in reversed(_LANGUAGES):
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                names = get_month_names(width, context=context, locale=language)
                found |= {_bare(name): number for number, name in names.items() if not name.isdecimal()}
    return found


def _bare(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).strip(".")
