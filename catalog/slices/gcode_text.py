"""Text G-code: its two ends, never its middle, save for counting layers."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import BinaryIO

from catalog.slices import figures, slots, towers, vocabulary
from catalog.slices.comments import Notes
from catalog.slices.errors import UnreadableSlice
from catalog.slices.makers import maker_of
from catalog.slices.plates import Plate, Slice
from catalog.slices.printers import setup
from catalog.slices.thumbnails import thumbnails_in

END_BYTES = 1024 * 1024
# Once more with longer ends when the short ones say nothing: a large picture can stand before the numbers.
LONG_END_BYTES = 4 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024
# Counting layers and measuring the tower read the whole file; beyond this the answer is not worth the wait.
MAX_LAYER_SCAN_BYTES = 160 * 1024 * 1024
_COMMAND = re.compile(rb"^[ \t]*(?:N[0-9]{1,9}[ \t]+)?[GMT][0-9]{1,4}(?:[ \t.;]|\r?$)", re.MULTILINE)
_MODEL_STARTS = (b"solid ", b"ISO-10303-21", b"# Blender", b"mtllib ", b"v ")


@dataclass(frozen=True, slots=True)
class LayerMark:
    text: bytes
    but_not: bytes | None = None

    def count(self, gcode: bytes) -> int:
        return gcode.count(self.text) - (gcode.count(self.but_not) if self.but_not else 0)


LAYER_MARKS = (
    LayerMark(b"\n;LAYER_CHANGE"),
    LayerMark(b"\n;LAYER:", but_not=b"\n;LAYER:-"),  # below zero is the raft
    LayerMark(b"\n;; --- layer "),
    LayerMark(b"\n; <layer>"),
    LayerMark(b"\n; layer ", but_not=b"\n; layer end"),
)


@dataclass(frozen=True, slots=True)
class Ends:
    head: bytes
    tail: bytes = b""

    @property
    def parts(self) -> tuple[bytes, ...]:
        return (self.head, self.tail) if self.tail else (self.head,)


def read_text(file: BinaryIO, *, start: int = 0) -> Slice:
    size = file.seek(0, 2) - start
    ends = read_ends(file, start=start, size=size, end_bytes=END_BYTES)
    require_gcode(ends)
    notes = notes_of(ends)
    if size > 2 * END_BYTES and not says_enough(notes):
        ends = read_ends(file, start=start, size=size, end_bytes=LONG_END_BYTES)
        notes = notes_of(ends)
    layers = notes.first(vocabulary.LAYERS, figures.count)
    mark = layer_mark(ends.head)
    if layers is None and mark is not None and size <= MAX_LAYER_SCAN_BYTES:
        layers = count_layers(mark, chunks(file, start=start))
    maker = maker_of(*ends.parts)
    plate = plate_of(notes, ends, index=1, layers=layers)
    if towers.is_asked(plate.filaments) and size <= MAX_LAYER_SCAN_BYTES:
        tower = towers.measured(chunks(file, start=start))
        plate = replace(plate, filaments=towers.with_tower(plate.filaments, tower, stated_g=plate.purge_grams))
    return Slice(slicer=maker.slicer, version=maker.version, plates=(plate,), **asdict(setup(notes)))


def read_ends(file: BinaryIO, *, start: int, size: int, end_bytes: int) -> Ends:
    file.seek(start)
    if size <= 2 * end_bytes:
        return Ends(file.read(max(size, 0)))
    head = file.read(end_bytes)
    file.seek(start + size - end_bytes)
    return Ends(_to_last_line(head), _from_first_line(file.read(end_bytes)))


def ends_of_stream(stream: Iterable[bytes]) -> tuple[Ends, int | None]:
    """Head, tail and number of layers of G-code that can only be read once, from an archive."""
    stream = iter(stream)
    head = b""
    for chunk in stream:
        head += chunk
        if len(head) >= END_BYTES:
            break
    kept: deque[bytes] = deque(maxlen=2)

    def keeping() -> Iterator[bytes]:
        yield head
        for chunk in stream:
            kept.append(chunk)
            yield chunk

    layers = count_layers(layer_mark(head), keeping())
    return Ends(head, b"".join(kept)[-END_BYTES:]), layers


def require_gcode(ends: Ends) -> None:
    """Raises UnreadableSlice for whatever text or bytes are not G-code."""
    if not ends.head.strip():
        raise UnreadableSlice("The file is empty.")
    if ends.head.startswith(_MODEL_STARTS):
        raise UnreadableSlice("This is a 3D model that has not been sliced. Slice it, then choose the exported file.")
    if b"\0" in ends.head[:4096] or not any(_COMMAND.search(part) for part in ends.parts):
        raise UnreadableSlice("This is not a sliced file: it holds no G-code.")


def notes_of(ends: Ends) -> Notes:
    notes = Notes()
    for part in ends.parts:
        notes.add_comments(part)
    return notes


def says_enough(notes: Notes) -> bool:
    return slots.print_seconds(notes) is not None and any(use.used for use in slots.filaments(notes))


def plate_of(notes: Notes, ends: Ends, *, index: int, layers: int | None) -> Plate:
    return Plate(
        index=index,
        seconds=slots.print_seconds(notes),
        layers=notes.first(vocabulary.LAYERS, figures.count) or layers,
        filaments=slots.filaments(notes),
        thumbnails=tuple(picture for part in ends.parts for picture in thumbnails_in(part)),
        purge_grams=notes.first(vocabulary.PURGE_GRAMS, figures.amount),
        filament_changes=notes.first(vocabulary.FILAMENT_CHANGES, figures.count),
        bed_type=notes.first(vocabulary.BED_TYPE, lambda text: text[:60]),
    )


def chunks(file: BinaryIO, *, start: int) -> Iterator[bytes]:
    file.seek(start)
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


def layer_mark(head: bytes) -> LayerMark | None:
    return next((mark for mark in LAYER_MARKS if mark.text in head), None)


def count_layers(mark: LayerMark | None, stream: Iterable[bytes]) -> int | None:
    """How often the mark stands in the stream, which is read to its end in any case; None for never."""
    total, rest = 0, b""
    for chunk in stream:
        if mark is None:
            continue
        text = rest + chunk
        cut = text.rfind(b"\n")
        # A line cut by the edge of the chunk is counted with the next one.
        is_cut = cut >= 0 and len(text) - cut < CHUNK_BYTES
        text, rest = (text[:cut], text[cut:]) if is_cut else (text, b"")
        total += mark.count(text)
    return total + (mark.count(rest) if mark else 0) or None


def _to_last_line(text: bytes) -> bytes:
    return text[: text.rfind(b"\n") + 1] or text


def _from_first_line(text: bytes) -> bytes:
    return text[text.find(b"\n") + 1 :]
