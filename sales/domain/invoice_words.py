"""Words that stand on invoices: who sells, who buys, and what the law wants said about the tax."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from nozzly.tax.choices import TreatmentKind
from nozzly.tax.domain.status import status_on
from nozzly.tax.domain.treatment import EU_COUNTRIES
from nozzly.tenancy.current import current_workspace
from pricing.domain.terms import Terms
from sales.domain.payments import Account
from sales.models import Order, OrderLine, SellerDetails

# Gross, in the country's currency. GB: VAT Regulations 1995, reg. 16. DE: section 33 UStDV. AT: section 11(6) UStG.
# Elsewhere in the EU at least 100 euros: Directive 2006/112/EC, article 220a.
_SIMPLIFIED = {"GB": Decimal(250), "DE": Decimal(250), "AT": Decimal(400)}
_SIMPLIFIED_EU = Decimal(100)
# DE: section 19 UStG. AT: section 6(1) no. 27 UStG.
_SMALL = {
    "DE": "Gemäß § 19 UStG wird keine Umsatzsteuer berechnet.",
    "AT": "Umsatzsteuerbefreit: Kleinunternehmer gemäß § 6 Abs. 1 Z 27 UStG.",
}


def simplified_limit(country: str) -> Decimal | None:
    """Up to which gross amount a simplified invoice does; None where the law names none that we know."""
    if country in _SIMPLIFIED:
        return _SIMPLIFIED[country]
    in_euros = current_workspace().currency == "EUR"
    return _SIMPLIFIED_EU if country in EU_COUNTRIES and in_euros else None


def seller_words(seller: SellerDetails, *, on: date) -> dict[str, str]:
    status = status_on(on, country=current_workspace().country)
    more = [seller.contact, seller.registration]
    return {
        "seller": f"{seller.legal_name}\n{seller.address}".strip(),
        "seller_tax_number": status.number if status.registered else "",
        "seller_more": "\n".join(line for line in more if line),
    }


def buyer_of(order: Order) -> str:
    """The buyer with their own address, else where it was sent to."""
    customer = order.customer
    if customer is None:
        return order.ship_to.strip()
    place = f"{customer.postcode} {customer.city}".strip()
    address = [customer.address, place, customer.region, customer.country] if customer.address else [order.ship_to]
    name = [customer.company, customer.name]
    lines = [line.strip() for part in [*name, *address] for line in (part or "").splitlines()]
    return "\n".join(dict.fromkeys(line for line in lines if line))


def notes_for(order: Order, terms: Terms, seller: SellerDetails, *, account: Account) -> str:
    """What must be said about the tax, then what was paid and where to pay the rest, then the shop's own footer."""
    bank = seller.bank if is_to_pay(order, account) else ""
    words = [_tax_note(order, terms, seller), _paid_note(order, account), bank, seller.footer]
    return "\n".join(line for line in words if line)


def is_to_pay(order: Order, account: Account) -> bool:
    """Where a channel was paid already, or all of it was paid to us, there is nothing to pay any more."""
    return account.open > 0 and not (order.channel_id and order.external_id)


def _paid_note(order: Order, account: Account) -> str:
    if account.paid <= 0:
        return ""
    paid, left = (f"{amount:,.2f} {order.currency}" for amount in (account.paid, max(account.open, Decimal(0))))
    return f"{_('Paid:')} {paid}. {_('Still to pay:')} {left}."


def without_payments(notes: str) -> str:
    """For a credit note, which asks for nothing."""
    return "\n".join(line for line in notes.splitlines() if not line.startswith(_("Paid:")))


def _tax_note(order: Order, terms: Terms, seller: SellerDetails) -> str:
    kind, country = terms.treatment.kind, current_workspace().country
    if kind == TreatmentKind.PLATFORM_COLLECTED:
        return _("Tax on this sale was collected and is paid by {channel}.").format(channel=order.channel)
    if not terms.treatment.registered:
        return seller.small_business_note or _SMALL.get(country) or _("Not registered for tax: no tax is charged.")
    if kind == TreatmentKind.REVERSE_CHARGE:
        return _(
            "Reverse charge: the buyer owes the tax. Supply inside the EU, exempt by article 138 of Directive 2006/112/EC."
        )
    if kind == TreatmentKind.EXPORT:
        return _("Export: no tax is charged.")
    if kind == TreatmentKind.ONE_STOP_SHOP:
        return _("Tax of {country} is paid through the one-stop shop.").format(country=terms.treatment.country)
    return ""


def line_text(line: OrderLine) -> str:
    title = str(line.variant) if line.variant_id else line.title
    words = f"“{line.personalisation}”" if line.personalisation else ""
    return " · ".join(part for part in (title, line.options, words) if part)[:600]
