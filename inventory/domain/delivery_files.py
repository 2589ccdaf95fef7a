"""Deliveries out of a file: the rows of one invoice are one delivery."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import transaction

from inventory.domain import deliveries, directory, ledger, undoing
from inventory.domain.deliveries import Invoice, Line
from inventory.models import Delivery
from nozzly.accounts.models import User
from nozzly.core.money import round_money
from nozzly.tenancy.current import current_workspace

type_of_row = Mapping[str, object]


def invoice_of(row: type_of_row) -> tuple[str, str, date | None]:
    """What makes rows belong together: supplier and invoice number, or the day where there is no number."""
    number = row["invoice_number"].casefold()
    return row["supplier"].casefold(), number, None if number else row["received_on"]


def booked(rows: Sequence[type_of_row]) -> dict[tuple, Delivery]:
    """Invoices of these rows that are there already. Without a number a delivery is known by its day."""
    suppliers = {row["supplier"].casefold() for row in rows}
    known = Delivery.objects.standing().select_related("supplier").prefetch_related("lines")
    return {
        invoice_of(_head(delivery)): delivery for delivery in known if delivery.supplier.name.casefold() in suppliers
    }


def has_line(delivery: Delivery, row: type_of_row) -> bool:
    return any(
        (line.item_id, line.count, line.line_total) == (row["item"].pk, row["count"] or 1, row["total"])
        and row["quantity_each"] in {None, line.quantity_each}
        for line in delivery.lines.all()
    )


def apply(rows: Sequence[type_of_row], *, key: UUID, by: User | None, at: datetime) -> list[Delivery]:
    """Book a delivery for each invoice, all or none. Once per key."""
    invoices: dict[tuple, list[type_of_row]] = {}
    for row in rows:
        invoices.setdefault(invoice_of(row), []).append(row)
    with transaction.atomic():
        return [
            _book(lines, key=uuid5(key, repr(identity)), by=by, at=at) for identity, lines in invoices.items()
        ]  # fmt: skip


def take_back(delivery_ids: Sequence[int], *, by: User | None, at: datetime) -> int:
    """Undo deliveries that an import booked, all or none; those undone already are left. Answers how many.

    Raises InsufficientStock when something of them has been used.
    """
    with transaction.atomic():
        standing = Delivery.objects.standing().filter(pk__in=delivery_ids).order_by("-pk")
        booked = [ledger.movements_from("delivery", delivery.pk)[0] for delivery in standing]
        for movement in booked:
            undoing.undo(movement.pk, by=by, at=at)
    return len(booked)


def _book(rows: Sequence[type_of_row], *, key: UUID, by: User | None, at: datetime) -> Delivery:
    first, currency = rows[0], current_workspace().currency
    supplier = directory.supplier_named(first["supplier"])
    postage = max((row["postage"] or Decimal(0) for row in rows), default=Decimal(0))
    return deliveries.receive(
        supplier,
        lines=[_line(row, currency) for row in rows],
        invoice=Invoice(
            received_on=first["received_on"], number=first["invoice_number"], postage=round_money(postage, currency)
        ),
        key=key,
        by=by,
        at=at,
    )


def _line(row: type_of_row, currency: str) -> Line:
    item = row["item"]
    each = row["quantity_each"] or item.pack_size
    return Line(item, row["count"] or 1, each, round_money(row["total"], currency), row["batch"])


def _head(delivery: Delivery) -> type_of_row:
    return {
        "supplier": delivery.supplier.name,
        "invoice_number": delivery.invoice_number,
        "received_on": delivery.received_on,
    }
