"""What a quote says to the customer: numbers, prices, tax and days. There is no cost in it, so none can be printed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from nozzly.core.money import round_money
from nozzly.tax.choices import TreatmentKind
from nozzly.tenancy.current import current_workspace
from pricing.domain.quoting import calculate, job_of
from pricing.models import JobQuote

_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class OfferLine:
    """``goods`` and ``postage`` as priced; ``tax`` is inside them or comes on top; ``total`` is what is paid."""

    quantity: int
    price_each: Decimal
    goods: Decimal
    postage: Decimal
    tax: Decimal
    total: Decimal
    wanted: bool


@dataclass(frozen=True)
class Offer:
    quote: JobQuote
    currency: str
    lines: tuple[OfferLine, ...]
    tax_pct: Decimal | None
    tax_included: bool
    tax_text: str
    days: int
    on: date

    @property
    def wanted(self) -> OfferLine | None:
        return next((line for line in self.lines if line.wanted), None)


def offer_of(job_quote: JobQuote, *, at: datetime) -> Offer:
    """A draft as it would be sent now; anything later as it was sent. Raises DomainError."""
    if job_quote.is_draft:
        worked_out = calculate(job_quote, at=at)
        prices = [(step.quantity, step.price_each) for step in worked_out.breaks if step.price_each is not None]
        tax_pct, included, kind = worked_out.tax_pct, worked_out.tax_included, worked_out.terms.treatment.kind
        days = worked_out.lead.days if job_quote.lead_days is None else job_quote.lead_days
        on = timezone.localdate(at)
    else:
        prices = [(row.quantity, row.price_each) for row in job_quote.prices.all()]
        tax_pct, included = job_quote.tax_pct, job_quote.tax_included
        kind = job_of(job_quote, at=job_quote.sent_at).terms.treatment.kind
        days, on = job_quote.promised_days or 0, timezone.localdate(job_quote.sent_at)
    currency = current_workspace().currency
    lines = tuple(_lines(job_quote, sorted(prices), tax_pct, included=included, currency=currency))
    text = _tax_text(kind, tax_pct, included=included)
    return Offer(job_quote, currency, lines, tax_pct, included, text, days, on)


def _lines(
    job_quote: JobQuote, prices: list[tuple[int, Decimal]], tax_pct: Decimal | None, *, included: bool, currency: str
) -> Iterable[OfferLine]:
    reached = [quantity for quantity, _price in prices if quantity <= job_quote.quantity]
    for quantity, price_each in prices:
        goods = round_money(price_each * quantity, currency)
        priced = goods + job_quote.postage_charged
        tax = _tax(priced, tax_pct, included=included, currency=currency)
        yield OfferLine(
            quantity=quantity,
            price_each=price_each,
            goods=goods,
            postage=job_quote.postage_charged,
            tax=tax,
            total=priced if included else priced + tax,
            wanted=bool(reached) and quantity == reached[-1],
        )


def _tax(priced: Decimal, tax_pct: Decimal | None, *, included: bool, currency: str) -> Decimal:
    """Once for the document, on all of it: postage follows the goods."""
    if not tax_pct:
        return Decimal(0)
    whole = _HUNDRED + tax_pct if included else _HUNDRED
    return round_money(priced * tax_pct / whole, currency)


def _tax_text(kind: str, tax_pct: Decimal | None, *, included: bool) -> str:
    if tax_pct:
        rate = f"{tax_pct.normalize():f}"
        return (_("Prices with {rate} % tax.") if included else _("Prices without tax; {rate} % is added.")).format(
            rate=rate
        )
    return {
        TreatmentKind.REVERSE_CHARGE: _("Reverse charge: the tax is owed by the recipient."),
        TreatmentKind.EXPORT: _("Export: no tax is charged; duties on arrival are the recipient's."),
    }.get(kind, _("No tax is charged."))
