"""A quote that was accepted becomes an order, once."""

from datetime import datetime
from uuid import uuid5

from django.utils import timezone

from nozzly.accounts.models import User
from pricing.domain import quotes
from pricing.domain.quotes import Agreed
from pricing.models import JobQuote
from sales.domain import orders
from sales.domain.orders import Facts, Line
from sales.models import Customer, Order, SellerDetails

_USUAL_DAYS = 14


def order_of(quote: JobQuote) -> Order | None:
    """The order that was made of a quote, if one was."""
    return Order.objects.filter(create_key=uuid5(quote.key, "order")).first()


def order_from_quote(quote: JobQuote, *, by: User, at: datetime) -> Order:
    """Take in what was agreed; the same quote again answers the same order.

    Raises QuoteStateWrong before it is accepted.
    """
    agreed = quotes.accepted(quote)
    customer = _known(agreed)
    facts = Facts(
        placed_on=timezone.localdate(at), customer=customer, customer_name="" if customer else agreed.customer,
        ship_to_country=agreed.country, due_on=max(agreed.due_on, timezone.localdate(at)), currency=agreed.currency,
        postage_charged=agreed.postage, prices_without_tax=not agreed.tax_included,
        terms_days=_days() if agreed.for_business else None, note=f"{agreed.reference} {agreed.contact}\n{agreed.note}".strip(),
        create_key=uuid5(quote.key, "order"),
    )  # fmt: skip
    line = Line(unit_price=agreed.price_each, variant=agreed.variant, quantity=agreed.quantity)
    return orders.create_order(facts, [line], by=by, at=at)


def _known(agreed: Agreed) -> Customer | None:
    """Somebody of this name and address of mail who bought before; several of one name are nobody for sure."""
    known = Customer.objects.known()
    if "@" in agreed.contact and (found := known.filter(email__iexact=agreed.contact.strip()).first()):
        return found
    same = list(known.filter(name__iexact=agreed.customer.strip())[:2]) if agreed.customer.strip() else []
    return same[0] if len(same) == 1 else None


def _days() -> int:
    seller = SellerDetails.objects.first()
    return seller.terms_days if seller else _USUAL_DAYS
