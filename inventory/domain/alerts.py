"""Whom to tell outside of the app that something runs low, each crossing once for each address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Max, Q
from django.utils import timezone

from inventory.choices import AlertRoute
from inventory.domain.policies import Shortage
from inventory.models import AlertAddress, StockAlert, StockPolicy

DIGEST_FROM = time(7)  # in the workspace's zone


@dataclass(frozen=True)
class News:
    """What one address is to hear now; what it has not heard because of silence, as keys of alerts; up to which alert."""

    shortages: list[Shortage]
    held_back: list[int]
    through: int


def add_address(*, route: str, target: str) -> AlertAddress:
    """From now on it hears of crossings; of those before it hears nothing. The same address again is switched on."""
    newest = StockAlert.objects.aggregate(newest=Max("pk"))["newest"] or 0
    address, is_new = AlertAddress.objects.get_or_create(route=route, target=target, defaults={"told_through": newest})
    if not is_new and not address.is_active:
        address.is_active, address.told_through, address.held_back, address.last_problem = True, newest, [], ""
        address.save(update_fields=["is_active", "told_through", "held_back", "last_problem", "updated_at"])
    return address


def remove_address(address: AlertAddress) -> None:
    address.delete()


def addresses_to_tell(*, at: datetime) -> list[AlertAddress]:
    """Those in use; by mail only once a day, from seven in the morning."""
    local = timezone.localtime(at)
    may_mail = Q(told_at=None) | Q(told_at__lt=local.replace(hour=0, minute=0, second=0, microsecond=0))
    due = ~Q(route=AlertRoute.EMAIL) | may_mail if local.time() >= DIGEST_FROM else ~Q(route=AlertRoute.EMAIL)
    return list(AlertAddress.objects.filter(due, is_active=True).order_by("pk"))


def news_for(address: AlertAddress, *, on: date) -> News:
    """What has gone short since it was told last and still is, also where somebody asked for silence that is over."""
    newest = StockAlert.objects.aggregate(newest=Max("pk"))["newest"] or 0
    unheard = Q(pk__gt=address.told_through, pk__lte=newest) | Q(pk__in=address.held_back)
    crossed = dict(StockAlert.objects.filter(unheard, cleared_at=None).values_list("policy", "pk"))
    rows = [Shortage(policy) for policy in StockPolicy.objects.filter(pk__in=crossed).for_table().order_by("pk")]
    return News(
        shortages=[row for row in rows if row.is_low and not row.is_silent(on)],
        held_back=sorted(crossed[row.policy.pk] for row in rows if row.is_silent(on)),
        through=newest,
    )


def note_told(address: AlertAddress, news: News, *, at: datetime) -> None:
    AlertAddress.objects.filter(pk=address.pk).update(
        told_through=news.through, held_back=news.held_back, told_at=at, last_problem=""
    )


def note_problem(address: AlertAddress, problem: str) -> None:
    """It is tried again with the next look."""
    AlertAddress.objects.filter(pk=address.pk).update(last_problem=problem[:200])


def lines_of(shortages: Sequence[Shortage]) -> list[dict[str, str]]:
    """For people and machines elsewhere: names and amounts, no money."""
    return [
        {
            "name": str(row.policy),
            "available": f"{row.available.normalize():f}",
            "minimum": f"{row.policy.minimum.normalize():f}",
            "on_order": f"{row.policy.on_order.normalize():f}",
            "missing": f"{row.missing.normalize():f}",
            "unit": row.unit,
        }
        for row in shortages
    ]
