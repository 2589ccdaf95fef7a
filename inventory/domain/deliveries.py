"""Parcels that came in: rolls and parts at landed cost, postage spread over the lines by value."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from inventory.choices import ItemKind, MovementKind
from inventory.domain import ledger, offers, policies
from inventory.domain.ledger import Entry
from inventory.domain.lots import LotDetails, create_lots, received_at
from inventory.domain.spools import Rolls, make_spools
from inventory.models import Delivery, DeliveryLine, Item, Location, Lot, Supplier
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.core.money import round_unit_cost, split_money
from nozzly.tenancy.current import current_workspace


class NothingDelivered(DomainError):
    pass


class InvoiceAlreadyBooked(DomainError):
    pass


@dataclass(frozen=True)
class Line:
    """``count`` rolls or packs of ``quantity_each`` grams or pieces, for ``total`` together."""

    item: Item
    count: int
    quantity_each: Decimal
    total: Decimal
    batch: str = ""


@dataclass(frozen=True)
class Invoice:
    received_on: date
    number: str = ""
    postage: Decimal = Decimal(0)  # and duty
    note: str = ""
    location: Location | None = None  # where it is put


def receive(
    supplier: Supplier, *, lines: Sequence[Line], invoice: Invoice, key: UUID, by: User | None, at: datetime
) -> Delivery:
    """Book a delivery: a lot for each roll, one for each line of parts. The same ``key`` again books nothing.

    Raises NothingDelivered, InvoiceAlreadyBooked, and SlotHoldsOne or OnlyRolls for what a printer slot cannot take.
    """
    if not lines:
        raise NothingDelivered(_("A delivery has at least one line."))
    with transaction.atomic():
        ledger.claim(key)
        done = Delivery.objects.filter(key=key).first()
        if done:
            return done
        # Of two tabs with one invoice the second waits here and then sees the first.
        supplier = Supplier.objects.select_for_update(no_key=True).get(pk=supplier.pk)
        _refuse_twice(supplier, invoice)
        delivery = Delivery.objects.create(
            supplier=supplier, invoice_number=invoice.number, received_on=invoice.received_on, postage=invoice.postage,
            note=invoice.note, key=key, by=by,
        )  # fmt: skip
        currency = current_workspace().currency
        shares = split_money(invoice.postage, [line.total for line in lines], currency)
        entries = []
        for line, share in zip(lines, shares, strict=True):
            entries += _book_line(delivery, line, landed=line.total + share, location=invoice.location, at=at)
        ledger.post(
            entries, source="delivery", source_id=delivery.pk, source_text=str(delivery), key=key, by=by,
            at=received_at(invoice.received_on, at=at), recorded_at=at,
        )  # fmt: skip
        _remember_costs(delivery)
    return delivery


def last_prices(items: Sequence[Item]) -> dict[int, tuple[Decimal, Decimal]]:
    """By item: (quantity of one roll or pack, price paid for one) in the latest delivery, to fill the next form."""
    rows = (
        DeliveryLine.objects.filter(item__in=items)
        .order_by("item", "-delivery__received_on", "-pk")
        .distinct("item")
        .values_list("item_id", "quantity_each", "line_total", "count")
    )
    currency = current_workspace().currency
    return {item: (each, split_money(total, [1] * count, currency)[0]) for item, each, total, count in rows}


def take_back(delivery_id: int, *, at: datetime) -> None:
    """The delivery was undone in the ledger: its invoice may be booked again, what was on order is so again, and costs
    are those of the one before.
    """
    delivery = Delivery.objects.select_for_update(of=("self",), no_key=True).get(pk=delivery_id)
    policies.note_returned(delivery.arrived)
    delivery.undone_at, delivery.arrived = at, {}
    delivery.save(update_fields=["undone_at", "arrived"])
    for item in _locked(DeliveryLine.objects.filter(delivery=delivery_id).values("item")).values():
        last = (
            DeliveryLine.objects.filter(item=item, delivery__undone_at=None)
            .select_related("delivery")
            .order_by("-delivery__received_on", "-pk")
            .first()
        )
        item.last_cost_per_unit = (
            round_unit_cost(last.landed_total / (last.count * last.quantity_each)) if last else None
        )
        item.last_cost_on = last.delivery.received_on if last else None
        item.save(update_fields=["last_cost_per_unit", "last_cost_on", "updated_at"])


def _refuse_twice(supplier: Supplier, invoice: Invoice) -> None:
    same = Delivery.objects.standing().filter(supplier=supplier, invoice_number__iexact=invoice.number)
    if invoice.number and same.exists():
        raise InvoiceAlreadyBooked(
            _("Invoice %(number)s of %(supplier)s is already booked.")
            % {"number": invoice.number, "supplier": supplier}
        )


def _book_line(
    delivery: Delivery, line: Line, *, landed: Decimal, location: Location | None, at: datetime
) -> list[Entry]:
    row = DeliveryLine.objects.create(
        delivery=delivery, item=line.item, count=line.count, quantity_each=line.quantity_each, line_total=line.total,
        landed_total=landed, batch=line.batch,
    )  # fmt: skip
    details = LotDetails(location, delivery.supplier, line.batch, delivery.received_on, row)
    lots = _lots_of(line, details, at=at)
    quantity = line.quantity_each * line.count / len(lots)
    values = split_money(landed, [1] * len(lots), current_workspace().currency)
    return [
        Entry(lot.pk, MovementKind.RECEIPT, quantity, value, value) for lot, value in zip(lots, values, strict=True)
    ]


def _lots_of(line: Line, details: LotDetails, *, at: datetime) -> list[Lot]:
    if line.item.kind != ItemKind.FILAMENT:
        return create_lots(line.item, 1, details)
    rolls = Rolls(net_weight_g=line.quantity_each, details=details)
    return [spool.lot for spool in make_spools(line.item.filament, count=line.count, rolls=rolls, at=at)]


def _remember_costs(delivery: Delivery) -> None:
    """The latest landed cost stays with the item, where costing finds it without a join."""
    lines = list(delivery.lines.order_by("pk"))
    offers.note_delivery(delivery, lines)
    came: dict[int, Decimal] = {}
    for row in lines:
        came[row.item_id] = came.get(row.item_id, Decimal(0)) + row.count * row.quantity_each
    delivery.arrived = policies.note_received(came)
    if delivery.arrived:
        delivery.save(update_fields=["arrived"])
    items = _locked({row.item_id for row in lines})
    for row in lines:
        item = items[row.item_id]
        if item.last_cost_on is None or item.last_cost_on <= delivery.received_on:
            item.last_cost_per_unit = round_unit_cost(row.landed_total / (row.count * row.quantity_each))
            item.last_cost_on = delivery.received_on
        item.preferred_supplier_id = item.preferred_supplier_id or delivery.supplier_id
        item.save(update_fields=["last_cost_per_unit", "last_cost_on", "preferred_supplier", "updated_at"])


def _locked(item_ids: Collection[int] | QuerySet) -> dict[int, Item]:
    """In the order of their keys, so that two deliveries of the same items wait for each other."""
    rows = Item.objects.filter(pk__in=item_ids).order_by("pk").select_for_update(no_key=True)
    return {item.pk: item for item in rows}
