"""The only writer, and the only reader, of stock movements.

Lots are locked once, in the order of their keys, and all rows of a call are written or none. What has happened is
never refused: a shortage is booked as ``found`` and the lot is flagged for a count.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.choices import MovementKind
from inventory.domain import stock_days
from inventory.domain.searching import insert_lots
from inventory.domain.valuation import Balance
from inventory.models.locations import Location
from inventory.models.lots import Lot
from inventory.models.movements import Movement
from inventory.querysets import MovementQuerySet
from nozzly.accounts.models import User
from nozzly.core.bulk import insert_rows
from nozzly.core.errors import DomainError
from nozzly.tax.domain import periods
from nozzly.tenancy.current import current_workspace

_THOUSANDTH, _NOTHING = Decimal("0.001"), Decimal(0)
_LEAVING, _PRINTING = frozenset(MovementKind.leaving()), frozenset(MovementKind.printing())


class InsufficientStock(DomainError):
    """Somebody plans to move, or takes back, more than is there."""


class AlreadyReversed(DomainError):
    pass


class NothingToRevalue(DomainError):
    pass


@dataclass(frozen=True)
class Entry:
    """One row to come. Quantity and values are signed; a value of None is taken from the lot's running average."""

    lot_id: int
    kind: str
    quantity: Decimal
    bought_value: Decimal | None = None
    full_value: Decimal | None = None
    source_id: int | None = None  # else that of the batch
    note: str = ""
    reverses_id: int | None = None


@dataclass(frozen=True)
class Batch:
    """Entries that stand or fall together under one idempotency key."""

    entries: Sequence[Entry]
    source: str
    source_id: int | None
    source_text: str
    key: UUID
    by: User | None
    at: datetime
    recorded_at: datetime | None = None  # else ``at``


def post(  # noqa: PLR0913 - what a ledger row has to say
    entries: Sequence[Entry],
    *,
    source: str,
    source_id: int | None,
    source_text: str,
    key: UUID,
    by: User | None,
    at: datetime,
    recorded_at: datetime | None = None,
    fresh: Sequence[Lot] = (),
) -> list[Movement]:
    """Book the entries; answers one movement for each, in their order, and after them those booked as found.

    ``at`` is when it happened, ``recorded_at`` when it was told, if that is later. The same ``key`` again books
    nothing and answers the same movements. ``fresh`` are lots of these entries that have a key and are not stored
    yet: they are stored with what was booked, which for thousands is much quicker than storing them first.

    Raises InsufficientStock for a transfer or a reversal of more than is there, NothingToRevalue.
    """
    batch = Batch(
        entries=entries, source=source, source_id=source_id, source_text=source_text, key=key, by=by, at=at,
        recorded_at=recorded_at,
    )  # fmt: skip
    return post_many([batch], fresh=fresh)[0]


def post_many(batches: Sequence[Batch], *, fresh: Sequence[Lot] = ()) -> list[list[Movement]]:
    """Book many batches in one transaction, in the order given: the door for imports and the seed. See post()."""
    new = {lot.pk: lot for lot in fresh}
    with transaction.atomic():
        lots = new | _lock({entry.lot_id for batch in batches for entry in batch.entries} - new.keys())
        known = _already_booked({batch.key for batch in batches})
        books = _Books(lots, currency=current_workspace().currency)
        written = [known.get(batch.key) or books.enter(batch) for batch in batches]
        _fill(fresh, books)
        insert_lots(fresh)
        insert_rows(books.rows)
        stock_days.note(_changes(books))
        _store(books, known=lots.keys() - new.keys())
    return written


def values_of(entries: Sequence[Entry]) -> list[tuple[Decimal, Decimal]]:
    """What post() would take these entries out at: signed bought and full value of each; books nothing.

    For callers that must know before they write. The lots stay locked: post in the same transaction.
    """
    books = _Books(_lock({entry.lot_id for entry in entries}), currency=current_workspace().currency)
    values = []
    for entry in entries:
        balance = books.balances[entry.lot_id]
        missing = balance.missing(entry.quantity)
        if missing:
            balance.book(missing, None, None, currency=books.currency)
        values.append(balance.book(entry.quantity, entry.bought_value, entry.full_value, currency=books.currency))
    return values


