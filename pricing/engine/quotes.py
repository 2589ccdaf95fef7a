"""A quote: what a sale at a price brings, line by line, rounded as the channel and the tax office round."""

from dataclasses import dataclass, replace
from decimal import Decimal

from nozzly.core.money import round_money
from pricing.engine.evaluate import Prepared, prepare
from pricing.engine.formulas import formula, rate_text
from pricing.engine.minor import from_minor, to_minor
from pricing.engine.program import Terms, VatOutcome
from pricing.engine.rules import Per
from pricing.engine.sales import NO_COSTS, NO_TAX, ZERO, Costs, Sale, TaxTreatment
from pricing.engine.schedules import Schedule

_HOUR_S = 3600
_HUNDRED = Decimal(100)
_TAX_AT_TILL = ("US", "CA")
_SHARED = {Per.MONTH: "type the orders of a month", Per.EVENT: "type the sales of a fair"}


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One fee as the channel shows it. ``vat_amount`` is the tax on it, inside the amount where ``vat_inside``."""

    code: str
    label: str
    amount: Decimal
    base: Decimal
    vat_amount: Decimal
    terms: Terms

    @property
    def vat(self) -> VatOutcome:
        return self.terms.vat

    @property
    def vat_inside(self) -> bool:
        return self.terms.vat_inside

    @property
    def formula(self) -> str:
        """For a page: "6.5 % of 24.00"."""
        return formula(self.terms, self.base)

    @property
    def rate(self) -> str:
        """For a table head: "4 % + 0.20"."""
        return rate_text(self.terms)

    @property
    def is_overhead(self) -> bool:
        """A share of a plan or a stall, which no payout shows."""
        return self.terms.per in ("month", "event")


@dataclass(frozen=True, slots=True)
class CostLine:
    code: str
    label: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """A piece of the stacked bar: where each unit of money goes. ``amount`` of profit may be negative."""

    code: str
    label: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Quote:
    """All amounts in ``currency``, for the whole order.

    ``gross`` is goods and postage after the shop's own discount, with the tax inside the price. ``till_tax`` comes on
    top of it. ``tax_amount`` is what the shop owes. ``net_revenue`` is what is left before fees. ``total_fees`` adds
    the lines; ``vat_on_fees`` is charged beside them, ``fee_cost`` is what fees cost the shop after reclaiming.
    ``payout`` is what the channel sends. ``profit`` = net revenue - fee cost - costs.
    """

    schedule: Schedule
    sale: Sale
    currency: str
    price: Decimal
    items: Decimal
    discount: Decimal
    shipping: Decimal
    gift_wrap: Decimal
    gross: Decimal
    till_tax: Decimal
    included_tax: Decimal
    tax_amount: Decimal
    net_revenue: Decimal
    lines: tuple[FeeLine, ...]
    total_fees: Decimal
    vat_on_fees: Decimal
    fee_cost: Decimal
    payout: Decimal
    cost_unit: Decimal
    cost_packaging: Decimal
    cost_shipping: Decimal
    cost_order: Decimal
    total_costs: Decimal
    profit: Decimal
    pieces: int
    print_time_s: int

    @property
    def worth(self) -> Decimal:
        """What the goods are worth at a border: their net price."""
        return self.items - self.discount - self.included_tax

    @property
    def margin_pct(self) -> Decimal | None:
        """Profit ÷ net revenue, not rounded; None without revenue."""
        return self.profit * 100 / self.net_revenue if self.net_revenue > 0 else None

    @property
    def markup_pct(self) -> Decimal | None:
        """Profit ÷ costs, not rounded; None without costs."""
        return self.profit * 100 / self.total_costs if self.total_costs else None

    @property
    def profit_per_piece(self) -> Decimal:
        return round_money(self.profit / self.pieces, self.currency)

    @property
    def profit_per_print_hour(self) -> Decimal | None:
        """None where no print time is known."""
        if not self.print_time_s:
            return None
        return round_money(self.profit * _HOUR_S / self.print_time_s, self.currency)

    @property
    def buyer_pays(self) -> Decimal:
        """Before a discount that the platform gives."""
        return self.gross + self.till_tax

    @property
    def cost_lines(self) -> tuple[CostLine, ...]:
        named = (
            ("unit", "Making it", self.cost_unit),
            ("packaging", "Packaging", self.cost_packaging),
            ("shipping", "Postage paid", self.cost_shipping),
            ("per_order", "Per order", self.cost_order),
        )
        return tuple(CostLine(*line) for line in named if line[2])

    @property
    def shares(self) -> tuple[Share, ...]:
        """Adds up to net revenue plus the tax the shop owes: tax, each fee, costs, then profit."""
        shares = [Share("tax", "Tax", self.tax_amount)] if self.tax_amount else []
        shares += [Share(line.code, line.label, line.amount) for line in self.lines if line.amount]
        extra = self.fee_cost - self.total_fees
        if extra:
            shares.append(Share("vat_on_fees", "Tax on fees" if extra > 0 else "Tax on fees reclaimed", extra))
        shares += [Share(f"cost_{line.code}", line.label, line.amount) for line in self.cost_lines]
        return (*shares, Share("profit", "Profit" if self.profit >= 0 else "Loss", self.profit))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Sentences on what is guessed or left out, for the list beside the numbers."""
        said = list(self.schedule.assumptions)
        if self.schedule.country in _TAX_AT_TILL and not self.till_tax and _taxes_bear_fees(self.schedule):
            said.append("Sales tax is taken as 0; where buyers pay it, fees are taken on it too.")
        for per, orders in ((Per.MONTH, self.sale.orders_per_month), (Per.EVENT, self.sale.orders_per_event)):
            labels = [rule.label for rule in self.schedule.rules if rule.per is per and not rule.when.options]
            if labels and orders is None:
                said.append(f"Not shared out over sales: {', '.join(labels)} ({_SHARED[per]}).")
        return tuple(said)

    def fee(self, code: str) -> Decimal:
        """What all lines of one code add up to; zero where there is none."""
        return sum((line.amount for line in self.lines if line.code == code), ZERO)


