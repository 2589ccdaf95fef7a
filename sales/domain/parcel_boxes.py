"""Boxes of orders that were sent elsewhere: what the recipes name leaves the shelf, as for orders that are sent here."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid5

from django.db.models import Prefetch

from catalog.choices import Stage
from catalog.models import RecipeComponent
from inventory.choices import ItemKind, MovementKind
from inventory.domain import ledger, lots
from inventory.domain.ledger import Entry
from inventory.models import Item, Lot
from nozzly.accounts.models import User
from sales.domain import picking, shipping
from sales.domain.posted_labels import set_packaging_cost
from sales.models import Order, OrderLine, Parcel


def choose(loads: Sequence[tuple[Parcel, Sequence[OrderLine]]]) -> None:
    """Give each parcel the one box that the recipes of its goods name; saves nothing. Two queries for any number."""
    products = {line.variant.product_id for _parcel, lines in loads for line in lines if line.variant_id}
    rows = RecipeComponent.objects.filter(
        recipe__product__in=products, recipe__is_current=True, stage=Stage.PACK, item__kind=ItemKind.PACKAGING,
        item__archived_at=None,
    )  # fmt: skip
    named: dict[int, set[int]] = defaultdict(set)
    for product_id, item_id in rows.values_list("recipe__product", "item"):
        named[product_id].add(item_id)
    items = Item.objects.in_bulk(set().union(*named.values())) if named else {}
    for parcel, lines in loads:
        found = set().union(*(named.get(line.variant.product_id, ()) for line in lines if line.variant_id))
        if len(found) == 1:
            parcel.packaging = items[found.pop()]


class Shelf:
    """Lots of the boxes that parcels take, the oldest first; locked by the caller. A shortage is booked as found."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._lots: dict[int, list[Lot]] = defaultdict(list)
        for lot in Lot.objects.filter(item__in=list(items)).available().oldest_first():
            self._lots[lot.item_id].append(lot)
        self._left = {lot.pk: lot.on_hand for found in self._lots.values() for lot in found}

    def take(self, parcel: Parcel) -> list[Entry]:
        if parcel.packaging is None:
            return []
        shelf = self._lots[parcel.packaging_id]
        if not shelf:
            shelf.append(lots.create_lot(parcel.packaging))
        lot = next((each for each in shelf if self._left.get(each.pk, 0) > 0), shelf[0])
        self._left[lot.pk] = self._left.get(lot.pk, Decimal(0)) - parcel.packaging_count
        return [Entry(lot.pk, MovementKind.CONSUMPTION, Decimal(-parcel.packaging_count))]


def parcel_key(sent_key: UUID) -> UUID:
    """The key of a parcel that an import has sent; those that people send have keys of their own."""
    return uuid5(sent_key, "parcel")


def fill(orders: Sequence[Order], *, by: User, at: datetime) -> None:
    """Parcels that imports sent while nobody knew what was in them take their boxes now that all of it is known."""
    keys = {parcel_key(uuid5(order.create_key, "sent")) for order in orders if order.create_key}
    parcels = Parcel.objects.filter(key__in=keys, packaging=None, postage_assumed=True, undone_at=None)
    lines = OrderLine.objects.select_related("variant", "imported").in_order()
    parcels = parcels.select_related("order").prefetch_related(Prefetch("order__lines", lines)).order_by("pk")
    loads = [(parcel, list(parcel.order.lines.all())) for parcel in parcels]
    loads = [(parcel, found) for parcel, found in loads if all(map(_may_be_boxed, found))]
    choose(loads)
    for parcel, _found in loads:
        if parcel.packaging:
            picking.lock_shelf((), parcel.packaging)
            rows = ledger.post(
                Shelf([parcel.packaging]).take(parcel), source=shipping.SOURCE, source_id=parcel.order_id,
                source_text=parcel.order.number, key=uuid5(parcel.key, "box"), by=by, at=at,
            )  # fmt: skip
            parcel.save(update_fields=["packaging", "updated_at"])
            set_packaging_cost(parcel, -rows[0].full_value)


def _may_be_boxed(line: OrderLine) -> bool:
    return line.variant_id is not None and not (hasattr(line, "imported") and line.imported.is_history)
