"""Invoices and credit notes: numbered without a gap, taxed once for each rate, never changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.core.money import round_money
from nozzly.core.numbering import next_number
from nozzly.tax.choices import TreatmentKind
from nozzly.tenancy.current import current_workspace
from pricing.domain.terms import Terms
from sales.choices import InvoiceForm, InvoiceKind, OrderEventKind, OrderState
from sales.domain import figures, invoice_rates, invoice_words, payments
from sales.domain.invoice_rates import Amounts
from sales.domain.payments import Account
from sales.domain.states import expect, lines_of, lock_order, note
from sales.models import Invoice, InvoiceLine, InvoiceTax, Order, OrderLine, Refund, SellerDetails

ZERO = Decimal(0)
HUNDRED = Decimal(100)


class SellerUnknown(DomainError):
    """Nobody has said yet who stands on invoices."""


class BuyerUnknown(DomainError):
    pass


class AlreadyInvoiced(DomainError):
    pass


class TooLargeForSimplified(DomainError):
    pass


class NothingToInvoice(DomainError):
    pass


class NothingToCredit(DomainError):
    pass


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for: who gets it, where the customer's own details do not do."""

    form: str = InvoiceForm.FULL
    buyer: str = ""
    buyer_tax_number: str = ""


def standing_invoice(order: Order) -> Invoice | None:
    """The one invoice of the order that no credit note has taken back."""
    return Invoice.objects.filter(order=order).standing().order_by("pk").last()


def standing_of(papers: Iterable[Invoice]) -> Invoice | None:
    """The same where all papers of the order are loaded."""
    papers = sorted(papers, key=lambda paper: paper.pk)
    credited: dict[int, Decimal] = {}
    for paper in papers:
        if paper.corrects_id:
            credited[paper.corrects_id] = credited.get(paper.corrects_id, ZERO) + paper.gross
    rest = [
        paper for paper in papers
        if not paper.corrects_id
        and (paper.gross > -credited.get(paper.pk, ZERO) or (not paper.gross and paper.pk not in credited))
    ]  # fmt: skip
    return rest[-1] if rest else None


def without_credit_note(order: Order, standing: Invoice | None) -> set[int]:
    """Refunds that no paper tells of while an invoice stands; asks for loaded papers and refunds."""
    if standing is None:
        return set()
    refunds = order.refunds.all()
    told = {paper.refund_id for paper in order.invoices.all()} | {refund.reverses_id for refund in refunds}
    return {refund.pk for refund in refunds if refund.reverses_id is None and refund.pk not in told}


def amounts_of(order: Order, lines: Sequence[OrderLine]) -> tuple[Amounts, Terms]:
    """What an invoice of the order would come to. Raises NothingToInvoice."""
    if not lines:
        raise NothingToInvoice(_("Order {number} has no lines.").format(number=order.number))
    found = figures.figures_of(order, lines)
    if found.rates:
        return invoice_rates.amounts_of(order, lines, found), found.terms
    terms = found.terms
    rows = _rows(order, lines, terms.treatment.rate_pct)
    total = sum((row.total for row in rows), ZERO)
    net, tax = _taxed(order, total, terms)
    taxes = ((terms.treatment.rate_pct, net, tax),) if tax or terms.treatment.registered else ()
    return Amounts(tuple(rows), taxes, net, tax), terms


def issue_invoice(order: Order, *, wanted: Wanted, key: UUID, by: User, at: datetime) -> Invoice:
    """Issue the invoice of an order today. The same ``key`` again answers the same invoice.

    It bills the whole sale; what was given back before gets its credit notes in the same moment, so that the papers
    say what the tax report says. Raises NotNow, SellerUnknown, BuyerUnknown, AlreadyInvoiced, TooLargeForSimplified,
    NothingToInvoice.
    """
    with transaction.atomic():
        order = lock_order(order)
        if known := Invoice.objects.filter(key=key).first():
            return known
        expect(order, OrderState.CONFIRMED, OrderState.PACKED, *OrderState.sent())
        if stands := standing_invoice(order):
            raise AlreadyInvoiced(
                _("Invoice {number} stands already; a credit note takes it back.").format(number=stands.number)
            )
        seller = seller_details()
        amounts, terms = amounts_of(order, lines_of(order))
        buyer = wanted.buyer.strip() or invoice_words.buyer_of(order)
        buyer_number = (wanted.buyer_tax_number or (order.customer.tax_number if order.customer else "")).strip()
        _refuse(order, wanted.form, amounts, terms, buyer=buyer, buyer_number=buyer_number)
        back = credits_of_refunds(order, amounts.gross)
        if sum(back.values()) >= amounts.gross and back and order.invoices.exists():
            raise NothingToInvoice(_("All of order {number} was given back.").format(number=order.number))
        today, account = timezone.localdate(at), payments.account_of(order)
        invoice = Invoice(
            kind=InvoiceKind.INVOICE, form=wanted.form, order=order, issued_on=today, supplied_on=order.shipped_on,
            due_on=_due(order, seller, account, today), buyer=buyer, buyer_tax_number=buyer_number,
            buyer_reference=order.buyer_reference, tax_kind=terms.treatment.kind,
            notes=invoice_words.notes_for(order, terms, seller, account=account),
            **invoice_words.seller_words(seller, on=today),
        )  # fmt: skip
        _write(invoice, amounts, prefix=seller.prefix, key=key, by=by, at=at)
        note(order, OrderEventKind.INVOICED, text=invoice.number, by=by, at=at)
        for refund, amount in back.items():
            issue_credit_note(
                invoice, amount=amount, refund=refund, reason=refund.reason, key=uuid5(key, f"refund {refund.pk}"),
                by=by, at=at,
            )  # fmt: skip
        return invoice


