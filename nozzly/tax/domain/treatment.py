"""Which tax falls on a sale, and who owes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from nozzly.tax.choices import TaxClass, TreatmentKind
from nozzly.tax.domain.imports import EU_COUNTRIES, Border, Borders
from nozzly.tax.domain.rates import rate_for
from nozzly.tax.models import TaxRate, TaxStatus

__all__ = ["ADDED_AT_TILL", "EU_COUNTRIES", "Destination", "Treatment", "treat_sale"]

ZERO = Decimal(0)
# Prices shown to consumers hold no tax there: it is added at the till by state or province.
ADDED_AT_TILL = frozenset({"US", "CA"})
# There a marketplace collects the tax of every sale, also of one that crosses no border.
_ALWAYS_BY_MARKETPLACE = frozenset({"US"})


@dataclass(frozen=True)
class Treatment:
    """``rate_pct`` of the net price is owed by us; zero where the tax is nobody's or another's to pay.

    ``collected_pct`` is what a marketplace adds at the till and pays itself. ``border`` is what the parcel meets there.
    """

    kind: str
    rate_pct: Decimal
    registered: bool
    prices_include_tax: bool
    country: str
    collected_pct: Decimal = ZERO
    border: Border | None = None


@dataclass(frozen=True)
class Destination:
    """Where goods of a ``tax_class`` go and who takes them: ``country`` by ISO code; a marketplace may owe the tax itself.

    ``looks_at_border`` asks which tax is collected with a sale abroad: by a marketplace, or under our own number of the
    import one-stop shop; ``is_dear`` says that the goods are worth more than the limit for that.
    """

    country: str
    business_buyer: bool = False
    channel_collects: bool = False
    looks_at_border: bool = False
    by_marketplace: bool = False
    is_dear: bool = False
    tax_class: str = TaxClass.STANDARD


def treat_sale(
    *,
    status: TaxStatus,
    to: Destination,
    borders: Borders | None = None,
    rates: Sequence[TaxRate] | None = None,
    on: date,
) -> Treatment:
    """The treatment of goods sent from ``status.ships_from``; postage follows the goods.

    Whoever treats many sales of a day passes its ``borders`` and the typed ``rates`` that hold.
    """
    borders = borders or Borders(on)
    border = borders.between(status.ships_from, to.country) if to.looks_at_border else None
    kind = _kind(status, to, border)
    taxed_in = {TreatmentKind.DOMESTIC: status.ships_from, TreatmentKind.ONE_STOP_SHOP: to.country}.get(kind)
    rate_pct = _rate_in(taxed_in, status, to, rates=rates, on=on) if taxed_in else ZERO
    collected_pct = ZERO
    if kind == TreatmentKind.PLATFORM_COLLECTED and to.looks_at_border:
        collected_pct = _rate_in(to.country, status, to, rates=rates, on=on)
    return Treatment(
        kind=kind,
        rate_pct=rate_pct,
        registered=status.registered,
        prices_include_tax=bool(taxed_in) and taxed_in not in ADDED_AT_TILL,
        country=taxed_in or to.country,
        collected_pct=collected_pct,
        border=border,
    )


def _rate_in(
    country: str, status: TaxStatus, to: Destination, *, rates: Sequence[TaxRate] | None, on: date
) -> Decimal:  # fmt: skip
    """What is at a zero rate at home is so abroad only where somebody typed it; elsewhere the standard rate holds."""
    found = rate_for(country=country, tax_class=to.tax_class, on=on, known=rates)
    if to.tax_class == TaxClass.ZERO and country != status.ships_from and not found.typed:
        found = rate_for(country=country, on=on, known=rates)
    return found.pct


def _kind(status: TaxStatus, to: Destination, border: Border | None) -> str:
    if to.channel_collects or _marketplace_collects(to, border):
        return TreatmentKind.PLATFORM_COLLECTED
    if _under_our_ioss(status, to, border):
        return TreatmentKind.ONE_STOP_SHOP
    if not status.registered:
        return TreatmentKind.OUTSIDE_SCOPE
    if to.country == status.ships_from:
        return TreatmentKind.OUTSIDE_SCOPE if to.country == "US" else TreatmentKind.DOMESTIC
    if {to.country, status.ships_from} <= EU_COUNTRIES:
        return _inside_the_union(status, to)
    return TreatmentKind.EXPORT


def _marketplace_collects(to: Destination, border: Border | None) -> bool:
    if not (to.looks_at_border and to.by_marketplace):
        return False
    if to.country in _ALWAYS_BY_MARKETPLACE:
        return True
    with_the_sale = border is not None and border.marketplaces_collect
    return with_the_sale and not to.business_buyer and not to.is_dear


def _under_our_ioss(status: TaxStatus, to: Destination, border: Border | None) -> bool:
    """Goods that come into the Union in a small parcel: the tax of the destination, paid by its import one-stop shop."""
    into_the_union = border is not None and to.country in EU_COUNTRIES
    return into_the_union and status.import_one_stop_shop and not to.business_buyer and not to.is_dear


def _inside_the_union(status: TaxStatus, to: Destination) -> str:
    if to.business_buyer:
        return TreatmentKind.REVERSE_CHARGE
    return TreatmentKind.ONE_STOP_SHOP if status.one_stop_shop else TreatmentKind.DOMESTIC
