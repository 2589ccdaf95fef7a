"""Money as marketplaces write it: ``$5.00``, ``-CA$4.42``, ``AU $3,000.00``, ``1 234,50 €``, ``(3.00)``, ``--``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from nozzly.core.errors import DomainError
from nozzly.core.money import round_money

MOST = Decimal(10) ** 9
_NONE = {"", "-", "--", "---", "–", "—", "n/a", "na", "nil", "none", "null"}
_SIGNS = {
    "CA$": "CAD", "C$": "CAD", "AU$": "AUD", "A$": "AUD", "US$": "USD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD",
    "SG$": "SGD", "MX$": "MXN", "R$": "BRL", "NT$": "TWD", "£": "GBP", "€": "EUR", "¥": "JPY", "₹": "INR", "₺": "TRY",
    "ZŁ": "PLN", "₫": "VND", "₪": "ILS", "$": "", "KR": "", "FR": "CHF", "FR.": "CHF", "RS": "INR",
}  # fmt: skip
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
_FORM = re.compile(
    r"(?P<sign>[-+]?)(?P<before>[^\d.,'’()+-]*)(?P<inner>[-+]?)(?P<number>[\d.,'’]*\d[\d.,'’]*)(?P<after>[^\d()]*)"
)
_COMMA_CENTS = re.compile(r"\d,\d{1,2}(?!\d)")
_POINT_CENTS = re.compile(r"\d\.\d{1,2}(?!\d)")


class NoAmount(DomainError):
    """The text is no amount of money."""


@dataclass(frozen=True)
class AmountStyle:
    """How the file at hand writes a fraction: ``comma`` for 1.234,50; None where nothing tells."""

    comma: bool | None = None


def style_of(texts: Iterable[str]) -> AmountStyle:
    """Look at amounts that can only be read one way."""
    commas = points = 0
    for text in texts:
        if "," in text or "." in text:
            tail = re.sub(r"[^\d.,]", "", text)
            commas += bool(_COMMA_CENTS.search(tail[-3:] if len(tail) > 3 else tail) and not tail.endswith(","))
            points += bool(_POINT_CENTS.search(tail[-3:] if len(tail) > 3 else tail))
    return AmountStyle(None if commas == points else commas > points)


@lru_cache(maxsize=8192)
def read_amount(text: str, style: AmountStyle = AmountStyle()) -> tuple[Decimal | None, str]:
    """The amount and the currency its sign names ("" for none); None where the cell says there is nothing.

    Raises NoAmount.
    """
    bare = _SPACES.sub("", text).replace("−", "-")
    if bare.casefold() in _NONE:
        return None, ""
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare.strip("()")
    if bare.endswith("-"):
        negative, bare = True, bare[:-1]
    match = _FORM.fullmatch(bare)
    if match is None:
        raise NoAmount(f"“{text[:40]}” is no amount of money.")
    currency = _currency(match["before"], match["after"], text)
    amount = _number(match["number"], style, text)
    if "-" in match["sign"] + match["inner"]:
        negative = not negative
    amount = -amount if negative else amount
    return round_money(amount, currency or "EUR"), currency


def _currency(before: str, after: str, text: str) -> str:
    for word in (before, after):
        sign = word.upper().strip(".")
        if not sign:
            continue
        if sign in _SIGNS:
            return _SIGNS[sign]
        if re.fullmatch(r"[A-Z]{3}", sign):
            return sign
        if match := re.fullmatch(r"([A-Z]{3})[$£€]|[$£€]([A-Z]{3})", sign):
            return match[1] or match[2]
        raise NoAmount(f"“{text[:40]}” is no amount of money.")
    return ""


def _number(digits: str, style: AmountStyle, text: str) -> Decimal:
    digits = digits.replace("'", "").replace("’", "")
    try:
        number = Decimal(_plain(digits, style))
    except InvalidOperation:
        raise NoAmount(f"“{text[:40]}” is no amount of money.") from None
    if abs(number) >= MOST:
        raise NoAmount(f"“{text[:40]}” is more than can be booked.")
    return number


def _plain(digits: str, style: AmountStyle) -> str:
    """The digits with a point for the fraction and nothing else."""
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        return digits.replace(".", "").replace(",", ".") if comma > point else digits.replace(",", "")
    mark = "," if comma >= 0 else "."
    parts = digits.split(mark)
    if len(parts) == 1:
        return digits
    in_threes = all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3 and parts[0] not in {"", "0"}
    is_fraction = style.comma if mark == "," else (None if style.comma is None else not style.comma)
    if len(parts) > 2 or (in_threes and (is_fraction is False or (is_fraction is None and mark == ","))):
        if not in_threes:
            raise InvalidOperation
        return "".join(parts)
    return ".".join(parts)
