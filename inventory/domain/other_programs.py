"""Exports of other spool managers, row by row in the words of our own list. Plain texts in and out.

Spoolman writes its tables with dotted names, ``filament.vendor.name``, as CSV or JSON; what is left is the weight at
first less what was used. SpoolManager for OctoPrint writes English headers with units and "-" for nothing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

_ZERO = Decimal(0)
_CENT = Decimal("0.01")
_DOTTED = re.compile(r"^[a-z0-9_.]+$")
_NOT_SIMPLE = re.compile(r"[^a-z0-9]+")
type_of_row = Mapping[str, str]


@dataclass(frozen=True)
class Program:
    """``needs`` are headers that only its export has; ``read`` answers a row by the names of our own columns."""

    name: str
    needs: frozenset[str]
    read: Callable[[type_of_row], dict[str, str]]

    def wrote(self, headers: Sequence[str]) -> bool:
        return self.needs <= {_simple(header) for header in headers}

    def rows(self, headers: Sequence[str], lines: Sequence[Sequence[str]]) -> list[dict[str, str]]:
        names = [_simple(header) for header in headers]
        return [self.read(dict(zip(names, line, strict=False))) for line in lines]


def program_of(headers: Sequence[str]) -> Program | None:
    return next((program for program in PROGRAMS if program.wrote(headers)), None)


def _spoolman(row: type_of_row) -> dict[str, str]:
    full = _first(row, "initial_weight", "filament.weight")
    left = row.get("remaining_weight", "") or _less(full, row.get("used_weight", ""))
    archived = row.get("archived", "").lower() in {"true", "1"}
    colours = row.get("filament.multi_color_hexes") or row.get("filament.color_hex", "")
    number = row.get("id", "")
    return {
        "code": f"SPM{int(number):04d}" if number.isdecimal() and len(number) < 10 else "",
        "brand": row.get("filament.vendor.name") or "Unknown",
        "material": row.get("filament.material") or "PLA",
        "colour_name": row.get("filament.name") or row.get("filament.article_number") or "Unknown",
        "colour_hexes": _hexes(colours),
        "diameter_mm": row.get("filament.diameter", ""),
        "net_weight_g": full,
        "left_g": left,
        "tare_g": row.get("spool_weight", ""),
        "state": "empty" if archived or _is_nothing(left) else "open" if row.get("first_used") else "",
        "place": row.get("location", ""),
        "batch": row.get("lot_nr", ""),
        "received_on": _day(row.get("registered", "")),
        "note": _line(row.get("comment", "")),
        "value": _share(_first(row, "price", "filament.price"), left, full),
    }


def _spool_manager(row: type_of_row) -> dict[str, str]:
    row = {name: "" if text.strip() == "-" else text.strip() for name, text in row.items()}
    full = row.get("totalweightg", "")
    left = _less(full, row.get("usedweightg", ""))
    name = _first(row, "spoolname", "displayname")
    return {
        "brand": row.get("vendor") or "Unknown",
        "material": row.get("material") or "PLA",
        "colour_name": row.get("colorname") or name or "Unknown",
        "colour_hexes": _hexes(row.get("colorcodehex", "")),
        "diameter_mm": row.get("diametermm", ""),
        "net_weight_g": full,
        "left_g": left,
        "tare_g": row.get("spoolweightg", ""),
        "state": "empty" if _is_nothing(left) else "open" if row.get("firstuseddmmyyyyhhmm") or _used(row) else "",
        "supplier": row.get("purchasedfrom", ""),
        "received_on": _day(row.get("purchasedonddmmyyyy", "")),
        "note": _line(" · ".join(part for part in (name, _first(row, "note", "notetext")) if part)),
        "value": _share(row.get("cost", ""), left, full),
    }


PROGRAMS = (
    Program("Spoolman", frozenset({"filament.material", "filament.diameter", "used_weight"}), _spoolman),
    Program("SpoolManager", frozenset({"colorcodehex", "totalweightg", "usedweightg"}), _spool_manager),
)


def _simple(header: str) -> str:
    """Spoolman's names stay, SpoolManager's "Total weight [g]" becomes totalweightg."""
    text = header.strip().lower()
    return text if _DOTTED.match(text) else _NOT_SIMPLE.sub("", text)


def _first(row: type_of_row, *names: str) -> str:
    return next((row[name] for name in names if row.get(name)), "")


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _less(full: str, used: str) -> str:
    """What is left; the text as it is where it is no number, for the row's check to refuse."""
    whole, gone = _number(full), _number(used or "0")
    if whole is None or gone is None:
        return full if not used else used if gone is None else ""
    return f"{max(whole - gone, _ZERO):f}"


def _share(price: str, left: str, full: str) -> str:
    """What is left of the price of a full reel; the price as it is where a weight is missing."""
    paid, rest, whole = _number(price), _number(left), _number(full)
    if paid is None or rest is None or not whole:
        return price
    return f"{(paid * min(rest / whole, Decimal(1))).quantize(_CENT):f}"


def _is_nothing(left: str) -> bool:
    return _number(left) == 0


def _used(row: type_of_row) -> bool:
    return bool(_number(row.get("usedweightg", "")))


def _hexes(text: str) -> str:
    words = (word.lstrip("#")[:6] for word in re.split(r"[,;\s]+", text.lower()) if word)
    return " ".join(f"#{word}" for word in words if word)


def _day(text: str) -> str:
    """The day of a moment as either program writes it; other texts stay, for the row's check to refuse."""
    for written, length in (("%Y-%m-%d", 10), ("%d.%m.%Y", 10)):
        try:
            return datetime.strptime(text.strip()[:length], written).date().isoformat()  # noqa: DTZ007 - a day only
        except ValueError:
            continue
    return text


def _line(text: str) -> str:
    return " ".join(text.split())[:200]
