"""Taking an import back: everything it booked gets its opposite; nothing is deleted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid5

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from inventory.choices import MovementKind
from inventory.domain import ledger
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.tax.domain import periods
from sales.choices import CostOrigin, ImportAction, ImportState, OrderEventKind, OrderState
from sales.domain import import_lines, picking, refunds, shipping, unshipping, waiting_rows
from sales.domain.import_amounts import Amounts, set_amounts
from sales.domain.order_imports import NotNow
from sales.domain.posted_labels import bring_back_postage
from sales.domain.statement_rows import reverse_account, reverse_charges
from sales.models import ImportedOrder, Order, OrderCharge, OrderEvent, OrderImport, OrderLine, OrderTax, Parcel, Refund

_FIGURES = ("net_home", "tax_home", "fees_home", "cost_home", "post_home", "profit_home")


@dataclass
class UndoPlan:
    """Orders that go, and those that stay with the reason why."""

    go: list[Order] = field(default_factory=list)
    stay: list[tuple[Order, str]] = field(default_factory=list)
    changed: list[ImportedOrder] = field(default_factory=list)


def preview(order_import: OrderImport) -> UndoPlan:
    """What undoing would do; a constant number of queries."""
    plan = UndoPlan()
    closed = periods.closed_through()
    made = order_import.orders.filter(action=ImportAction.CREATED).select_related("order").order_by("pk")
    touched = _touched(order_import)
    for row in made:
        order = row.order
        if order.pk in touched:
            plan.stay.append((order, _("somebody has worked on it since")))
        elif closed and order.shipped_on and order.shipped_on <= closed and not row.is_history:
            plan.stay.append((order, _("the month it was sent in is closed")))
        else:
            plan.go.append(order)
    changed = order_import.orders.filter(action=ImportAction.CHANGED)
    plan.changed = list(changed.select_related("order").order_by("pk"))
    return plan


def _touched(order_import: OrderImport) -> set[int]:
    """Orders that live on: confirmed, packed, returned, invoiced, delivered, or paid since."""
    rows = Order.objects.filter(imports__order_import=order_import, imports__action=ImportAction.CREATED)
    moved = rows.filter(
        ~Q(state__in=[OrderState.NEW, OrderState.SHIPPED, OrderState.REFUNDED, OrderState.CANCELLED])
        | Q(confirmed_at__isnull=False)
        | Q(payments__isnull=False)
        | Q(returns__isnull=False)
    )
    noted = OrderEvent.objects.filter(order__in=rows, kind__in=[OrderEventKind.INVOICED, OrderEventKind.RETURNED])
    refunded = Refund.objects.filter(order__in=rows, reverses=None, reversed_by=None)
    by_hand = refunded.exclude(at=order_import.applied_at)
    return {
        *moved.values_list("pk", flat=True),
        *noted.values_list("order", flat=True),
        *by_hand.values_list("order", flat=True),
    }


def undo(order_import: OrderImport, *, by: User, at: datetime) -> UndoPlan:
    """Take back what the import made and changed. What people have worked on since stays. Raises NotNow."""
    with transaction.atomic():
        row = OrderImport.objects.select_for_update(of=("self",)).get(pk=order_import.pk)
        if row.state != ImportState.APPLIED:
            raise NotNow(_("Only an import that was applied can be undone."))
        plan = preview(row)
        charges = list(OrderCharge.objects.standing().filter(order_import=row, charged=True).order_by("pk"))
        reverse_charges(charges, at=at)
        reverse_account(row, by=by, at=at)
        row.waiting_rows.all().delete()
        for imported in plan.changed:
            plan.stay += _put_back(imported, by=by, at=at)
        _take_back(row, plan.go, by=by, at=at)
        row.state, row.undone_by, row.undone_at = ImportState.UNDONE, by, at
        row.summary = row.summary | {"undone": {"orders": len(plan.go), "stay": len(plan.stay)}}
        row.save(update_fields=["state", "undone_by", "undone_at", "summary", "updated_at"])
    return plan


def _put_back(imported: ImportedOrder, *, by: User, at: datetime) -> Iterable[tuple[Order, str]]:
    """An order that was here before is again what it was, where nothing stands against it."""
    changes, order = imported.before.get("changes", []), imported.order
    try:
        with transaction.atomic():
            if "parcel" in imported.before:
                bring_back_postage(imported)
            if "refund" in changes:
                _take_back_refunds([order.pk], imported.order_import, by=by, at=at)
            if "ship" in changes:
                unshipping.undo_shipping(order, key=uuid5(imported.order_import.key, f"undo {order.pk}"), by=by, at=at)
            _put_back_what_it_is(order, imported.before, at=at)
            if "cancel" in changes and imported.before.get("state") == OrderState.NEW:
                Order.objects.filter(pk=order.pk, state=OrderState.CANCELLED).update(
                    state=OrderState.NEW, cancelled_at=None
                )
    except DomainError as refusal:
        return [(order, str(refusal))]
    return []


def _put_back_what_it_is(order: Order, before: dict, *, at: datetime) -> None:
    changes = before.get("changes", [])
    if "number" in changes:
        Order.objects.filter(pk=order.pk).update(external_id=before["number"], updated_at=at)
    if "lines" in changes:
        import_lines.put_back(order, before["lines"])
    if "amounts" in changes:
        set_amounts(order, Amounts.from_kept(before["amounts"]), at=at)


def _take_back_refunds(order_ids: Sequence[int], order_import: OrderImport, *, by: User, at: datetime) -> None:
    found = Refund.objects.filter(order__in=order_ids, reverses=None, reversed_by=None, at=order_import.applied_at)
    for refund in found.select_related("order").order_by("pk"):
        refunds.take_back_refund(refund, key=uuid5(refund.key, "import undone"), by=by, at=at)


def _take_back(order_import: OrderImport, orders: Sequence[Order], *, by: User, at: datetime) -> None:
    """Orders that the import made are cancelled and give their number on the channel free, so that it may come again."""
    pks = [order.pk for order in orders]
    _take_back_refunds(pks, order_import, by=by, at=at)
    rows = ledger.movements_of_sources(shipping.SOURCE, pks).not_reversed().exclude(kind=MovementKind.REVERSAL)
    ledger.reverse(
        list(rows),
        key=uuid5(order_import.key, "undo"),
        by=by,
        at=at,
        note=_("Import undone: {name}").format(name=order_import.name),
    )
    waiting_rows.wait_again(orders, unless=order_import)
    reverse_charges(OrderCharge.objects.standing().filter(order__in=pks), at=at)
    Parcel.objects.filter(order__in=pks, undone_at=None).update(undone_at=at, updated_at=at)
    lines = OrderLine.objects.filter(order__in=pks)
    picking.let_go(lines)
    empty = dict.fromkeys(_FIGURES)
    lines.update(
        pieces_sent=0, pieces_dropped=0, bought_cost=None, full_cost=None, cost_origin=CostOrigin.UNKNOWN, **empty
    )
    OrderTax.objects.filter(order__in=pks).update(net_home=None, tax_home=None)
    Order.objects.filter(pk__in=pks).update(
        state=OrderState.CANCELLED, cancelled_at=at, external_id="", shipped_at=None, shipped_on=None, ship_key=None,
        updated_at=at, create_key=None, **empty,
    )  # fmt: skip
    OrderEvent.objects.bulk_create(
        OrderEvent(
            order_id=order.pk,
            kind=OrderEventKind.UNDONE,
            text=f"{order_import.name} · {order.external_id}"[:300],
            at=at,
            by=by,
        )
        for order in orders
    )
