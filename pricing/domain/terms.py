"""On what terms a sale happens on a channel on a day: its fees, its tax, its exchange rates."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.db.models import QuerySet

from catalog.domain.currencies import convert
from nozzly.core.reading import read_together
from nozzly.tax.choices import Scheme, TreatmentKind
from nozzly.tax.domain.imports import Borders, rules_typed_by
from nozzly.tax.domain.rates import typed_on
from nozzly.tax.domain.status import said_by, status_of
from nozzly.tax.domain.treatment import Destination, Treatment, treat_sale
from nozzly.tax.models import ExchangeRate, TaxRate, TaxStatus
from nozzly.tenancy.current import current_workspace
from pricing.choices import ChannelKind, OffsiteAds, OwnFeeBase, OwnFeeWhen
from pricing.domain.borders import DUTY, duty_rules, is_dear
from pricing.engine import (
    NO_TAX,
    Condition,
    FeeVat,
    Kind,
    Per,
    Refund,
    Rule,
    Sale,
    Schedule,
    TaxTreatment,
    UnknownRate,
    schedules,
)
from pricing.models import Channel, FeeOverride, OwnFee, ShippingService

ZERO = Decimal(0)
_AFTER_SHIPPED = 90
_OWN_BASES = {
    OwnFeeBase.GOODS: ("item", "-seller_discount"),
    OwnFeeBase.GOODS_AND_POST: ("item", "shipping", "gift_wrap", "-seller_discount"),
    OwnFeeBase.ALL_PAID: ("item", "shipping", "gift_wrap", "tax", "-seller_discount"),
}
_OWN_CONDITIONS = {
    OwnFeeWhen.ALWAYS: Condition(),
    OwnFeeWhen.INTERNATIONAL: Condition(international=True),
    OwnFeeWhen.IN_PERSON: Condition(in_person=True),
}


@dataclass(frozen=True)
class Day:
    """What all sales of a day share, asked once: ``typed`` exchange rates, tax ``rates`` typed here, postal services."""

    on: date
    home: str
    status: TaxStatus
    borders: Borders
    typed: Mapping[str, Decimal]
    rates: Sequence[TaxRate]
    services: Sequence[ShippingService]

    def treat(self, to: Destination) -> Treatment:
        return treat_sale(status=self.status, to=to, borders=self.borders, rates=self.rates, on=self.on)


@dataclass(frozen=True)
class Terms:
    """Everything about a channel that the engine asks; ``rate`` turns the channel's currency into the shop's own.

    ``to`` is where the goods go; ``border_rate`` turns the currency of its border into the channel's.
    """

    channel: Channel
    schedule: Schedule
    tax: TaxTreatment
    treatment: Treatment
    rate: Decimal
    rate_assumed: bool
    to: Destination | None = None
    border_rate: Decimal = Decimal(1)
    day: Day | None = field(default=None, compare=False, repr=False)

    def sale(self, **facts) -> Sale:
        """A sale on this channel with its promoted share and the shop's own volume filled in.

        At a fair the volume is what is sold there: it shares the stall instead of a monthly plan.
        """
        channel = self.channel
        at_fair = channel.kind == ChannelKind.FAIR
        spread = Decimal(channel.orders_per_month) if channel.orders_per_month else None
        volume = {"orders_per_event" if at_fair else "orders_per_month": spread}
        return Sale(**{"promoted_pct": channel.promoted_pct, "in_person": at_fair, **volume} | facts)

    @property
    def ad_rate_pct(self) -> Decimal:
        """What an offsite ad takes here: the shop's own rate, else the schedule's, else nothing."""
        own = self.channel.offsite_ads_rate_pct
        return self.schedule.rates.get("offsite_ads_pct", ZERO) if own is None else own

    @property
    def ad_share_pct(self) -> Decimal:
        """On how many of a hundred sales an ad is counted in."""
        shares = {OffsiteAds.OFF: ZERO, OffsiteAds.ALWAYS: Decimal(100)}
        return shares.get(self.channel.offsite_ads, self.channel.offsite_ads_share_pct)

    @property
    def assumptions(self) -> tuple[str, ...]:
        return self.schedule.assumptions


def terms_of(channel: Channel, *, on: date, to: Destination | None = None) -> Terms:
    """The terms of one channel for goods sent to ``to``, by default to where most of its buyers are."""
    return terms_of_all([channel], on=on, to=to)[0]


def terms_of_all(channels: Sequence[Channel], *, on: date, to: Destination | None = None) -> list[Terms]:
    """The terms of many channels in a constant number of queries; ``to`` without a country means that of each channel."""
    own = {
        "overrides": FeeOverride.objects.filter(channel__in=channels).valid_on(on),
        "fees": OwnFee.objects.filter(channel__in=channels).valid_on(on),
    }
    day, found = _day(on, own)
    overrides, own_rules = _overrides(found["overrides"]), _own_rules(found["fees"])
    treatments: dict[Destination, Treatment] = {}
    answers = []
    for channel in channels:
        schedule = schedules.load(channel.schedule_id, on=on, exchange=_exchange(day.typed, channel, day.home))
        schedule = _with_own_rates(schedule, overrides.get(channel.pk, {}))
        if channel.pk in own_rules:
            schedule = schedule.with_rules(tuple(own_rules[channel.pk]))
        where = _destination(channel, to)
        if where not in treatments:
            treatments[where] = day.treat(where)
        answers.append(_terms(channel, schedule, where, treatments[where], day))
    return answers


def sent_to(terms: Terms, to: Destination) -> Terms:
    """The same terms for goods that go elsewhere, or are worth more at the border; asks nothing that is known."""
    day, schedule = terms.day, terms.schedule
    if any(rule.code == DUTY for rule in schedule.rules):
        schedule = replace(schedule, rules=tuple(rule for rule in schedule.rules if rule.code != DUTY))
    where = _destination(terms.channel, to)
    return _terms(terms.channel, schedule, where, day.treat(where), day)


def of_class(terms: Terms, tax_class: str) -> Terms:
    """The same terms for goods of a tax class; asks nothing that is known."""
    if terms.to is None or terms.to.tax_class == tax_class:
        return terms
    return sent_to(terms, replace(terms.to, tax_class=tax_class))


def in_currency(terms: Terms, currency: str, *, rate: Decimal) -> Terms:
    """The same terms for a sale in another currency, one unit of which is worth ``rate`` in the workspace's own.

    Amounts of the schedule are turned into it; shares stay what they are.
    """
    if currency == terms.channel.currency:
        return terms
    channel, worth = copy(terms.channel), terms.rate / rate
    channel.currency = currency
    schedule = _turned_into(terms.schedule, currency, worth)
    return replace(terms, channel=channel, schedule=schedule, rate=rate, border_rate=terms.border_rate * worth)


@lru_cache(maxsize=256)
def _turned_into(schedule: Schedule, currency: str, worth: Decimal) -> Schedule:
    """``worth`` is what one unit of the schedule's currency costs in the other."""
    own = schedule.currency
    rules = tuple(rule if rule.currency else replace(rule, currency=own) for rule in schedule.rules)
    exchange = {name: cost * worth for name, cost in schedule.exchange.items()} | {own: worth}
    assumed = schedule.exchange_assumed - {currency}
    return replace(schedule, currency=currency, rules=rules, exchange=exchange, exchange_assumed=assumed)


