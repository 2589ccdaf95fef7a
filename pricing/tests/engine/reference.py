"""The same sums written once more, slowly and plainly, to hold the engine against.

Nothing is shared with the engine but the data: Decimal amounts, each line rounded where it stands.
"""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from nozzly.core.money import minor_digits
from pricing.engine import CollectedBy, FeeVat, Kind, Per, Rounding

MODES = {Rounding.HALF_UP: ROUND_HALF_UP, Rounding.UP: ROUND_CEILING, Rounding.DOWN: ROUND_DOWN}


def rounded(number, currency, mode=ROUND_HALF_UP):
    """Exact: the fraction is scaled to minor units first, so that no precision is lost on the way."""
    digits = minor_digits(currency)
    scaled = Fraction(number) * 10**digits
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    if (mode == ROUND_HALF_UP and 2 * rest >= scaled.denominator) or (mode == ROUND_CEILING and rest):
        whole += 1
    with localcontext() as context:
        context.prec = 60
        return Decimal(whole).scaleb(-digits)


def profit(schedule, sale, costs, tax):
    return amounts(schedule, sale, costs, tax)["profit"]


def amounts(schedule, sale, costs, tax):
    currency = schedule.currency
    item = sale.item_price * sale.quantity + sale.other_items
    off = sale.seller_discount + rounded(Fraction(item) * Fraction(sale.seller_discount_pct) / 100, currency)
    off = min(off, item)
    shipping = sale.shipping
    if sale.free_shipping_from is not None and item - off >= sale.free_shipping_from:
        shipping = Decimal(0)
    gross = item - off + shipping + sale.gift_wrap
    rate = Fraction(tax.rate_pct)
    included = rounded(Fraction(gross) * rate / (100 + rate), currency) if tax.price_includes_tax else Decimal(0)
    till = Decimal(0) if tax.price_includes_tax else rounded(Fraction(gross) * rate / 100, currency)
    if sale.tax is not None:
        till = sale.tax
    received, due = gross, included
    if tax.collected_by is CollectedBy.MARKETPLACE:
        received, due = gross - included, Decimal(0)
    elif not tax.price_includes_tax:
        received, due = gross + till, till
    if tax.flat_rate_pct is not None:
        due = rounded(Fraction(received) * Fraction(tax.flat_rate_pct) / 100, currency)
    parts = {
        "item": item,
        "shipping": shipping,
        "gift_wrap": sale.gift_wrap,
        "tax": till,
        "seller_discount": off,
        "platform_discount": sale.platform_discount,
        "included_tax": included,
    }
    fees = lines(schedule, sale, tax, parts)
    cost = (
        rounded(costs.unit * sale.quantity * sale.pieces, currency)
        + rounded(costs.packaging, currency)
        + rounded(costs.shipping, currency)
        + rounded(costs.per_order, currency)
    )
    borne = sum((amount + extra for _, amount, extra, _ in fees), Decimal(0))
    taken = sum((paid for *_, paid in fees), Decimal(0))
    return {
        "lines": [(code, amount) for code, amount, _, _ in fees],
        "total_fees": sum((amount for _, amount, _, _ in fees), Decimal(0)),
        "fee_cost": borne,
        "tax_amount": due,
        "net_revenue": received - due,
        "payout": received - taken,
        "profit": received - due - borne - cost,
    }


def lines(schedule, sale, tax, parts):
    """(code, amount, what it costs beyond the amount, what the channel takes)."""
    rates = dict(schedule.rates)
    for category in schedule.categories:
        if category.code == sale.category:
            rates |= category.rates
    found, totals = [], {}
    for rule in sorted(schedule.rules, key=lambda rule: rule.order):
        if not applies(rule, schedule, sale):
            continue
        base = sum((part_of(name, parts, totals) for name in rule.base), Decimal(0))
        amount, extra, paid = one_line(rule, schedule, sale, tax, max(base, Decimal(0)), rates)
        found.append((rule.code, amount, extra, paid))
        totals[rule.code] = totals.get(rule.code, Decimal(0)) + amount
    return found


def part_of(name, parts, totals):
    if name.startswith("fee:"):
        return totals.get(name[4:], Decimal(0))
    return -parts[name[1:]] if name.startswith("-") else parts[name]