def reverse(
    what: UUID | Sequence[Movement], *, key: UUID, by: User | None, at: datetime, note: str = ""
) -> list[Movement]:
    """Book the opposite of movements, given as such or by the key they were booked under; newest first.

    Raises AlreadyReversed, InsufficientStock when what came in has already gone out again.
    """
    with transaction.atomic():
        wanted = Movement.objects.filter(key=what) if isinstance(what, UUID) else what
        originals = sorted(wanted, key=lambda row: row.pk, reverse=True)
        _lock({row.lot_id for row in originals})
        done = Movement.objects.filter(reverses__in=[row.pk for row in originals])
        again = [row for row in done if row.key == key]
        if again:
            return sorted(again, key=lambda row: row.position)
        if done or any(row.kind == MovementKind.REVERSAL for row in originals):
            raise AlreadyReversed(_("This has already been undone."))
        if not originals:
            return []
        first = originals[-1]
        return post(
            [_opposite(row, note) for row in originals],
            source=first.source, source_id=first.source_id, source_text=first.source_text, key=key, by=by, at=at,
        )  # fmt: skip


def movements_of(lot: Lot) -> MovementQuerySet:
    """The lot's history, newest first, each row with ``balance`` after it."""
    return Movement.objects.filter(lot=lot).for_history()


def movements_from(source: str, source_id: int) -> MovementQuerySet:
    """Everything booked for one run, order or delivery, in the order it was booked."""
    return movements_of_kinds([source], source_id)


def movements_of_kinds(sources: Sequence[str], source_id: int) -> MovementQuerySet:
    """What was booked for one order in several ways: sent, and brought back."""
    return Movement.objects.filter(source__in=sources, source_id=source_id).select_related("lot").in_order()


def movements_of_sources(source: str, source_ids: Sequence[int]) -> MovementQuerySet:
    """Everything booked for many orders or runs of one kind, in the order it was booked."""
    return Movement.objects.filter(source=source, source_id__in=source_ids).select_related("lot").in_order()


def movements_numbered(numbers: Sequence[int]) -> MovementQuerySet:
    """These rows of the books, each with its lot and item."""
    return Movement.objects.filter(pk__in=numbers).select_related("lot__item", "lot__spool")


def first_day() -> date | None:
    """The day the first row of the books counts for; None while nothing was booked."""
    return Movement.objects.order_by("booked_on").values_list("booked_on", flat=True).first()


def movements_with_key(key: UUID) -> MovementQuerySet:
    return Movement.objects.filter(key=key).order_by("position")


def claim(key: UUID) -> list[Movement]:
    """Hold the key to the end of the transaction and answer what is already booked under it.

    For writers that make lots before they post: of two equal calls at once the second waits and then sees the first.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key.int >> 65])
    return list(movements_with_key(key))


def balance_at(lot: Lot, on: date) -> Balance:
    """What the lot held, and what that was worth, at the close of a day."""
    return balances_at(on, lot_ids=[lot.pk]).get(lot.pk, Balance())


def balances_at(on: date, *, lot_ids: Iterable[int] | None = None) -> dict[int, Balance]:
    """Holdings at the close of a day by lot; lots that held nothing and were worth nothing are left out."""
    rows = Movement.objects.booked_by(on)
    if lot_ids is not None:
        rows = rows.filter(lot__in=lot_ids)
    sums = rows.order_by().values("lot").annotate(
        held=Sum("quantity"), bought=Sum("bought_value"), full=Sum("full_value")
    )  # fmt: skip
    return {
        row["lot"]: Balance(quantity=row["held"], bought_value=row["bought"], full_value=row["full"])
        for row in sums
        if row["held"] or row["bought"] or row["full"]
    }


def sold_from(place: Location, first: date, last: date) -> dict[int, Decimal]:
    """By item: how much was sold out of a place and all that stands in it, less what came back, first to last day."""
    kinds = (MovementKind.SALE, MovementKind.RETURN)
    there = Location.objects.within(place)
    rows = Movement.objects.filter(kind__in=kinds, lot__location__in=there, booked_on__range=(first, last))
    sums = rows.filter(reversed_by=None).order_by().values("lot__item").annotate(sold=-Sum("quantity"))
    return {row["lot__item"]: row["sold"] for row in sums if row["sold"] > 0}


def revaluations(first: date, last: date) -> list[Movement]:
    """What was written down or up from the first to the last day and still stands, the newest first."""
    rows = Movement.objects.filter(kind=MovementKind.REVALUATION, booked_on__range=(first, last), reversed_by=None)
    return list(rows.select_related("lot__item", "lot__spool", "by").order_by("-booked_on", "-pk"))


def short_since(moments: Mapping[int, datetime]) -> set[int]:
    """Those of these lots of which more was used than the books had, as recorded after each one's moment."""
    rows = Movement.objects.filter(lot__in=list(moments), kind=MovementKind.FOUND, reversed_by=None)
    return {lot for lot, at in rows.values_list("lot", "recorded_at") if at > moments[lot]}


