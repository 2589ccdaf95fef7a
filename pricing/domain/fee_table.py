"""The rates of a channel as a page lists them: each with what uses it and what the shop put in its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from pricing.domain.terms import Terms
from pricing.engine import PreviewRow, Rule, Schedule, ScheduleInfo, is_percentage, preview, schedules
from pricing.engine.rules import rate_names
from pricing.models import Channel, FeeOverride

_WORDS = {"pct": "share", "fixed": "fixed amount"}


@dataclass(frozen=True)
class RateRow:
    """``shipped`` is the schedule's own value; ``override`` the shop's row that holds, ``later`` those to come."""

    name: str
    label: str
    value: Decimal
    shipped: Decimal
    is_pct: bool
    currency: str
    used_by: tuple[str, ...]
    override: FeeOverride | None = None
    later: tuple[FeeOverride, ...] = ()

    @property
    def digits(self) -> int:
        """Decimals that count: 6.5 has one, 0.48 two."""
        return max(-each.normalize().as_tuple().exponent for each in (self.value, self.shipped, Decimal("0.1")))


def rate_rows(terms: Terms, *, on: date) -> list[RateRow]:
    shipped = schedules.load(terms.channel.schedule_id, on=on)
    own = terms.schedule
    holding, later = _overrides(terms.channel, on)
    return [
        RateRow(
            name=name,
            label=label_of(name, shipped.rules),
            value=own.rates[name],
            shipped=value,
            is_pct=is_percentage(name),
            currency=_currency_of(name, shipped),
            used_by=tuple(_users(name, shipped.rules)),
            override=holding.get(name),
            later=tuple(later.get(name, ())),
        )
        for name, value in sorted(shipped.rates.items(), key=lambda pair: _position(pair[0], shipped.rules))
    ]


def preview_of(terms: Terms, *, on: date, name: str = "", value: Decimal | None = None) -> tuple[PreviewRow, ...]:
    """Ten worked sales by the shipped rates and by the shop's own, one of them tried out at another value.

    Raises UnknownRate, InvalidSchedule.
    """
    tried = terms.schedule.with_rates({name: value}) if name and value is not None else terms.schedule
    before = terms.schedule if name else schedules.load(terms.channel.schedule_id, on=on)
    return preview(before.with_exchange(dict(terms.schedule.exchange)), tried, terms.tax)


def newest_schedules() -> dict[str, ScheduleInfo]:
    """The newest version of every shipped schedule, by id."""
    return {info.id: info for info in schedules.available()}


def schedule_words(schedule_id: str) -> str:
    """Where a fee comes from, for people: “Etsy UK schedule, verified 2026-10-05”; what is no schedule stays as it is."""
    info = newest_schedules().get(schedule_id)
    if info is None:
        return schedule_id
    if info.verified_on is None:
        return _("{name} schedule, unverified").format(name=info.name)
    return _("{name} schedule, verified {day}").format(name=info.name, day=info.verified_on.isoformat())


def label_of(name: str, rules: Iterable[Rule] = ()) -> str:
    """Transaction fee: share; else the name in words."""
    users = list(dict.fromkeys(_users(name, rules)))
    last = name.rsplit("_", 1)[-1]
    if len(users) == 1:
        return f"{users[0]}, {_WORDS[last]}" if last in _WORDS else users[0]
    return name.replace("_", " ").removesuffix(" pct").capitalize()


def _users(name: str, rules: Iterable[Rule]) -> Iterable[str]:
    return (rule.label for rule in rules if name in rate_names(rule))


def _position(name: str, rules: tuple[Rule, ...]) -> tuple[int, str]:
    orders = [rule.order for rule in rules if name in rate_names(rule)]
    return min(orders, default=999), name


def _currency_of(name: str, schedule: Schedule) -> str:
    found = {rule.currency for rule in schedule.rules if name in rate_names(rule) and rule.currency}
    return next(iter(found), schedule.currency)


def _overrides(channel: Channel, on: date) -> tuple[dict[str, FeeOverride], dict[str, list[FeeOverride]]]:
    holding: dict[str, FeeOverride] = {}
    later: dict[str, list[FeeOverride]] = {}
    for row in channel.fee_overrides.order_by("valid_from", "pk"):
        if row.valid_from <= on:
            holding[row.name] = row
        else:
            later.setdefault(row.name, []).append(row)
    return holding, later
