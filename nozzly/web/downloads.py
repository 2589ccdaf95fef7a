"""Files that a page hands out."""

import csv
from collections.abc import Iterable
from io import StringIO

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from nozzly.web.exporting import ListResource

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
    "png": "image/png",
}

_STREAMED_FROM = 4 * 1024 * 1024  # bytes


def file_response(content: bytes, *, name: str, kind: str, inline: bool = False) -> HttpResponse:
    """Answer with bytes as a file ``name.kind``; ``inline`` lets the browser show it."""
    response = HttpResponse(content, content_type=CONTENT_TYPES[kind])
    response["Content-Disposition"] = content_disposition_header(not inline, f"{name}.{kind}")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def file_of_storage(file, *, shown_as: str, kind: str, inline: bool) -> HttpResponse:
    """Answer with an open file of the storage; a large one is streamed rather than held in memory."""
    if file.size > _STREAMED_FROM:
        response = FileResponse(file, as_attachment=not inline, filename=shown_as, content_type=kind)
    else:
        with file:
            response = HttpResponse(file.read(), content_type=kind)
        response["Content-Disposition"] = content_disposition_header(not inline, shown_as)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response


def csv_of(headers: Iterable, lines: Iterable[Iterable]) -> bytes:
    """A CSV file: UTF-8 with a mark, so that spreadsheets read umlauts."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headers)
    writer.writerows(lines)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def download(resource: ListResource, rows: QuerySet, kind: str) -> HttpResponse:
    """The rows as CSV (UTF-8 with a mark, so that spreadsheets read umlauts) or XLSX."""
    content = csv_of(*resource.table(rows)) if kind == "csv" else resource.export(rows).xlsx
    name = f"{resource.file_name()}-{timezone.localdate():%Y%m%d}"
    return file_response(content, name=name, kind=kind)