def batch_of(movement_id: int) -> list[Movement]:
    """All rows that were booked together with this one; none where there is no such row."""
    key = Movement.objects.filter(pk=movement_id).values("key")
    rows = Movement.objects.filter(key__in=key).select_related("lot__item", "lot__spool", "reversed_by")
    return list(rows.order_by("position"))


class _Books:
    """The lots of one call while its rows are being worked out."""

    def __init__(self, lots: dict[int, Lot], *, currency: str) -> None:
        self.lots = lots
        self.currency = currency
        self.rows: list[Movement] = []
        self.balances = {
            pk: Balance(lot.on_hand, lot.bought_value, lot.full_value, lot.bought_cost, lot.full_cost)
            for pk, lot in lots.items()
        }
        self.moved_at: dict[int, datetime] = {}
        self.short: set[int] = set()
        self._days: dict[tuple[datetime, datetime], tuple[bool, date]] = {}

    def enter(self, batch: Batch) -> list[Movement]:
        asked, found = [], []
        for position, entry in enumerate(batch.entries):
            missing = self.balances[entry.lot_id].missing(entry.quantity)
            if missing:
                self._refuse_if_decided(entry)
                self.short.add(entry.lot_id)
                extra = Entry(entry.lot_id, MovementKind.FOUND, missing, source_id=entry.source_id)
                found.append(self._row(batch, extra, len(batch.entries) + len(found)))
            asked.append(self._row(batch, entry, position))
        return asked + found

    @cached_property
    def _closed_through(self) -> date:
        """Asked for when a row is written; values alone need no day."""
        return periods.closed_through() or date.min

    def _refuse_if_decided(self, entry: Entry) -> None:
        if entry.kind in MovementKind.refusing():
            lot = self.lots[entry.lot_id]
            raise InsufficientStock(
                _("%(lot)s holds only %(held)s, not %(wanted)s.")
                % {"lot": lot, "held": f"{self.balances[lot.pk].quantity:f}", "wanted": f"{-entry.quantity:f}"}
            )

    def _row(self, batch: Batch, entry: Entry, position: int) -> Movement:
        balance, quantity = self.balances[entry.lot_id], entry.quantity.quantize(_THOUSANDTH)
        if quantity == 0:
            self._expect_revaluation(entry)
        bought, full = balance.book(quantity, entry.bought_value, entry.full_value, currency=self.currency)
        recorded_at = batch.recorded_at or batch.at
        late, booked_on = self._day_of(batch.at, recorded_at)
        self.moved_at[entry.lot_id] = max(batch.at, self.moved_at.get(entry.lot_id, batch.at))
        row = Movement(
            lot_id=entry.lot_id, kind=entry.kind, quantity=quantity, bought_value=bought, full_value=full,
            source=batch.source, source_id=entry.source_id or batch.source_id, source_text=batch.source_text[:200],
            note=entry.note[:200], key=batch.key, position=position, reverses_id=entry.reverses_id, late=late,
            occurred_at=batch.at, recorded_at=recorded_at, by=batch.by,
            booked_on=booked_on,
        )  # fmt: skip
        self.rows.append(row)
        return row

    def _day_of(self, at: datetime, recorded_at: datetime) -> tuple[bool, date]:
        """Whether the period of ``at`` is closed, and the day the row counts for."""
        if (at, recorded_at) not in self._days:
            late = timezone.localdate(at) <= self._closed_through
            self._days[at, recorded_at] = late, timezone.localdate(recorded_at if late else at)
        return self._days[at, recorded_at]

    def _expect_revaluation(self, entry: Entry) -> None:
        if entry.kind not in {MovementKind.REVALUATION, MovementKind.REVERSAL}:
            raise ValueError("an entry moves something; leave out those of nothing")
        if self.balances[entry.lot_id].quantity == 0:
            raise NothingToRevalue(_("%(lot)s is empty: it is worth nothing.") % {"lot": self.lots[entry.lot_id]})


