"""Files that are no tables at all, by their first bytes: what each is, and what to do instead."""

import zipfile
from io import BytesIO

_STARTS = (
    (b"%PDF", "This is a PDF. Download the export as CSV instead."),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel file (.xls). Save it as XLSX or CSV first."),
    (b"\x89PNG", "This is a picture. Download the export as CSV instead."),
    (b"\xff\xd8\xff", "This is a picture. Download the export as CSV instead."),
    (b"GIF8", "This is a picture. Download the export as CSV instead."),
    (b"RIFF", "This is a picture or a sound. Download the export as CSV instead."),
    (b"\x1f\x8b", "This file is packed. Unpack it and choose the file inside."),
    (b"7z\xbc\xaf", "This file is packed. Unpack it and choose the file inside."),
    (b"Rar!", "This file is packed. Unpack it and choose the file inside."),
)  # fmt: skip
_WEB_PAGE = "This is a web page, not an export. Sign in to the marketplace and download the file once more."
_WEB_PAGES = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<body", b"<script")
_JSON = "This is JSON. Download the export as CSV or XLSX instead."
ONE_COLUMN = (
    "The file has a single column; a table of orders has at least a number, a date, what was bought and a price."
)


def sentence_for(content: bytes) -> str:
    """Why this can be no table of orders; "" where it may be one."""
    for start, sentence in _STARTS:
        if content.startswith(start):
            return sentence
    if content[:4] == b"PK\x03\x04":
        return _of_archive(content)
    head = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(_WEB_PAGES):
        return _WEB_PAGE
    return _JSON if head[:1] == b"{" or head[:2] == b"[{" else ""


def _of_archive(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            names = packed.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ""  # said by whoever opens it
    if any(name.startswith("xl/") for name in names):
        return ""
    return "This is a ZIP archive. Unpack it and choose the files inside."