def at_worth(terms: Terms, worth: Decimal) -> Terms:
    """The terms for goods of this worth, in the channel's currency: above a border's limit nobody collects its tax."""
    if terms.to is None or not is_dear(terms.treatment.border, worth, rate=terms.border_rate):
        return terms
    return sent_to(terms, replace(terms.to, is_dear=True))


def _day(on: date, more: Mapping[str, QuerySet] | None = None) -> tuple[Day, dict]:
    """One query for all of it, and for what else is wanted."""
    workspace = current_workspace()
    found = read_together(
        {
            "status": said_by(on),
            "exchange": _newest_rates(on),
            "rates": typed_on(on),
            "borders": rules_typed_by(on),
            "services": ShippingService.objects.newest_on(on),
            **(more or {}),
        }
    )
    status = status_of(found["status"], country=workspace.country)
    typed = {row.currency: row.rate for row in found["exchange"]}
    borders = Borders(on, found["borders"])
    day = Day(on, workspace.currency, status, borders, typed, found["rates"], found["services"])
    return day, found


def _terms(channel: Channel, schedule: Schedule, where: Destination, treatment: Treatment, day: Day) -> Terms:
    rate, assumed = _to_home(channel.currency, day.home, schedule, day.typed)
    tax = engine_tax(treatment, day.status)
    terms = Terms(channel, schedule, tax, treatment, rate=rate, rate_assumed=assumed, to=where, day=day)
    return _at_the_border(terms) if treatment.border else terms


