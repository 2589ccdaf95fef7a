"""What somebody asks about a price, and the price that is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from nozzly.tax.domain.treatment import Destination
from pricing.engine import Ending, Goal
from pricing.models import Listing

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What somebody typed; None asks the listing, the cheapest post or the channel.

    Prices and the postage charged are in the currency of each channel, the postage paid in the workspace's.
    ``prices`` by channel id goes before ``price``; ``goal``, with money in each channel's currency, before the margin.
    ``country`` is where the goods go (empty: to most buyers of each channel), ``business_buyer`` who takes them,
    ``pays_duty`` whether the shop pays the duty there.
    """

    price: Decimal | None = None
    prices: Mapping[int, Decimal] = field(default_factory=dict)
    postage_charged: Decimal | None = None
    postages: Mapping[int, Decimal] = field(default_factory=dict)
    postage_paid: Decimal | None = None
    target_margin_pct: Decimal | None = None
    goal: Goal | None = None
    ending: Ending = Ending.ANY
    quantity: int = 1
    pieces: int | None = None
    country: str = ""
    business_buyer: bool = False
    pays_duty: bool | None = None

    @property
    def to(self) -> Destination:
        return Destination(self.country, business_buyer=self.business_buyer, looks_at_border=True)


ASK_LISTINGS = Question()


@dataclass(frozen=True, kw_only=True)
class Offer:
    """The price to look at on one channel and where it comes from."""

    price: Decimal | None
    origin: str
    postage_charged: Decimal = ZERO
    pieces: int = 1
    listing: Listing | None = None


@dataclass(frozen=True)
class Notice:
    """What one has to know about a parcel abroad."""

    text: str
    is_warning: bool