def quote(schedule: Schedule, sale: Sale, costs: Costs = NO_COSTS, tax: TaxTreatment = NO_TAX) -> Quote:
    """Raises InvalidSale, MissingExchangeRate, InvalidSchedule."""
    price = to_minor(sale.item_price, schedule.digits, "price")
    return quote_at(schedule, prepare(schedule, sale, costs, tax), price)


def quote_at(schedule: Schedule, prepared: Prepared, price: int) -> Quote:
    """The quote of a prepared sale at a price in minor units."""
    digits = schedule.digits
    takings, amounts, vats, fee_cost, deducted = prepared.at(price)
    fees = amounts[-len(vats) :] if vats else []
    lines = tuple(
        FeeLine(
            terms.code,
            terms.label,
            from_minor(amount, digits),
            from_minor(prepared.base_of(number, amounts), digits),
            from_minor(vat, digits),
            terms,
        )
        for number, (terms, amount, vat) in enumerate(zip(prepared.program.terms, fees, vats, strict=True))
    )
    beside = sum(vat * line[8] for vat, line in zip(vats, prepared.program.lines, strict=True))
    return Quote(
        schedule=schedule,
        sale=prepared.sale,
        currency=schedule.currency,
        price=from_minor(price, digits),
        items=from_minor(takings.item, digits),
        discount=from_minor(takings.discount, digits),
        shipping=from_minor(takings.shipping, digits),
        gift_wrap=from_minor(prepared.gift_wrap, digits),
        gross=from_minor(takings.gross, digits),
        till_tax=from_minor(takings.on_top, digits),
        included_tax=from_minor(takings.included, digits),
        tax_amount=from_minor(takings.tax_due, digits),
        net_revenue=from_minor(takings.net, digits),
        lines=lines,
        total_fees=from_minor(sum(fees), digits),
        vat_on_fees=from_minor(beside, digits),
        fee_cost=from_minor(fee_cost, digits),
        payout=from_minor(takings.received - deducted, digits),
        cost_unit=from_minor(prepared.cost_unit, digits),
        cost_packaging=from_minor(prepared.cost_packaging, digits),
        cost_shipping=from_minor(prepared.cost_shipping, digits),
        cost_order=from_minor(prepared.cost_order, digits),
        total_costs=from_minor(prepared.costs, digits),
        profit=from_minor(takings.net - fee_cost - prepared.costs, digits),
        pieces=prepared.pieces,
        print_time_s=prepared.print_time_s,
    )


@dataclass(frozen=True, slots=True)
class Blend:
    """The same sale without and with an offsite ad, and the average when ``share_pct`` of sales come by ads."""

    without: Quote
    with_ad: Quote
    share_pct: Decimal
    profit: Decimal
    payout: Decimal
    total_fees: Decimal
    margin_pct: Decimal | None


def blend(
    schedule: Schedule,
    sale: Sale,
    costs: Costs = NO_COSTS,
    tax: TaxTreatment = NO_TAX,
    *,
    share_pct: Decimal,
    offsite_ads_pct: Decimal | None = None,
) -> Blend:
    """``offsite_ads_pct`` is the rate of the shop's size; by default the schedule's own.

    Raises InvalidSale, MissingExchangeRate, InvalidSchedule.
    """
    without = quote(schedule, replace(sale, offsite_ads_pct=ZERO), costs, tax)
    with_ad = quote(schedule, replace(sale, offsite_ads_pct=ad_rate(schedule, offsite_ads_pct)), costs, tax)
    profit = _mixed(without.profit, with_ad.profit, share_pct)
    net = without.net_revenue
    return Blend(
        without=without,
        with_ad=with_ad,
        share_pct=share_pct,
        profit=round_money(profit, without.currency),
        payout=round_money(_mixed(without.payout, with_ad.payout, share_pct), without.currency),
        total_fees=round_money(_mixed(without.total_fees, with_ad.total_fees, share_pct), without.currency),
        margin_pct=profit * _HUNDRED / net if net > 0 else None,
    )


def ad_rate(schedule: Schedule, offsite_ads_pct: Decimal | None) -> Decimal:
    """The given rate, else the schedule's, else none."""
    return schedule.rates.get("offsite_ads_pct", ZERO) if offsite_ads_pct is None else offsite_ads_pct


def _taxes_bear_fees(schedule: Schedule) -> bool:
    return any("tax" in rule.base for rule in schedule.rules)


def _mixed(without: Decimal, with_ad: Decimal, share_pct: Decimal) -> Decimal:
    return (without * (_HUNDRED - share_pct) + with_ad * share_pct) / _HUNDRED
