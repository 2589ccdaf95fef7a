"""What goes into the prime (wipe) tower, measured in the moves that draw it: no slicer states it slot by slot.

Slicers of the Prusa and Bambu families say where the tower begins and ends. Only moves that draw count: pushing filament
back and forth adds up to nothing, nor does unloading one filament and loading the next. Flushing is not part of it (``catalog.slices.flushes``).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from catalog.slices import figures
from catalog.slices.plates import SlotUse
from catalog.slices.vocabulary import MAX_SLOTS

_KINDS = (b"\n; FEATURE: ", b"\n;TYPE:")
_TOWERS = (b"Prime tower", b"Wipe tower")
_TOOL, _ABSOLUTE, _FLUSH = b"\nT", b"\nM82", b"\n; FLUSH_START"
_CHANGE = b"\n; CP TOOLCHANGE "
_MARKS = (*_KINDS, _CHANGE, _TOOL, _ABSOLUTE, _FLUSH)
# Small pieces: a hostile file that is nothing but marks must not fill the memory.
_PIECE_BYTES = 128 * 1024
# 100 MB of honest G-code hold a tenth of that.
MAX_MARKS = 300_000
_DRAWN = re.compile(
    rb"^G[0-3] [^\n;EXY]{0,40}[XY][^\n;E]{0,120}E([0-9]{1,6}\.?[0-9]{0,9}|\.[0-9]{1,9})(?=\s|;|$)", re.MULTILINE
)
_TOOL_NUMBER = re.compile(rb"([0-9]{1,3})\s*(?:;|$)")
_USUAL_DIAMETER_MM = Decimal("1.75")
_TEN_MICROGRAMS = Decimal("0.0001")


@dataclass
class _Meter:
    """Reads G-code piece by piece; each piece begins with a line feed and ends before one."""

    tower_mm: dict[int, Decimal] = field(default_factory=dict)
    is_absolute: bool = False
    has_flushes: bool = False
    marks: int = 0
    _tool: int = 0
    _in_tower: bool = False
    _is_changing: bool = False

    def feed(self, piece: bytes) -> None:
        drawn_from, marks = 0, sorted(_marks_in(piece))
        self.marks += len(marks)
        for at, mark in marks:
            if self._in_tower and not self._is_changing:
                self._draw(piece[drawn_from:at])
            drawn_from = at + 1
            self._turn(mark, piece[at + len(mark) : at + len(mark) + 40].split(b"\n", 1)[0])
        if self._in_tower and not self._is_changing:
            self._draw(piece[drawn_from:])

    def _turn(self, mark: bytes, text: bytes) -> None:
        if mark in _KINDS:
            self._in_tower, self._is_changing = text.startswith(_TOWERS), False
        elif mark == _CHANGE:
            self._is_changing = text.startswith((b"UNLOAD", b"LOAD"))
        elif mark == _TOOL:
            number = _TOOL_NUMBER.match(text)
            if number and int(number[1]) < MAX_SLOTS:
                self._tool = int(number[1])
        self.is_absolute = self.is_absolute or mark == _ABSOLUTE
        self.has_flushes = self.has_flushes or mark == _FLUSH

    def _draw(self, lines: bytes) -> None:
        # The same lengths come again and again.
        lengths = Counter(_DRAWN.findall(lines))
        total = sum((Decimal(length.decode()) * count for length, count in lengths.items()), Decimal(0))
        if total:
            self.tower_mm[self._tool] = self.tower_mm.get(self._tool, Decimal(0)) + total


@dataclass(frozen=True)
class Tower:
    """Millimetres by 0-based slot; ``has_flushes`` says that this is not all that is purged."""

    millimetres: Mapping[int, Decimal]
    has_flushes: bool


def measured(stream: Iterable[bytes]) -> Tower | None:
    """None where the file counts its extrusion from a zero of its own, as a piece of it then says nothing, and for a
    file that is hardly anything but marks.
    """
    meter, rest = _Meter(), b"\n"
    for chunk in stream:
        for start in range(0, len(chunk), _PIECE_BYTES):
            text = rest + chunk[start : start + _PIECE_BYTES]
            cut = text.rfind(b"\n")
            if cut > 0:
                meter.feed(text[:cut])
            if meter.is_absolute or meter.marks > MAX_MARKS:
                return None
            # The rest of a line comes with the next piece; a line without an end is no move.
            rest = text[max(cut, 0) :][-_PIECE_BYTES:]
    meter.feed(rest)
    return None if meter.is_absolute else Tower(meter.tower_mm, meter.has_flushes)


def is_asked(uses: Sequence[SlotUse]) -> bool:
    """Only beds of several filaments have a tower that matters."""
    return sum(bool(use.used) for use in uses) > 1


def with_tower(uses: Sequence[SlotUse], tower: Tower | None, *, stated_g: Decimal | None) -> tuple[SlotUse, ...]:
    """The same filaments with the tower in their purge; unchanged where that would tell only a part of it.

    ``stated_g`` is the tower of the whole plate where the file gives one: what was measured only shares it.
    """
    used = [use for use in uses if use.used]
    lacks_flushes = tower is not None and tower.has_flushes and any(use.purge_grams is None for use in used)
    if tower is None or lacks_flushes or not set(tower.millimetres) <= {use.slot for use in used}:
        return tuple(uses)
    grams = {use.slot: _grams(use, tower.millimetres.get(use.slot, Decimal(0))) for use in used}
    if None in grams.values() or not any(grams.values()):
        return tuple(uses)
    if stated_g:
        total = sum(grams.values(), Decimal(0))
        grams = {slot: amount * stated_g / total for slot, amount in grams.items()}
    return tuple(replace(use, purge_grams=_added(use, grams[use.slot])) if use.used else use for use in uses)


def _marks_in(piece: bytes) -> Iterable[tuple[int, bytes]]:
    for mark in _MARKS:
        at = piece.find(mark)
        while at >= 0:
            yield at, mark
            at = piece.find(mark, at + 1)


def _grams(use: SlotUse, millimetres: Decimal) -> Decimal | None:
    """By the file's own weight for a length where it gives both."""
    if use.grams is not None and use.millimetres:
        return use.grams * millimetres / use.millimetres
    if not use.density_g_per_cm3:
        return None
    return figures.filament_grams(
        length_mm=millimetres,
        diameter_mm=use.diameter_mm or _USUAL_DIAMETER_MM,
        density_g_per_cm3=use.density_g_per_cm3,
    )


def _added(use: SlotUse, tower_g: Decimal) -> Decimal | None:
    """Never more than the slot takes."""
    purge_grams = (use.purge_grams or Decimal(0)) + tower_g
    return (purge_grams if use.grams is None else min(purge_grams, use.grams)).quantize(_TEN_MICROGRAMS)