def _changes(books: _Books) -> Iterator[stock_days.Change]:
    """The rows as their items' days see them; what is undone was never used, on the day it was."""
    undone = Movement.objects.in_bulk([row.reverses_id for row in books.rows if row.reverses_id])
    for row in books.rows:
        item_id, told = books.lots[row.lot_id].item_id, undone.get(row.reverses_id, row)
        yield stock_days.Change(item_id, row.booked_on, row.quantity, row.bought_value, row.full_value)
        if told.kind in _LEAVING:
            printed = -row.quantity if told.kind in _PRINTING else _NOTHING
            yield stock_days.Change(item_id, told.booked_on, gone=-row.quantity, printed=printed)


def _opposite(row: Movement, note: str) -> Entry:
    return Entry(
        row.lot_id, MovementKind.REVERSAL, -row.quantity, -row.bought_value, -row.full_value,
        source_id=row.source_id, note=note, reverses_id=row.pk,
    )  # fmt: skip


def _lock(lot_ids: set[int]) -> dict[int, Lot]:
    # no_key: rows that only refer to a lot may be written meanwhile.
    rows = Lot.objects.filter(pk__in=lot_ids).order_by("pk").select_for_update(no_key=True)
    return {lot.pk: lot for lot in rows}


def _already_booked(keys: set[UUID]) -> dict[UUID, list[Movement]]:
    """Asked after the locks are held, so that the second of two equal calls sees what the first has written."""
    known: dict[UUID, list[Movement]] = {}
    for row in Movement.objects.filter(key__in=keys).order_by("position"):
        known.setdefault(row.key, []).append(row)
    return known


def _fill(fresh: Sequence[Lot], books: _Books) -> None:
    for lot in fresh:
        sums = books.balances[lot.pk]
        lot.on_hand, lot.bought_value, lot.full_value = sums.quantity, sums.bought_value, sums.full_value
        lot.bought_cost, lot.full_cost = sums.bought_cost, sums.full_cost
        lot.moved_at, lot.needs_count = books.moved_at.get(lot.pk), lot.pk in books.short


def _store(books: _Books, *, known: Collection[int]) -> None:
    """Write the new sums back to the lots that were there, in one statement; what holds something is in sight."""
    rows = [
        (pk, sums.quantity, sums.bought_value, sums.full_value, sums.bought_cost, sums.full_cost, at, pk in books.short)
        for pk, at in books.moved_at.items()
        if pk in known
        for sums in (books.balances[pk],)
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_STORE, [list(column) for column in zip(*rows, strict=True)])


_STORE = """
UPDATE inventory_lot AS lot SET
  on_hand = new.on_hand, bought_value = new.bought_value, full_value = new.full_value,
  bought_cost = new.bought_cost, full_cost = new.full_cost,
  moved_at = greatest(lot.moved_at, new.moved_at), needs_count = lot.needs_count OR new.short,
  archived_at = CASE WHEN new.on_hand > 0 THEN NULL ELSE lot.archived_at END
FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[],
            %s::timestamptz[], %s::boolean[])
  AS new(id, on_hand, bought_value, full_value, bought_cost, full_cost, moved_at, short)
WHERE lot.id = new.id
"""
