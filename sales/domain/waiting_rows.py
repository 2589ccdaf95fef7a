"""Rows of statements whose orders are not here yet: kept when the statement is read, booked when the order comes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from nozzly.accounts.models import User
from pricing.models import Channel
from sales.choices import ImportState
from sales.domain.statement_rows import PAYMENTS, Teller, book_rows
from sales.models import Order, OrderCharge, OrderImport, WaitingRow
from sales.orderfiles.facts import FileRow

_KINDS = frozenset({"charge", "refund"})


def new_ones(channel: Channel, rows: Sequence[FileRow]) -> int:
    """How many of these do not wait already."""
    keys = {row.key for row in rows if row.kind in _KINDS}
    return len(keys) - WaitingRow.objects.filter(channel=channel, row_key__in=keys).count() if keys else 0


def keep(teller: Teller, rows: Iterable[FileRow]) -> None:
    """Remember what waits; a row that waits already, from an earlier file, waits once."""
    WaitingRow.objects.bulk_create(
        [
            WaitingRow(
                channel=teller.channel, order_import=teller.order_import, order_name=row.order[:80], row_key=row.key,
                file_line=row.number, kind=row.kind, on=row.on, code=row.code[:40], label=row.label[:200],
                currency=row.currency, amount=row.amount, listing=row.listing[:80], is_tax=row.is_tax,
                channel_charges_tax=teller.charges_tax, reference=row.reference[:120],
            )
            for row in rows
            if row.kind in _KINDS and row.on
        ],
        batch_size=1000,
        ignore_conflicts=True,
    )  # fmt: skip


def join(channel: Channel, *, order: Order | None = None, by: User, at: datetime) -> int:
    """Book what waited for orders that are here now, or for this one; answers how many rows were booked."""
    here = Order.objects.filter(channel=OuterRef("channel"), external_id=OuterRef("order_name"))
    found = WaitingRow.objects.filter(Exists(here), channel=channel)
    found = found.filter(order_name=order.external_id) if order else found
    booked = 0
    with transaction.atomic():
        rows = list(found.order_by("order_import", "channel_charges_tax", "pk"))
        imports = OrderImport.objects.in_bulk({row.order_import_id for row in rows})
        for (import_id, charges_tax), group in groupby(
            rows, key=lambda row: (row.order_import_id, row.channel_charges_tax)
        ):
            teller = Teller(imports[import_id], channel, by, at, charges_tax)
            booked += _book(teller, list(group))
    return booked


def _book(teller: Teller, rows: Sequence[WaitingRow]) -> int:
    plan, _counts = book_rows(teller, [_as_file_row(row) for row in rows])
    still = {row.key for row in plan.waiting}
    done = [row.pk for row in rows if row.row_key not in still]
    WaitingRow.objects.filter(pk__in=done).delete()
    return len(done)


def wait_again(orders: Sequence[Order], *, unless: OrderImport) -> None:
    """The orders go, what other statements charged for them stays true: it waits until they come again."""
    names = {order.pk: order for order in orders if order.external_id and order.channel_id}
    charges = OrderCharge.objects.standing().filter(
        order__in=names, charged=True, order_import__state=ImportState.APPLIED
    )
    rows = charges.exclude(order_import=unless).exclude(row_key="")
    WaitingRow.objects.bulk_create(
        [_from_charge(row, names[row.order_id]) for row in rows], batch_size=1000, ignore_conflicts=True
    )


def _from_charge(row: OrderCharge, order: Order) -> WaitingRow:
    return WaitingRow(
        channel_id=order.channel_id, order_import_id=row.order_import_id, order_name=order.external_id,
        row_key=row.row_key, file_line=row.file_line or 0, kind="charge", on=row.on or timezone.localdate(row.at),
        code=row.code, label=row.label, currency=order.currency, amount=row.amount, is_tax=row.code == "vat_on_fees",
        channel_charges_tax=not row.vat, reference=PAYMENTS if row.source == PAYMENTS else "",
    )  # fmt: skip


def _as_file_row(row: WaitingRow) -> FileRow:
    return FileRow(
        row.file_line, row.kind, row.on, row.code, row.label, row.currency, row.amount, order=row.order_name,
        listing=row.listing, is_tax=row.is_tax, reference=row.reference, key=row.row_key,
    )  # fmt: skip
