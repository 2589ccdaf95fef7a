"""The shipped fee schedules: dated, sourced, and open to a workspace's own rates and rules."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from nozzly.core.errors import DomainError
from nozzly.core.money import minor_digits
from pricing.engine.parsing import ScheduleFile, Version, check_rate, check_rules, parse_schedule
from pricing.engine.rules import ZERO, Category, Confidence, InvalidSchedule, Rule

FOLDER = Path(__file__).parent.parent / "schedules"


class UnknownSchedule(DomainError):
    pass


class UnknownRate(DomainError):
    pass


@dataclass(frozen=True, slots=True)
class ScheduleInfo:
    """One line of the list of schedules. ``unverified`` is a badge: a single source speaks, or nobody checked it."""

    id: str
    name: str
    channel: str
    country: str
    currency: str
    confidence: Confidence
    unverified: bool
    effective_from: date
    verified_on: date | None
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """The rules and rates of one channel on one day. Amounts are in ``currency``.

    ``exchange`` says what one unit of a foreign currency costs in the schedule's; what was not typed by a person
    (``exchange_assumed``) is a shipped guess. ``overridden`` names the rates that are the workspace's own.
    """

    id: str
    name: str
    channel: str
    country: str
    currency: str
    plan: str = ""
    effective_from: date = date.min
    source: str = ""
    verified_on: date | None = None
    confidence: Confidence = Confidence.LOW
    unverified: bool = False
    notes: str = ""
    rules: tuple[Rule, ...] = ()
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    categories: tuple[Category, ...] = ()
    fee_vat_pct: Decimal = ZERO
    exchange: Mapping[str, Decimal] = field(default_factory=dict)
    exchange_assumed: frozenset[str] = frozenset()
    overridden: frozenset[str] = frozenset()
    predates_source: bool = False
    digits: int = field(init=False, default=2)
    programs: dict[Any, Any] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digits", minor_digits(self.currency))

    def with_rates(self, overrides: Mapping[str, Decimal]) -> "Schedule":
        """The same schedule with some rates of one's own; ``category.rate`` changes one category.

        Raises UnknownRate, InvalidSchedule.
        """
        plain, by_category = _sorted_overrides(self, overrides)
        categories = tuple(
            replace(category, rates=category.rates | by_category.get(category.code, {})) for category in self.categories
        )
        rates = {**self.rates, **plain}
        overridden = self.overridden | frozenset(overrides)
        return replace(self, rates=rates, categories=categories, overridden=overridden)

    def with_rules(self, rules: tuple[Rule, ...]) -> "Schedule":
        """With more rules: a shop's own charge, or the rules of the gateway that takes the card.

        Raises InvalidSchedule.
        """
        joined = self.rules + tuple(rules)
        check_rules(joined, self.id)
        return replace(self, rules=joined)

    def with_exchange(self, exchange: Mapping[str, Decimal]) -> "Schedule":
        """With typed exchange rates: what one unit of the foreign currency costs here. Raises InvalidSchedule."""
        for currency, rate in exchange.items():
            if not rate.is_finite() or rate <= 0:
                raise InvalidSchedule(f"The exchange rate for {currency} must be more than zero.")
        assumed = self.exchange_assumed - frozenset(exchange)
        return replace(self, exchange={**self.exchange, **exchange}, exchange_assumed=assumed)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Sentences on what is guessed, for the list beside the numbers."""
        said = [
            f"1 {currency} = {self.exchange[currency]} {self.currency} is a rough rate; type today's."
            for currency in sorted(self.exchange_assumed)
        ]
        if self.unverified:
            checked = self.verified_on is not None
            said.append("These rates come from a single source." if checked else "These rates were not checked.")
        if self.predates_source:
            said.append(f"Rates before {self.effective_from} are not known; the oldest known ones are used.")
        return tuple(said)


def available() -> tuple[ScheduleInfo, ...]:
    """Every shipped schedule with its newest rates, by channel and name."""
    return tuple(sorted(_infos(), key=lambda info: (info.channel, info.name)))


