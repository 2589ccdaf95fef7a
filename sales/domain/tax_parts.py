"""An order whose goods have several tax rates: what falls on each, to the cent.

A line is taxed at its own rate. Postage, wrapping and what was taken off the whole order follow the goods, shared to the
rates by what the goods cost the buyer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from nozzly.core.money import round_money, split_money
from nozzly.tenancy.current import current_workspace
from pricing.domain.terms import Terms, of_class
from pricing.engine import Quote, TaxTreatment
from sales.models import Order, OrderLine, OrderTax

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Part:
    """What of an order falls on one rate, in the order's currency; ``gross`` as prices are shown, after what was taken off.

    ``places`` are those of its lines. ``off`` is its share of what was taken off the order as a whole.
    """

    rate_pct: Decimal
    places: tuple[int, ...]
    postage: Decimal
    wrap: Decimal
    off: Decimal
    gross: Decimal


@dataclass(frozen=True)
class RateFigures:
    """``paid`` is what the buyer pays of it with all tax; ``*_home`` in the workspace's currency."""

    part: Part
    paid: Decimal
    net: Decimal
    tax: Decimal
    net_home: Decimal
    tax_home: Decimal

    @property
    def rate_pct(self) -> Decimal:
        return self.part.rate_pct


def terms_for(order: Order, lines: Sequence[OrderLine], terms: Terms) -> tuple[Terms, tuple[Part, ...]]:
    """The terms of the goods of an order: of their class, or with its parts where they have several rates.

    Asks nothing. The terms of several rates name that of the dearest goods.
    """
    by_class = {line.tax_class: of_class(terms, line.tax_class) for line in lines}
    rates = {name: each.treatment.rate_pct for name, each in by_class.items()}
    if len(set(rates.values())) == 1:
        return by_class[lines[0].tax_class], ()
    parts = _parts(order, lines, [rates[line.tax_class] for line in lines], terms.channel.currency)
    dearest = max(parts, key=lambda part: (part.gross, part.rate_pct))
    main = by_class[lines[dearest.places[0]].tax_class]
    return replace(main, tax=_treated(main.tax, parts)), parts


def _treated(tax: TaxTreatment, parts: Sequence[Part]) -> TaxTreatment:
    return replace(tax, parts=tuple((part.gross, part.rate_pct) for part in parts))


def _parts(
    order: Order, lines: Sequence[OrderLine], rates: Sequence[Decimal], currency: str
) -> tuple[Part, ...]:  # fmt: skip
    """By rate, the highest first."""
    groups: dict[Decimal, list[int]] = {}
    for place, rate_pct in enumerate(rates):
        groups.setdefault(rate_pct, []).append(place)
    found = sorted(groups.items(), reverse=True)
    worth, off = _worth_of(order, [[lines[place] for place in places] for _rate, places in found])
    amounts = (order.postage_charged, order.gift_wrap_charged, off)
    shares = (split_money(Decimal(amount), worth, currency) for amount in amounts)
    return tuple(
        Part(rate_pct, tuple(places), postage, wrap, less, value + postage + wrap - less)
        for (rate_pct, places), value, postage, wrap, less in zip(found, worth, *shares, strict=True)
    )


def _worth_of(order: Order, groups: Sequence[Sequence[OrderLine]]) -> tuple[list[Decimal], Decimal]:
    """What the goods at each rate cost, and what is still to be taken off all of them; never more than they cost."""
    whole = [sum((line.unit_price * line.quantity for line in group), ZERO) for group in groups]
    own = [sum((line.discount for line in group), ZERO) for group in groups]
    worth, off = [one - less for one, less in zip(whole, own, strict=True)], order.discount
    if min(worth) < 0:  # a file took more off a line than it cost
        worth, off = whole, order.discount + sum(own, ZERO)
    return worth, min(off, sum(worth, ZERO))


def figures_of(
    parts: Sequence[Part], quote: Quote, tax: TaxTreatment, home: Mapping[str, Decimal]
) -> tuple[RateFigures, ...]:
    """What each part brings; together exactly what the quote says, and what ``home`` says in the workspace's currency."""
    if not parts:
        return ()
    currency, grosses = quote.currency, [part.gross for part in parts]
    own = [_tax_of(part, currency, inside=tax.price_includes_tax) for part in parts]
    added = split_money(quote.till_tax, grosses if tax.price_includes_tax or not any(own) else own, currency)
    paid = [gross + more for gross, more in zip(grosses, added, strict=True)]
    taxes = split_money(quote.tax_amount, own if any(own) and tax.flat_rate_pct is None else grosses, currency)
    received = grosses if tax.price_includes_tax else paid
    nets = [gross - owed for gross, owed in zip(received, taxes, strict=True)]
    at_home = current_workspace().currency
    net_home = split_money(home["net"], [max(net, ZERO) for net in nets], at_home)
    tax_home = split_money(home["tax"], taxes, at_home)
    rows = zip(parts, paid, nets, taxes, net_home, tax_home, strict=True)
    return tuple(RateFigures(*row) for row in rows)


def tax_inside(part: Part, currency: str) -> Decimal:
    return _tax_of(part, currency, inside=True)


def _tax_of(part: Part, currency: str, *, inside: bool) -> Decimal:
    return round_money(part.gross * part.rate_pct / (HUNDRED + part.rate_pct if inside else HUNDRED), currency)


def rows_of(order: Order, found: Sequence[RateFigures], *, frozen: bool) -> list[OrderTax]:
    """What is kept of the parts with the order."""
    whole, upto, rows = sum((each.paid for each in found), ZERO), ZERO, []
    for each in found:
        upto += each.paid
        rows.append(
            OrderTax(
                order=order, tax_rate_pct=each.rate_pct, gross=each.paid, gross_upto=upto, gross_whole=whole,
                net_home=each.net_home if frozen else None, tax_home=each.tax_home if frozen else None,
            )
        )  # fmt: skip
    return rows


def keep(order: Order, found: Sequence[RateFigures], *, frozen: bool) -> None:
    """Keep the parts of an order in place of those that were kept; without any it has one rate."""
    OrderTax.objects.filter(order=order).delete()
    OrderTax.objects.bulk_create(rows_of(order, found, frozen=frozen))
