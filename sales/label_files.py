"""Files of addresses that carriers' own programs read, so that labels need no typing. Nothing of ours is in them.

Royal Mail Click & Drop: https://help.parcel.royalmail.com/hc/en-gb/articles/360000250093. Pirate Ship matches columns
by name when the file is uploaded.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO

from django.utils.translation import gettext_lazy as _

from nozzly.core.countries import country_choices
from nozzly.web.exporting import neutralise
from sales.domain.addresses import Address
from sales.domain.packing import in_next_parcel
from sales.models import Order

_GRAMS_PER_OUNCE = Decimal("28.349523125")


@dataclass(frozen=True)
class Label:
    """One parcel; ``weight_g`` is None where a product's weight is not known."""

    order: Order
    to: Address
    weight_g: Decimal | None

    @property
    def contents(self) -> str:
        return "; ".join(f"{pieces} × {line.title}" for line, pieces in in_next_parcel(self.order))


def _kilograms(label: Label) -> str:
    return "" if label.weight_g is None else f"{label.weight_g / 1000:.3f}"


def _ounces(label: Label) -> str:
    return "" if label.weight_g is None else f"{label.weight_g / _GRAMS_PER_OUNCE:.1f}"


def _country_name(label: Label) -> str:
    return dict(country_choices()).get(label.to.country, label.to.country)


def _phone(label: Label) -> str:
    """Without spaces, so that a number with a plus stays a number."""
    return "".join(label.order.customer.phone.split()) if label.order.customer else ""


def _amount(name: str) -> Callable[[Label], str]:
    return lambda label: f"{getattr(label.order, name):.2f}"


_STREET = {
    "Address line 1": lambda label: label.to.street[0],
    "Address line 2": lambda label: label.to.street[1],
    "Address line 3": lambda label: label.to.street[2],
}
_ROYAL_MAIL = {
    "Order reference": lambda label: label.order.number,
    "Date": lambda label: f"{label.order.placed_on:%d/%m/%y}",
    "Full name": lambda label: label.to.name,
    "Company name": lambda label: label.to.company,
    **_STREET,
    "City": lambda label: label.to.city,
    "County": lambda label: label.to.region,
    "Postcode": lambda label: label.to.postcode,
    "Country": _country_name,
    "Email": lambda label: label.order.customer.email if label.order.customer else "",
    "Phone": _phone,
    "Weight": _kilograms,
    "Sub-total": _amount("goods_total"),
    "Shipping cost": _amount("postage_charged"),
    "Total": _amount("buyer_total"),
    "Currency code": lambda label: label.order.currency,
}
_PIRATE_SHIP = {
    "Order ID": lambda label: label.order.number,
    "Name": lambda label: label.to.name,
    "Company": lambda label: label.to.company,
    "Address": lambda label: label.to.street[0],
    "Address Line 2": lambda label: ", ".join(line for line in label.to.street[1:] if line),
    "City": lambda label: label.to.city,
    "State": lambda label: label.to.region,
    "Zipcode": lambda label: label.to.postcode,
    "Country": lambda label: label.to.country,
    "Email": lambda label: label.order.customer.email if label.order.customer else "",
    "Phone": _phone,
    "Weight (oz)": _ounces,
    "Order Items": lambda label: label.contents,
}
_PLAIN = {
    "Order": lambda label: label.order.number,
    "Name": lambda label: label.to.name,
    "Company": lambda label: label.to.company,
    **_STREET,
    "Town": lambda label: label.to.city,
    "Region": lambda label: label.to.region,
    "Postcode": lambda label: label.to.postcode,
    "Country code": lambda label: label.to.country,
    "Email": lambda label: label.order.customer.email if label.order.customer else "",
    "Phone": _phone,
    "Weight (g)": lambda label: "" if label.weight_g is None else f"{label.weight_g:.0f}",
    "Contents": lambda label: label.contents,
}
CARRIERS = {
    "royal-mail": (_("Royal Mail Click & Drop"), _ROYAL_MAIL),
    "pirate-ship": (_("Pirate Ship"), _PIRATE_SHIP),
    "generic": (_("Any other carrier"), _PLAIN),
}


def label_csv(carrier: str, labels: Sequence[Label]) -> bytes:
    """Raises KeyError for a carrier that nobody knows."""
    columns = CARRIERS[carrier][1]
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for label in labels:
        writer.writerow([neutralise(read(label)) for read in columns.values()])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
