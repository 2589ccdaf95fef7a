"""Price sheets and quotes on paper."""

import base64
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from io import BytesIO

from django.core.files.storage import default_storage
from PIL import Image, ImageOps, UnidentifiedImageError

from nozzly.tenancy.current import current_workspace
from nozzly.web import colours, qr
from nozzly.web.pdf import render_pdf
from pricing.choices import SheetKind
from pricing.domain.compare import Comparison
from pricing.domain.offers import Offer
from pricing.domain.sheets import SheetContents
from pricing.models import JobQuote

# Pictures are 24 mm wide on paper; this is enough for 250 dots an inch.
_PICTURE_PX = 240
_QUALITY = 80
_BRAND = "#12494f"


def sheet_pdf(contents: SheetContents, *, on: date, tell: Callable[[int], None] = lambda _done: None) -> bytes:
    """``tell`` hears how many rows are drawn. Raises PdfUnavailable."""
    sheet, workspace = contents.sheet, current_workspace()
    rows = []
    for number, row in enumerate(contents.rows, 1):
        rows.append(asdict(row) | {"thumbnail": thumbnail(row.picture)})
        tell(number)
    colour = workspace.primary_colour or _BRAND
    context = {
        "workspace": workspace,
        "contents": contents,
        "sheet": sheet,
        "rows": rows,
        "on": on,
        "colour": colours.readable(colour, on="#ffffff"),
        "qr": qr.svg(sheet.shop_url) if sheet.shop_url and sheet.kind == SheetKind.FAIR else "",
        "css": f"css/sheets/{'fair' if sheet.kind == SheetKind.FAIR else 'plain'}.css",
        "paper_css": f"css/sheets/{sheet.paper}.css",
    }
    return render_pdf("pricing/print/price_sheet.html", context)


def comparison_pdf(comparison: Comparison, *, on: date) -> bytes:
    """One product on every channel, to share inside the business: it holds costs. Raises PdfUnavailable."""
    workspace = current_workspace()
    context = {
        "workspace": workspace,
        "comparison": comparison,
        "on": on,
        "colour": colours.readable(workspace.primary_colour or _BRAND, on="#ffffff"),
        "home_currency": workspace.currency,
    }
    return render_pdf("pricing/print/comparison.html", context)


def quote_pdf(offer: Offer) -> bytes:
    """A quote with the workspace's logo and colour. Raises PdfUnavailable."""
    workspace = current_workspace()
    colour = workspace.primary_colour or _BRAND
    context = {
        "workspace": workspace,
        "offer": offer,
        "quote": offer.quote,
        "materials": _materials(offer.quote),
        "picture": thumbnail(offer.quote.thumbnail.name),
        "colour": colours.readable(colour, on="#ffffff"),
        "css": "css/sheets/plain.css",
    }
    return render_pdf("pricing/print/quote.html", context)


def _materials(job_quote: JobQuote) -> list[str]:
    """What it is printed in, each once however many plates take it."""
    slots = sorted(job_quote.slots.all(), key=lambda slot: slot.position)
    return list(dict.fromkeys(str(slot.filament or slot.group or slot.material_type or slot.name) for slot in slots))


def thumbnail(name: str) -> str:
    """A small JPEG as a data address; nothing where there is no picture that can be read."""
    if not name:
        return ""
    try:
        with default_storage.open(name) as file, Image.open(file) as picture:
            small = ImageOps.exif_transpose(picture).convert("RGB")
            small.thumbnail((_PICTURE_PX, _PICTURE_PX))
            buffer = BytesIO()
            small.save(buffer, "JPEG", quality=_QUALITY)
    except (OSError, UnidentifiedImageError, ValueError):
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
