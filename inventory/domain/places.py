"""What a scanned or typed code names."""

from django.utils.translation import gettext as _

from inventory.domain.codes import LOCATION_LENGTH, normalised
from inventory.models import Location, Lot
from nozzly.core.errors import DomainError


class NobodyHasThisCode(DomainError):
    pass


def bare_code(scanned: str) -> str:
    """The code in what a scanner types: the code itself, or the whole address that a label carries, of any host."""
    return normalised(scanned.rstrip("/").rsplit("/", 1)[-1])


def by_code(scanned: str) -> Lot | Location:
    """The lot or place with this code. Raises NobodyHasThisCode."""
    code = bare_code(scanned)
    model = Location if len(code) == LOCATION_LENGTH else Lot.objects.select_related("spool")
    found = (model.objects if model is Location else model).filter(code=code).first()
    if found is None:
        raise NobodyHasThisCode(_("Nothing here has the code %(code)s.") % {"code": code or "–"})
    return found


def location_by_code(scanned: str) -> Location:
    """Raises NobodyHasThisCode."""
    found = by_code(scanned)
    if not isinstance(found, Location):
        raise NobodyHasThisCode(_("%(code)s is not a place.") % {"code": bare_code(scanned)})
    return found
