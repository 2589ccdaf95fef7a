"""Rows of a statement become what the channel charged for an order, what it charged the shop, and payouts.

A row is booked once, whatever file it comes in. Those of an order that is not here yet are kept and wait for it
(``waiting_rows``).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.core.money import round_money
from nozzly.tax.domain import periods
from nozzly.tenancy.current import current_workspace
from pricing.domain.fee_tax import NO_TAX, FeeTaxes
from pricing.domain.terms import Terms, terms_of
from pricing.models import Channel
from production.domain import once
from sales.choices import ChannelChargeKind, FeeTax, ImportAction, OrderState
from sales.domain.import_rates import DayRates
from sales.domain.posted_labels import forget_assumed_postage
from sales.domain.refunds import refund_up_to
from sales.models import (
    ChannelCharge,
    ImportedLine,
    ImportedOrder,
    Order,
    OrderCharge,
    OrderImport,
    Payout,
)
from sales.orderfiles.facts import FileOrder, FileRow

PAYMENTS = "payments"
_ACCOUNT = {
    "ads": ChannelChargeKind.ADS, "listing": ChannelChargeKind.LISTING, "plan": ChannelChargeKind.PLAN,
    "label": ChannelChargeKind.LABEL, "vat_on_fees": ChannelChargeKind.TAX,
}  # fmt: skip
_OF_ORDERS = frozenset({"transaction", "listing", "vat_on_fees", "processing"})
_NEVER_TAXED = frozenset({"label"})  # postage has rules of its own


@dataclass
class RowPlan:
    """What each row would become; ``known`` were booked before, ``waiting`` name an order that is not here.

    ``foreign`` are in a currency of which nobody said what it is worth on their day.
    """

    for_orders: list[tuple[FileRow, int]] = field(default_factory=list)
    for_account: list[FileRow] = field(default_factory=list)
    payouts: list[FileRow] = field(default_factory=list)
    refunds: list[tuple[FileRow, int]] = field(default_factory=list)
    waiting: list[FileRow] = field(default_factory=list)
    undated: list[FileRow] = field(default_factory=list)
    foreign: list[FileRow] = field(default_factory=list)
    known: int = 0

    def counts(self) -> dict[str, int]:
        return {
            "order_charges": len(self.for_orders), "channel_charges": len(self.for_account),
            "payouts": len(self.payouts), "rows_waiting": len(self.waiting), "rows_known": self.known,
        }  # fmt: skip


def plan_rows(rows: Sequence[FileRow], channel: Channel, *, coming: Sequence[FileOrder] = ()) -> RowPlan:
    """``coming`` names orders that the same import makes: their rows do not wait (order id 0 until they exist)."""
    plan = RowPlan()
    booked = _booked([row.key for row in rows])
    orders = {order.external_id: 0 for order in coming} | _orders(rows, channel)
    by_listing = _orders_by_listing(rows, channel)
    _expect_by_listing(by_listing, coming)
    rates = _rates(rows, channel)
    for row in rows:
        if row.kind in {"sale", "passing"}:
            continue
        if row.on is None:
            plan.undated.append(row)
        elif row.key in booked:
            plan.known += 1
        elif row.currency not in {"", channel.currency} and rates.on(row.currency, row.on) is None:
            plan.foreign.append(row)
        else:
            _place(plan, row, orders, by_listing)
    return plan


def _place(plan: RowPlan, row: FileRow, orders: dict[str, int], by_listing: dict) -> None:
    if row.kind == "payout":
        plan.payouts.append(row)
        return
    order_id = orders.get(row.order) if row.order else _next_of_listing(row, by_listing)
    if row.order and order_id is None:
        plan.waiting.append(row)
    elif row.kind == "refund":
        if order_id is not None:
            plan.refunds.append((row, order_id))
    elif order_id is not None:
        plan.for_orders.append((row, order_id))
    else:
        plan.for_account.append(row)


def _rates(rows: Sequence[FileRow], channel: Channel) -> DayRates:
    return DayRates({row.currency for row in rows} - {channel.currency})


def _booked(keys: Sequence[str]) -> set[str]:
    """Rows that stand in the books now; one that was undone may come again."""
    found: set[str] = set()
    for model in (OrderCharge, ChannelCharge, Payout):
        found |= set(
            model.objects.standing().filter(row_key__in=keys).exclude(row_key="").values_list("row_key", flat=True)
        )
    return found


def _orders(rows: Sequence[FileRow], channel: Channel) -> dict[str, int]:
    names = {row.order for row in rows if row.order}
    return dict(Order.objects.filter(channel=channel, external_id__in=names).values_list("external_id", "pk"))


def _orders_by_listing(rows: Sequence[FileRow], channel: Channel) -> dict[tuple[str, date], list[int]]:
    """Some fees name the listing alone: they belong to the order that was placed for it on that day."""
    wanted = {row.listing for row in rows if row.listing and not row.order and row.code in _OF_ORDERS}
    lines = ImportedLine.objects.filter(listing__in=wanted, line__order__channel=channel).order_by("line")
    lines = lines.exclude(line__order__state=OrderState.CANCELLED)
    found: dict[tuple[str, date], list[int]] = defaultdict(list)
    for listing, on, order_id in lines.values_list("listing", "line__order__placed_on", "line__order"):
        found[listing, on].append(order_id)
    return found


def _expect_by_listing(by_listing: dict[tuple[str, date], list[int]], coming: Sequence[FileOrder]) -> None:
    for order in coming:
        for line in order.lines:
            if line.listing and order.placed_on and not order.cancelled_on:
                by_listing[line.listing, order.placed_on].append(0)


def _next_of_listing(row: FileRow, by_listing: dict[tuple[str, date], list[int]]) -> int | None:
    """Two orders for one listing on a day have two rows of each fee: the first goes to the first."""
    if row.code not in _OF_ORDERS or not row.listing:
        return None
    key = (row.listing, row.on, row.code)
    if key not in by_listing:
        by_listing[key] = list(by_listing.get((row.listing, row.on), ()))
    return by_listing[key].pop(0) if by_listing[key] else None


# --- Booking ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Teller:
    """Who books rows of which statement; ``charges_tax`` says that the channel puts tax on its fees there."""

    order_import: OrderImport
    channel: Channel
    by: User
    at: datetime
    charges_tax: bool = False

    @property
    def channel_key(self) -> UUID:
        return uuid5(NAMESPACE_OID, f"orders of channel {self.channel.pk}")


def book_rows(teller: Teller, rows: Sequence[FileRow]) -> tuple[RowPlan, dict[str, int]]:
    """Book what is not in the books yet; of two at once the second finds what the first has booked.

    Answers what waits still, and counts. Money that was given back waits until its order is sent.
    """
    with transaction.atomic():
        once.lock(teller.channel_key)
        plan = plan_rows(rows, teller.channel)
        book = _Book(teller, rows)
        for row, order_id in plan.for_orders:
            book.charge_order(row, order_id)
        for row in plan.for_account:
            book.charge_account(row)
        for row in plan.payouts:
            book.pay_out(row)
        book.close()
        refunded = _refund(book, plan)
    return plan, {**plan.counts(), "refunds": refunded, "order_charges": len(book.charges)}


def _refund(book: "_Book", plan: RowPlan) -> int:
    teller = book.teller
    totals: dict[int, Decimal] = defaultdict(Decimal)
    count = 0
    for row, order_id in plan.refunds:
        order = Order.objects.get(pk=order_id)
        totals[order_id] += book.in_money_of(order, row)[0]
        if not order.is_sent or row.amount <= 0:
            if order.is_open and row.order:
                plan.waiting.append(row)
            continue
        try:
            with transaction.atomic():
                count += refund_up_to(order, totals[order_id], on=row.on, by=teller.by, at=teller.at)
        except DomainError:  # the money is back already, in another shape
            continue
    return count


class _Book:
    """Rows to be written, with what they need to know of the day and of what was undone before."""

    def __init__(self, teller: Teller, rows: Sequence[FileRow]) -> None:
        self.teller, self.channel = teller, teller.channel
        self.charges: list[OrderCharge] = []
        self.account: list[ChannelCharge] = []
        self.payouts: list[Payout] = []
        keys = [row.key for row in rows]
        self.rounds = {
            model: {key: last + 1 for key, last in model.objects.filter(row_key__in=keys).values_list("row_key").annotate(last=Max("round"))}
            for model in (OrderCharge, ChannelCharge, Payout)
        }  # fmt: skip
        self.terms: dict[date, tuple[Terms, FeeTaxes]] = {}
        self.orders = Order.objects.in_bulk(list(set(_orders(rows, self.channel).values())))
        self.processed = set(
            OrderCharge.objects.standing()
            .filter(charged=True, code="processing", order__in=self.orders)
            .values_list("order", flat=True)
        )
        self.today, self.closed = timezone.localdate(teller.at), periods.closed_through()
        self.home = current_workspace().currency
        self.rates = _rates(rows, self.channel)

    def charge_order(self, row: FileRow, order_id: int) -> None:
        order = self.orders.get(order_id) or self._fetch(order_id)
        from_payments = row.reference == PAYMENTS
        if from_payments and order_id in self.processed:
            return
        amount, amount_home = self.in_money_of(order, row)
        vat, tax_home = self._tax(row, amount_home)
        self.charges.append(
            OrderCharge(
                order=order, charged=True, code=row.code[:40], label=row.label[:120], amount=amount,
                amount_home=amount_home, vat=vat, tax_home=tax_home, on=row.on, booked_on=self._booked_on(row.on),
                at=self.teller.at,
                source=PAYMENTS if from_payments else _("Statement of {on}").format(on=row.on),
                **self._origin(row, OrderCharge),
            )
        )  # fmt: skip

    def _fetch(self, order_id: int) -> Order:
        self.orders[order_id] = Order.objects.get(pk=order_id)
        return self.orders[order_id]

    def charge_account(self, row: FileRow) -> None:
        amount_home = self._home(row.amount, self._rate(row))
        vat, tax_home = self._tax(row, amount_home)
        tax = row.amount if row.is_tax else self._inside(row)
        self.account.append(
            ChannelCharge(
                channel=self.channel, on=row.on, booked_on=self._booked_on(row.on),
                code=_ACCOUNT.get(row.code, ChannelChargeKind.OTHER), label=row.label[:200],
                currency=row.currency or self.channel.currency, net=row.amount - tax, tax=tax, amount=row.amount,
                amount_home=amount_home, vat=vat, tax_home=tax_home,
                reference=(row.reference or row.listing)[:120], at=self.teller.at, by=self.teller.by,
                **self._origin(row, ChannelCharge),
            )
        )  # fmt: skip

    def pay_out(self, row: FileRow) -> None:
        self.payouts.append(
            Payout(
                channel=self.channel, on=row.on, currency=row.currency or self.channel.currency, amount=row.amount,
                amount_home=self._home(row.amount, self._rate(row)), at=self.teller.at, by=self.teller.by,
                **self._origin(row, Payout),
            )
        )  # fmt: skip

    def close(self) -> None:
        """Write all; a statement replaces what the Payments export had said of the same fee."""
        named = {row.order_id for row in self.charges if row.code == "processing" and row.source != PAYMENTS}
        replaced = OrderCharge.objects.standing().filter(charged=True, source=PAYMENTS, order__in=named)
        reverse_charges(replaced, at=self.teller.at)
        OrderCharge.objects.bulk_create(self.charges, batch_size=1000)
        ChannelCharge.objects.bulk_create(self.account, batch_size=1000)
        Payout.objects.bulk_create(self.payouts, batch_size=1000)
        touched = {row.order_id for row in self.charges}
        ads = {row.order_id for row in self.charges if row.code == "offsite_ads" and row.amount > 0}
        Order.objects.filter(pk__in=ads).update(by_offsite_ad=True)
        ImportedOrder.objects.bulk_create(
            [
                ImportedOrder(order_import=self.teller.order_import, order_id=pk, action=ImportAction.CHANGED, before={"changes": ["charges"]})
                for pk in sorted(touched)
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        labels = {row.order_id for row in self.charges if row.code == "label"}
        forget_assumed_postage(labels, order_import=self.teller.order_import)

    def _origin(self, row: FileRow, model: type) -> dict[str, object]:
        return {
            "order_import": self.teller.order_import, "file_line": row.number, "row_key": row.key,
            "round": self.rounds[model].get(row.key, 0),
        }  # fmt: skip

    def in_money_of(self, order: Order, row: FileRow) -> tuple[Decimal, Decimal]:
        """The amount of a row in the order's currency and in the workspace's, at the order's rate or that of its day."""
        if row.currency in {"", order.currency}:
            return row.amount, self._home(row.amount, order.rate)
        at_home = self._home(row.amount, self._rate(row))
        return round_money(at_home / order.rate, order.currency), at_home

    def _rate(self, row: FileRow) -> Decimal:
        if row.currency in {"", self.channel.currency}:
            return self._terms(row.on)[0].rate
        return self.rates.on(row.currency, row.on)

    def _terms(self, on: date) -> tuple[Terms, FeeTaxes]:
        if on not in self.terms:
            found = terms_of(self.channel, on=on)
            self.terms[on] = (found, FeeTaxes(found))
        return self.terms[on]

    def _tax(self, row: FileRow, amount_home: Decimal) -> tuple[str, Decimal]:
        """What the tax on it means for us, and how much it is. Where a statement charges tax we owe none ourselves."""
        taxes = self._terms(row.on)[1]
        if row.is_tax:
            return FeeTax(taxes.charged), amount_home
        tax = NO_TAX if row.code in _NEVER_TAXED else taxes.of(row.code)
        if tax.is_owed and self.teller.charges_tax:
            return "", Decimal(0)
        amount = round_money(tax.of(amount_home), self.home)
        return (FeeTax(tax.outcome), amount) if amount else ("", Decimal(0))

    def _inside(self, row: FileRow) -> Decimal:
        tax = NO_TAX if row.code in _NEVER_TAXED else self._terms(row.on)[1].of(row.code)
        return round_money(tax.of(row.amount), row.currency or self.channel.currency) if tax.inside else Decimal(0)

    def _booked_on(self, on: date) -> date:
        return self.today if self.closed and on <= self.closed else on

    def _home(self, amount: Decimal, rate: Decimal) -> Decimal:
        return round_money(amount * rate, self.home)


