"""Amounts of a whole order that come in a file of their own, after its lines: discount, postage, tax."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Exists, Max, OuterRef
from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from nozzly.tax.domain import periods
from pricing.domain.terms import Terms
from sales.choices import ImportAction, OrderState
from sales.domain import figures, shipping, tax_classes, tax_parts
from sales.domain.bulk_shipping import TermsBook, terms_in
from sales.domain.states import lines_of, lock_order
from sales.domain.unshipping import reverse_expected
from sales.models import ImportedOrder, Invoice, Order, OrderCharge, OrderLine, Refund
from sales.orderfiles.facts import FileLine, FileOrder
from sales.orderfiles.joining import fit_lines

_OF_LINES = ("discount", "net_home", "tax_home", "fees_home", "post_home", "profit_home")
_STATES = frozenset({*OrderState.open(), OrderState.SHIPPED, OrderState.DELIVERED})


class AmountsStand(DomainError):
    """An invoice, a refund or a closed month rests on the amounts of the order."""


@dataclass(frozen=True)
class Amounts:
    """``line_discounts`` in the order of the lines."""

    discount: Decimal
    postage: Decimal
    tax: Decimal
    line_discounts: tuple[Decimal, ...]

    def as_kept(self) -> dict:
        return {
            "discount": str(self.discount), "postage": str(self.postage), "tax": str(self.tax),
            "line_discounts": [str(each) for each in self.line_discounts],
        }  # fmt: skip

    @classmethod
    def from_kept(cls, kept: dict) -> "Amounts":
        return cls(
            Decimal(kept["discount"]), Decimal(kept["postage"]), Decimal(kept["tax"]),
            tuple(Decimal(each) for each in kept["line_discounts"]),
        )  # fmt: skip


def with_what_rests_on_them() -> dict[str, Exists]:
    """Annotations that ``new_amounts`` asks of an order."""
    of_order = {"order": OuterRef("pk")}
    made = ImportedOrder.objects.filter(**of_order, action=ImportAction.CREATED)
    return {"was_imported": Exists(made), "has_invoice": Exists(Invoice.objects.filter(**of_order))}


def amounts_here(order: Order, lines: Sequence[OrderLine]) -> Amounts:
    return Amounts(
        order.discount, order.postage_charged, order.tax_added, tuple(line.discount for line in lines)
    )  # fmt: skip


def new_amounts(facts: FileOrder, existing: Order, *, refunded: Decimal, closed_through: date | None) -> Amounts | None:
    """What the file says of an order that an import made, where that differs from what is here; else None."""
    if not facts.states_amounts or not existing.was_imported or existing.state not in _STATES:
        return None
    is_closed = closed_through and (existing.shipped_on or existing.placed_on) <= closed_through
    if existing.has_invoice or refunded or is_closed:
        return None
    lines = sorted(existing.lines.all(), key=lambda line: (line.position, line.pk))
    fitted = replace(facts, lines=[_as_file_line(line) for line in lines])
    fit_lines(fitted)
    if len(fitted.lines) != len(lines) or fitted.discount > sum(line.total for line in fitted.lines):
        return None
    found = Amounts(
        fitted.discount, fitted.postage, max(fitted.tax, Decimal(0)), tuple(line.discount for line in fitted.lines)
    )
    return None if found == amounts_here(existing, lines) else found


def _as_file_line(line: OrderLine) -> FileLine:
    return FileLine(
        line.position, line.title, quantity=line.quantity, unit_price=line.unit_price, discount=line.discount
    )


def set_amounts(order: Order, amounts: Amounts, *, at: datetime) -> Amounts:
    """Give an order other amounts; one that was sent is frozen anew, with the same cost. Answers those before.

    Runs in a transaction. Raises AmountsStand.
    """
    order = lock_order(order)
    _refuse_where_something_rests(order)
    lines = lines_of(order)
    before = amounts_here(order, lines)
    order.discount, order.postage_charged, order.tax_added = amounts.discount, amounts.postage, amounts.tax
    for line, discount in zip(lines, amounts.line_discounts, strict=True):
        line.discount = discount
    if order.is_sent:
        _freeze_again(order, lines, at=at)
    order.save()
    OrderLine.objects.bulk_update(lines, _OF_LINES)
    if not order.is_sent and tax_classes.are_mixed(lines):
        tax_classes.follow(order, lines)
    return before


def tax_anew(orders: Sequence[Order], *, at: datetime) -> None:
    """Orders that were sent before somebody said what their lines are take the tax classes of their products.

    Those that an invoice, a refund or a closed month rests on stay as they are. Runs in a transaction.
    """
    books: dict[int, TermsBook] = {}
    for each in orders:
        order, lines = lock_order(each), lines_of(each)
        moved = [line for line in lines if line.variant_id and line.tax_class != line.variant.product.tax_class]
        if not moved or _rests_on(order):
            continue
        for line in moved:
            line.tax_class = line.variant.product.tax_class
        book = books.setdefault(order.channel_id, TermsBook(order.channel)) if order.channel_id else None
        _freeze_again(order, lines, terms=book and terms_in(book, order), at=at)
        if not tax_classes.are_mixed(lines):
            tax_parts.keep(order, (), frozen=True)
        order.save()
        OrderLine.objects.bulk_update(lines, (*_OF_LINES, "tax_class"))


def _refuse_where_something_rests(order: Order) -> None:
    if reason := _rests_on(order):
        raise AmountsStand(reason)


def _rests_on(order: Order) -> str:
    """Why the amounts of an order stay; empty where nothing rests on them."""
    if Invoice.objects.filter(order=order).exists():
        return _("An invoice was issued for it; its amounts stay.")
    if Refund.objects.filter(order=order, reverses=None, reversed_by=None).exists():
        return _("Money was given back for it; its amounts stay.")
    if periods.is_closed(order.shipped_on or order.placed_on):
        return _("Its month is closed; its amounts stay.")
    return ""


def _freeze_again(order: Order, lines: Sequence[OrderLine], *, terms: Terms | None = None, at: datetime) -> None:
    found = figures.figures_of(order, lines, terms=terms)
    first, *others = order.parcels.filter(undone_at=None).order_by("pk")
    shipping.freeze(order, lines, first, found, others=others)
    if tax_classes.are_mixed(lines):
        tax_parts.keep(order, found.rates, frozen=True)
    reverse_expected(order, at=at)
    last = OrderCharge.objects.filter(order=order, charged=False).aggregate(last=Max("round"))["last"]
    OrderCharge.objects.bulk_create(shipping.charges_of(order, found, at=at, again=0 if last is None else last + 1))
