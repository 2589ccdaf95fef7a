"""Parts, packaging and everything else that is no filament; and finding an item by what people call it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from inventory.choices import ItemKind, MovementKind, Unit
from inventory.domain import ledger, stock
from inventory.domain.ledger import Entry
from inventory.domain.lots import LotDetails, create_lot
from inventory.domain.searching import refresh_items
from inventory.models import Item, Lot
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError


class NoSuchItem(DomainError):
    pass


class WhichItem(DomainError):
    pass


class StillInStock(DomainError):
    pass


def create_item(*, kind: str, name: str, sku: str = "", unit: str = Unit.PIECE) -> Item:
    """An item that can be kept from now on."""
    item = Item.objects.create(kind=kind, name=name, sku=sku, unit=unit)
    refresh_items([item.pk])
    return item


def save_item(item: Item) -> Item:
    """Store what a form changed and let searches find it."""
    with transaction.atomic():
        if item.list_price_per_unit is not None:
            item.list_price_origin = "typed"
        item.save()
        refresh_items([item.pk])
    return item


def open_stock(  # noqa: PLR0913 - what opening stock has to say
    item: Item,
    *,
    quantity: Decimal,
    total: Decimal | None,
    details: LotDetails,
    key: UUID,
    by: User | None,
    at: datetime,
) -> Lot:
    """Parts that are there already become a lot. Without a total they are valued at what they would cost now."""
    with transaction.atomic():
        booked = ledger.claim(key)
        if booked:
            return Lot.objects.get(pk=booked[0].lot_id)
        lot = create_lot(item, details)
        value = stock.replacement_cost_per_unit(item).value * quantity if total is None else total
        entry = Entry(lot.pk, MovementKind.OPENING, quantity, value, value)
        ledger.post([entry], source="hand", source_id=lot.pk, source_text="", key=key, by=by, at=at)
    return lot


def archive_item(item: Item, *, at: datetime) -> None:
    """Offer it no more. Raises StillInStock."""
    if stock.on_hand(item) > 0:
        raise StillInStock(_("There is still some of %(item)s: use it up or book it out first.") % {"item": item})
    Item.objects.filter(pk=item.pk).update(archived_at=at)


def labels() -> dict[str, Item]:
    """Everything that can be bought by the text a form offers: its name, with what sets namesakes apart."""
    rows = list(Item.objects.available().bought().select_related("filament", "filament__brand").order_by("name", "pk"))
    seen: dict[str, list[Item]] = {}
    for item in rows:
        seen.setdefault(item.name, []).append(item)
    return {label: item for name, namesakes in seen.items() for label, item in _told_apart(name, namesakes)}


def finder() -> Callable[[str], Item]:
    """Looks items up by what people call them: label, SKU, or words that only one has.

    What it answers raises NoSuchItem, WhichItem. The labels are read once, for many rows.
    """
    known = {label.casefold(): item for label, item in labels().items()}

    def find(text: str) -> Item:
        return known.get(text.strip().casefold()) or _by_words(text.strip())

    return find


def named(text: str) -> Item:
    """The item that a person means. Raises NoSuchItem, WhichItem."""
    return finder()(text)


def _by_words(text: str) -> Item:
    bought = Item.objects.available().bought()
    found = list(bought.filter(sku__iexact=text)[:1]) or list(bought.matching(text).order_by("name")[:4])
    if not found:
        raise NoSuchItem(_("There is no “%(text)s”: add it to the filaments or parts first.") % {"text": text})
    if len(found) > 1:
        names = ", ".join(item.name for item in found[:3])
        raise WhichItem(_("Which one: %(names)s …?") % {"names": names})
    return found[0]


def _told_apart(name: str, namesakes: list[Item]) -> Iterable[tuple[str, Item]]:
    if len(namesakes) == 1:
        return [(name, namesakes[0])]
    return [(f"{name} · {_difference(item)}", item) for item in namesakes]


def _difference(item: Item) -> str:
    if item.kind == ItemKind.FILAMENT:
        return f"{item.filament.net_weight_g.normalize():f} g {item.filament.diameter_mm.normalize():f} mm"
    return item.sku or f"#{item.pk}"
