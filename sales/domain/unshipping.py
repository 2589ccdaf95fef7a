"""Take back a shipping: every movement gets its opposite, every expected fee too, and the order waits again."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from inventory.choices import MovementKind
from inventory.domain import ledger
from inventory.models import Lot
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.tax.domain import periods
from sales.choices import CostOrigin, OrderEventKind, OrderState
from sales.domain import picking
from sales.domain.shipping import SOURCE
from sales.domain.states import expect, lines_of, lock_order, note
from sales.models import Order, OrderCharge, OrderLine, OrderTax, Parcel

_FIGURES = ("net_home", "tax_home", "fees_home", "cost_home", "post_home", "profit_home")


class StandsAgainst(DomainError):
    """Something came after the shipping that must be taken back first."""


@dataclass(frozen=True)
class BackRow:
    """A movement that the undoing would book."""

    lot: Lot
    kind: str
    quantity: Decimal
    full_value: Decimal

    @property
    def kind_label(self) -> str:
        return str(MovementKind(self.kind).label)


@dataclass(frozen=True)
class UndoPreview:
    rows: tuple[BackRow, ...]
    charges: tuple[OrderCharge, ...]
    against: tuple[str, ...]

    @property
    def is_possible(self) -> bool:
        return not self.against


def preview(order: Order) -> UndoPreview:
    """What undoing would book, and what stands against it; changes nothing."""
    return UndoPreview(
        rows=tuple(
            BackRow(row.lot, row.kind, -row.quantity, -row.full_value) for row in reversed(_standing(order))
        ),
        charges=tuple(order.charges.standing().filter(charged=False).order_by("pk")),
        against=tuple(_against(order)),
    )  # fmt: skip


def undo_shipping(order: Order, *, key: UUID, by: User, at: datetime) -> Order:
    """Reverse all that sending the order booked: its pieces are on the shelf again, kept back for it.

    Nothing is deleted. The same ``key`` again is no news. Raises NotNow, StandsAgainst.
    """
    with transaction.atomic():
        order = lock_order(order)
        if ledger.movements_with_key(key).exists():
            return order
        _expect_something_sent(order)
        if against := _against(order):
            raise StandsAgainst(" ".join(against))
        lines = lines_of(order)
        rows = _standing(order)
        boxes = [parcel.packaging for parcel in order.parcels.select_related("packaging")]
        picking.lock_shelf(picking.needs_of(lines, {line.pk: line.pieces_gone for line in lines}), *boxes)
        ledger.reverse(rows, key=key, by=by, at=at, note=_("{number} not sent").format(number=order.number))
        reverse_expected(order, at=at)
        _open_again(order, lines, at=at)
        picking.keep_back(order, lines)
        note(order, OrderEventKind.UNDONE, by=by, at=at)
        return order


def can_undo(order: Order) -> bool:
    """Whether the page may offer it; what stands against it is said there."""
    sent = order.state in {OrderState.SHIPPED, OrderState.DELIVERED}
    return sent or (order.is_open and any(parcel.undone_at is None for parcel in order.parcels.all()))


def _expect_something_sent(order: Order) -> None:
    if order.is_open and order.parcels.filter(undone_at=None).exists():
        return
    expect(order, OrderState.SHIPPED, OrderState.DELIVERED)


def _standing(order: Order) -> list:
    """Movements of the sale that nothing has reversed yet, in the order they were booked."""
    rows = ledger.movements_from(SOURCE, order.pk).not_reversed().exclude(kind=MovementKind.REVERSAL)
    return list(rows)


def _against(order: Order) -> list[str]:
    sentences = []
    if order.shipped_on and periods.is_closed(order.shipped_on):
        sentences.append(_("The month it was sent in is closed: give the money back or take the pieces back instead."))
    if order.returns.filter(reverses=None, reversed_by=None).exists():
        sentences.append(_("Pieces of it came back; take that return back first."))
    if order.refunds.filter(reverses=None, reversed_by=None).exists():
        sentences.append(_("Money was given back for it; take that refund back first."))
    return sentences


def reverse_expected(order: Order, *, at: datetime) -> None:
    """What the schedule expected of it counts no more."""
    OrderCharge.objects.bulk_create(
        OrderCharge(
            order=order, code=row.code, label=row.label, formula=row.formula, amount=-row.amount,
            amount_home=-row.amount_home, source=row.source, round=row.round, reverses=row, at=at,
        )
        for row in order.charges.standing().filter(charged=False)
    )  # fmt: skip


def _open_again(order: Order, lines: list[OrderLine], *, at: datetime) -> None:
    Parcel.objects.filter(order=order, undone_at=None).update(undone_at=at, updated_at=at)
    for line in lines:
        line.pieces_sent = line.pieces_dropped = 0
        line.bought_cost = line.full_cost = None
        line.cost_origin = CostOrigin.UNKNOWN
        for figure in _FIGURES:
            setattr(line, figure, None)
    OrderLine.objects.bulk_update(
        lines, ["pieces_sent", "pieces_dropped", "bought_cost", "full_cost", "cost_origin", *_FIGURES]
    )
    OrderTax.objects.filter(order=order).update(net_home=None, tax_home=None)
    for figure in (*_FIGURES, "shipped_at", "shipped_on", "ship_key", "delivered_on", "packed_at"):
        setattr(order, figure, None)
    order.state, order.tracking = OrderState.CONFIRMED, ""
    order.save()
