"""The truth about a price: one piece on every channel side by side, in a constant number of queries."""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from nozzly.core.money import round_money, round_unit_cost
from nozzly.tenancy.current import current_workspace
from pricing.choices import ChannelKind, PriceOrigin
from pricing.domain import borders
from pricing.domain.postage import Postage
from pricing.domain.posts import Posts
from pricing.domain.questions import ASK_LISTINGS, Notice, Offer, Question
from pricing.domain.shares import Stack, stack
from pricing.domain.subjects import Subject
from pricing.domain.terms import Terms, of_class, terms_of_all
from pricing.engine import Blend, Costs, Ending, FeeLine, Goal, Options, Quote, Sale, Solution, blend, quote, solve
from pricing.models import Channel, Listing

ZERO = Decimal(0)
_HUNDRED = Decimal(100)
_HOUR_S = 3600


@dataclass(frozen=True, kw_only=True)
class Row:
    """One channel's answer, in the channel's currency. ``problem`` says why there is none."""

    terms: Terms
    offer: Offer
    postage: Postage
    sale: Sale
    costs: Costs
    target_margin_pct: Decimal
    break_even: Solution | None = None
    target: Solution | None = None
    target_by_ad: Solution | None = None
    goal: Goal | None = None
    ending: Ending = Ending.ANY
    quotes: Blend | None = None
    problem: str = ""
    notices: tuple[Notice, ...] = ()

    @property
    def channel(self) -> Channel:
        return self.terms.channel

    @property
    def currency(self) -> str:
        return self.channel.currency

    @property
    def has_ads(self) -> bool:
        """Whether the channel buys ads outside that the shop pays for."""
        return self.terms.ad_rate_pct > 0

    @property
    def ads_count(self) -> bool:
        return self.has_ads and self.terms.ad_share_pct > 0

    @property
    def quote(self) -> Quote | None:
        """The sale as it is looked at: with the ad only where every sale has one."""
        if self.quotes is None:
            return None
        return self.quotes.with_ad if self.ads_count and self.quotes.share_pct == _HUNDRED else self.quotes.without

    @property
    def profit(self) -> Decimal | None:
        """The average over sales without and with an ad."""
        return self.quotes.profit if self.quotes else None

    @property
    def margin_pct(self) -> Decimal | None:
        return self.quotes.margin_pct if self.quotes else None

    @property
    def profit_per_print_hour(self) -> Decimal | None:
        if self.profit is None or not self.quote.print_time_s:
            return None
        return round_money(self.profit * _HOUR_S / self.quote.print_time_s, self.currency)

    @property
    def fee_tax(self) -> Decimal:
        """What tax adds to the fees, or takes from them where it is inside and comes back."""
        return self.quote.fee_cost - self.quote.total_fees if self.quote else ZERO

    @property
    def fee_lines(self) -> tuple[FeeLine, ...]:
        """Without the duty, which no channel takes."""
        return tuple(line for line in self.quote.lines if line.code != borders.DUTY)

    @property
    def worth(self) -> Decimal:
        """What the goods are worth at the border, in the channel's currency."""
        return ZERO if self.quote is None else self.quote.worth

    @property
    def profit_at_home(self) -> Decimal | None:
        """In the workspace's currency, so that channels can be compared."""
        return None if self.profit is None else self.profit * self.terms.rate

    @property
    def reaches_target(self) -> bool:
        return self.margin_pct is not None and self.margin_pct >= self.target_margin_pct

    @property
    def tone(self) -> str:
        if self.profit is None:
            return "neutral"
        if self.profit < 0:
            return "bad"
        return "good" if self.reaches_target else "warn"

    @cached_property
    def stack(self) -> Stack | None:
        return stack(self.quote) if self.quote else None


@dataclass(frozen=True)
class Comparison:
    subject: Subject
    rows: tuple[Row, ...]

    @property
    def best(self) -> Row | None:
        """The channel that leaves most of its price; without any price yet, the one that reaches the target lowest.

        None where only one channel has an answer.
        """
        answered = [row for row in self.rows if row.profit is not None]
        priced = [row for row in answered if row.offer.origin != PriceOrigin.TARGET]
        if len(priced) > 1:
            return max(priced, key=lambda row: row.profit_at_home)
        if priced or len(answered) < 2:
            return None
        return min(answered, key=lambda row: row.offer.price * row.terms.rate)

    @property
    def assumptions(self) -> tuple["Assumption", ...]:
        return tuple(_assumptions(self))


@dataclass(frozen=True)
class Assumption:
    """A guess the numbers stand on. ``about`` says where it can be put right."""

    about: str
    text: str
    where: tuple[str, ...] = ()
    channel: Channel | None = None
    currency: str = ""