def reverse_charges(rows: Iterable[OrderCharge], *, at: datetime) -> int:
    """Rows with all signs turned: what they undo counts no more; what a closed month holds is taken back today."""
    today, closed = timezone.localdate(at), periods.closed_through()
    made = OrderCharge.objects.bulk_create(
        [
            OrderCharge(
                order_id=row.order_id, charged=row.charged, code=row.code, label=row.label, formula=row.formula,
                amount=-row.amount, amount_home=-row.amount_home, source=row.source, round=row.round,
                row_key=row.row_key, file_line=row.file_line, reverses=row, at=at, vat=row.vat, tax_home=-row.tax_home,
                on=row.on, booked_on=today if closed and row.booked_on and row.booked_on <= closed else row.booked_on,
            )
            for row in rows
        ],
        batch_size=1000,
    )  # fmt: skip
    return len(made)


def reverse_account(order_import: object, *, by: User, at: datetime) -> int:
    """Take back all account rows and payouts of an import."""
    charges = list(ChannelCharge.objects.standing().filter(order_import=order_import))
    ChannelCharge.objects.bulk_create(
        [
            ChannelCharge(
                channel_id=row.channel_id, order_id=row.order_id, on=row.on, code=row.code, label=row.label,
                booked_on=timezone.localdate(at) if periods.is_closed(row.booked_on) else row.booked_on,
                currency=row.currency, net=-row.net, tax=-row.tax, amount=-row.amount, amount_home=-row.amount_home,
                tax_home=-row.tax_home, vat=row.vat, reference=row.reference, row_key=row.row_key, round=row.round, reverses=row,
                at=at, by=by,
            )
            for row in charges
        ],
        batch_size=1000,
    )  # fmt: skip
    payouts = list(Payout.objects.standing().filter(order_import=order_import))
    Payout.objects.bulk_create(
        [
            Payout(
                channel_id=row.channel_id, on=row.on, currency=row.currency, amount=-row.amount,
                amount_home=-row.amount_home, reference=row.reference, row_key=row.row_key, round=row.round,
                reverses=row, at=at, by=by,
            )
            for row in payouts
        ],
        batch_size=1000,
    )  # fmt: skip
    return len(charges) + len(payouts)
