"""SpoolmanDB's compiled list of filaments, read by an operator and kept beside the library that ships with Nozzly.

SpoolmanDB is the work of Donkie and its contributors, under the MIT licence; its notice is kept with the data and shown
wherever the data is. https://github.com/Donkie/SpoolmanDB
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from inventory.choices import Finish
from inventory.domain import library
from inventory.domain.library import LibraryFilament
from nozzly.core.errors import DomainError

NAME = "SpoolmanDB"
LICENCE = """SpoolmanDB, https://github.com/Donkie/SpoolmanDB
MIT License. Copyright (c) 2024 Donkie and contributors.
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions: The above copyright notice and this permission notice
shall be included in all copies or substantial portions of the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY
OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR
PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR
THE USE OR OTHER DEALINGS IN THE SOFTWARE."""
_LARGEST = 30 * 1024 * 1024
_HEX = re.compile(r"^#?([0-9a-f]{6})([0-9a-f]{2})?$")
_FINISHES = (
    ("glow", lambda row: row.get("glow"), Finish.GLOW),
    ("marble", lambda row: row.get("pattern") == "marble", Finish.MARBLE),
    ("sparkle", lambda row: row.get("pattern") == "sparkle", Finish.GLITTER),
    ("translucent", lambda row: row.get("translucent"), Finish.TRANSLUCENT),
    ("silk", lambda row: "silk" in str(row.get("name", "")).lower(), Finish.SILK),
    ("matte", lambda row: row.get("finish") == "matte", Finish.MATTE),
    ("glossy", lambda row: row.get("finish") == "glossy", Finish.GLOSSY),
    ("gradient", lambda row: row.get("multi_color_direction") == "longitudinal", Finish.GRADIENT),
)


class NotSpoolmanDB(DomainError):
    pass


class Unfit(Exception):
    """One entry says something that no filament can be."""


@dataclass(frozen=True)
class Reading:
    """How many entries were kept, and why the others were not."""

    kept: int
    left_out: Counter


def read(content: bytes) -> Reading:
    """Check SpoolmanDB's ``filaments.json`` and keep it for the library of every workspace. Raises NotSpoolmanDB."""
    entries, left_out = {}, Counter()
    for row in _rows(content):
        try:
            entry = _entry(row)
        except Unfit as reason:
            left_out[str(reason)] += 1
        else:
            entries[entry.reference] = row
    if not entries:
        raise NotSpoolmanDB(_("None of its entries is a filament that Nozzly can use."))
    kept = {"source": NAME, "licence": LICENCE, "filaments": list(entries.values())}
    _file().parent.mkdir(parents=True, exist_ok=True)
    fresh = _file().with_suffix(".new")
    fresh.write_text(json.dumps(kept, ensure_ascii=False))
    fresh.replace(_file())
    return Reading(len(entries), left_out)


def forget() -> None:
    """Go back to the library that ships with Nozzly. What was picked from the other stays with who picked it."""
    _file().unlink(missing_ok=True)


def added() -> tuple[LibraryFilament, ...]:
    """What was read, in its own order; nothing where nothing was."""
    try:
        state = _file().stat()
    except FileNotFoundError:
        return ()
    return _read_kept(str(_file()), state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=2)
def _read_kept(path: str, _changed_at: int, _size: int) -> tuple[LibraryFilament, ...]:
    kept = json.loads(Path(path).read_text())
    return tuple(_entry(row) for row in kept["filaments"])


def _file() -> Path:
    return Path(settings.LIBRARY_DIR) / "spoolmandb.json"


def _rows(content: bytes) -> Sequence[Mapping]:
    if len(content) > _LARGEST:
        raise NotSpoolmanDB(_("This file is too large for SpoolmanDB's list of filaments."))
    try:
        rows = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NotSpoolmanDB(_("This is no JSON file.")) from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "manufacturer" in row for row in rows):
        raise NotSpoolmanDB(_("This is not SpoolmanDB's compiled filaments.json: a list of filaments with makers."))
    return rows


def _entry(row: Mapping) -> LibraryFilament:
    """Raises Unfit."""
    written = _word(row, "material", 40)
    material = library.material_name(written)
    colour_name = _word(row, "name", 80)
    if material.upper() != written.upper() and written.lower() not in colour_name.lower():
        colour_name = f"{written} {colour_name}"[:80]  # the maker's PLA+ white is not its PLA white
    return LibraryFilament(
        reference=f"spoolmandb:{_word(row, 'id', 100)}",
        brand=_word(row, "manufacturer", 80),
        series="",
        material=material,
        colour_name=colour_name,
        colour_hexes=_hexes(row),
        finish=next((finish.value for _name, fits, finish in _FINISHES if fits(row)), ""),
        diameter_mm=_number(row, "diameter", Decimal(1), Decimal(4)),
        net_weight_g=_number(row, "weight", Decimal(1), Decimal(100_000)),
        empty_reel_g=_number_or_none(row, "spool_weight", Decimal(0), Decimal(5_000)),
        density_g_cm3=_number_or_none(row, "density", Decimal("0.1"), Decimal(20)),
    )


def _word(row: Mapping, name: str, longest: int) -> str:
    text = " ".join(str(row.get(name) or "").replace("\x00", "").split())
    if not text or len(text) > longest:
        raise Unfit(f"{name} is missing or too long")
    return text


def _hexes(row: Mapping) -> tuple[str, ...]:
    said = row.get("color_hexes") or [row.get("color_hex")]
    found = [_HEX.match(str(colour or "").lower()) for colour in said if isinstance(said, list)]
    if not found or not all(found) or len(found) > 8:
        raise Unfit("no colour")
    return tuple(f"#{match[1]}" for match in found)


def _number(row: Mapping, name: str, low: Decimal, high: Decimal) -> Decimal:
    try:
        number = Decimal(str(row.get(name)))
    except InvalidOperation:
        raise Unfit(f"{name} is no number") from None
    if not number.is_finite() or not low <= number <= high:
        raise Unfit(f"{name} is out of range")
    return number.quantize(Decimal("0.001"))


def _number_or_none(row: Mapping, name: str, low: Decimal, high: Decimal) -> Decimal | None:
    return None if row.get(name) is None else _number(row, name, low, high)
