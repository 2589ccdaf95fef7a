"""How much of a print fell into the hours of the night tariff. Pure functions; a day is a day of the given zone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from catalog.choices import Origin
from catalog.domain.costing import CostRates, Sourced

_FINEST_PCT = Decimal("0.01")
_DAY = timedelta(days=1)
_NOTHING = timedelta(0)


def of_print(rates: CostRates, start: datetime, end: datetime, *, zone: tzinfo) -> CostRates:
    """The same rates with the share of night that was really printed; unchanged where no hours of the night are set."""
    if rates.energy_night_per_kwh is None or rates.night_from_h is None or rates.night_until_h is None or end <= start:
        return rates
    share = night_share_pct(start, end, from_h=rates.night_from_h.value, until_h=rates.night_until_h.value, zone=zone)
    return replace(rates, night_share_pct=Sourced(share, Origin.COMPUTED))


def night_share_pct(start: datetime, end: datetime, *, from_h: Decimal, until_h: Decimal, zone: tzinfo) -> Decimal:
    """Percent of start–end between ``from_h`` and ``until_h`` o'clock; 22 to 6 goes over midnight, 6 to 6 is no night.

    Real hours are counted: the night in which clocks go back is an hour longer.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)  # of one zone, Python would take wall clocks apart
    at_night = sum((_overlap(start, end, *night) for night in _nights(start, end, from_h, until_h, zone)), _NOTHING)
    at_night_us, whole_us = (Decimal(span // timedelta(microseconds=1)) for span in (at_night, end - start))
    return (100 * at_night_us / whole_us).quantize(_FINEST_PCT)


def _nights(
    start: datetime, end: datetime, from_h: Decimal, until_h: Decimal, zone: tzinfo
) -> Iterator[tuple[datetime, datetime]]:
    if from_h == until_h:
        return
    last = end.astimezone(zone).date()
    day = start.astimezone(zone).date() - _DAY
    while day <= last:
        yield _moment(day, from_h, zone), _moment(day if from_h < until_h else day + _DAY, until_h, zone)
        day += _DAY


def _moment(day: date, hour: Decimal, zone: tzinfo) -> datetime:
    """What the clock on the wall shows, as a moment; minutes are enough for a tariff."""
    wall = datetime.combine(day, time.min) + timedelta(minutes=int(hour * 60))
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _overlap(start: datetime, end: datetime, night_start: datetime, night_end: datetime) -> timedelta:
    return max(min(end, night_end) - max(start, night_start), _NOTHING)
