"""Every product on every channel at once, and new prices for many of them in one go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.models import Variant
from nozzly.core.collecting import uncollected
from nozzly.core.errors import DomainError
from pricing.domain.compare import Question, Row, compare_on, quotes_at, solved
from pricing.domain.subjects import subjects_of
from pricing.domain.terms import Terms, terms_of_all
from pricing.engine import Ending, Goal
from pricing.models import Channel, Listing

# Solving is the dear part: so many fit into a page that answers at once.
MOST = 400


@dataclass(frozen=True)
class GridRow:
    """One variant; a cell for each channel in the order asked, with no quote where it is not listed."""

    variant: Variant
    unit_cost: Decimal
    cells: tuple[Row, ...]


@dataclass(frozen=True)
class Proposal:
    """A new price for a listing. ``price`` is None where none reaches the target; ``reason`` says why."""

    listing: Listing
    row: Row
    price: Decimal | None
    margin_pct: Decimal | None
    reason: str = ""

    @property
    def changes(self) -> bool:
        return self.price is not None and self.price != self.listing.price


@dataclass(frozen=True)
class RepricingRule:
    """``ending`` is how prices may end; ``only_raise`` leaves what stands above its target alone."""

    ending: Ending = Ending.ANY
    only_raise: bool = True
    target_margin_pct: Decimal | None = None


def grid(variants: Iterable[Variant], channels: Sequence[Channel], *, on: date) -> list[GridRow]:
    """Quotes at today's listed prices, in a constant number of queries."""
    with uncollected():
        variants = list(variants)
        subjects = subjects_of(variants, on=on)
        wanted = [subjects[variant.pk] for variant in variants]
        comparisons = compare_on(wanted, terms_of_all(channels, on=on), on=on, solving=False)
        return [GridRow(each.subject.variant, each.subject.unit_cost, each.rows) for each in comparisons]


def margins(
    listings: Iterable[Listing], *, on: date, terms: Sequence[Terms] | None = None
) -> list[tuple[Listing, Row]]:
    """Each listing with its row as it sells on a day; without a quote where its price cannot be quoted.

    Listings of one piece and of several are asked apart: each such number costs two queries more.
    """
    listings = list(listings)
    subjects = subjects_of({listing.variant_id: listing.variant for listing in listings}.values(), on=on)
    if terms is None:
        terms = terms_of_all(list({each.channel_id: each.channel for each in listings}.values()), on=on)
    found: dict[int, Row] = {}
    for pieces in sorted({listing.pieces for listing in listings}):
        wanted = [subjects[pk] for pk in {each.variant_id for each in listings if each.pieces == pieces}]
        for comparison in compare_on(wanted, terms, on=on, question=Question(pieces=pieces), solving=False):
            found |= {row.offer.listing.pk: row for row in comparison.rows if row.offer.listing}
    return [(listing, found[listing.pk]) for listing in listings if listing.pk in found]


def propose(listings: Iterable[Listing], *, rule: RepricingRule, on: date) -> list[Proposal]:
    """For each listing the smallest allowed price that reaches the target."""
    return [
        proposal
        for listing, row in margins(listings, on=on)
        if not (rule.only_raise and _reaches(row, rule))
        for proposal in (_proposal(listing, row, rule),)
        if proposal.changes or proposal.price is None
    ]


def _target(row: Row, rule: RepricingRule) -> Decimal:
    return row.target_margin_pct if rule.target_margin_pct is None else rule.target_margin_pct


def _reaches(row: Row, rule: RepricingRule) -> bool:
    return row.margin_pct is not None and row.margin_pct >= _target(row, rule)


def _proposal(listing: Listing, row: Row, rule: RepricingRule) -> Proposal:
    try:
        solution = solved(row, Goal.margin(_target(row, rule)), ending=rule.ending)
        if solution.price is None:
            return Proposal(listing, row, None, None, solution.reason)
        return Proposal(listing, row, solution.price, quotes_at(row, solution.price).margin_pct)
    except DomainError as error:
        return Proposal(listing, row, None, None, str(error))
