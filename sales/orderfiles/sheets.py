"""From bytes to rows under known columns: encoding, separator, preamble, the header wherever it stands."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO

from nozzly.web.reading import MAX_BYTES, UnreadableTable, decoded, is_workbook, workbook_lines
from sales.choices import OrderFileKind
from sales.orderfiles.errors import UnreadableOrderFile
from sales.orderfiles.headers import columns_of, kind_of, mended, other_file
from sales.orderfiles.wrong_files import ONE_COLUMN, sentence_for

MOST_BYTES = 24 * 1024 * 1024  # of a text file: a year of 60,000 lines; a workbook is read as everywhere
MOST_ROWS = 80_000  # of one import
_SEPARATORS = (",", ";", "\t", "|")
_LOOKED_AT = 40  # lines in which the header must stand; eBay puts a dozen in front of it
_MAX_COLUMNS = 400
_FEWEST_COLUMNS = 2
_HEAD = 100_000  # characters
_GUARDED = frozenset("0123456789+-=@#")  # what a spreadsheet would calculate; "'s-Gravenhage" keeps its apostrophe


@dataclass(frozen=True, slots=True)
class Row:
    """Cells by the name of their column, and the line of the file they stand in."""

    number: int
    cells: list[str]
    columns: dict[str, int]

    def __getitem__(self, name: str) -> str:
        index = self.columns.get(name)
        return self.cells[index] if index is not None and index < len(self.cells) else ""

    @property
    def is_empty(self) -> bool:
        return not any(self.cells)

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(self.cells)


@dataclass
class Sheet:
    kind: str
    headers: list[str]
    columns: dict[str, int]
    rows: list[Row] = field(default_factory=list)
    separator: str = ","

    def column(self, *names: str) -> Iterator[str]:
        """Every filled cell of some columns."""
        for name in names:
            if name in self.columns:
                yield from (cell for row in self.rows if (cell := row[name]))


def open_sheet(content: bytes, *, kind: str = "", columns: dict[str, int] | None = None) -> Sheet:
    """Find the header and read what is under it; ``kind`` and ``columns`` are what a person said about the file.

    Raises UnreadableOrderFile.
    """
    _refuse_size(content)
    if sentence := sentence_for(content):
        raise UnreadableOrderFile(sentence)
    try:
        separator, lines = _lines(content)
    except UnreadableTable as error:
        raise UnreadableOrderFile(str(error)) from error
    start, found = _header(lines)
    if start is None:
        raise UnreadableOrderFile("The file is empty.")
    headers = [mended(cell).strip() for cell in lines[start][1]]
    kind = kind or found
    if not kind and (sentence := other_file(headers)):
        raise UnreadableOrderFile(sentence)
    if not kind and len([cell for cell in headers if cell]) < _FEWEST_COLUMNS:
        raise UnreadableOrderFile(ONE_COLUMN)
    kind = kind or OrderFileKind.TABLE
    if columns is None:
        columns = {} if kind == OrderFileKind.TABLE else columns_of(kind, headers)
    sheet = Sheet(kind, headers, columns, separator=separator)
    sheet.rows = [Row(number, [_cell(text) for text in cells], columns) for number, cells in lines[start + 1 :]]
    return sheet


def _refuse_size(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise UnreadableOrderFile("The file is larger than 24 MB; download it month by month.")
    if len(content) > MAX_BYTES and is_workbook(content):
        raise UnreadableOrderFile("The workbook is larger than 8 MB; save it as CSV.")


def _lines(content: bytes) -> tuple[str, list[tuple[int, list[str]]]]:
    if is_workbook(content):
        return ",", _bounded(iter(enumerate(workbook_lines(content), 1)))
    text = decoded(content).lstrip("\ufeff")
    best = max(_SEPARATORS, key=lambda each: _fits(text, each))
    return best, _bounded(_split(text, best))


def _split(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    try:
        before = 0
        for cells in reader:
            yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        raise UnreadableOrderFile(f"Line {reader.line_num} cannot be read: {error}.") from error


def _bounded(lines: Iterator[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    kept = []
    for number, cells in lines:
        if len(kept) > MOST_ROWS:
            raise UnreadableOrderFile(f"The file has more than {MOST_ROWS:,} rows; download it month by month.")
        if len(cells) > _MAX_COLUMNS:
            raise UnreadableOrderFile(f"Line {number} has more than {_MAX_COLUMNS} columns.")
        kept.append((number, cells))
    return kept


def _fits(text: str, separator: str) -> tuple[int, int]:
    """How well a separator explains the first lines: a known header counts most, then the number of columns."""
    head = "\n".join(text[:_HEAD].splitlines()[:_LOOKED_AT])
    try:
        lines = [cells for _number, cells in _split(head, separator)]
    except UnreadableOrderFile:
        return 0, 0
    known = any(kind_of(cells) or other_file(cells) for cells in lines)
    return int(known), max((sum(1 for cell in cells if cell.strip()) for cells in lines), default=0)


def _header(lines: list[tuple[int, list[str]]]) -> tuple[int | None, str]:
    """Where the header stands and what it says; else the first line with at least two filled cells."""
    for index, (_number, cells) in enumerate(lines[:_LOOKED_AT]):
        if kind := kind_of(cells):
            return index, kind
    for wanted in (2, 1):
        for index, (_number, cells) in enumerate(lines[:_LOOKED_AT]):
            filled = [cell for cell in cells if cell.strip()]
            if len(filled) >= wanted and not filled[0].lower().startswith("sep="):
                return index, ""
    return None, ""


def _cell(text: str) -> str:
    """Without the apostrophe that a spreadsheet puts in front of what it must not calculate."""
    text = mended(text).replace("\x00", "").strip()
    return text[1:].strip() if text[:1] == "'" and text[1:2] in _GUARDED else text
