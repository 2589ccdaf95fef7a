"""What buyers pay us directly: deposits, the rest, and money that goes back before anything was sent."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from sales.choices import OrderEventKind, OrderState, PaidBy
from sales.domain import refunds
from sales.domain.states import lock_order, note
from sales.models import Order, OrderPayment

ZERO = Decimal(0)


class MoreThanOwed(DomainError):
    pass


@dataclass(frozen=True)
class Payment:
    """Money in the order's currency; below zero it went back."""

    amount: Decimal
    on: date
    method: str = PaidBy.BANK
    is_deposit: bool = False
    note: str = ""


@dataclass(frozen=True)
class Account:
    """What the buyer owes and paid, in the order's currency."""

    total: Decimal
    refunded: Decimal
    paid: Decimal

    @property
    def open(self) -> Decimal:
        return self.total - self.refunded - self.paid


def account_of(order: Order) -> Account:
    """Nobody owes anything for an order that was cancelled. Asks for loaded lines, refunds and payments."""
    return Account(
        total=ZERO if order.state == OrderState.CANCELLED else order.buyer_total,
        refunded=sum((refund.gross for refund in order.refunds.all()), ZERO),
        paid=sum((payment.amount for payment in order.payments.all()), ZERO),
    )


def take_payment(order: Order, payment: Payment, *, key: UUID, by: User, at: datetime) -> OrderPayment:
    """Write down what came in, or what went back. The same ``key`` again changes nothing.

    Raises MoreThanOwed, NotThatDay.
    """
    with transaction.atomic():
        order = lock_order(order)
        if known := OrderPayment.objects.filter(key=key).first():
            return known
        refunds.refuse_day(order, payment.on, at=at)
        account = account_of(order)
        if not payment.amount or not -account.paid <= payment.amount <= max(account.open, ZERO):
            raise MoreThanOwed(
                _("{open} is open and {paid} was paid.").format(open=f"{account.open:,}", paid=f"{account.paid:,}")
            )
        row = OrderPayment.objects.create(order=order, key=key, at=at, by=by, **vars(payment))
        note(order, OrderEventKind.PAID, text=f"{payment.amount:,} {order.currency} {payment.note}", by=by, at=at)
        return row