def credits_of_refunds(order: Order, gross: Decimal) -> dict[Refund, Decimal]:
    """How much of an invoice over ``gross`` each refund takes back; tax that a channel collected is not on it."""
    refunds = list(order.refunds.filter(reverses=None, reversed_by=None).order_by("pk"))
    if not refunds or not gross:
        return {}
    pays = figures.figures_of(order, lines_of(order)).quote.buyer_pays
    found, upto, taken = {}, ZERO, ZERO
    for refund in refunds:
        upto += refund.gross
        found[refund] = round_money(gross * upto / pays, order.currency) - taken
        taken += found[refund]
    return {refund: amount for refund, amount in found.items() if amount}


def issue_credit_note(  # noqa: PLR0913 - what a credit note has to say
    invoice: Invoice,
    *,
    amount: Decimal | None = None,
    refund: Refund | None = None,
    reason: str = "",
    key: UUID,
    by: User,
    at: datetime,
) -> Invoice:
    """Take back ``amount`` (tax included; by default all that still stands) of an invoice.

    A ``refund`` has one credit note; on another invoice, which came instead of the first, it is only named. The same ``key`` again answers the same credit note. Raises NothingToCredit.
    """
    with transaction.atomic():
        order = lock_order(invoice.order)
        if known := Invoice.objects.filter(key=key).first():
            return known
        earlier = list(invoice.credit_notes.prefetch_related("taxes"))
        left = invoice.gross + sum((each.gross for each in earlier), ZERO)
        amount = left if amount is None else round_money(amount, invoice.currency)
        nothing_at_all = not earlier and not invoice.gross
        if invoice.is_credit or not (ZERO < amount <= left or nothing_at_all):
            raise NothingToCredit(
                _("{left} of invoice {number} can be taken back.").format(left=f"{left:,}", number=invoice.number)
            )
        credit = Invoice(
            kind=InvoiceKind.CREDIT, form=invoice.form, order=order, corrects=invoice, refund=_first_paper(refund),
            issued_on=timezone.localdate(at), supplied_on=invoice.supplied_on, seller=invoice.seller,
            seller_tax_number=invoice.seller_tax_number, seller_more=invoice.seller_more, buyer=invoice.buyer,
            buyer_tax_number=invoice.buyer_tax_number, buyer_reference=invoice.buyer_reference,
            tax_kind=invoice.tax_kind, notes=invoice_words.without_payments(invoice.notes),
        )  # fmt: skip
        amounts = _credited(invoice, earlier, amount, reason, refund)
        _write(credit, amounts, prefix=seller_details().prefix, key=key, by=by, at=at)
        note(order, OrderEventKind.INVOICED, text=f"{credit.number} {reason}".strip(), by=by, at=at)
        return credit


def seller_details() -> SellerDetails:
    """Raises SellerUnknown."""
    details = SellerDetails.objects.first()
    if details is None:
        raise SellerUnknown(_("Say first who stands on your invoices: name and address, under Invoices."))
    return details


def _rows(order: Order, lines: Sequence[OrderLine], rate_pct: Decimal) -> list[InvoiceLine]:
    """Goods, postage, wrapping and what was taken off, as the buyer saw them."""
    rows = [
        (invoice_words.line_text(line), line.quantity, line.unit_price, line.unit_price * line.quantity)
        for line in lines
    ]
    off = order.discount + sum((line.discount for line in lines), ZERO)
    rows += [
        (text, 1, amount, amount)
        for text, amount in (
            (_("Postage"), order.postage_charged), (_("Gift wrap"), order.gift_wrap_charged), (_("Discount"), -off),
        )
        if amount
    ]  # fmt: skip
    return [
        InvoiceLine(
            position=position, text=text, quantity=quantity, unit_price=each, total=total, tax_rate_pct=rate_pct
        )
        for position, (text, quantity, each, total) in enumerate(rows, start=1)
    ]


