"""Taking back a whole import of listings: what it offered ends, prices and postage go back to what they were.

Every price that goes back leaves its own row in the history. What somebody has changed since stays and is counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from nozzly.accounts.models import User
from pricing.choices import PriceReason
from pricing.domain import listings
from pricing.domain.listings import Wish
from pricing.models import Listing, ListingMatch, MarginAlarm, PriceChange

Counts = tuple[int, int, int]  # gone, as before, changed since and kept
_OF_LISTING = ("price", "postage_charged", "external_id", "option_text", "ended_at")
_OF_MATCH = ("title", "option_text", "sku", "external_id", "price")
_ANSWER = ("variant_id", "pieces", "is_ignored")


@dataclass(frozen=True)
class Stored:
    """The listings that changed, and what is needed to take them back."""

    changed: Sequence[Listing]
    record: dict[str, object]


def set_prices(wishes: Sequence[Wish], *, by: User, at: datetime) -> Stored:
    """What a file asks for, with a record of what was there before. Raises PriceNotPossible."""
    with transaction.atomic():
        before = {row.pk: _kept(row, _OF_LISTING) for row in listings.held(wishes).values()}
        done = listings.set_prices(wishes, reason=PriceReason.IMPORTED, by=by, at=at)
        rows = list(Listing.objects.filter(pk__in=[row.pk for row in done]).order_by("pk"))
        after = {row.pk: _kept(row, _OF_LISTING) for row in rows}
    record = {
        "added": {pk: facts for pk, facts in after.items() if pk not in before},
        "changed": {pk: [before[pk], facts] for pk, facts in after.items() if pk in before},
    }
    return Stored(done, record)


def take_back(record: Mapping, *, by: User, at: datetime) -> Counts:
    """End what was added and put back what was changed, where nobody has touched it since."""
    with transaction.atomic():
        keys = [int(pk) for pk in (*record["added"], *record["changed"])]
        rows = {row.pk: row for row in Listing.objects.filter(pk__in=keys).order_by("pk").select_for_update()}
        untouched = {pk for pk, row in rows.items() if _kept(row, _OF_LISTING) == _said(record, pk)}
        gone = [pk for pk in untouched if str(pk) in record["added"]]
        back = [pk for pk in untouched if str(pk) in record["changed"]]
        Listing.objects.filter(pk__in=gone).update(ended_at=at, updated_at=at)
        PriceChange.objects.bulk_create(
            change for pk in back for change in _put_back(rows[pk], record["changed"][str(pk)][0], by=by, at=at)
        )
        MarginAlarm.objects.open().filter(listing__in=untouched).update(cleared_at=at)
    return len(gone), len(back), len(keys) - len(untouched)


def _said(record: Mapping, pk: int) -> Mapping:
    added = record["added"].get(str(pk))
    return added if added is not None else record["changed"][str(pk)][1]


def _put_back(listing: Listing, before: Mapping, *, by: User, at: datetime) -> Iterable[PriceChange]:
    was = listing.price
    for name in _OF_LISTING:
        setattr(listing, name, Listing._meta.get_field(name).to_python(before[name]))
    listing.ended_at = parse_datetime(before["ended_at"]) if before["ended_at"] else None
    listing.margin_pct = listing.target_price = None  # until the next check
    listing.save()
    if listing.price != was:
        note = _("import undone")
        yield PriceChange(
            listing=listing, before=was, after=listing.price, reason=PriceReason.IMPORTED, note=note, by=by, at=at
        )


def matches_as_stored(matches: Iterable[ListingMatch]) -> dict[int, dict]:
    return {match.pk: _kept(match, _OF_MATCH + _ANSWER) for match in matches}


def take_back_matches(record: Mapping) -> Counts:
    """Lines that nobody has answered are forgotten; those that were known read as before."""
    with transaction.atomic():
        keys = [int(pk) for pk in (*record["added"], *record["changed"])]
        rows = {row.pk: row for row in ListingMatch.objects.filter(pk__in=keys).order_by("pk").select_for_update()}
        untouched = {pk for pk, row in rows.items() if _kept(row, _OF_MATCH + _ANSWER) == _said(record, pk)}
        gone = [pk for pk in untouched if str(pk) in record["added"]]
        back = [pk for pk in untouched if str(pk) in record["changed"]]
        ListingMatch.objects.filter(pk__in=gone).delete()
        for pk in back:
            for name in _OF_MATCH:
                before = record["changed"][str(pk)][0][name]
                setattr(rows[pk], name, ListingMatch._meta.get_field(name).to_python(before))
            rows[pk].save()
    return len(gone), len(back), len(keys) - len(untouched)


def _kept(row: Listing | ListingMatch, names: Sequence[str]) -> dict[str, object]:
    return {name: _text(getattr(row, name)) for name in names}


def _text(value: object) -> object:
    return value if value is None or isinstance(value, (bool, int, str)) else _plain(value)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else f"{value:f}"