def applies(rule, schedule, sale):
    when = rule.when
    facts = {
        "international": sale.international,
        "offsite_ad": sale.offsite_ads_pct > 0,
        "promoted": sale.promoted_pct > 0,
        "affiliate": sale.affiliate_pct > 0,
        "currency_conversion": sale.currency_conversion,
        "in_person": sale.in_person,
        "third_party_gateway": sale.third_party_gateway,
    }
    for name, fact in facts.items():
        if getattr(when, name) is not None and getattr(when, name) != fact:
            return False
    if when.categories and sale.category not in when.categories:
        return False
    if when.plans and schedule.plan not in when.plans:
        return False
    if not set(when.options) <= sale.options or set(when.without) & sale.options:
        return False
    if rule.per is Per.MONTH and sale.orders_per_month is None:
        return False
    return not (rule.per is Per.EVENT and sale.orders_per_event is None)


def one_line(rule, schedule, sale, tax, base, rates):
    currency = schedule.currency

    def value(given):
        if given is None or isinstance(given, Decimal):
            return given
        return getattr(sale, given[5:]) if given.startswith("sale.") else rates[given]

    units = sale.quantity + sale.other_quantity if rule.per is Per.UNIT else 1
    amount = before_tax(rule, schedule, base, value, units)
    fee_vat = Fraction(schedule.fee_vat_pct if tax.fee_vat_pct is None else tax.fee_vat_pct)
    if rule.vat is FeeVat.IN_LINE:
        amount *= 1 + fee_vat / 100
    amount /= Fraction({Per.MONTH: sale.orders_per_month, Per.EVENT: sale.orders_per_event}.get(rule.per, 1))
    above, up_to = value(rule.when.above), value(rule.when.up_to)
    if (above is not None and base <= above * units) or (up_to is not None and base > up_to * units):
        amount = Fraction(0)
    fee = rounded(amount, currency, MODES[rule.rounding])
    extra, beside = fee_tax(rule, tax, fee, fee_vat, currency)
    paid = Decimal(0) if rule.per in (Per.MONTH, Per.EVENT) else fee + beside
    return fee, extra, paid


def before_tax(rule, schedule, base, value, units):
    foreign = rule.currency and rule.currency != schedule.currency
    exchange = Fraction(schedule.exchange[rule.currency]) if foreign else Fraction(1)

    def local(given):
        return Fraction(value(given)) * exchange

    def billed(given):
        return Fraction(rounded(local(given), schedule.currency)) * units

    if rule.kind is Kind.FIXED and rule.per in (Per.UNIT, Per.ORDER):
        return billed(rule.fixed)
    amount = Fraction(value(rule.pct)) * Fraction(base) / 100 + local(rule.fixed) * units
    if rule.tiers:
        amount = tiered(rule, base, value, units) + local(rule.fixed) * units
    if rule.minimum is not None:
        amount = max(amount, billed(rule.minimum))
    if rule.cap is not None:
        amount = min(amount, billed(rule.cap))
    return amount


def tiered(rule, base, value, units):
    total, start = Fraction(0), Decimal(0)
    for tier in rule.tiers:
        limit = None if tier.up_to is None else value(tier.up_to) * units
        if rule.whole:
            if limit is None or base <= limit:
                return Fraction(value(tier.pct)) * Fraction(base) / 100 + Fraction(value(tier.fixed)) * units
            continue
        end = base if limit is None else min(base, limit)
        total += Fraction(value(tier.pct)) * Fraction(max(end - start, Decimal(0))) / 100
        start = max(start, end)
    return total


def fee_tax(rule, tax, fee, fee_vat, currency):
    """What the tax on a fee adds to (or takes from) its cost, and what is charged beside it."""
    if rule.vat is FeeVat.EXEMPT or not fee_vat:
        return Decimal(0), Decimal(0)
    if rule.vat in (FeeVat.INCLUDED, FeeVat.IN_LINE):
        inside = rounded(Fraction(fee) * fee_vat / (100 + fee_vat), currency)
        return (-inside if tax.reclaims_fee_vat else Decimal(0)), Decimal(0)
    beside = rounded(Fraction(fee) * fee_vat / 100, currency)
    cost = Decimal(0) if tax.reclaims_fee_vat else beside
    if rule.vat is FeeVat.REVERSE_CHARGE and tax.registered:
        return cost, Decimal(0)
    return cost, beside