def _taxed(order: Order, total: Decimal, terms: Terms) -> tuple[Decimal, Decimal]:
    """Net and tax of the whole paper: inside the price, or added to it; what a channel collected is not ours."""
    treatment = terms.treatment
    if treatment.kind == TreatmentKind.PLATFORM_COLLECTED:
        return total, ZERO
    if treatment.prices_include_tax and treatment.rate_pct:
        tax = round_money(total * treatment.rate_pct / (HUNDRED + treatment.rate_pct), order.currency)
        return total - tax, tax
    if treatment.rate_pct and not order.tax_added:
        return total, round_money(total * treatment.rate_pct / HUNDRED, order.currency)
    return total, order.tax_added


def _refuse(
    order: Order, form: str, amounts: Amounts, terms: Terms, *, buyer: str, buyer_number: str
) -> None:  # fmt: skip
    """Raises BuyerUnknown, TooLargeForSimplified."""
    reverse = terms.treatment.kind == TreatmentKind.REVERSE_CHARGE
    if reverse and not buyer_number:
        raise BuyerUnknown(_("Where the buyer owes the tax, their VAT number stands on the invoice; fill it in."))
    if form == InvoiceForm.FULL:
        if len(buyer.splitlines()) < 2:
            raise BuyerUnknown(_("A full invoice names the buyer with their address; fill both in."))
        return
    limit = invoice_words.simplified_limit(current_workspace().country)
    if reverse or (limit is not None and amounts.gross * order.rate > limit):
        raise TooLargeForSimplified(
            _(
                "A simplified invoice goes up to {limit}, and not where the buyer owes the tax; issue a full one."
            ).format(limit=limit)
        )


def _first_paper(refund: Refund | None) -> Refund | None:
    """None where it has its credit note already."""
    return None if refund is None or Invoice.objects.filter(refund=refund).exists() else refund


def _due(order: Order, seller: SellerDetails, account: Account, today: date) -> date | None:
    if not invoice_words.is_to_pay(order, account):
        return None
    return today + timedelta(days=seller.terms_days if order.terms_days is None else order.terms_days)


def _credited(
    invoice: Invoice, earlier: Sequence[Invoice], amount: Decimal, reason: str, refund: Refund | None
) -> Amounts:  # fmt: skip
    """A line for each rate with its tax; the last credit note takes the remainder."""
    whole = _("Invoice {number} of {day} is taken back")
    text = whole if amount == invoice.gross else _("Part of invoice {number} of {day} is taken back")
    text = text.format(number=invoice.number, day=date_format(invoice.issued_on, "j M Y"))
    return invoice_rates.credited(invoice, earlier, amount, text=f"{text}. {reason}".strip()[:600], refund=refund)


def _write(invoice: Invoice, amounts: Amounts, *, prefix: str, key: UUID, by: User, at: datetime) -> None:
    """The number comes last, so that nothing that is refused takes one."""
    home, order = current_workspace().currency, invoice.order
    invoice.currency, invoice.rate = order.currency, order.rate
    invoice.net, invoice.tax, invoice.gross = amounts.net, amounts.tax, amounts.gross
    refund = invoice.refund
    if refund and (amounts.net, amounts.tax) == (-refund.net, -refund.tax):
        invoice.net_home, invoice.tax_home = -refund.net_home, -refund.tax_home
    else:
        invoice.net_home, invoice.tax_home = (
            round_money(each * order.rate, home) for each in (amounts.net, amounts.tax)
        )
    invoice.key, invoice.by, invoice.at = key, by, at
    series = ("CN" if invoice.is_credit else "IN") + f"{invoice.issued_on:%Y}"
    number = next_number(table="sales_ordercounter", series=series)
    invoice.number = f"{prefix}{'CN' if invoice.is_credit else ''}{invoice.issued_on:%Y}-{number:04d}"
    invoice.save()
    for line in amounts.lines:
        line.invoice = invoice
    InvoiceLine.objects.bulk_create(amounts.lines)
    InvoiceTax.objects.bulk_create(
        InvoiceTax(invoice=invoice, tax_rate_pct=rate, net=net, tax=tax) for rate, net, tax in amounts.taxes
    )