def load(
    schedule_id: str,
    *,
    on: date,
    overrides: Mapping[str, Decimal] | None = None,
    exchange: Mapping[str, Decimal] | None = None,
    rules: tuple[Rule, ...] = (),
) -> Schedule:
    """The schedule as it stood on a day, so that an old order keeps its fees.

    Raises UnknownSchedule, UnknownRate, InvalidSchedule.
    """
    schedule = _on(
        schedule_id, _version_index(schedule_id, on), on < _file_of(schedule_id)[0].versions[0].effective_from
    )
    if overrides:
        schedule = schedule.with_rates(overrides)
    if exchange:
        schedule = schedule.with_exchange(exchange)
    return schedule.with_rules(rules) if rules else schedule


def versions(schedule_id: str) -> tuple[Version, ...]:
    """All known versions, the oldest first. Raises UnknownSchedule."""
    return _file_of(schedule_id)[0].versions


def from_text(text: str, *, on: date, where: str = "The schedule") -> Schedule:
    """A schedule of one's own in the format of the shipped files (without variants). Raises InvalidSchedule."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise InvalidSchedule(f"{where}: {error}.") from error
    parsed = parse_schedule(data, where)
    known = [version for version in parsed.versions if version.effective_from <= on]
    return _build(parsed, "", (known or list(parsed.versions[:1]))[-1], predates=not known)


@lru_cache(maxsize=1)
def _files() -> dict[str, tuple[ScheduleFile, str]]:
    """Schedule id to its file and variant."""
    found: dict[str, tuple[ScheduleFile, str]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        parsed = parse_schedule(data, path.name)
        if parsed.id != path.stem:
            raise InvalidSchedule(f"{path.name}: id must be {path.stem}.")
        for variant in parsed.variants or ("",):
            found[_joined(parsed.id, variant)] = (parsed, variant)
    return found


def _infos() -> list[ScheduleInfo]:
    infos = []
    for schedule_id in _files():
        newest = _on(schedule_id, -1, predates=False)
        names = ScheduleInfo.__dataclass_fields__
        infos.append(ScheduleInfo(**{name: getattr(newest, name) for name in names}))
    return infos


def _file_of(schedule_id: str) -> tuple[ScheduleFile, str]:
    try:
        return _files()[schedule_id]
    except KeyError as error:
        raise UnknownSchedule(f"There is no fee schedule called {schedule_id}.") from error


def _version_index(schedule_id: str, on: date) -> int:
    dated = _file_of(schedule_id)[0].versions
    return max(sum(version.effective_from <= on for version in dated) - 1, 0)


@lru_cache(maxsize=512)
def _on(schedule_id: str, index: int, predates: bool) -> Schedule:  # noqa: FBT001 - a cache key
    parsed, variant = _file_of(schedule_id)
    return _build(parsed, variant, parsed.versions[index], predates=predates)


def _build(parsed: ScheduleFile, variant: str, version: Version, *, predates: bool) -> Schedule:
    name = f"{parsed.name}, {parsed.variants[variant]}" if variant else parsed.name
    return Schedule(
        id=_joined(parsed.id, variant),
        name=name,
        channel=parsed.channel,
        country=parsed.country,
        currency=parsed.currency,
        plan=variant,
        effective_from=version.effective_from,
        source=version.source,
        verified_on=version.verified_on,
        confidence=version.confidence,
        unverified=parsed.unverified or not version.is_checked,
        notes=version.notes,
        rules=parsed.rules,
        rates=version.rates | version.variants.get(variant, {}),
        categories=version.categories,
        fee_vat_pct=version.fee_vat_pct,
        exchange=parsed.exchange,
        exchange_assumed=frozenset(parsed.exchange),
        predates_source=predates,
    )


def _joined(file_id: str, variant: str) -> str:
    return f"{file_id}-{variant}" if variant else file_id


def _sorted_overrides(
    schedule: Schedule, overrides: Mapping[str, Decimal]
) -> tuple[dict[str, Decimal], dict[str, dict[str, Decimal]]]:
    codes = {category.code for category in schedule.categories}
    plain: dict[str, Decimal] = {}
    by_category: dict[str, dict[str, Decimal]] = {}
    for name, rate in overrides.items():
        code, _, inner = name.rpartition(".")
        if inner not in schedule.rates or (code and code not in codes):
            raise UnknownRate(f"{schedule.name} has no rate {name}; it has {', '.join(sorted(schedule.rates))}.")
        check_rate(inner, rate, schedule.name)
        (by_category.setdefault(code, {}) if code else plain)[inner] = rate
    return plain, by_category