def _destination(channel: Channel, to: Destination | None) -> Destination:
    """At a fair the goods are handed over, wherever else they are asked to go."""
    to = to or Destination(channel.country, looks_at_border=True)
    if channel.kind == ChannelKind.FAIR:
        to = replace(to, country=channel.country)
    return replace(
        to,
        country=to.country or channel.country,
        channel_collects=to.channel_collects or channel.collects_tax,
        by_marketplace=to.looks_at_border and channel.kind == ChannelKind.MARKETPLACE,
    )


def _at_the_border(terms: Terms) -> Terms:
    """Duty is a rule like a fee where the shop pays it, so that prices are solved through it."""
    border, day = terms.treatment.border, terms.day
    at_home = Decimal(1) if border.currency == day.home else day.typed.get(border.currency)
    at_home = at_home or convert(Decimal(1), currency=border.currency, to=day.home)
    rate = at_home / terms.rate
    duty = duty_rules(border, rate=rate, currency=terms.channel.currency) if terms.channel.pays_duty else ()
    schedule = terms.schedule.with_rules(duty) if duty else terms.schedule
    return replace(terms, schedule=schedule, border_rate=rate)


def terms_without_channel(currency: str, *, on: date, to: Destination) -> Terms:
    """A sale across the counter or by bank transfer: nobody takes a fee."""
    day, _found = _day(on)
    schedule = Schedule(id="", name="", channel="", country=current_workspace().country, currency=currency)
    nowhere = Channel(name="", kind=ChannelKind.DIRECT, country=to.country, currency=currency)
    where = _destination(nowhere, to)
    return _terms(nowhere, schedule, where, day.treat(where), day)


def engine_tax(treatment: Treatment, status: TaxStatus) -> TaxTreatment:
    """The treatment in the engine's words."""
    if treatment.kind == TreatmentKind.PLATFORM_COLLECTED:
        return TaxTreatment.by_marketplace(treatment.collected_pct, registered=status.registered)
    if not status.registered:
        return _under_ioss(treatment) if treatment.kind == TreatmentKind.ONE_STOP_SHOP else NO_TAX
    if treatment.kind in {TreatmentKind.DOMESTIC, TreatmentKind.ONE_STOP_SHOP}:
        return _taxed(treatment, status)
    return TaxTreatment.untaxed(label=treatment.kind)


def _under_ioss(treatment: Treatment) -> TaxTreatment:
    """The tax of the destination inside the price, owed by a shop that is not registered at home and reclaims nothing."""
    inside = TaxTreatment.inside_price(treatment.rate_pct, label=treatment.kind)
    return replace(inside, registered=False, reclaims_fee_vat=False)


