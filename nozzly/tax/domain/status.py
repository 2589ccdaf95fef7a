"""How the business stands with the tax office on a day."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from nozzly.tax.choices import Scheme
from nozzly.tax.models import TaxStatus

BEGINNING = date(2000, 1, 1)


def said_by(on: date) -> QuerySet:
    """What was said of the day, the newest first: one row or none."""
    return TaxStatus.objects.filter(valid_from__lte=on).order_by("-valid_from")[:1]


def status_on(on: date, *, country: str) -> TaxStatus:
    """The status that holds on a day; an unsaved "not registered" one where nothing was said yet."""
    return status_of(said_by(on), country=country)


def status_of(rows: Iterable[TaxStatus], *, country: str) -> TaxStatus:
    """The same from rows of ``said_by`` that are read already."""
    return next(iter(rows), None) or TaxStatus(
        valid_from=BEGINNING, registered=False, scheme=Scheme.STANDARD, ships_from=country
    )


def reclaims_tax(on: date, *, country: str) -> bool:
    """Whether tax on what is bought comes back: registered, and not on a flat rate."""
    status = status_on(on, country=country)
    return status.registered and status.scheme != Scheme.FLAT_RATE


def set_status(*, valid_from: date, registered: bool, ships_from: str, **details) -> TaxStatus:
    """Say how it stands from a day on; the same day again replaces what was said for it."""
    status, _ = TaxStatus.objects.update_or_create(
        valid_from=valid_from, defaults={"registered": registered, "ships_from": ships_from, **details}
    )
    return status
