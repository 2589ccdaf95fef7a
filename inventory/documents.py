"""Labels: a QR code of a short address beside what a person wants to read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inventory.models import Location, Lot
from nozzly.tenancy.current import current_workspace
from nozzly.web import qr
from nozzly.web.pdf import render_portions
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
USUAL_PARTS = ("code", "brand", "material", "colour", "swatch", "grams", "batch", "date")
PARTS = (*USUAL_PARTS, "logo")
_AT_ONCE = 24  # labels drawn before the progress bar moves


def address(base: str, code: str) -> str:
    """What the QR code says: short, plain, and good for any phone."""
    return f"{base}/s/{code}"


def labels_pdf(
    things: Sequence[Lot | Location],
    *,
    layout: str,
    base: str,
    start: int = 1,
    parts: Sequence[str] = USUAL_PARTS,
    after_each: Callable[[int], None] = lambda _done: None,
) -> bytes:
    """One label for each lot or place in the order given; ``start`` is the first free label of a used sheet.

    ``after_each`` hears how many labels are drawn. Raises PdfUnavailable.
    """
    chosen = LAYOUTS[layout]
    blanks = [None] * ((start - 1) % chosen.per_sheet)
    cells = blanks + [_label(thing, base) for thing in things]
    sheets = [cells[at : at + chosen.per_sheet] for at in range(0, len(cells), chosen.per_sheet)]
    together = max(_AT_ONCE // chosen.per_sheet, 1)
    portions = [sheets[at : at + together] for at in range(0, len(sheets), together)]
    common = {
        "css": f"css/labels/{chosen.css}.css",
        "parts": set(parts),
        "logo": current_workspace().logo if "logo" in parts else "",
    }

    def told(portion: int) -> None:
        after_each(min(portion * together * chosen.per_sheet - len(blanks), len(things)))

    contexts = (common | {"sheets": portion} for portion in portions)
    return render_portions("inventory/print/labels.html", contexts, after_each=told)


def _label(thing: Lot | Location, base: str) -> dict:
    known = {"code": thing.code, "qr": qr.svg(address(base, thing.code))}
    if isinstance(thing, Location):
        return known | {"title": thing.name, "place": thing.parent.path if thing.parent else ""}
    filament = getattr(thing.item, "filament", None) if hasattr(thing, "spool") else None
    return known | {
        "lot": thing,
        "filament": filament,
        "swatch": swatch(filament.colour_hexes) if filament else "",
        "title": thing.title or thing.item.name,
        "sku": thing.item.sku,
    }