def _taxed(treatment: Treatment, status: TaxStatus) -> TaxTreatment:
    flat = status.scheme == Scheme.FLAT_RATE and treatment.kind == TreatmentKind.DOMESTIC
    if flat and status.flat_rate_pct is not None:
        return TaxTreatment.flat_rate(status.flat_rate_pct, rate_pct=treatment.rate_pct)
    if treatment.prices_include_tax:
        return TaxTreatment.inside_price(treatment.rate_pct)
    return TaxTreatment.added_at_till(treatment.rate_pct)


def _overrides(rows: Iterable[FeeOverride]) -> dict[int, dict[str, Decimal]]:
    found: dict[int, dict[str, Decimal]] = {}
    for row in rows:
        found.setdefault(row.channel_id, {})[row.name] = row.value
    return found


def worth_at_home(currency: str, *, on: date) -> tuple[Decimal, bool]:
    """What one unit of a currency is worth in the workspace's own on a day, and whether that is only a guess."""
    home = current_workspace().currency
    if currency == home:
        return Decimal(1), False
    typed = _typed_rates(on).get(currency)
    return (typed, False) if typed else (convert(Decimal(1), currency=currency, to=home), True)


def own_rule(fee: OwnFee) -> Rule:
    """A charge of the shop's own as a rule of the engine."""
    limits = {"minimum": fee.least, "cap": fee.most}
    kind = Kind.PERCENT if fee.pct else Kind.FIXED
    if fee.least is not None or fee.most is not None:
        kind = Kind.MINIMUM if fee.least is not None else Kind.CAPPED
    return Rule(
        code=f"own_{fee.pk or 0}",
        label=fee.label,
        kind=kind,
        per=Per(fee.per),
        base=_OWN_BASES[fee.base] if fee.pct else (),
        pct=fee.pct,
        fixed=fee.fixed,
        when=_OWN_CONDITIONS[fee.when],
        order=_AFTER_SHIPPED,
        vat=FeeVat.CHARGED if fee.bears_vat else FeeVat.EXEMPT,
        refund=Refund.KEPT if fee.is_kept_on_refund else Refund.PROPORTIONAL,
        **limits,
    )


def _own_rules(rows: Iterable[OwnFee]) -> dict[int, list[Rule]]:
    found: dict[int, list[Rule]] = {}
    for fee in rows:
        found.setdefault(fee.channel_id, []).append(own_rule(fee))
    return found


def _with_own_rates(schedule: Schedule, own: dict[str, Decimal]) -> Schedule:
    """A rate that the schedule of that day does not have (any more) is left out: it must not take the page down."""
    for name, value in own.items():
        with suppress(UnknownRate):
            schedule = schedule.with_rates({name: value})
    return schedule


def _typed_rates(on: date) -> dict[str, Decimal]:
    """What one unit of a foreign currency is worth in the workspace's own, by what was typed."""
    return dict(_newest_rates(on).values_list("currency", "rate"))


def _newest_rates(on: date) -> QuerySet:
    return ExchangeRate.objects.filter(on__lte=on).order_by("currency", "-on").distinct("currency")


def _exchange(typed: dict[str, Decimal], channel: Channel, home: str) -> dict[str, Decimal]:
    """What foreign units cost in the channel's currency, as far as rates were typed."""
    if channel.currency == home:
        return typed
    own = typed.get(channel.currency)
    if own is None:
        return {}
    others = {currency: rate / own for currency, rate in typed.items() if currency != channel.currency}
    return {**others, home: 1 / own}


def _to_home(currency: str, home: str, schedule: Schedule, typed: dict[str, Decimal]) -> tuple[Decimal, bool]:
    """What one unit of the channel's currency is worth here, and whether that is only a shipped guess."""
    if currency == home:
        return Decimal(1), False
    if currency in typed:
        return typed[currency], False
    shipped = schedule.exchange.get(home)
    return (1 / shipped if shipped else convert(Decimal(1), currency=currency, to=home)), True
