"""The EAN or UPC on a maker's box. A UPC of 12 digits is the EAN of 13 with a nought before it, and kept as that."""

from django.utils.translation import gettext as _

from inventory.models import Barcode, Item
from nozzly.core.errors import DomainError

_LENGTHS = {8, 12, 13, 14}
_EAN = 13


class NotABarcode(DomainError):
    pass


class BarcodeTaken(DomainError):
    pass


def digits_of(scanned: str) -> str:
    """The digits as they are kept when the text is an EAN or UPC with a right check digit, else nothing."""
    text = "".join(scanned.split())
    if len(text) not in _LENGTHS or not (text.isascii() and text.isdigit()):
        return ""
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(text)))
    if weighted % 10 or not int(text):
        return ""
    return text if len(text) == min(_LENGTHS) else text.lstrip("0").zfill(_EAN)


def item_with(digits: str) -> Item | None:
    known = Barcode.objects.filter(digits=digits).select_related("item").first()
    return known.item if known else None


def link_barcode(item: Item, *, digits: str) -> Barcode:
    """From now on a scan of these digits leads to the item. Raises NotABarcode, BarcodeTaken."""
    clean = digits_of(digits)
    if not clean:
        raise NotABarcode(_("%(digits)s is no EAN or UPC: a digit is wrong or missing.") % {"digits": digits})
    # Of two links at once the second gets the first one's row.
    linked, _new = Barcode.objects.select_related("item").get_or_create(digits=clean, defaults={"item": item})
    if linked.item_id != item.pk:
        raise BarcodeTaken(_("%(digits)s belongs to %(item)s already.") % {"digits": clean, "item": linked.item})
    return linked


def unlink_barcode(barcode: Barcode) -> None:
    barcode.delete()
