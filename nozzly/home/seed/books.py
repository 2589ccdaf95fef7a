"""The ledger of the seed: lots and what they hold while a day is being played, booked through the one real ledger.

Values are worked out here with the ledger's own arithmetic, because runs and sales freeze them; ``flush`` posts the
same entries in the same order, so that both agree to the cent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Model

from inventory.domain import ledger, searching
from inventory.domain.ledger import Batch, Entry
from inventory.domain.valuation import Balance
from inventory.models import Item, Lot
from nozzly.accounts.models import User
from nozzly.home.seed.dice import Dice
from nozzly.home.seed.outbox import Outbox

_BATCHES_AT_ONCE = 4000


@dataclass(eq=False)
class Holding:
    """A lot and what it holds right now."""

    lot: Lot
    balance: Balance = field(default_factory=Balance)

    @property
    def left(self) -> Decimal:
        return self.balance.quantity


@dataclass(eq=False)
class Posting:
    """What goes under one key; ``owner`` is the row that becomes its source."""

    source: str
    owner: Model | None
    text: str
    key: UUID
    by: User
    at: datetime
    recorded_at: datetime | None = None
    rows: list[tuple[Holding, str, Decimal, Decimal | None, Decimal | None, str]] = field(default_factory=list)


class Books:
    def __init__(self, *, dice: Dice, outbox: Outbox, currency: str) -> None:
        self._dice, self._outbox, self._currency = dice, outbox, currency
        self._postings: list[Posting] = []

    def lot(self, item: Item, **details: object) -> Holding:
        """An empty lot with a code of its own."""
        lot = Lot(item=item, title=item.name, code=self._dice.lot_code(), **details)
        self._outbox.add(lot)
        return Holding(lot)

    def start(self, posting: Posting) -> Posting:
        self._postings.append(posting)
        return posting

    def put(
        self,
        posting: Posting,
        holding: Holding,
        kind: str,
        quantity: Decimal,
        *,
        values: tuple[Decimal, Decimal] | None = None,
        note: str = "",
    ) -> tuple[Decimal, Decimal]:
        """Book one entry; answers its signed bought and full value. A shortage is found, as the ledger does it."""
        missing = holding.balance.missing(quantity)
        if missing:
            holding.balance.book(missing, None, None, currency=self._currency)
        bought, full = values or (None, None)
        posting.rows.append((holding, kind, quantity, bought, full, note))
        return holding.balance.book(quantity, bought, full, currency=self._currency)

    def flush(self) -> None:
        """Call it after the outbox has written lots and owners."""
        postings, self._postings = [posting for posting in self._postings if posting.rows], []
        fresh = {
            holding.lot.pk
            for posting in postings
            for holding, *_rest in posting.rows
            if holding.lot.search is None and not setattr(holding.lot, "search", "written")
        }
        if fresh:
            searching.refresh_lots(fresh)
        for first in range(0, len(postings), _BATCHES_AT_ONCE):
            ledger.post_many([_batch(posting) for posting in postings[first : first + _BATCHES_AT_ONCE]])


def _batch(posting: Posting) -> Batch:
    return Batch(
        entries=_entries(posting.rows),
        source=posting.source,
        source_id=posting.owner.pk if posting.owner else None,
        source_text=posting.text,
        key=posting.key,
        by=posting.by,
        at=posting.at,
        recorded_at=posting.recorded_at,
    )


def _entries(rows: Sequence[tuple]) -> list[Entry]:
    return [
        Entry(holding.lot.pk, kind, quantity, bought, full, note=note)
        for holding, kind, quantity, bought, full, note in rows
    ]
