"""What is there, what it would cost to buy again, and which roll a print takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from inventory.domain import library
from inventory.models import Filament, Item, Location, Lot, MaterialGroup, Spool
from nozzly.core.money import round_unit_cost
from nozzly.tenancy.current import current_workspace

ASSUMED = "assumed"
_PRICED_BY = (
    "last_cost_per_unit", "last_cost_on", "list_price_per_unit", "list_price_origin", "filament__material__name",
)  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """Money per unit of an item. ``assumed`` until somebody has paid or typed a price."""

    value: Decimal
    origin: str
    assumed: bool = False


@dataclass(frozen=True)
class Prices:
    """By item its name and what a unit costs, by material group what a gram costs."""

    names: dict[int, str]
    items: dict[int, Cost]
    groups: dict[int, Cost]


def on_hand(item: Item) -> Decimal:
    """Quantity over all lots, in the item's unit."""
    return Lot.objects.filter(item=item).aggregate(held=Sum("on_hand"))["held"] or Decimal(0)


def average_cost_per_unit(item: Item) -> Decimal | None:
    """The moving average: what is there cost so much a unit, over all lots; None when nothing is there."""
    sums = Lot.objects.filter(item=item).aggregate(held=Sum("on_hand"), bought=Sum("bought_value"))
    return round_unit_cost(sums["bought"] / sums["held"]) if sums["held"] else None


def replacement_cost_per_unit(item: Item) -> Cost:
    """What one unit costs to buy again: last delivery, else list price, else a guess by material."""
    return replacement_costs([item.pk])[item.pk]


def replacement_costs(item_ids: Iterable[int]) -> dict[int, Cost]:
    """The same for many items, in one query."""
    return prices_of(item_ids).items


def group_costs(groups: Iterable[MaterialGroup]) -> dict[int, Cost]:
    """Replacement cost per gram of each material group: the mean over its filaments, else a guess by material.

    One query, when the groups come with their material.
    """
    return prices_of((), groups).groups


def prices_of(item_ids: Iterable[int], groups: Iterable[MaterialGroup] = ()) -> Prices:
    """Names and costs of items, and costs of material groups, together in one query."""
    wanted, groups, currency = set(item_ids), list(groups), current_workspace().currency
    members: dict[int, list[Cost]] = {group.pk: [] for group in groups}
    of_groups = Q(filament__group__in=members, archived_at=None) if members else Q(pk__in=())
    rows = Item.objects.filter(Q(pk__in=wanted) | of_groups) if wanted or members else Item.objects.none()
    names, items = {}, {}
    for pk, name, archived_at, group_id, *facts in rows.values_list(
        "pk", "name", "archived_at", "filament__group", *_PRICED_BY
    ):
        cost = _cost(*facts, currency)
        if pk in wanted:
            names[pk], items[pk] = name, cost
        if group_id in members and archived_at is None:
            members[group_id].append(cost)
    return Prices(names, items, {group.pk: _group_cost(group, members[group.pk]) for group in groups})


def resolve_spool(wanted: Filament | MaterialGroup, *, at: Location | Iterable[Location] | None = None) -> Spool | None:
    """The roll a print would take: one loaded in the given slots, else the oldest open roll, else a sealed one."""
    if isinstance(wanted, MaterialGroup):
        rolls = Spool.objects.filter(lot__item__filament__group=wanted)
    else:
        rolls = Spool.objects.filter(lot__item=wanted.pk)
    rolls = rolls.ready_to_print().select_related("lot__item__filament", "lot__location")
    slots = [at] if isinstance(at, Location) else list(at or ())
    loaded = rolls.filter(lot__location__in=slots).first() if slots else None
    return loaded or rolls.exclude(lot__location__kind="slot").first() or rolls.first()


def _cost(
    last: Decimal | None, last_on: object, listed: Decimal | None, origin: str, material: str | None, currency: str
) -> Cost:
    if last is not None:
        when = date_format(last_on, "SHORT_DATE_FORMAT") if last_on else ""
        return Cost(last, _("last delivery %(on)s") % {"on": when})
    if listed is not None:
        return Cost(listed, _("list price"), assumed=origin == ASSUMED)
    if material is not None:
        return Cost(
            library.guessed_cost_per_g(material, currency=currency),
            _("usual price of %(material)s") % {"material": material},
            assumed=True,
        )
    return Cost(Decimal(0), _("no price known"), assumed=True)


def _group_cost(group: MaterialGroup, costs: list[Cost]) -> Cost:
    known = [cost for cost in costs if not cost.assumed] or costs
    if known:
        mean = sum(cost.value for cost in known) / len(known)
        return Cost(round_unit_cost(mean), _("mean of the group's filaments"), assumed=known[0].assumed)
    material = group.material.name if group.material else "PLA"
    guess = library.guessed_cost_per_g(material, currency=current_workspace().currency)
    return Cost(guess, _("usual price of %(material)s") % {"material": material}, assumed=True)
