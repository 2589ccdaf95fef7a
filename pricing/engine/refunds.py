"""What a refund does to a sale: which fees come back, which stay, and what is left."""

from dataclasses import dataclass
from decimal import Decimal

from nozzly.core.money import round_money
from pricing.engine.program import VatOutcome
from pricing.engine.quotes import FeeLine, Quote
from pricing.engine.rules import Refund
from pricing.engine.sales import ZERO, InvalidSale


@dataclass(frozen=True, slots=True)
class RefundLine:
    """``returned`` of a fee; ``charged`` is kept from that for the work of refunding."""

    code: str
    label: str
    amount: Decimal
    returned: Decimal
    charged: Decimal


@dataclass(frozen=True, slots=True)
class RefundEffect:
    """``to_buyer`` with its tax; ``goods_saved`` is what making the returned goods had cost.

    ``payout`` and ``profit`` are those of the sale after the refund.
    """

    to_buyer: Decimal
    tax_returned: Decimal
    lines: tuple[RefundLine, ...]
    fees_returned: Decimal
    fees_kept: Decimal
    refund_fees: Decimal
    goods_saved: Decimal
    payout: Decimal
    profit: Decimal


def refund(quote: Quote, *, amount: Decimal | None = None, goods_back: bool = False) -> RefundEffect:
    """Give back ``amount`` of what the buyer paid (None: all of it).

    With ``goods_back`` the goods can be sold again, in proportion. Raises InvalidSale.
    """
    paid = quote.buyer_pays
    to_buyer = paid if amount is None else amount
    if not ZERO <= to_buyer <= paid:
        raise InvalidSale(f"At most {paid:,} can be given back.")
    share = to_buyer / paid if paid else Decimal(1)
    # What is not ours (tax the marketplace collected) goes back out of the marketplace's pocket.
    received = quote.net_revenue + quote.tax_amount
    ours = round_money(received * share, quote.currency)
    tax_returned = round_money(quote.tax_amount * share, quote.currency)
    lines = tuple(_line(line, quote, share) for line in quote.lines)
    returned = sum((line.returned for line in lines), ZERO)
    refund_fees = sum((line.charged for line in lines), ZERO)
    vat_paid, vat_cost = _vat_back(quote, lines)
    goods_saved = round_money(quote.cost_unit * share, quote.currency) if goods_back else ZERO
    return RefundEffect(
        to_buyer=to_buyer,
        tax_returned=tax_returned,
        lines=lines,
        fees_returned=returned,
        fees_kept=quote.total_fees - returned,
        refund_fees=refund_fees,
        goods_saved=goods_saved,
        payout=quote.payout - ours + returned + vat_paid - refund_fees,
        profit=quote.profit - (ours - tax_returned) + returned + vat_cost - refund_fees + goods_saved,
    )


def _line(line: FeeLine, quote: Quote, share: Decimal) -> RefundLine:
    returned = _returned(line, quote.currency, share)
    charged = round_money(returned * line.terms.refund_fee_pct / 100, quote.currency)
    if line.terms.refund_fee_cap is not None:
        rate = line.terms.exchange or Decimal(1)
        charged = min(charged, round_money(line.terms.refund_fee_cap * rate * line.terms.units, quote.currency))
    return RefundLine(line.code, line.label, line.amount, returned, charged)


def _returned(line: FeeLine, currency: str, share: Decimal) -> Decimal:
    if line.terms.refund is Refund.KEPT:
        return ZERO
    if line.terms.refund is Refund.RETURNED:
        return line.amount if share == 1 else ZERO
    return round_money(line.amount * share, currency)


def _vat_back(quote: Quote, lines: tuple[RefundLine, ...]) -> tuple[Decimal, Decimal]:
    """Tax on the returned fees: what the channel pays back, and what the shop gains by it."""
    paid = cost = ZERO
    for fee, back in zip(quote.lines, lines, strict=True):
        if not fee.amount:
            continue
        vat = round_money(fee.vat_amount * back.returned / fee.amount, quote.currency)
        if fee.vat_inside:
            cost -= vat if fee.vat is VatOutcome.RECLAIMED else ZERO
        else:
            paid += vat if fee.vat in (VatOutcome.COST, VatOutcome.RECLAIMED) else ZERO
            cost += vat if fee.vat in (VatOutcome.COST, VatOutcome.SELF_ASSESSED) else ZERO
    return paid, cost
