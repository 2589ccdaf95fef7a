"""Magnets, screws and boxes that a recipe names for the first time."""

from decimal import Decimal

from catalog.choices import Stage
from inventory.choices import ItemKind
from inventory.domain import items
from inventory.models import Item


def component_named(name: str, *, price: Decimal | None, stage: str) -> Item:
    """The part or packaging of this name; a new one is made, at the price that was typed."""
    kinds = (ItemKind.COMPONENT, ItemKind.PACKAGING)
    known = Item.objects.available().filter(kind__in=kinds, name__iexact=name).first()
    item = known or items.create_item(kind=ItemKind.PACKAGING if stage == Stage.PACK else ItemKind.COMPONENT, name=name)
    if price is not None:
        item.list_price_per_unit = price
        items.save_item(item)
    return item
