"""When Nozzly brings newer rates of a channel: what is different, and that the shop's own rates stand as they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from pricing.domain.fee_table import label_of
from pricing.domain.terms import Terms
from pricing.engine import PreviewRow, Schedule, UnknownSchedule, differences, is_percentage, preview, schedules
from pricing.models import Channel


@dataclass(frozen=True)
class ChangedRate:
    """``kept`` where a rate of the shop's own goes before both."""

    label: str
    before: Decimal | None
    after: Decimal | None
    is_pct: bool
    kept: bool


@dataclass(frozen=True)
class Update:
    """Rates that hold from ``valid_from`` on; ``worked`` are ten sales before and after, own rates counted in."""

    valid_from: date
    source: str
    verified_on: date | None
    notes: str
    changes: tuple[ChangedRate, ...]
    worked: tuple[PreviewRow, ...] = ()


def update_of(terms: Terms, *, on: date) -> Update | None:
    """What has changed since somebody here last looked; None where nothing has."""
    seen, now = seen_from(terms.channel), _version(terms.channel.schedule_id, on)
    if now is None or seen is None or now.effective_from <= seen:
        return None
    before = schedules.load(terms.channel.schedule_id, on=seen)
    return _update(terms, before, schedules.load(terms.channel.schedule_id, on=on), now)


def coming(terms: Terms, *, on: date) -> Update | None:
    """The next change that is known already."""
    later = [each for each in schedules.versions(terms.channel.schedule_id) if each.effective_from > on]
    if not later:
        return None
    before = schedules.load(terms.channel.schedule_id, on=on)
    return _update(terms, before, schedules.load(terms.channel.schedule_id, on=later[0].effective_from), later[0])


def mark_seen(channel: Channel, *, on: date) -> Channel:
    """Somebody has looked at the rates of the day."""
    version = _version(channel.schedule_id, on)
    if version:
        channel.fees_seen_from = version.effective_from
        channel.save(update_fields=["fees_seen_from", "updated_at"])
    return channel


def unseen(channels: Iterable[Channel], *, on: date) -> set[int]:
    """Ids of the channels with newer rates that nobody has looked at, without a query."""
    found = set()
    for channel in channels:
        seen, now = seen_from(channel), _version(channel.schedule_id, on)
        if now and seen and now.effective_from > seen:
            found.add(channel.pk)
    return found


def seen_from(channel: Channel) -> date | None:
    """The day of the version that was looked at; at first the one that held when the channel was added."""
    if channel.fees_seen_from:
        return channel.fees_seen_from
    added = _version(channel.schedule_id, timezone.localdate(channel.created_at))
    return added.effective_from if added else None


def _version(schedule_id: str, on: date) -> schedules.Version | None:
    try:
        known = schedules.versions(schedule_id)
    except UnknownSchedule:
        return None
    holding = [each for each in known if each.effective_from <= on]
    return holding[-1] if holding else known[0]


def _update(terms: Terms, before: Schedule, after: Schedule, version: schedules.Version) -> Update:
    own = {name: terms.schedule.rates[name] for name in terms.schedule.overridden if name in terms.schedule.rates}
    changes = tuple(
        ChangedRate(
            label=label_of(change.name, after.rules),
            before=change.before,
            after=change.after,
            is_pct=is_percentage(change.name),
            kept=change.name in own,
        )
        for change in differences(before, after)
    )
    exchange = dict(terms.schedule.exchange)
    both = [_with_own(each, own).with_exchange(exchange) for each in (before, after)]
    worked = preview(both[0], both[1], terms.tax)
    return Update(version.effective_from, version.source, version.verified_on, version.notes, changes, worked)


def _with_own(schedule: Schedule, own: dict[str, Decimal]) -> Schedule:
    return schedule.with_rates({name: value for name, value in own.items() if name in schedule.rates})
