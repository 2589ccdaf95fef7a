"""Lots and rolls held to the end of a transaction, read as they are now: first the lot, then its roll."""

from django.utils.translation import gettext as _

from inventory.models import Lot, Spool
from nozzly.core.errors import DomainError


class IsArchived(DomainError):
    """It is out of sight: nothing is done with it by hand before it is brought back."""


def hold_lot(lot: Lot) -> Lot:
    """Raises IsArchived."""
    held = Lot.objects.select_related("item", "supplier").select_for_update(of=("self",), no_key=True).get(pk=lot.pk)
    refuse_archived([held])
    return held


def hold_roll(spool: Spool) -> Spool:
    """The roll with all that a weighing needs to know. Raises IsArchived."""
    Lot.objects.select_for_update(no_key=True).values_list("pk").get(pk=spool.pk)
    held = Spool.objects.for_page().select_for_update(of=("self",), no_key=True).get(pk=spool.pk)
    refuse_archived([held.lot])
    return held


def refuse_archived(lots: list[Lot]) -> None:
    """Raises IsArchived."""
    gone = next((lot for lot in lots if lot.archived_at is not None), None)
    if gone is not None:
        raise IsArchived(_("%(lot)s is archived: bring it back first.") % {"lot": gone})
