"""Labels: a QR code of a short address beside what a person wants to read."""

from collections.abc import Sequence
from dataclasses import dataclass

from inventory.models import Lot
from nozzly.web import qr
from nozzly.web.pdf import render_pdf
from nozzly.web.swatches import svg as swatch


@dataclass(frozen=True)
class Layout:
    """A sheet or a roll of labels; ``css`` names the file in static/css/labels that has its measures."""

    name: str
    css: str
    per_sheet: int = 1


LAYOUTS = {
    "a4-24": Layout("A4, 3 × 8 (70 × 37 mm)", "a4_24", 24),
    "l7160": Layout("Avery L7160, 3 × 7 (63.5 × 38.1 mm)", "l7160", 21),
    "l4731": Layout("Avery L4731, 7 × 27 (25.4 × 10 mm)", "l4731", 189),
    "5160": Layout("Avery 5160, Letter 3 × 10 (66.7 × 25.4 mm)", "avery_5160", 30),
    "50x30": Layout("50 × 30 mm (Niimbot and other rolls)", "roll_50x30"),
    "dymo-30334": Layout("Dymo 30334 (57 × 32 mm)", "dymo_30334"),
    "brother-62": Layout("Brother 62 mm (62 × 29 mm)", "brother_62"),
}
PARTS = ("brand", "colour", "swatch", "grams", "batch", "date")


def address(base: str, code: str) -> str:
    """What the QR code says: short, plain, and good for any phone."""
    return f"{base}/s/{code}"


def labels_pdf(lots: Sequence[Lot], *, layout: str, base: str, start: int = 1, parts: Sequence[str] = PARTS) -> bytes:
    """One label a lot in the order given; ``start`` is the first free label of a used sheet. Raises PdfUnavailable."""
    chosen = LAYOUTS[layout]
    blanks = [None] * ((start - 1) % chosen.per_sheet)
    cells = blanks + [_label(lot, base) for lot in lots]
    sheets = [cells[at : at + chosen.per_sheet] for at in range(0, len(cells), chosen.per_sheet)]
    return render_pdf(
        "inventory/print/labels.html", {"sheets": sheets, "css": f"css/labels/{chosen.css}.css", "parts": set(parts)}
    )


def _label(lot: Lot, base: str) -> dict:
    filament = getattr(lot.item, "filament", None) if hasattr(lot, "spool") else None
    return {
        "code": lot.code,
        "qr": qr.svg(address(base, lot.code)),
        "lot": lot,
        "filament": filament,
        "swatch": swatch(filament.colour_hexes) if filament else "",
        "title": lot.title or lot.item.name,
    }
