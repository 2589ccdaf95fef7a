"""Reading an uploaded table, CSV, XLSX or JSON, without trusting it: size, rows, columns and packing are bounded."""

import csv
import re
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO, StringIO

from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from nozzly.web.flattening import json_rows

MAX_BYTES = 8 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 120
MAX_CELL = 8_000
_MAX_UNPACKED = 80 * 1024 * 1024
_MAX_TAGS = 3_000_000  # a few hundred kilobytes may unpack to millions of tiny cells, each of which costs time
_CHUNK = 1024 * 1024
_ENCODINGS = ("utf-8-sig", "cp1252")
_SNIFFED = 16_384
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


class UnreadableTable(DomainError):
    pass


@dataclass(frozen=True)
class Table:
    """Headers and rows of text; every row has as many cells as there are headers."""

    headers: list[str]
    rows: list[list[str]]


def read_table(name: str, content: bytes) -> Table:
    """The first sheet or the one table of a file. Raises UnreadableTable."""
    if len(content) > MAX_BYTES:
        raise UnreadableTable(_("The file is larger than 8 MB; split it."))
    lines = _lines(content)
    filled = [line for line in lines if any(cell.strip() for cell in line)]
    if not filled:
        raise UnreadableTable(_("{name} is empty.").format(name=name))
    headers, rows = [cell.strip() for cell in filled[0]], filled[1:]
    while headers and not headers[-1]:
        headers.pop()
    if len(headers) > MAX_COLUMNS:
        raise UnreadableTable(_("The file has more than {count} columns.").format(count=MAX_COLUMNS))
    if len(set(headers)) != len(headers):
        raise UnreadableTable(_("Two columns have the same name in the first row; rename one of them."))
    return Table(headers, [_fitted(row, len(headers)) for row in rows])


def _lines(content: bytes) -> list[list[str]]:
    if is_workbook(content):
        return workbook_lines(content)
    text = decoded(content)
    return json_lines(text) if text.lstrip()[:1] in {"[", "{"} else _csv_lines(text)


def _fitted(row: list[str], width: int) -> list[str]:
    cells = [cell.strip() for cell in row[:width]]
    if any(len(cell) > MAX_CELL for cell in cells):
        raise UnreadableTable(_("A cell holds more than {count} characters.").format(count=MAX_CELL))
    return cells + [""] * (width - len(cells))


def _bounded(lines) -> list[list[str]]:
    kept = []
    for line in lines:
        if len(kept) > MAX_ROWS:
            raise UnreadableTable(_("The file has more than {count} rows; split it.").format(count=MAX_ROWS))
        kept.append(line)
    return kept


def json_lines(text: str) -> list[list[str]]:
    """A list of objects as rows; what is nested gets dotted headers."""
    try:
        return _bounded(json_rows(text))
    except ValueError as error:
        raise UnreadableTable(_("This JSON file holds no list of rows.")) from error


def _csv_lines(text: str) -> list[list[str]]:
    try:
        dialect = csv.Sniffer().sniff(text[:_SNIFFED].partition("\n")[0] or text[:_SNIFFED], delimiters=",;\t|")
        delimiter = dialect.delimiter
    except csv.Error:
        delimiter = ","
    try:
        return _bounded(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UnreadableTable(_("This is no CSV file: {error}.").format(error=error)) from error


def decoded(content: bytes) -> str:
    """The text of a file, whatever wrote it. Raises UnreadableTable."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        text = content.decode("utf-16", errors="replace")
        if "\x00" not in text and "\ufffd" not in text:
            return text
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableTable(_("This is neither a CSV, an XLSX nor a JSON file."))


def is_workbook(content: bytes) -> bool:
    return content[:4] == b"PK\x03\x04"


def workbook_lines(content: bytes) -> list[list[str]]:
    """The first sheet of an XLSX file, every cell as text. Raises UnreadableTable."""
    try:
        _check_packing(content)
        if not _has_formulas(content):
            return _bounded([_text(cell) for cell in row] for row in _rows_of(content, values_only=True))
        results, written = _rows_of(content), _rows_of(content, data_only=False, values_only=True)
        pairs = zip(results, written, strict=True)
        return _bounded([_text(_result(*pair)) for pair in zip(*rows, strict=True)] for rows in pairs)
    except UnreadableTable:
        raise
    except Exception as error:  # openpyxl raises whatever a broken file makes it stumble over
        raise UnreadableTable(_("This XLSX file cannot be read; save it as CSV.")) from error


def _check_packing(content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as packed:
        if sum(entry.file_size for entry in packed.infolist()) > _MAX_UNPACKED:
            raise UnreadableTable(_("The file unpacks to more than 80 MB; save it as CSV."))
        tags = 0
        for entry in packed.infolist():
            with packed.open(entry) as part:
                while tags <= _MAX_TAGS and (chunk := part.read(_CHUNK)):
                    tags += chunk.count(b"<")
    if tags > _MAX_TAGS:
        raise UnreadableTable(_("The file holds too many cells; save it as CSV."))


def _rows_of(content: bytes, *, data_only: bool = True, values_only: bool = False):
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
    return book.worksheets[0].iter_rows(values_only=values_only, max_col=MAX_COLUMNS + 1, max_row=MAX_ROWS + 2)


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(BytesIO(content)) as packed:
        sheets = (packed.read(name) for name in packed.namelist() if name.startswith("xl/worksheets/"))
        return any(_FORMULA.search(sheet) for sheet in sheets)


def _result(cell, written: object) -> object:
    """What a formula came to; the formula itself where the program that wrote the file never worked it out."""
    if cell.value is not None or written is None or cell.data_type == "str":  # a text may come to nothing
        return cell.value
    return getattr(written, "text", written)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):  # 18.900000000000002 was typed as 18.9
        return f"{Decimal(f'{value:.12g}'):f}"
    if hasattr(value, "isoformat"):
        return value.isoformat(sep=" ") if hasattr(value, "hour") and hasattr(value, "day") else value.isoformat()
    return str(value)
