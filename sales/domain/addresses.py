"""Where an order goes, in the fields that carriers ask for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nozzly.core.countries import country_choices
from sales.models import Customer, CustomerAddress, Order

# How postcodes look where they are more than a run of digits; elsewhere four to six digits, or three and two.
_POSTCODES = {
    "GB": r"[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}",
    "IE": r"[A-Z][0-9][0-9W] ?[0-9A-Z]{4}",
    "CA": r"[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]",
    "NL": r"[0-9]{4} ?[A-Z]{2}",
    "US": r"[0-9]{5}(?:-[0-9]{4})?",
    "PL": r"[0-9]{2}-[0-9]{3}",
    "PT": r"[0-9]{4}-[0-9]{3}",
    "JP": r"[0-9]{3}-[0-9]{4}",
    "BR": r"[0-9]{5}-[0-9]{3}",
}
_ANY_POSTCODE = r"(?:[A-Z]{1,2}-)?[0-9]{4,6}|[0-9]{3} [0-9]{2}"
_STATES = {"US", "CA", "AU"}
_LAST_LINES = 3


@dataclass(frozen=True)
class Address:
    name: str
    company: str
    street: tuple[str, str, str]
    city: str
    region: str
    postcode: str
    country: str


def on_parcel(customer: Customer) -> str:
    """A customer's own address as it is written on a parcel, without the country; nothing where it is not known."""
    if not customer.address.strip():
        return ""
    town = " ".join(part for part in (customer.city, customer.region, customer.postcode) if part)
    return "\n".join(part for part in (customer.name, customer.company, customer.address.strip(), town) if part)


def address_of(order: Order) -> Address:
    """What is written on the order; by the customer's own fields where it says the same, else line by line.

    Asks for the customer and their other addresses.
    """
    lines = _lines(order.ship_to)
    known = _known(order)
    if not lines:
        return known[0] if known else Address("", "", ("", "", ""), "", "", "", order.ship_to_country)
    for place in known:
        if _says_the_same(place, lines):
            return _named(place, lines)
    return _read(order, lines)


def _lines(text: str) -> list[str]:
    return [line.strip().rstrip(",") for line in text.splitlines() if line.strip()]


def _known(order: Order) -> list[Address]:
    customer = order.customer
    if customer is None:
        return []
    own = [customer] if customer.address.strip() else []
    return [_fields(order, place, customer) for place in [*own, *customer.addresses.all()]]


def _fields(order: Order, place: Customer | CustomerAddress, customer: Customer) -> Address:
    return Address(
        place.name or customer.name, customer.company, _three(_lines(place.address)), place.city, place.region,
        place.postcode, order.ship_to_country or place.country,
    )  # fmt: skip


def _says_the_same(place: Address, lines: Sequence[str]) -> bool:
    """Street, town and postcode of a known address all stand on the parcel."""
    text = _plain(" ".join(lines))
    wanted = [_plain(part) for part in (*place.street, place.city, place.postcode) if part]
    return bool(wanted) and all(part in text for part in wanted)


def _named(place: Address, lines: Sequence[str]) -> Address:
    """A gift goes to somebody else at a known address: the first line says to whom."""
    first = lines[0]
    known = {_plain(part) for part in (place.name, place.company, *place.street) if part}
    return place if _plain(first) in known or any(char.isdigit() for char in first) else replace(place, name=first)


def _read(order: Order, lines: Sequence[str]) -> Address:
    """Name, street, … town and postcode last, as people write it."""
    customer = order.customer
    country = order.ship_to_country or (customer.country if customer else "")
    names = dict(country_choices())
    rest = list(lines)
    if len(rest) > 2 and rest[-1].casefold() in {country.casefold(), str(names.get(country, "")).casefold()}:
        rest.pop()
    company = customer.company if customer else ""
    name = rest.pop(0) if len(rest) > 1 or customer is None else customer.name
    if company and rest and _plain(rest[0]) == _plain(company):
        rest.pop(0)
    elif customer and _plain(name) not in {_plain(customer.name), _plain(company)}:
        company = ""
    rest, city, region, postcode = _town(rest, country)
    return Address(name, company, _three(rest), city, region, postcode, country)


def _town(lines: list[str], country: str) -> tuple[list[str], str, str, str]:
    """The lines before it, town, region and postcode."""
    form = re.compile(rf"(?<![0-9A-Za-z])(?:{_POSTCODES.get(country, _ANY_POSTCODE)})(?![0-9A-Za-z])", re.IGNORECASE)
    for back in range(1, min(len(lines), _LAST_LINES) + 1):
        found = list(form.finditer(lines[-back]))
        if not found or (back == len(lines) and back > 1):
            continue
        code, line = found[-1], lines[-back]
        city = f"{line[: code.start()]} {line[code.end() :]}".strip(" ,")
        above, below = lines[:-back], lines[len(lines) - back + 1 :]
        if not city and above:
            city = above.pop()
        city, region = _region(city, country)
        return above, city, ", ".join([region, *below]).strip(" ,"), code[0].upper()
    *street, town = lines or [""]
    return street, town, "", ""


def _region(city: str, country: str) -> tuple[str, str]:
    found = re.fullmatch(r"(.+?),? +([A-Z]{2,3})", city) if country in _STATES else None
    return (found[1], found[2]) if found else (" ".join(city.split()), "")


def _three(street: Sequence[str]) -> tuple[str, str, str]:
    first, second, *rest = [*street, "", ""]
    return first, second, ", ".join(line for line in rest if line)


def _plain(text: str) -> str:
    return re.sub(r"[^0-9a-z]+", "", text.casefold()) or text.casefold().strip()
