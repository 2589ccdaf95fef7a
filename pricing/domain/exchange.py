"""Exchange rates: typed beside the prices that stand on them, or read from a table such as the European Central Bank's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from nozzly.core.countries import currency_choices
from nozzly.core.errors import DomainError
from nozzly.core.units import parse_decimal
from nozzly.tax.models import ExchangeRate
from nozzly.tenancy.current import current_workspace
from pricing.engine import schedules
from pricing.models import Channel

_EURO = "EUR"
_FINEST = Decimal(1).scaleb(-8)
_DAYS = ("%Y-%m-%d", "%d %B %Y", "%d.%m.%Y", "%d/%m/%Y")
_UNKNOWN = {"", "n/a", "-", "–"}
_LARGEST = Decimal(10) ** 9


class RateNotPossible(DomainError):
    pass


class NoRates(DomainError):
    pass


@dataclass(frozen=True)
class DayRate:
    """One unit of ``currency`` in the workspace's own on a day."""

    currency: str
    on: date
    rate: Decimal


def type_rate(currency: str, *, rate: Decimal, on: date) -> ExchangeRate:
    """Say what one unit of a currency is worth in the workspace's own on a day; the same day again replaces it.

    Raises RateNotPossible.
    """
    _check(currency, rate)
    row, _is_new = ExchangeRate.objects.update_or_create(
        currency=currency, on=on, defaults={"rate": rate, "source": _("typed")}
    )
    return row


def save_rates(rates: Sequence[DayRate], *, source: str) -> int:
    """Write many at once, all or none; those of a day that is known are replaced. Raises RateNotPossible."""
    for each in rates:
        _check(each.currency, each.rate)
    newest = {(each.currency, each.on): each for each in rates}
    ExchangeRate.objects.bulk_create(
        [
            ExchangeRate(currency=each.currency, on=each.on, rate=each.rate, source=source[:200])
            for each in newest.values()
        ],
        update_conflicts=True,
        unique_fields=["currency", "on"],
        update_fields=["rate", "source"],
        batch_size=2000,
    )
    return len(newest)


def read_rates(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[DayRate]:
    """Rates of a table with currency, day and rate in a row, or with a day in a row and a column for each currency.

    The second form counts units for one euro, as the European Central Bank does. Raises NoRates with the row.
    """
    names = [header.strip().lower() for header in headers]
    if {"currency", "rate"} <= set(names) and {"date", "on", "day"} & set(names):
        return [_long(dict(zip(names, row, strict=True)), number) for number, row in enumerate(rows, 2)]
    if names[:1] == ["date"] and any(name.upper() in _known() for name in names[1:]):
        return list(_wide([name.upper() for name in names], rows))
    raise NoRates(_("A table needs the columns currency, date and rate, or a date and a column for each currency."))


def wanted_currencies() -> set[str]:
    """Those that the shop's channels and their fees are in, and those it has rates of."""
    known = {info.id: info.currency for info in schedules.available()}
    channels = Channel.objects.values_list("currency", "schedule_id")
    found = {currency for row in channels for currency in (row[0], known.get(row[1], "USD"))} | {"USD", _EURO}
    return found | set(ExchangeRate.objects.values_list("currency", flat=True).distinct())


def _long(row: dict[str, str], number: int) -> DayRate:
    currency = row["currency"].strip().upper()
    try:
        rate = parse_decimal(row["rate"])
        _check(currency, rate)
    except DomainError as error:
        raise NoRates(_("Row {row}: {reason}").format(row=number, reason=error)) from error
    return DayRate(currency, _day(row.get("date") or row.get("on") or row.get("day") or "", number), rate)


def _wide(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[DayRate]:
    home, wanted = current_workspace().currency, wanted_currencies()
    if home != _EURO and home not in names:
        raise NoRates(_("The table has no column for {currency}, your own currency.").format(currency=home))
    for number, row in enumerate(rows, 2):
        per_euro = {
            name: _cell(text, number) for name, text in zip(names[1:], row[1:], strict=True) if name in _known()
        }
        per_euro[_EURO] = Decimal(1)
        own, day = per_euro.get(home), _day(row[0], number)
        for currency in sorted(wanted - {home}):
            units = per_euro.get(currency)
            if own and units:
                yield DayRate(currency, day, (own / units).quantize(_FINEST))


def _cell(text: str, number: int) -> Decimal | None:
    if text.strip().lower() in _UNKNOWN:
        return None
    try:
        return parse_decimal(text)
    except DomainError as error:
        raise NoRates(_("Row {row}: {reason}").format(row=number, reason=error)) from error


def _day(text: str, number: int) -> date:
    for form in _DAYS:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise NoRates(_("Row {row}: “{text}” is no day; write it as 2026-11-22.").format(row=number, text=text[:40]))


def _check(currency: str, rate: Decimal) -> None:
    if currency == current_workspace().currency or currency not in _known():
        raise RateNotPossible(_("{currency} is no foreign currency.").format(currency=currency[:20]))
    if not rate.is_finite() or not 0 < rate < _LARGEST or round(rate, 8) <= 0:
        raise RateNotPossible(_("An exchange rate is more than zero."))


def _known() -> dict[str, str]:
    return dict(currency_choices())
