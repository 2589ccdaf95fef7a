"""Where the shop sells: the channels it starts with, and its own rates on them."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from pricing.choices import ChannelKind
from pricing.engine import ScheduleInfo, schedules
from pricing.models import Channel, FeeOverride

_COUNTRY_NAMES_OF_SCHEDULES = {"GB": "uk"}
_EURO = "eu"
_STARTERS = (
    ("Etsy", ChannelKind.MARKETPLACE, "etsy-{country}", ("etsy-other",)),
    ("eBay", ChannelKind.MARKETPLACE, "ebay-{country}", ()),
    ("Shopify", ChannelKind.OWN_SHOP, "shopify-{country}-basic", ("shopify-ie-basic",)),
    ("Craft fair", ChannelKind.FAIR, "craft-fair-{country}", ("craft-fair-eu",)),
)
# Marketplaces that collect and pay the sales tax of the buyer's state themselves.
_COLLECT_IN = {"US": {"etsy", "ebay", "amazon_handmade", "tiktok_shop"}}


class ChannelNameTaken(DomainError):
    pass


def starters(country: str, currency: str) -> list[Channel]:
    """Unsaved channels that fit a country: those whose schedule is in the shop's own currency, else the nearest there is."""
    known = {info.id: info for info in schedules.available()}
    suffix = _COUNTRY_NAMES_OF_SCHEDULES.get(country, country.lower())
    found = []
    for name, kind, pattern, others in _STARTERS:
        candidates = [known[each] for each in (pattern.format(country=suffix), *others) if each in known]
        info = next((each for each in candidates if each.currency == currency), None) or next(iter(candidates), None)
        if info:
            found.append(_from_schedule(info, name=name, kind=kind, country=country, position=len(found)))
    return found


def _from_schedule(info: ScheduleInfo, *, name: str, kind: str, country: str, position: int) -> Channel:
    return Channel(
        name=name, kind=kind, schedule_id=info.id, country=country, currency=info.currency, position=position,
        collects_tax=info.channel in _COLLECT_IN.get(country, ()),
    )  # fmt: skip


def start_with(country: str, currency: str) -> list[Channel]:
    """Give a new workspace its first channels; one that has channels keeps them."""
    if Channel.objects.exists():
        return []
    return Channel.objects.bulk_create(starters(country, currency))


def add_channel(*, name: str, schedule_id: str, country: str) -> Channel:
    """A further channel on a shipped schedule. Raises ChannelNameTaken, UnknownSchedule."""
    if Channel.objects.filter(name__iexact=name).exists():
        raise ChannelNameTaken(_("There is a channel called “{name}” already.").format(name=name))
    info = next((each for each in schedules.available() if each.id == schedule_id), None)
    if info is None:
        raise schedules.UnknownSchedule(_("There is no fee schedule “{id}”.").format(id=schedule_id))
    kind = ChannelKind.FAIR if info.channel == "craft_fair" else ChannelKind.MARKETPLACE
    channel = _from_schedule(info, name=name, kind=kind, country=country, position=Channel.objects.count())
    channel.save()
    return channel


def set_rate(channel: Channel, *, name: str, value: Decimal, valid_from: date) -> FeeOverride:
    """Say that a rate of the schedule is another one for this shop. Raises UnknownRate, InvalidSchedule."""
    with transaction.atomic():
        schedules.load(channel.schedule_id, on=valid_from).with_rates({name: value})
        override, _made = FeeOverride.objects.update_or_create(
            channel=channel, name=name, valid_from=valid_from, defaults={"value": value}
        )
        return override


def drop_rate(override: FeeOverride) -> None:
    """The schedule's own rate holds again."""
    override.delete()


def archive_channel(channel: Channel, *, at: datetime) -> None:
    """Nothing is sold there any more; listings and orders stay."""
    channel.archived_at = at
    channel.save(update_fields=["archived_at", "updated_at"])


def restore_channel(channel: Channel) -> None:
    channel.archived_at = None
    channel.save(update_fields=["archived_at", "updated_at"])
