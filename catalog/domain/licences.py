"""Whether prints of somebody else's design may be sold."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from catalog.models import DesignLicence, Product

SOON = timedelta(days=30)


def why_not_to_sell(product: Product, on: date) -> str:
    """A sentence when the product's design licence forbids selling or is over on the day; else empty."""
    licence = product.licence
    if licence is None:
        return ""
    if not licence.allows_selling:
        return _("“%(licence)s” does not allow selling prints.") % {"licence": licence}
    if licence.expires_on and licence.expires_on < on:
        return _("“%(licence)s” ended on %(day)s.") % {"licence": licence, "day": licence.expires_on.isoformat()}
    return ""


def ends_soon(licence: DesignLicence | None, on: date) -> bool:
    return bool(licence and licence.expires_on and licence.expires_on <= on + SOON)


def warning(product: Product, on: date) -> str:
    """What to know before it is offered: why it must not be sold, or that it may be for a few weeks only; else empty."""
    reason = why_not_to_sell(product, on)
    if reason or not ends_soon(product.licence, on):
        return reason
    return _("“%(licence)s” ends on %(day)s; after that day it must not be sold.") % {
        "licence": product.licence,
        "day": product.licence.expires_on.isoformat(),
    }
