"""Parts and packaging out of a file: each is known by its SKU, else by its name."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from inventory.choices import ItemKind
from inventory.domain import directory, items, ledger
from inventory.domain.lots import LotDetails
from inventory.models import Item, Lot, Supplier
from nozzly.accounts.models import User

_TYPED = "typed"
_FIELDS = ("name", "sku", "unit", "pack_size", "preferred_supplier_id", "list_price_per_unit", "list_price_origin")
type_of_row = Mapping[str, object]


@dataclass(frozen=True)
class Imported:
    added: int = 0
    changed: int = 0
    record: dict = field(default_factory=dict)


class Known:
    """Items that rows may mean, with their stock."""

    def __init__(self) -> None:
        rows = Item.objects.exclude(kind=ItemKind.FILAMENT).select_related("preferred_supplier").with_stock()
        self.by_sku = {item.sku.casefold(): item for item in rows if item.sku}
        named: dict[str, list[Item]] = {}
        for item in rows:
            named.setdefault(item.name.casefold(), []).append(item)
        self._named = named

    def find(self, row: type_of_row) -> Item | None:
        """By SKU where the row has one; else the only item of that name and kind."""
        if row["sku"]:
            return self.by_sku.get(row["sku"].casefold()) or self._only(row, without_sku=True)
        return self._only(row, without_sku=False)

    def _only(self, row: type_of_row, *, without_sku: bool) -> Item | None:
        found = [
            item
            for item in self._named.get(row["name"].casefold(), ())
            if item.kind == (row["kind"] or item.kind) and not (without_sku and item.sku)
        ]
        return found[0] if len(found) == 1 else None


def reason_against(item: Item, row: type_of_row) -> str:
    """Why the row cannot be taken, or nothing."""
    if row["stock"] is not None and row["stock"] != item.stock:
        return _("Stock is corrected by counting, not by a file: {left} are there.").format(
            left=f"{item.stock.normalize():f}"
        )
    if item.kind not in {ItemKind.COMPONENT, ItemKind.PACKAGING} and differs(item, row):
        return _("Parts and products that are made here are changed at their product.")
    return ""


def differs(item: Item, row: type_of_row) -> bool:
    """Whether the file says anything else than we hold. What is left empty says nothing."""
    return item.archived_at is not None or any(
        said not in {None, ""} and said != mine
        for said, mine in (
            (row["name"], item.name), (row["sku"], item.sku), (row["unit"], item.unit), (row["pack_size"], item.pack_size),
            (row["supplier"].casefold(), item.preferred_supplier.name.casefold() if item.preferred_supplier else ""),
            (row["list_price"], item.list_price_per_unit),
        )
    )  # fmt: skip


def repeated(rows: Iterable[type_of_row]) -> set[str]:
    """SKUs that more than one row has."""
    return {sku for sku, times in Counter(row["sku"].casefold() for row in rows).items() if sku and times > 1}


def apply(rows: Sequence[type_of_row], *, key: UUID, by: User | None, at: datetime) -> Imported:
    """Add the new ones with the stock they have, correct the others; all or none."""
    with transaction.atomic():
        known, added, changed, booked = Known(), [], {}, []
        suppliers = {row.name.casefold(): row for row in Supplier.objects.all()}
        for number, row in enumerate(rows):
            item = known.find(row)
            before = None if item is None else _kept(item)
            item = _store(item or Item(kind=row["kind"] or ItemKind.COMPONENT), row, suppliers)
            if before is not None:
                changed[item.pk] = [before, _kept(item)]
                continue
            added.append(item.pk)
            if row["stock"]:
                one = uuid5(key, str(number))
                items.open_stock(
                    item, quantity=row["stock"], total=None, details=LotDetails(), key=one, by=by, at=at
                )  # fmt: skip
                booked.append(str(one))
    return Imported(len(added), len(changed), {"added": added, "changed": changed, "booked": booked})


def take_back(record: Mapping[str, object], *, by: User | None, at: datetime) -> tuple[int, int, int]:
    """Take out what came in, archive what was added, put old values back where nobody changed them since.

    Answers how many went, how many are as before, how many were changed since and stay. Raises InsufficientStock.
    """
    restored = 0
    with transaction.atomic():
        for text in record["booked"]:
            one = UUID(text)
            ledger.reverse(one, key=uuid5(one, "undo"), by=by, at=at)
        Lot.objects.filter(item__in=record["added"], on_hand=0).update(archived_at=at)
        for pk in record["added"]:
            _remove(pk, at=at)
        rows = Item.objects.in_bulk(map(int, record["changed"]))
        for pk, (before, after) in record["changed"].items():
            item = rows.get(int(pk))
            if item is not None and _kept(item) == after:
                _restore(item, before, at=at)
                restored += 1
    return len(record["added"]), restored, len(record["changed"]) - restored


def _store(item: Item, row: type_of_row, suppliers: dict[str, Supplier]) -> Item:
    item.name, item.sku, item.unit = row["name"], row["sku"] or item.sku, row["unit"] or item.unit
    item.pack_size = row["pack_size"] or item.pack_size
    item.archived_at = None
    if row["list_price"] is not None and row["list_price"] != item.list_price_per_unit:
        item.list_price_per_unit, item.list_price_origin = row["list_price"], _TYPED
    if row["supplier"]:
        name = directory.tidy(row["supplier"]).casefold()
        suppliers[name] = suppliers.get(name) or directory.supplier_named(row["supplier"])
        item.preferred_supplier = suppliers[name]
    return items.save_item(item)


def _kept(item: Item) -> dict[str, object]:
    facts = {name: getattr(item, name) for name in _FIELDS}
    return {name: _text(value) for name, value in facts.items()} | {"archived": item.archived_at is not None}


def _restore(item: Item, before: Mapping[str, object], *, at: datetime) -> None:
    for name in _FIELDS:
        value = before[name]
        if value is not None and name in {"pack_size", "list_price_per_unit"}:
            value = Decimal(value)
        setattr(item, name, value)
    item.archived_at = at if before["archived"] else None
    items.save_item(item)


def _remove(pk: int, *, at: datetime) -> None:
    item = Item.objects.filter(pk=pk).first()
    try:
        with transaction.atomic():
            if item is not None:
                item.delete()
    except ProtectedError:
        Item.objects.filter(pk=pk).update(archived_at=at)


def _text(value: object) -> object:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
