"""What money in other currencies than the channel's is worth on the days that files speak of."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from nozzly.core.countries import currency_choices
from nozzly.tax.models import ExchangeRate
from nozzly.tenancy.current import current_workspace
from sales.orderfiles.facts import FileOrder, FileRow


class DayRates:
    """Typed rates of some currencies, day by day; one query, none where all is in the workspace's own."""

    def __init__(self, currencies: Iterable[str]) -> None:
        self.home = current_workspace().currency
        self._typed: dict[str, tuple[list[date], list[Decimal]]] = {}
        foreign = {currency for currency in currencies if currency and currency != self.home}
        if not foreign:
            return
        rows = ExchangeRate.objects.filter(currency__in=foreign).order_by("currency", "on")
        for currency, on, rate in rows.values_list("currency", "on", "rate"):
            days, rates = self._typed.setdefault(currency, ([], []))
            days.append(on)
            rates.append(rate)

    def on(self, currency: str, day: date) -> Decimal | None:
        """One unit in the workspace's currency by the newest rate not after the day; None where nobody typed one."""
        if currency == self.home:
            return Decimal(1)
        days, rates = self._typed.get(currency, ((), ()))
        place = bisect_right(days, day)
        return rates[place - 1] if place else None


@dataclass(frozen=True)
class MissingRate:
    """A currency that nobody said the worth of on the first of the days for which it is needed."""

    currency: str
    first: date
    last: date


def is_known(currency: str) -> bool:
    return currency in dict(currency_choices())


def missing(orders: Sequence[FileOrder], rows: Sequence[FileRow], rates: DayRates, *, own: str) -> list[MissingRate]:
    """What must be typed before these orders and rows of statements can be booked on a channel in its ``own`` currency."""
    needed = [(order.currency, order.placed_on) for order in orders if order.lines and not order.refused]
    needed += [(row.currency, row.on) for row in rows]
    days: dict[str, list[date]] = {}
    for currency, on in needed:
        if on and currency not in {"", own} and is_known(currency) and rates.on(currency, on) is None:
            days.setdefault(currency, []).append(on)
    return [MissingRate(currency, min(found), max(found)) for currency, found in sorted(days.items())]