def compare(
    subject: Subject, channels: Sequence[Channel], *, on: date, question: Question = ASK_LISTINGS
) -> Comparison:
    """The subject on each channel on a day; a parcel that is worth more than a border's limit on the terms above it."""
    if question.pays_duty is not None:
        channels = [_with_duty(channel, pays=question.pays_duty) for channel in channels]
    comparison = compare_all([subject], channels, on=on, question=question)[0]
    rows = [_above_the_limit(subject, row, on=on, question=question) for row in comparison.rows]
    rows = [replace(row, notices=tuple(_notices(row)), target_by_ad=_target_by_ad(row)) for row in rows]
    return replace(comparison, rows=tuple(rows))


def _target_by_ad(row: Row) -> Solution | None:
    """The price that reaches the goal even where an offsite ad sold the piece."""
    if not row.has_ads or row.target is None:
        return None
    terms = row.terms
    options = Options(ending=row.ending, offsite_share_pct=_HUNDRED, offsite_ads_pct=terms.ad_rate_pct)
    goal = row.goal or Goal.margin(row.target_margin_pct)
    return solve(terms.schedule, row.sale, row.costs, terms.tax, goal=goal, options=options)


def _with_duty(channel: Channel, *, pays: bool) -> Channel:
    """The channel as asked; it is not stored."""
    asked = copy(channel)
    asked.pays_duty = pays
    return asked


def _above_the_limit(subject: Subject, row: Row, *, on: date, question: Question) -> Row:
    terms = row.terms
    if not borders.is_dear(terms.treatment.border, row.worth, rate=terms.border_rate):
        return row
    (dear,) = terms_of_all([row.channel], on=on, to=replace(question.to, is_dear=True))
    (again,) = compare_on([subject], [dear], on=on, question=question)
    # Where the tax was inside the price, its end may bring the goods below the limit: the cautious answer stays.
    return again.rows[0]


def _notices(row: Row) -> Iterable[Notice]:
    terms = row.terms
    border = terms.treatment.border
    if border is None or row.quote is None or row.channel.kind == ChannelKind.FAIR:
        return
    duty = borders.duty_on(border, row.worth, rate=terms.border_rate, currency=row.currency)
    for text, is_warning in borders.notices(terms.treatment, terms.to, duty=duty, duty_is_ours=row.channel.pays_duty):
        yield Notice(text, is_warning)


def compare_all(
    subjects: Sequence[Subject], channels: Sequence[Channel], *, on: date, question: Question = ASK_LISTINGS
) -> list[Comparison]:
    """Many subjects on many channels, in the same number of queries as one."""
    return compare_on(subjects, terms_of_all(channels, on=on, to=question.to), on=on, question=question)


def compare_on(
    subjects: Sequence[Subject],
    terms: Sequence[Terms],
    *,
    on: date,
    question: Question = ASK_LISTINGS,
    solving: bool = True,
) -> list[Comparison]:
    """The same on terms that are known already. Without ``solving`` only what has a price is answered."""
    workspace = current_workspace()
    channels = [each.channel for each in terms]
    listings = _listings(subjects, channels)
    posts = Posts(terms[0].day.services if terms else [], home=workspace.country)
    by_class: dict[str, list[Terms]] = {}
    answers = []
    for subject in subjects:
        rows = []
        if subject.tax_class not in by_class:
            by_class[subject.tax_class] = [of_class(each, subject.tax_class) for each in terms]
        for each in by_class[subject.tax_class]:
            listing = _listing_of(listings, subject, each.channel, question.pieces)
            offer = _offer(each.channel, listing, question)
            postage = posts.of(subject, each.channel, offer, question)
            row = row_of(subject, each, offer, postage, question)
            rows.append(answered(row, solving=solving))
        answers.append(Comparison(subject, tuple(rows)))
    return answers


def _listings(subjects: Iterable[Subject], channels: Sequence[Channel]) -> dict[tuple[int, int], list[Listing]]:
    variants = [subject.variant for subject in subjects if subject.variant]
    found: dict[tuple[int, int], list[Listing]] = {}
    if variants:
        rows = Listing.objects.live().filter(variant__in=variants, channel__in=channels).order_by("pieces")
        for row in rows:
            found.setdefault((row.variant_id, row.channel_id), []).append(row)
    return found


def _listing_of(
    listings: dict[tuple[int, int], list[Listing]], subject: Subject, channel: Channel, pieces: int | None
) -> Listing | None:
    rows = listings.get((subject.variant.pk, channel.pk), []) if subject.variant else []
    return next((row for row in rows if pieces in {None, row.pieces}), None)


def _offer(channel: Channel, listing: Listing | None, question: Question) -> Offer:
    typed = question.prices.get(channel.pk, question.price)
    charged = question.postages.get(channel.pk, question.postage_charged)
    if charged is None or channel.kind == ChannelKind.FAIR:
        charged = listing.postage_charged if listing else ZERO
    pieces = question.pieces or (listing.pieces if listing else 1)
    facts = {"postage_charged": charged, "pieces": pieces, "listing": listing}
    if typed is not None:
        return Offer(price=typed, origin=PriceOrigin.TYPED, **facts)
    if listing:
        return Offer(price=listing.price, origin=PriceOrigin.LISTING, **facts)
    return Offer(price=None, origin=PriceOrigin.TARGET, **facts)


