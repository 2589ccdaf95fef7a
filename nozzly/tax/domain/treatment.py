"""Which tax falls on a sale, and who owes it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from nozzly.tax.choices import TaxClass, TreatmentKind
from nozzly.tax.domain.rates import rate_for
from nozzly.tax.models import TaxStatus

EU_COUNTRIES = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905 - reads as a list
)
# Prices shown to consumers hold no tax there: it is added at the till by state or province.
ADDED_AT_TILL = frozenset({"US", "CA"})


@dataclass(frozen=True)
class Treatment:
    """``rate_pct`` of the net price is owed by us; zero where the tax is nobody's or another's to pay."""

    kind: str
    rate_pct: Decimal
    registered: bool
    prices_include_tax: bool
    country: str


@dataclass(frozen=True)
class Destination:
    """Where a sale goes and who takes it: ``country`` by ISO code; a marketplace may owe the tax itself."""

    country: str
    business_buyer: bool = False
    channel_collects: bool = False


def treat_sale(*, status: TaxStatus, to: Destination, tax_class: str = TaxClass.STANDARD, on: date) -> Treatment:
    """The treatment of goods sent from ``status.ships_from``; postage follows the goods."""
    kind = _kind(status, to)
    taxed_in = {TreatmentKind.DOMESTIC: status.ships_from, TreatmentKind.ONE_STOP_SHOP: to.country}.get(kind)
    rate_pct = rate_for(country=taxed_in, tax_class=tax_class, on=on).pct if taxed_in else Decimal(0)
    return Treatment(
        kind=kind,
        rate_pct=rate_pct,
        registered=status.registered,
        prices_include_tax=bool(taxed_in) and taxed_in not in ADDED_AT_TILL,
        country=taxed_in or to.country,
    )


def _kind(status: TaxStatus, to: Destination) -> str:
    if to.channel_collects:
        return TreatmentKind.PLATFORM_COLLECTED
    if not status.registered:
        return TreatmentKind.OUTSIDE_SCOPE
    if to.country == status.ships_from:
        return TreatmentKind.OUTSIDE_SCOPE if to.country == "US" else TreatmentKind.DOMESTIC
    if {to.country, status.ships_from} <= EU_COUNTRIES:
        return _inside_the_union(status, to)
    return TreatmentKind.EXPORT


def _inside_the_union(status: TaxStatus, to: Destination) -> str:
    if to.business_buyer:
        return TreatmentKind.REVERSE_CHARGE
    return TreatmentKind.ONE_STOP_SHOP if status.one_stop_shop else TreatmentKind.DOMESTIC
