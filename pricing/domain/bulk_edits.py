"""Changing many listings at once: exactly those named, each price with its row in the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from nozzly.accounts.models import User
from nozzly.core.changes import Changes, hold_rows, wanted_keys
from pricing.domain import listings
from pricing.domain.listings import Wish
from pricing.models import Listing


@dataclass(frozen=True)
class ListingChanges(Changes):
    """Money is in the currency of each listing's channel."""

    price: Decimal | None = None
    postage_charged: Decimal | None = None
    ended: str | None = None  # "yes" takes them off their channels


def change_listings(listing_ids: Sequence[int], changes: ListingChanges, *, by: User, at: datetime) -> int:
    """Write the changes to these live listings and no others; answers how many. All or none.

    Raises NothingToChange, GoneMeanwhile, PriceNotPossible.
    """
    wanted = wanted_keys(listing_ids, changes)
    with transaction.atomic():
        rows = hold_rows(Listing.objects.live().for_table(), wanted)
        if changes.price is not None or changes.postage_charged is not None:
            listings.set_prices([_wish(row, changes) for row in rows], by=by, at=at)
        if changes.ended:
            Listing.objects.filter(pk__in=wanted).update(ended_at=at, updated_at=at)
    return len(wanted)


def _wish(row: Listing, changes: ListingChanges) -> Wish:
    return Wish(
        variant=row.variant,
        channel=row.channel,
        price=row.price if changes.price is None else changes.price,
        postage_charged=changes.postage_charged,
        pieces=row.pieces,
    )
