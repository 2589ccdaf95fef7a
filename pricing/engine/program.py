"""A schedule compiled for one kind of sale: whole numbers only, made once and kept with the schedule."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil, lcm

from nozzly.core.errors import DomainError
from pricing.engine import pieces as shapes
from pricing.engine.pieces import Pieces
from pricing.engine.rules import (
    PARTS,
    SALE_RATES,
    ZERO,
    FeeVat,
    InvalidSchedule,
    Kind,
    Per,
    Refund,
    Rounding,
    Rule,
    Value,
    base_codes,
)
from pricing.engine.sales import InvalidSale, Sale, TaxTreatment
from pricing.engine.schedules import Schedule

_KEPT_PROGRAMS = 512
_FLAGS = ("international", "currency_conversion", "in_person", "third_party_gateway")


class MissingExchangeRate(DomainError):
    pass


class VatOutcome(StrEnum):
    NONE = "none"
    EXEMPT = "exempt"
    RECLAIMED = "reclaimed"  # charged, comes back
    COST = "cost"  # charged, stays
    REVERSE_CHARGE = "reverse_charge"  # not charged; the shop declares and reclaims it
    SELF_ASSESSED = "self_assessed"  # not charged; the shop declares it and cannot reclaim it


@dataclass(frozen=True, slots=True)
class Terms:
    """A rule with its rates filled in, as a page would print it. Amounts are in ``currency``."""

    code: str
    label: str
    kind: Kind
    per: Per
    pct: Decimal
    fixed: Decimal
    tiers: tuple[tuple[Decimal | None, Decimal, Decimal], ...]
    whole: bool
    minimum: Decimal | None
    cap: Decimal | None
    currency: str
    exchange: Decimal | None
    units: int
    spread_over: Decimal
    refund: Refund
    refund_fee_pct: Decimal
    refund_fee_cap: Decimal | None
    vat: VatOutcome
    vat_pct: Decimal
    vat_inside: bool
    above: Decimal | None
    up_to: Decimal | None
    note: str


@dataclass(frozen=True, slots=True)
class Program:
    """``lines`` are tuples for the inner loop (see evaluate.py); ``terms`` says the same for people.

    A line: base parts added, base parts taken away, piece starts, pieces ``(a, b)``, ``d``: the fee is
    ``(a * base + b) // d`` with rounding folded into ``b``; then tax on the fee as ``num, den`` and its sign in cost
    and payout, and whether the fee itself leaves the payout. ``slopes`` (in thousandths, rounded up) bound how much a
    base moves a fee; ``bends`` are the lines with more than one piece.
    """

    lines: tuple[tuple, ...]
    terms: tuple[Terms, ...]
    slopes: tuple[int, ...]
    coarse: tuple[bool, ...]
    bends: tuple[int, ...]


def program_for(schedule: Schedule, sale: Sale, tax: TaxTreatment) -> Program:
    """Raises InvalidSale for an unknown category, MissingExchangeRate, InvalidSchedule."""
    key = (
        sale.quantity + sale.other_quantity,
        sale.international,
        sale.currency_conversion,
        sale.in_person,
        sale.third_party_gateway,
        sale.category,
        sale.offsite_ads_pct,
        sale.promoted_pct,
        sale.affiliate_pct,
        sale.options,
        sale.orders_per_month,
        sale.orders_per_event,
        tax.registered,
        tax.reclaims_fee_vat,
        tax.fee_vat_pct,
    )
    found = schedule.programs.get(key)
    if found is None:
        if len(schedule.programs) >= _KEPT_PROGRAMS:
            schedule.programs.clear()
        found = schedule.programs[key] = _Compiler(schedule, sale, tax).program()
    return found


# Tax on top of a fee: its sign in the shop's cost, and in what the channel takes.
_ON_TOP = {
    VatOutcome.COST: (1, 1),
    VatOutcome.RECLAIMED: (0, 1),
    VatOutcome.REVERSE_CHARGE: (0, 0),
    VatOutcome.SELF_ASSESSED: (1, 0),
}


class _Compiler:
    def __init__(self, schedule: Schedule, sale: Sale, tax: TaxTreatment) -> None:
        self.schedule, self.sale, self.tax = schedule, sale, tax
        self.units = sale.quantity + sale.other_quantity
        self.rates = {**schedule.rates, **_category_rates(schedule, sale.category)}
        self.sale_rates = dict(
            zip(SALE_RATES, (sale.offsite_ads_pct, sale.promoted_pct, sale.affiliate_pct), strict=True)
        )
        self.fee_vat_pct = schedule.fee_vat_pct if tax.fee_vat_pct is None else tax.fee_vat_pct

    def program(self) -> Program:
        lines, terms, slopes, coarse = [], [], [], []
        places: dict[str, list[int]] = {}
        for rule in sorted(self.schedule.rules, key=lambda rule: rule.order):
            if not self.applies(rule):
                continue
            filled = self.terms(rule)
            pieces = self.pieces(rule, filled)
            if shapes.is_nothing(pieces):
                continue
            places.setdefault(rule.code, []).append(len(PARTS) + len(lines))
            lines.append(self.line(rule, filled, pieces, places))
            terms.append(filled)
            slopes.append(max(ceil(abs(slope) * 1000) for _, slope, _ in pieces))
            coarse.append(rule.rounding is not Rounding.HALF_UP)
        bends = tuple(number for number, line in enumerate(lines) if len(line[2]) > 1)
        return Program(tuple(lines), tuple(terms), tuple(slopes), tuple(coarse), bends)

    def applies(self, rule: Rule) -> bool:
        when, sale = rule.when, self.sale
        flags = {name: getattr(sale, name) for name in _FLAGS}
        flags |= {"offsite_ad": bool(sale.offsite_ads_pct), "promoted": bool(sale.promoted_pct)}
        flags["affiliate"] = bool(sale.affiliate_pct)
        return (
            all(getattr(when, name) in (None, value) for name, value in flags.items())
            and (not when.categories or sale.category in when.categories)
            and (not when.plans or self.schedule.plan in when.plans)
            and sale.options.issuperset(when.options)
            and sale.options.isdisjoint(when.without)
            and self.spread(rule) is not None
        )

    def spread(self, rule: Rule) -> Decimal | None:
        """Over how many orders a fee is shared; None leaves a plan or a stall out of this sale."""
        over = {Per.MONTH: self.sale.orders_per_month, Per.EVENT: self.sale.orders_per_event}
        return over.get(rule.per, Decimal(1))

    def terms(self, rule: Rule) -> Terms:
        spread_over = self.spread(rule)
        if not spread_over or spread_over < 0:
            raise InvalidSale("The number of orders that share a fee must be more than zero.")
        outcome, inside = self.vat(rule)
        return Terms(
            code=rule.code,
            label=rule.label,
            kind=rule.kind,
            per=rule.per,
            pct=self.value(rule.pct),
            fixed=self.value(rule.fixed),
            tiers=tuple((self.limit(tier.up_to), self.value(tier.pct), self.value(tier.fixed)) for tier in rule.tiers),
            whole=rule.whole,
            minimum=self.limit(rule.minimum),
            cap=self.limit(rule.cap),
            currency=rule.currency or self.schedule.currency,
            exchange=self.exchange(rule),
            units=self.units if rule.per is Per.UNIT else 1,
            spread_over=spread_over,
            refund=rule.refund,
            refund_fee_pct=self.value(rule.refund_fee_pct),
            refund_fee_cap=self.limit(rule.refund_fee_cap),
            vat=outcome,
            vat_pct=ZERO if outcome in (VatOutcome.NONE, VatOutcome.EXEMPT) else self.fee_vat_pct,
            vat_inside=inside,
            above=self.limit(rule.when.above),
            up_to=self.limit(rule.when.up_to),
            note=rule.note,
        )

    def value(self, value: Value) -> Decimal:
        if isinstance(value, Decimal):
            return value
        found = self.sale_rates.get(value, self.rates.get(value))
        if found is None:
            raise InvalidSchedule(f"{self.schedule.name} has no rate called {value}.")
        return found

    def limit(self, value: Value | None) -> Decimal | None:
        return None if value is None else self.value(value)

    def exchange(self, rule: Rule) -> Decimal | None:
        if rule.currency in ("", self.schedule.currency):
            return None
        amounts = (rule.fixed, rule.minimum, rule.cap, rule.refund_fee_cap)
        if not any(amounts) and not rule.tiers:
            return None
        try:
            return self.schedule.exchange[rule.currency]
        except KeyError as error:
            raise MissingExchangeRate(
                f"{rule.label} is charged in {rule.currency}: type what 1 {rule.currency} costs in {self.schedule.currency}."
            ) from error

    def vat(self, rule: Rule) -> tuple[VatOutcome, bool]:
        """What the tax on this fee means for this shop, and whether the line's amount holds it."""
        if rule.vat is FeeVat.EXEMPT:
            return VatOutcome.EXEMPT, False
        if not self.fee_vat_pct:
            return VatOutcome.NONE, False
        inside = rule.vat in (FeeVat.INCLUDED, FeeVat.IN_LINE)
        if rule.vat is FeeVat.REVERSE_CHARGE and self.tax.registered:
            return (VatOutcome.REVERSE_CHARGE if self.tax.reclaims_fee_vat else VatOutcome.SELF_ASSESSED), False
        return (VatOutcome.RECLAIMED if self.tax.reclaims_fee_vat else VatOutcome.COST), inside

    def pieces(self, rule: Rule, terms: Terms) -> Pieces:
        """The fee in minor units over its base in minor units."""
        units = terms.units
        fixed = self.minor(terms.fixed, terms) * units
        if rule.kind is Kind.FIXED and terms.per in (Per.ORDER, Per.UNIT):
            # Each of several listings is billed, and so rounded, by itself.
            fixed = shapes.rounded(self.minor(terms.fixed, terms)) * units
        if terms.tiers and terms.whole:
            shape = shapes.whole(
                [
                    (self.floor(up_to, terms), pct / Fraction(100), fixed + self.minor(extra, terms) * units)
                    for up_to, pct, extra in _fractions(terms)
                ]
            )
        elif terms.tiers:
            shape = shapes.marginal(
                [(self.floor(up_to, terms), pct / 100) for up_to, pct, _ in _fractions(terms)], fixed
            )
        else:
            shape = [(0, Fraction(terms.pct) / 100, fixed)]
        return self.shaped(rule, terms, shape)

    def shaped(self, rule: Rule, terms: Terms, shape: Pieces) -> Pieces:
        if terms.minimum is not None:
            shape = shapes.at_least(shape, shapes.rounded(self.minor(terms.minimum, terms)) * terms.units)
        if terms.cap is not None:
            shape = shapes.at_most(shape, shapes.rounded(self.minor(terms.cap, terms)) * terms.units)
        if rule.vat is FeeVat.IN_LINE and terms.vat_inside:
            shape = shapes.scaled(shape, 1 + Fraction(terms.vat_pct) / 100)
        if terms.spread_over != 1:
            shape = shapes.scaled(shape, 1 / Fraction(terms.spread_over))
        if terms.above is not None or terms.up_to is not None:
            shape = shapes.only_between(shape, self.floor(terms.above, terms), self.floor(terms.up_to, terms))
        return shape

    def minor(self, amount: Decimal, terms: Terms) -> Fraction:
        exact = Fraction(amount) * 10**self.schedule.digits
        return exact if terms.exchange is None else exact * Fraction(terms.exchange)

    def floor(self, limit: Decimal | None, terms: Terms) -> int | None:
        """A limit as whole minor units of the base: the last amount on its lower side."""
        return None if limit is None else int(self.minor(limit, terms) * terms.units)

    def line(self, rule: Rule, terms: Terms, pieces: Pieces, places: dict[str, list[int]]) -> tuple:
        plus = [PARTS.index(part) for part in rule.base if part in PARTS]
        minus = [PARTS.index(part[1:]) for part in rule.base if part.startswith("-")]
        for code in base_codes(rule):
            plus += places.get(code, [])
        den = lcm(*(number.denominator for _, slope, const in pieces for number in (slope, const)))
        nudge = {Rounding.HALF_UP: den, Rounding.UP: 2 * den - 2, Rounding.DOWN: 0}[rule.rounding]
        pairs = tuple((int(2 * den * slope), int(2 * den * const) + nudge) for _, slope, const in pieces)
        starts = tuple(start for start, _, _ in pieces)
        paid = 1 if rule.in_payout and rule.per not in (Per.MONTH, Per.EVENT) else 0
        return (tuple(plus), tuple(minus), starts, pairs, 2 * den, *_vat_numbers(terms), paid)


def _fractions(terms: Terms) -> list[tuple[Decimal | None, Fraction, Decimal]]:
    return [(up_to, Fraction(pct), extra) for up_to, pct, extra in terms.tiers]


def _vat_numbers(terms: Terms) -> tuple[int, int, int, int]:
    """``num, den`` of the tax in a fee, then its sign in the shop's cost and in what the channel takes."""
    if not terms.vat_pct:
        return 0, 1, 0, 0
    rate = Fraction(terms.vat_pct)
    if terms.vat_inside:
        share = rate / (100 + rate)
        return share.numerator, share.denominator, -1 if terms.vat is VatOutcome.RECLAIMED else 0, 0
    share = rate / 100
    return share.numerator, share.denominator, *_ON_TOP[terms.vat]


def _category_rates(schedule: Schedule, code: str) -> dict[str, Decimal]:
    if not code:
        return {}
    for category in schedule.categories:
        if category.code == code:
            return category.rates
    known = ", ".join(category.code for category in schedule.categories) or "none"
    raise InvalidSale(f"{schedule.name} has no category {code}; it has {known}.")