def row_of(subject: Subject, terms: Terms, offer: Offer, postage: Postage, question: Question) -> Row:
    channel = terms.channel
    typed = question.target_margin_pct
    wanted = Decimal(channel.target_margin_pct if typed is None else typed)
    goes_out = question.country and channel.kind != ChannelKind.FAIR
    abroad = {"international": question.country != current_workspace().country} if goes_out else {}
    sale = terms.sale(quantity=question.quantity, pieces=offer.pieces, shipping=offer.postage_charged, **abroad)
    costs = Costs(
        unit=round_unit_cost(subject.unit_cost / terms.rate),
        shipping=round_money(postage.paid / terms.rate, channel.currency),
        print_time_s=subject.print_time_s,
    )
    return Row(
        terms=terms,
        offer=offer,
        postage=postage,
        sale=sale,
        costs=costs,
        target_margin_pct=wanted,
        goal=question.goal,
        ending=question.ending,
    )


def answered(row: Row, *, solving: bool = True) -> Row:
    """The row with its quotes and, when solving, the prices for break-even and target; else with what is wrong."""
    try:
        if solving:
            return _solved_row(row)
        if row.offer.price is None:
            return row
        return replace(row, quotes=quotes_at(row, row.offer.price, with_ads=row.ads_count))
    except DomainError as error:
        return replace(row, problem=str(error))


def _solved_row(row: Row) -> Row:
    break_even = solved(row, Goal.break_even())
    target = solved(row, row.goal or Goal.margin(row.target_margin_pct), ending=row.ending)
    price = target.price if row.offer.price is None else row.offer.price
    if price is None:
        return replace(row, break_even=break_even, target=target, problem=target.reason)
    offer = replace(row.offer, price=price)
    return replace(row, offer=offer, break_even=break_even, target=target, quotes=quotes_at(row, price))


def quotes_at(row: Row, price: Decimal, *, with_ads: bool = True) -> Blend:
    """The row's sale at another price, without and with an offsite ad. Raises InvalidSale.

    Where no page shows the sale by an ad and none counts, ``with_ads=False`` spares working it out.
    """
    terms = row.terms
    sale = replace(row.sale, item_price=price)
    if not (row.has_ads and with_ads):
        plain = quote(terms.schedule, sale, row.costs, terms.tax)
        return Blend(plain, plain, ZERO, plain.profit, plain.payout, plain.total_fees, plain.margin_pct)
    return blend(
        terms.schedule,
        sale,
        row.costs,
        terms.tax,
        share_pct=terms.ad_share_pct,
        offsite_ads_pct=terms.ad_rate_pct,
    )


def solved(row: Row, goal: Goal, **options) -> Solution:
    """The smallest price that reaches a goal on the row's terms, ads counted in by their share."""
    terms = row.terms
    if row.ads_count:
        options |= {"offsite_share_pct": terms.ad_share_pct, "offsite_ads_pct": terms.ad_rate_pct}
    return solve(terms.schedule, row.sale, row.costs, terms.tax, goal=goal, options=Options(**options))


def _assumptions(comparison: Comparison) -> Iterable[Assumption]:
    if comparison.subject.cost_assumed:
        yield Assumption("cost", _("The cost stands on prices or rates that nobody has checked."))
    for row in comparison.rows:
        channel = row.channel
        if row.terms.rate_assumed:
            text = _("1 {currency} = {rate} {home} is a rough rate; type today's.").format(
                currency=channel.currency, rate=f"{row.terms.rate:.4f}", home=current_workspace().currency
            )
            yield Assumption("exchange", text, channel=channel, currency=channel.currency)
    yield from _gathered(comparison.rows)


def _gathered(rows: Iterable[Row]) -> Iterable[Assumption]:
    """One line for each thing that is guessed, with the channels it touches."""
    touched: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        for currency in sorted(row.terms.schedule.exchange_assumed):
            text = _("1 {currency} = {rate} {own} is a rough rate; type today's.").format(
                currency=currency, rate=row.terms.schedule.exchange[currency], own=row.currency
            )
            touched.setdefault(("exchange", text, currency), []).append(row.channel.name)
        for text in _fee_guesses(row.terms):
            touched.setdefault(("fees", text, ""), []).append(row.channel.name)
        for text in row.postage.notes:
            touched.setdefault(("post", text, ""), []).append(row.channel.name)
        if row.offer.origin == PriceOrigin.TARGET and row.offer.price is not None:
            text = _("There is no price yet, so the price for the target margin is shown.")
            touched.setdefault(("price", text, ""), []).append(row.channel.name)
    for (about, text, currency), names in touched.items():
        yield Assumption(about, text, where=tuple(names), currency=currency)


def _fee_guesses(terms: Terms) -> Iterable[str]:
    schedule = terms.schedule
    if schedule.unverified and schedule.verified_on is None:
        yield _("These fees were not checked at their source.")
    elif schedule.unverified:
        yield _("These fees come from a single source.")
    if schedule.predates_source:
        yield _("Fees of that time are not known; the oldest known ones are used.")
