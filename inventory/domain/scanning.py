"""What a camera, a scanner that types, or a person gives us: a label of ours, or a maker's barcode."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from inventory.domain import barcodes, places, spools
from inventory.models import Item, Location, Lot
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError


class UnknownBarcode(DomainError):
    """A right EAN or UPC that nothing here is known by yet."""

    def __init__(self, digits: str) -> None:
        super().__init__(_("Nothing here has the barcode %(digits)s yet.") % {"digits": digits})
        self.digits = digits


class NothingToPutThere(DomainError):
    pass


def what_is(scanned: str) -> Lot | Location | Item:
    """Raises NobodyHasThisCode, UnknownBarcode."""
    digits = barcodes.digits_of(scanned)
    if digits and (item := barcodes.item_with(digits)):
        return item
    try:
        return places.by_code(scanned)
    except places.NobodyHasThisCode:
        if digits:
            raise UnknownBarcode(digits) from None
        raise


def put_scanned(held: Sequence[Lot], *, scanned: str, by: User, at: datetime) -> Lot | Location:
    """Scan rolls, then the place: a roll is answered to be held with the others, a place gets all that is held.

    Raises NobodyHasThisCode, NothingToPutThere, SlotHoldsOne.
    """
    found = places.by_code(scanned)
    if isinstance(found, Location):
        if not held:
            raise NothingToPutThere(_("%(place)s is a place: scan what goes there first.") % {"place": found})
        spools.move(held, location=found, by=by, at=at)
    return found
