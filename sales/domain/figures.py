"""What an order brings: revenue, tax and fees by the terms of its day, shared to its lines to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from nozzly.core.money import round_money, split_money
from nozzly.tax.choices import TreatmentKind
from nozzly.tax.domain.treatment import Destination
from nozzly.tenancy.current import current_workspace
from pricing.choices import ChannelKind
from pricing.domain.terms import ZERO, Terms, at_worth, in_currency, terms_of, terms_without_channel
from pricing.engine import Quote, quote
from pricing.models import Channel, Event
from sales.domain import tax_parts
from sales.domain.tax_parts import Part, RateFigures
from sales.models import FairSale, Order, OrderLine

CASH = "cash"  # what schedules call it
_LONGEST_FAIR = timedelta(days=60)


@dataclass(frozen=True)
class Figures:
    """``quote`` is in the order's currency; the rest in the workspace's, rounded, for the whole order.

    ``rates`` says what falls on each tax rate where the goods have several.
    """

    quote: Quote
    terms: Terms
    net_home: Decimal
    tax_home: Decimal
    fees_home: Decimal
    rates: tuple[RateFigures, ...] = ()

    @property
    def before_costs_home(self) -> Decimal:
        return self.net_home - self.fees_home


def figures_of(
    order: Order, lines: Sequence[OrderLine], *, on: date | None = None, terms: Terms | None = None
) -> Figures:
    """Fees by the schedule of the day the order was placed, tax by where it goes.

    Whoever works out many orders of a day passes the ``terms`` that they share.
    """
    terms = _for_cash(terms or _terms_of(order, on or order.placed_on), order)
    terms = in_currency(terms, order.currency, rate=order.rate)
    found, parts, quoted = _quoted(order, lines, terms)
    dearer = at_worth(terms, quoted.worth)
    if dearer is not terms:
        found, parts, quoted = _quoted(order, lines, dearer)
    home = current_workspace().currency
    net_home = round_money(quoted.net_revenue * order.rate, home)
    tax_home = round_money(quoted.tax_amount * order.rate, home)
    return Figures(
        quote=quoted,
        terms=found,
        net_home=net_home,
        tax_home=tax_home,
        fees_home=round_money(quoted.fee_cost * order.rate, home),
        rates=tax_parts.figures_of(parts, quoted, found.tax, {"net": net_home, "tax": tax_home}),
    )


def _quoted(order: Order, lines: Sequence[OrderLine], terms: Terms) -> tuple[Terms, tuple[Part, ...], Quote]:
    """The terms of its goods, what falls on several rates, and what it brings on them."""
    found, parts = tax_parts.terms_for(order, lines, terms)
    return found, parts, quote(found.schedule, _sale(order, lines, found), tax=found.tax)


def _terms_of(order: Order, on: date) -> Terms:
    to = Destination(
        country=order.ship_to_country or current_workspace().country,
        business_buyer=bool(order.customer_id and order.customer.is_business),
        looks_at_border=True,
    )
    if order.channel_id:
        return terms_of(order.channel, on=on, to=to)
    return terms_without_channel(order.currency, on=on, to=to)


def _for_cash(terms: Terms, order: Order) -> Terms:
    """A card reader takes nothing of what was paid in cash, also where its schedule does not say so."""
    if not order.paid_in_cash or terms.channel.kind != ChannelKind.FAIR:
        return terms
    if any(CASH in rule.when.without for rule in terms.schedule.rules):
        return terms
    return replace(terms, schedule=replace(terms.schedule, rules=()))


def _volume(order: Order, terms: Terms) -> dict:
    """A sale at a fair that is planned shares no stall: that fair's own costs are counted once, as its expenses."""
    if terms.channel.kind != ChannelKind.FAIR or not terms.channel.orders_per_month:
        return {}
    at_a_fair = FairSale.objects.filter(order_id=order.pk).exists() or _is_planned(terms.channel, order.placed_on)
    return {"orders_per_event": None} if at_a_fair else {}


def _is_planned(channel: Channel, on: date) -> bool:
    begun = Event.objects.filter(channel=channel, starts_on__range=(on - _LONGEST_FAIR, on))
    return any(event.starts_on + timedelta(days=event.days) > on for event in begun)


def _sale(order: Order, lines: Sequence[OrderLine], terms: Terms):
    """The order as the engine sees it: its first line by unit, the others as one amount."""
    first, *others = lines
    return terms.sale(
        item_price=first.unit_price,
        quantity=first.quantity,
        pieces=first.pieces,
        other_items=sum((line.unit_price * line.quantity for line in others), ZERO),
        other_quantity=sum(line.quantity for line in others),
        shipping=order.postage_charged,
        gift_wrap=order.gift_wrap_charged,
        seller_discount=order.discount + sum((line.discount for line in lines), ZERO),
        tax=_till_tax(order, terms),
        international=_is_international(order, terms),
        offsite_ads_pct=terms.ad_rate_pct if order.by_offsite_ad else ZERO,
        promoted_pct=ZERO,
        orders_per_month=None,
        **_volume(order, terms),
        options=frozenset({CASH}) if order.paid_in_cash else frozenset(),
    )


def _till_tax(order: Order, terms: Terms) -> Decimal | None:
    """What a marketplace collected is what it says, also where that is nothing; our own is worked out where not typed."""
    if terms.treatment.kind == TreatmentKind.PLATFORM_COLLECTED:
        return order.tax_added
    return order.tax_added or None


def _is_international(order: Order, terms: Terms) -> bool:
    return bool(order.ship_to_country) and order.ship_to_country != current_workspace().country


def share(total: Decimal, lines: Sequence[OrderLine]) -> list[Decimal]:
    """An amount of the order in the workspace's currency, shared to its lines by what they cost the buyer."""
    return split_money(total, [line.total for line in lines], current_workspace().currency)


def net_shares(found: Figures, lines: Sequence[OrderLine]) -> list[Decimal]:
    """The net revenue of each line; at several rates a line brings what is left at its own."""
    if not found.rates:
        return share(found.net_home, lines)
    return _by_rate(found, lines, "net_home")


def tax_shares(found: Figures, lines: Sequence[OrderLine]) -> list[Decimal | None]:
    """The tax of each line; None where all have one rate and a share of the order's says it."""
    return _by_rate(found, lines, "tax_home") if found.rates else [None] * len(lines)


def _by_rate(found: Figures, lines: Sequence[OrderLine], name: str) -> list[Decimal]:
    shares = [ZERO] * len(lines)
    for each in found.rates:
        of_rate = [lines[place] for place in each.part.places]
        weights = [max(line.total, ZERO) for line in of_rate]
        amounts = split_money(getattr(each, name), weights, current_workspace().currency)
        for place, amount in zip(each.part.places, amounts, strict=True):
            shares[place] = amount
    return shares
