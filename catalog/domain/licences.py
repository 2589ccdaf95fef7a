"""Whether prints of somebody else's design may be sold."""

from datetime import date

from django.utils.translation import gettext as _

from catalog.models import Product


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
