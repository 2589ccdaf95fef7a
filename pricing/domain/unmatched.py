"""Lines of a channel's file that name no product of ours: asked about once, and the answer holds for every later file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.models import Variant
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from pricing.choices import PriceReason
from pricing.domain import import_undo, listings
from pricing.domain.channel_files import match_key
from pricing.domain.import_undo import matches_as_stored
from pricing.domain.listings import Wish, check_wish
from pricing.domain.matching import Finder, NotFound
from pricing.engine import schedules
from pricing.models import Channel, ListingMatch


class WrongMoney(DomainError):
    pass


@dataclass(frozen=True)
class Line:
    """What a row means: a wish where its product is known; nothing where it is not ours; else somebody must say."""

    channel: Channel
    key: str
    wish: Wish | None = None
    ignored: bool = False
    match: ListingMatch | None = None

    @property
    def is_open(self) -> bool:
        return self.wish is None and not self.ignored


class Reader:
    """Loads names and answers once, and says of every row what it means."""

    def __init__(self) -> None:
        self.finder = Finder()
        rows = ListingMatch.objects.for_table()
        self.known = {(match.channel_id, match.key): match for match in rows}

    def line(self, row: Mapping) -> Line:
        """Raises NotFound for a channel that is not ours, WrongMoney, PriceNotPossible."""
        channel = self.finder.channels.get(row["channel"].casefold())
        if channel is None:
            raise NotFound(_("There is no channel called “{name}”; add it first.").format(name=row["channel"]))
        if row["currency"] and row["currency"] != channel.currency:
            said = _("The file is in {theirs}, {channel} in {ours}.")
            raise WrongMoney(said.format(theirs=row["currency"], channel=channel, ours=channel.currency))
        key = match_key(row["title"], row["option_text"], row["sku"])
        match = self.known.get((channel.pk, key))
        if match and match.is_ignored:
            return Line(channel, key, ignored=True, match=match)
        variant = match.variant if match and match.variant_id else self._found(row)
        check_wish(_wish(variant, channel, row))
        wish = _wish(variant, channel, row, pieces=match.pieces if match else 1) if variant else None
        return Line(channel, key, wish=wish, match=match)

    def _found(self, row: Mapping) -> Variant | None:
        """By SKU, else by title and options, where that leaves one."""
        by_sku = self.finder.by_sku.get(row["sku"].casefold()) if row["sku"] else None
        if by_sku:
            return by_sku
        same = self.finder.by_title.get(row["title"].casefold(), [])
        if not row["option_text"]:
            return same[0] if len(same) == 1 else None
        values = [part.partition(": ")[2] or part for part in row["option_text"].split(", ")]
        spoken = {text.casefold() for text in (" / ".join(values), ", ".join(values), " ".join(values))}
        named = [variant for variant in same if variant.name.casefold() in spoken]
        return named[0] if len(named) == 1 else None


def channel_of(kind: str, currency: str) -> Channel | None:
    """The channel that a file belongs to: the first of its kind, best in the file's currency."""
    kinds = {info.id: info.channel for info in schedules.available()}
    own = [each for each in Channel.objects.active().in_order() if kinds.get(each.schedule_id) == kind]
    return next((each for each in own if each.currency == currency), None) or next(iter(own), None)


@dataclass(frozen=True)
class TakenIn:
    """How many listings changed, how many lines wait for an answer, and what is needed to take the file back."""

    changed: int
    waiting: int
    record: dict[str, object]


def take_in(rows: Iterable[Mapping], *, by: User, at: datetime) -> TakenIn:
    """Set the prices of what is known and keep the rest to be asked."""
    with transaction.atomic():
        reader, wishes, open_lines = Reader(), [], []
        for row in rows:
            line = reader.line(row)
            if line.wish:
                wishes.append(line.wish)
            elif line.is_open:
                open_lines.append((line, row))
        before = matches_as_stored(line.match for line, _row in open_lines if line.match)
        after = matches_as_stored([_keep(line, row) for line, row in open_lines])
        done = import_undo.set_prices(wishes, by=by, at=at)
    matches = {
        "added": {pk: facts for pk, facts in after.items() if pk not in before},
        "changed": {pk: [before[pk], facts] for pk, facts in after.items() if pk in before},
    }
    return TakenIn(len(done.changed), len(open_lines), {"listings": done.record, "matches": matches})


def take_back(record: Mapping, *, by: User, at: datetime) -> tuple[int, int, int]:
    """Undo a whole file: how many listings and lines are gone, as before, and changed since and kept."""
    with transaction.atomic():
        listed = import_undo.take_back(record["listings"], by=by, at=at)
        asked = import_undo.take_back_matches(record["matches"])
    return tuple(sum(pair) for pair in zip(listed, asked, strict=True))


def answer(match: ListingMatch, *, variant: Variant, pieces: int, by: User, at: datetime) -> ListingMatch:
    """It is this product: remember it and set its price. Raises PriceNotPossible."""
    with transaction.atomic():
        row = _locked(match)
        row.variant, row.pieces, row.is_ignored = variant, pieces, False
        wish = Wish(
            variant=variant,
            channel=row.channel,
            price=row.price,
            pieces=pieces,
            external_id=row.external_id,
            option_text=row.option_text,
        )
        listings.set_prices([wish], reason=PriceReason.IMPORTED, note=row.title[:200], by=by, at=at)
        row.save()
        return row


def ignore(match: ListingMatch) -> ListingMatch:
    """It is nothing we make: never asked again."""
    with transaction.atomic():
        row = _locked(match)
        row.variant, row.is_ignored = None, True
        row.save()
        return row


def ask_again(match: ListingMatch) -> ListingMatch:
    """Forget the answer; a listing that was made by it stays."""
    with transaction.atomic():
        row = _locked(match)
        row.variant, row.is_ignored = None, False
        row.save()
        return row


def _locked(match: ListingMatch) -> ListingMatch:
    return ListingMatch.objects.select_for_update(of=("self",)).select_related("channel").get(pk=match.pk)


def _keep(line: Line, row: Mapping) -> ListingMatch:
    facts = {name: row[name] for name in ("title", "option_text", "sku", "external_id", "price")}
    return ListingMatch.objects.update_or_create(channel=line.channel, key=line.key, defaults=facts)[0]


def _wish(variant: Variant | None, channel: Channel, row: Mapping, *, pieces: int = 1) -> Wish:
    return Wish(
        variant=variant,
        channel=channel,
        price=row["price"],
        pieces=pieces,
        external_id=row["external_id"],
        option_text=row["option_text"],
    )
