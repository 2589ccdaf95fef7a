"""The inner loop: one sale at one price, in whole minor units.

Everything that does not depend on the price is worked out once in ``prepare``; the page's quote and the solver's
thousands of trials then run the same few lines.
"""

from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from pricing.engine.minor import rounded_minor, share_of, to_minor
from pricing.engine.program import Program, program_for
from pricing.engine.sales import CollectedBy, Costs, InvalidSale, Sale, TaxTreatment
from pricing.engine.schedules import Schedule

_HUNDRED = Decimal(100)


class Takings(NamedTuple):
    """What comes in at a price, before fees."""

    item: int
    discount: int
    shipping: int
    gross: int  # what the shop's goods and post bring, with any tax inside the price
    on_top: int  # tax added at the till
    included: int  # tax inside the price
    received: int  # what reaches the shop's side of the till
    tax_due: int  # of which the shop owes
    net: int


class Outcome(NamedTuple):
    takings: Takings
    amounts: list[int]  # parts first, then one per fee line
    vats: list[int]
    fee_cost: int  # fees as the shop bears them
    deducted: int  # fees as the channel takes them out of the payout


@dataclass(slots=True)
class Prepared:
    """A sale ready to be tried at any price."""

    sale: Sale
    program: Program
    digits: int
    quantity: int
    pieces: int
    print_time_s: int
    other_items: int
    shipping: int
    free_shipping_from: int | None
    gift_wrap: int
    discount_fixed: int
    discount_share: tuple[int, int]
    platform_discount: int
    fixed_tax: int | None
    tax_share: tuple[int, int]  # of the net price
    tax_inside: bool
    tax_parts: tuple[tuple[int, int, int], ...]  # (gross, share of the net price) where there are several rates
    by_marketplace: bool
    till_tax_is_ours: bool
    flat_share: tuple[int, int] | None
    cost_unit: int
    cost_packaging: int
    cost_shipping: int
    cost_order: int

    @property
    def costs(self) -> int:
        return self.cost_unit + self.cost_packaging + self.cost_shipping + self.cost_order

    def takings(self, price: int) -> Takings:
        item = price * self.quantity + self.other_items
        discount = self.discount_fixed
        if self.discount_share[0]:
            discount += share_of(item, *self.discount_share)
        discount = min(discount, item)
        goods = item - discount
        shipping = self.shipping
        if self.free_shipping_from is not None and goods >= self.free_shipping_from:
            shipping = 0
        gross = goods + shipping + self.gift_wrap
        on_top, included = self._tax(gross)
        ours = on_top if self.till_tax_is_ours else 0
        if self.by_marketplace:
            received, due = gross - included, 0
        else:
            received, due = gross + ours, ours + included
        if self.flat_share:
            due = share_of(received, *self.flat_share)
        return Takings(item, discount, shipping, gross, on_top, included, received, due, received - due)

    def _tax(self, gross: int) -> tuple[int, int]:
        """At the till, and inside the price."""
        if self.tax_parts:
            return self._tax_of_parts(gross)
        num, den = self.tax_share
        included = share_of(gross, num, num + den) if num and self.tax_inside else 0
        if self.fixed_tax is not None:
            return self.fixed_tax, included
        return (share_of(gross, num, den) if num and not self.tax_inside else 0), included

    def _tax_of_parts(self, gross: int) -> tuple[int, int]:
        if sum(part for part, _num, _den in self.tax_parts) != gross:
            raise InvalidSale("The amounts at several tax rates are not those of this price.")
        inside = self.tax_inside
        tax = sum(share_of(part, num, num + den if inside else den) for part, num, den in self.tax_parts)
        on_top = (0 if inside else tax) if self.fixed_tax is None else self.fixed_tax
        return on_top, tax if inside else 0

    def parts(self, takings: Takings) -> list[int]:
        """In the order of rules.PARTS."""
        return [
            takings.item,
            takings.shipping,
            self.gift_wrap,
            takings.on_top,
            takings.discount,
            self.platform_discount,
            takings.included,
        ]

    def at(self, price: int) -> Outcome:
        takings = self.takings(price)
        amounts = self.parts(takings)
        vats: list[int] = []
        fee_cost = deducted = 0
        for plus, minus, starts, pairs, den, vat_num, vat_den, vat_cost, vat_paid, paid in self.program.lines:
            base = 0
            for part in plus:
                base += amounts[part]
            for part in minus:
                base -= amounts[part]
            slope, const = pairs[0] if len(pairs) == 1 else pairs[bisect_right(starts, max(base, 0)) - 1]
            amount = (slope * max(base, 0) + const) // den
            amounts.append(amount)
            vat = share_of(amount, vat_num, vat_den) if vat_num else 0
            vats.append(vat)
            fee_cost += amount + vat_cost * vat
            if paid:
                deducted += amount + vat_paid * vat
        return Outcome(takings, amounts, vats, fee_cost, deducted)

    def bend(self, number: int, price: int) -> int:
        """Which piece a line is on at a price, for lines that build on parts of the sale only."""
        plus, minus, starts, *_ = self.program.lines[number]
        parts = self.parts(self.takings(price))
        base = sum([parts[part] for part in plus]) - sum([parts[part] for part in minus])
        return bisect_right(starts, base)

    def base_of(self, number: int, amounts: list[int]) -> int:
        plus, minus, *_ = self.program.lines[number]
        return max(sum(amounts[part] for part in plus) - sum(amounts[part] for part in minus), 0)


