"""When to buy again: a minimum for an item or a material group, and one alert for each crossing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from inventory.choices import Unit
from inventory.models import Filament, Item, MaterialGroup, StockAlert, StockPolicy


@dataclass(frozen=True)
class Shortage:
    """A policy with what is there and what is promised."""

    policy: StockPolicy

    @property
    def available(self) -> Decimal:
        return self.policy.held - self.policy.reserved

    @property
    def missing(self) -> Decimal:
        """How much to buy to reach the minimum, less what is on its way."""
        return max(self.policy.minimum - self.available - self.policy.on_order, Decimal(0))

    @property
    def unit(self) -> str:
        return self.policy.item.get_unit_display() if self.policy.item else Unit.GRAM.label

    @property
    def is_low(self) -> bool:
        return self.available < self.policy.minimum

    def is_silent(self, on: date) -> bool:
        return self.policy.snoozed_until is not None and on <= self.policy.snoozed_until


def set_policy(
    *,
    item: Item | None = None,
    group: MaterialGroup | None = None,
    minimum: Decimal | None,
    on_order: Decimal = Decimal(0),
) -> StockPolicy | None:
    """Warn below a minimum from now on; None takes the warning away."""
    of_what = {"item": item} if item else {"group": group}
    if minimum is None:
        StockPolicy.objects.filter(**of_what).delete()
        return None
    policy, _new = StockPolicy.objects.update_or_create(**of_what, defaults={"minimum": minimum, "on_order": on_order})
    return policy


def note_received(quantities: Mapping[int, Decimal]) -> dict[str, str]:
    """So much of these items came in: it is on order no more, for the item or for its group.

    Answers by policy how much that was, as text to be kept for note_returned().
    """
    arrived = {}
    groups: dict[int, Decimal] = {}
    members = Filament.objects.filter(pk__in=quantities, group__isnull=False).values_list("pk", "group")
    for item_id, group_id in members:
        groups[group_id] = groups.get(group_id, Decimal(0)) + quantities[item_id]
    waiting = StockPolicy.objects.filter(Q(item__in=quantities) | Q(group__in=groups), on_order__gt=0)
    for policy in waiting.order_by("pk").select_for_update():
        came = min(quantities[policy.item_id] if policy.item_id else groups[policy.group_id], policy.on_order)
        arrived[str(policy.pk)] = f"{came:f}"
        policy.on_order -= came
        policy.save(update_fields=["on_order"])
    return arrived


def note_returned(arrived: Mapping[str, str]) -> None:
    """It has not come after all: what note_received() took off is on order again."""
    for policy in StockPolicy.objects.filter(pk__in=arrived).order_by("pk").select_for_update():
        policy.on_order += Decimal(arrived[str(policy.pk)])
        policy.save(update_fields=["on_order"])


def snooze(policy: StockPolicy, *, until: date | None) -> None:
    """Say nothing about it up to and including that day."""
    StockPolicy.objects.filter(pk=policy.pk).update(snoozed_until=until)


def shortages() -> list[Shortage]:
    """Every policy that is short, what misses most of its minimum first: the shopping list."""
    rows = [Shortage(policy) for policy in StockPolicy.objects.for_table()]
    return sorted((row for row in rows if row.is_low), key=lambda row: row.available / row.policy.minimum)


def raise_alerts(*, on: date, at: datetime) -> list[StockAlert]:
    """One alert for each policy that has gone short since; alerts end where there is enough again."""
    with transaction.atomic():
        rows = [Shortage(policy) for policy in StockPolicy.objects.for_table()]
        open_alerts = {alert.policy_id for alert in StockAlert.objects.filter(cleared_at=None).select_for_update()}
        enough = [row.policy.pk for row in rows if not row.is_low]
        StockAlert.objects.filter(policy__in=enough, cleared_at=None).update(cleared_at=at)
        return StockAlert.objects.bulk_create(
            StockAlert(policy=row.policy, available=row.available, raised_at=at)
            for row in rows
            if row.is_low and row.policy.pk not in open_alerts and not row.is_silent(on)
        )
