"""Which rate holds on a day: a row typed in this workspace, else the shipped table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from nozzly.core.errors import DomainError
from nozzly.tax.choices import TaxClass
from nozzly.tax.domain.shipped import shipped_rates
from nozzly.tax.models import ExchangeRate, TaxRate


class UnknownExchangeRate(DomainError):
    pass


@dataclass(frozen=True)
class Rate:
    """A tax rate in percent, where it comes from, and whether somebody typed it here."""

    pct: Decimal
    source: str
    typed: bool


NO_RATE = Rate(pct=Decimal(0), source="", typed=False)


def typed_on(on: date) -> QuerySet:
    """Rates typed here that were said by a day, the newest first."""
    return TaxRate.objects.filter(valid_from__lte=on).order_by("-valid_from")


def rate_for(
    *, country: str, tax_class: str = TaxClass.STANDARD, on: date, known: Sequence[TaxRate] | None = None
) -> Rate:
    """The rate of a country on a day; zero where no table names the country (US sales tax is not a rate).

    Where nothing is known of a reduced rate, the standard one holds: to owe too little is worse. A zero rate is zero.
    Whoever asks for many passes the rows of ``typed_on`` that they have read as ``known``.
    """
    rows = typed_on(on).filter(country=country, tax_class=tax_class)[:1] if known is None else known
    typed = next((row for row in rows if (row.country, row.tax_class) == (country, tax_class)), None)
    if typed:
        return Rate(pct=typed.pct, source=typed.source, typed=True)
    shipped = shipped_rate(country=country, tax_class=tax_class, on=on)
    if shipped is NO_RATE and tax_class == TaxClass.REDUCED:
        return rate_for(country=country, on=on, known=known)
    return shipped


def shipped_rate(*, country: str, tax_class: str = TaxClass.STANDARD, on: date) -> Rate:
    for row in reversed(shipped_rates().get((country, tax_class), ())):
        if row.valid_from <= on:
            return Rate(pct=row.pct, source=row.source, typed=False)
    return NO_RATE


def exchange_rate(*, currency: str, to: str, on: date) -> Decimal:
    """One unit of ``currency`` in the workspace's currency ``to``: the newest rate not after the day.

    Raises UnknownExchangeRate when nobody has typed one.
    """
    if currency == to:
        return Decimal(1)
    row = ExchangeRate.objects.filter(currency=currency, on__lte=on).order_by("-on").first()
    if row is None:
        raise UnknownExchangeRate(f"There is no exchange rate for {currency} on {on:%Y-%m-%d}; type one under Tax.")
    return row.rate


def countries_with_rates() -> Iterable[str]:
    return sorted({country for country, _ in shipped_rates()})