def prepare(schedule: Schedule, sale: Sale, costs: Costs, tax: TaxTreatment) -> Prepared:
    """Raises InvalidSale, MissingExchangeRate, InvalidSchedule."""
    if sale.quantity < 1 or sale.pieces < 1 or sale.other_quantity < 0:
        raise InvalidSale("The quantity must be at least one.")
    digits = schedule.digits
    by_marketplace = tax.collected_by is CollectedBy.MARKETPLACE
    return Prepared(
        sale=sale,
        program=program_for(schedule, sale, tax),
        digits=digits,
        quantity=sale.quantity,
        pieces=sale.quantity * sale.pieces,
        print_time_s=costs.print_time_s * sale.quantity * sale.pieces,
        other_items=to_minor(sale.other_items, digits, "price of the other goods"),
        shipping=to_minor(sale.shipping, digits, "postage"),
        free_shipping_from=None
        if sale.free_shipping_from is None
        else to_minor(sale.free_shipping_from, digits, "free-shipping limit"),
        gift_wrap=to_minor(sale.gift_wrap, digits, "gift wrap"),
        discount_fixed=to_minor(sale.seller_discount, digits, "discount"),
        discount_share=_share(sale.seller_discount_pct, "discount"),
        platform_discount=to_minor(sale.platform_discount, digits, "platform's discount"),
        fixed_tax=None if sale.tax is None else to_minor(sale.tax, digits, "tax"),
        tax_share=_share(tax.rate_pct, "tax rate"),
        tax_inside=tax.price_includes_tax,
        tax_parts=tuple(
            (to_minor(gross, digits, "amount at a tax rate"), *_share(pct, "tax rate")) for gross, pct in tax.parts
        ),
        by_marketplace=by_marketplace,
        till_tax_is_ours=not by_marketplace and not tax.price_includes_tax,
        flat_share=None if tax.flat_rate_pct is None else _share(tax.flat_rate_pct, "flat rate"),
        cost_unit=_cost(costs.unit * (sale.quantity * sale.pieces), digits),
        cost_packaging=_cost(costs.packaging, digits),
        cost_shipping=_cost(costs.shipping, digits),
        cost_order=_cost(costs.per_order, digits),
    )


@lru_cache(maxsize=256)
def _share(pct: Decimal, what: str) -> tuple[int, int]:
    if not pct:
        return 0, 1
    if not 0 <= pct <= _HUNDRED:
        raise InvalidSale(f"The {what} must be between 0 and 100 percent.")
    share = Fraction(pct) / 100
    return share.numerator, share.denominator


def _cost(amount: Decimal, digits: int) -> int:
    if amount < 0:
        raise InvalidSale("A cost must not be negative.")
    return rounded_minor(amount, digits) if amount else 0
