"""Prices at replacement cost: what the next gram or piece will cost, and how we know."""

from django.utils.translation import gettext as _

from catalog.choices import Origin
from catalog.domain.costing import Sourced
from catalog.domain.list_prices import list_price
from catalog.models import RecipeSlot, VariantSlot
from inventory.domain import stock
from inventory.models import Item, MaterialGroup
from nozzly.tenancy.current import current_workspace


class PriceBook:
    """Names and prices of the filaments, groups and items at hand, loaded in two queries."""

    def __init__(self, *, filament_ids: set[int], group_ids: set[int], item_ids: set[int]):
        self._currency = current_workspace().currency
        groups = list(MaterialGroup.objects.filter(pk__in=group_ids).select_related("material")) if group_ids else []
        self._group_names = {group.pk: group.name for group in groups}
        known = stock.prices_of(filament_ids | item_ids, groups)
        self._filament_names, self._costs, self._group_costs = known.names, known.items, known.groups

    def item(self, item: Item) -> Sourced:
        """A component or a box."""
        return _sourced(self._costs[item.pk])

    def slot(self, slot: RecipeSlot, binding: VariantSlot | None) -> tuple[str, Sourced]:
        """Name and price of a gram for a recipe slot: of the filament or group it is bound to, else of its material."""
        if binding and binding.filament_id:
            return self._filament_names[binding.filament_id], _sourced(self._costs[binding.filament_id])
        if binding and binding.group_id:
            return self._group_names[binding.group_id], _sourced(self._group_costs[binding.group_id])
        guess = list_price(slot.material_type, self._currency)
        name = slot.material_type or _("any filament")
        return name, Sourced(guess.cost_per_g, Origin.ASSUMED, guess.source)


def _sourced(cost: stock.Cost) -> Sourced:
    if not cost.value:
        return Sourced(cost.value, Origin.UNKNOWN, cost.origin)
    return Sourced(cost.value, Origin.ASSUMED if cost.assumed else Origin.PAID, cost.origin)
