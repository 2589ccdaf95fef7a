"""Is the fair worth it? What being there costs, shared over what is sold."""

from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, Decimal

from nozzly.core.money import minor_unit, round_money
from pricing.domain.compare import Row, solved
from pricing.domain.grid import margins
from pricing.domain.terms import Terms, terms_of
from pricing.engine import Goal, Solution
from pricing.models import Event, Listing

ZERO = Decimal(0)


@dataclass(frozen=True)
class FairRow:
    """One listing at the stall. ``profit`` is for each piece sold before stall and travel; ``least`` covers its share."""

    listing: Listing
    row: Row
    least: Solution

    @property
    def profit(self) -> Decimal | None:
        return self.row.profit


@dataclass(frozen=True)
class FairPlan:
    """``break_even_units`` is None where the goods bring nothing; money is in the channel's currency."""

    event: Event
    currency: str
    fixed_cost: Decimal
    rows: tuple[FairRow, ...]

    @property
    def profit_per_unit(self) -> Decimal | None:
        """The plain average over what is listed there."""
        known = [row.profit for row in self.rows if row.profit is not None]
        return sum(known, ZERO) / len(known) if known else None

    @property
    def break_even_units(self) -> int | None:
        each = self.profit_per_unit
        if each is None or each <= 0:
            return None
        return int((self.fixed_cost / each).to_integral_value(rounding=ROUND_CEILING))

    @property
    def expected_profit(self) -> Decimal | None:
        each = self.profit_per_unit
        return None if each is None else round_money(each * self.event.expected_units - self.fixed_cost, self.currency)


def plan(event: Event, *, on: date) -> FairPlan:
    """The channel's own placeholders for stall and travel are left out: the event knows better."""
    terms = _bare(terms_of(event.channel, on=on))
    listings = Listing.objects.for_check().filter(channel=event.channel)
    fixed = round_money(event.fixed_cost / terms.rate, event.channel.currency)
    step = minor_unit(event.channel.currency)
    # Upwards: all shares together must cover the whole, also where money has no cents.
    share = (fixed / event.expected_units / step).to_integral_value(rounding=ROUND_CEILING) * step
    rows = tuple(
        FairRow(listing, row, solved(replace(row, costs=replace(row.costs, per_order=share)), Goal.break_even()))
        for listing, row in margins(listings, on=on, terms=[terms])
    )
    return FairPlan(event, event.channel.currency, fixed, rows)


def _bare(terms: Terms) -> Terms:
    channel = copy(terms.channel)
    channel.orders_per_month = None
    return replace(terms, channel=channel)
