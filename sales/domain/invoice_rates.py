"""What stands on an invoice or a credit note by tax rate, each rate worked out once."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from nozzly.core.money import round_money, split_money
from sales.domain.figures import Figures
from sales.domain.invoice_words import line_text
from sales.domain.tax_parts import RateFigures, tax_inside
from sales.models import Invoice, InvoiceLine, InvoiceTax, Order, OrderLine, Refund

ZERO = Decimal(0)


@dataclass(frozen=True)
class Amounts:
    """What stands at the foot of a paper. ``taxes`` are (rate, net, tax), each worked out once."""

    lines: tuple[InvoiceLine, ...]
    taxes: tuple[tuple[Decimal, Decimal, Decimal], ...]
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


def amounts_of(order: Order, lines: Sequence[OrderLine], found: Figures) -> Amounts:
    """An invoice of goods at several rates: postage and what was taken off stand once for each rate."""
    rows: list[InvoiceLine] = []
    taxes = []
    for each in found.rates:
        of_rate = [lines[place] for place in each.part.places]
        rows += [
            InvoiceLine(
                text=line_text(line), quantity=line.quantity, unit_price=line.unit_price,
                total=line.unit_price * line.quantity, tax_rate_pct=each.rate_pct,
            )
            for line in of_rate
        ] + _beside_goods(each, of_rate)  # fmt: skip
        taxes.append((each.rate_pct, *_taxed(each, order, inside=found.terms.treatment.prices_include_tax)))
    for position, row in enumerate(rows, start=1):
        row.position = position
    net, tax = (sum((row[place] for row in taxes), ZERO) for place in (1, 2))
    return Amounts(tuple(rows), tuple(taxes), net, tax)


def _beside_goods(each: RateFigures, of_rate: Sequence[OrderLine]) -> list[InvoiceLine]:
    part = each.part
    goods = sum((line.unit_price * line.quantity for line in of_rate), ZERO)
    off = goods + part.postage + part.wrap - part.gross
    named = ((_("Postage"), part.postage), (_("Gift wrap"), part.wrap), (_("Discount"), -off))
    return [
        InvoiceLine(text=text, quantity=1, unit_price=amount, total=amount, tax_rate_pct=each.rate_pct)
        for text, amount in named
        if amount
    ]


def _taxed(each: RateFigures, order: Order, *, inside: bool) -> tuple[Decimal, Decimal]:
    """Net and tax: inside the price, or added to it."""
    if inside:
        tax = tax_inside(each.part, order.currency)
        return each.part.gross - tax, tax
    return each.part.gross, each.paid - each.part.gross


def credited(
    invoice: Invoice, earlier: Sequence[Invoice], amount: Decimal, *, text: str, refund: Refund | None
) -> Amounts:  # fmt: skip
    """What a credit note of ``amount`` takes back of each rate: as its refund did, else by what is left of them."""
    rows = list(invoice.taxes.order_by("-tax_rate_pct"))
    taken = {row.tax_rate_pct: _taken(row, earlier) for row in rows}
    left = [row.net + row.tax + sum(taken[row.tax_rate_pct]) for row in rows]
    parts = _as_refunded(rows, left, amount, refund) or (split_money(amount, left, invoice.currency) if rows else [])
    taxes = []
    for row, part in zip(rows, parts, strict=True):
        net, tax = taken[row.tax_rate_pct]
        whole = row.net + row.tax
        upto = round_money(row.tax * (part - net - tax) / whole, invoice.currency) if whole else ZERO
        taxes.append((row.tax_rate_pct, -(part - upto - tax), -(upto + tax)))
    tax = sum((each[2] for each in taxes), ZERO)
    taxes = [each for each, part in zip(taxes, parts, strict=True) if part or not amount]
    lines = [_line(text, part, row.tax_rate_pct) for row, part in zip(rows, parts, strict=True) if part]
    lines = lines or [_line(text, amount, ZERO)]
    for position, line in enumerate(lines, start=1):
        line.position = position
    return Amounts(tuple(lines), tuple(taxes), net=-amount - tax, tax=tax)


def _taken(row: InvoiceTax, earlier: Sequence[Invoice]) -> tuple[Decimal, Decimal]:
    """Net and tax of this rate on earlier credit notes, below zero."""
    same = [each for paper in earlier for each in paper.taxes.all() if each.tax_rate_pct == row.tax_rate_pct]
    return sum((each.net for each in same), ZERO), sum((each.tax for each in same), ZERO)


def _as_refunded(
    rows: Sequence[InvoiceTax], left: Sequence[Decimal], amount: Decimal, refund: Refund | None
) -> list[Decimal] | None:  # fmt: skip
    """None where the refund says nothing of rates, or more than is left of one."""
    told = {row.tax_rate_pct: row.gross for row in refund.taxes.all()} if refund else {}
    parts = [told.get(row.tax_rate_pct, ZERO) for row in rows]
    fits = all(part <= most for part, most in zip(parts, left, strict=True))
    return parts if told and fits and sum(parts) == amount else None


def _line(text: str, amount: Decimal, rate_pct: Decimal) -> InvoiceLine:
    return InvoiceLine(text=text, unit_price=-amount, total=-amount, tax_rate_pct=rate_pct)
