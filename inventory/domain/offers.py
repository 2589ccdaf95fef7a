"""Where an item can be bought, at which price for which pack. Deliveries note what was paid; the rest is typed."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from inventory.models import Delivery, DeliveryLine, Item, Offer, Supplier
from nozzly.core.money import round_money
from nozzly.tenancy.current import current_workspace


def note_offer(  # noqa: PLR0913 - what an offer says
    item: Item,
    *,
    supplier: Supplier,
    pack_size: Decimal,
    pack_price: Decimal,
    order_code: str = "",
    url: str = "",
    on: date,
) -> Offer:
    """What this supplier asks for a pack of that size from now on."""
    said = {"pack_price": pack_price, "order_code": order_code, "url": url, "noted_on": on}
    return Offer.objects.update_or_create(item=item, supplier=supplier, pack_size=pack_size, defaults=said)[0]


def forget_offer(offer: Offer) -> None:
    offer.delete()


def note_delivery(delivery: Delivery, lines: Sequence[DeliveryLine]) -> None:
    """What was paid for a pack, without the postage, is that supplier's price; a newer one is not overwritten."""
    currency = current_workspace().currency
    paid = {
        (line.item_id, line.quantity_each): round_money(line.line_total / line.count, currency)
        for line in sorted(lines, key=lambda line: (line.item_id, line.quantity_each, line.pk))
    }
    with transaction.atomic():
        newer = Offer.objects.filter(
            supplier=delivery.supplier_id, item__in={item for item, _size in paid}, noted_on__gt=delivery.received_on
        )
        for known in newer.values_list("item", "pack_size"):
            paid.pop(known, None)
        Offer.objects.bulk_create(
            [
                Offer(item_id=item_id, supplier_id=delivery.supplier_id, pack_size=pack_size, pack_price=price,
                      noted_on=delivery.received_on)
                for (item_id, pack_size), price in paid.items()
            ],
            update_conflicts=True, unique_fields=["item", "supplier", "pack_size"],
            update_fields=["pack_price", "noted_on"],
        )  # fmt: skip


def offers_of(item: Item) -> list[Offer]:
    """The cheapest per unit first."""
    return sorted(item.offers.select_related("supplier"), key=lambda offer: (offer.price_per_unit, offer.pk))


def cheapest(item_ids: Iterable[int]) -> dict[int, Offer]:
    """By item: who asks least for one unit."""
    best: dict[int, Offer] = {}
    for offer in Offer.objects.filter(item__in=list(item_ids)).select_related("supplier").order_by("pk"):
        known = best.get(offer.item_id)
        if known is None or offer.price_per_unit < known.price_per_unit:
            best[offer.item_id] = offer
    return best
