"""Making lots, splitting them, and what people correct by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.choices import MovementKind
from inventory.domain import ledger, slots
from inventory.domain.codes import new_codes
from inventory.domain.holding import hold_lot
from inventory.domain.ledger import Entry, InsufficientStock
from inventory.domain.searching import insert_lots
from inventory.domain.valuation import Balance
from inventory.models import DeliveryLine, Item, Location, Lot, Supplier
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.tenancy.current import current_workspace


class NotAnAmount(DomainError):
    pass


class StillHolding(DomainError):
    pass


@dataclass(frozen=True)
class LotDetails:
    """What may be known of a lot when it is made."""

    location: Location | None = None
    supplier: Supplier | None = None
    batch: str = ""
    received_on: date | None = None
    delivery_line: DeliveryLine | None = None
    note: str = ""
    is_b_grade: bool = False


def received_at(received_on: date | None, *, at: datetime) -> datetime:
    """When it came, for the books: now when it came today or nobody says, else noon of its day."""
    if received_on is None or received_on >= timezone.localdate(at):
        return at
    return timezone.make_aware(datetime.combine(received_on, time(12)))


def create_lot(item: Item, details: LotDetails = LotDetails()) -> Lot:
    """An empty lot with a code of its own; the ledger fills it."""
    return create_lots(item, 1, details)[0]


def create_lots(item: Item, how_many: int, details: LotDetails = LotDetails()) -> list[Lot]:
    """Several empty lots of one item."""
    return create_lots_of([(item, details)] * how_many)


def create_lots_of(wanted: Sequence[tuple[Item, LotDetails]]) -> list[Lot]:
    """Empty lots of any items, in the order asked for; a few queries, whatever the number.

    Raises SlotHoldsOne, OnlyRolls for a printer slot that cannot take them.
    """
    slots.expect_room([(item, details.location) for item, details in wanted])
    lots = [
        Lot(
            item=item,
            title=item.name,
            code=code,
            location=details.location,
            supplier=details.supplier,
            batch=details.batch,
            received_on=details.received_on,
            delivery_line=details.delivery_line,
            note=details.note,
            is_b_grade=details.is_b_grade,
        )
        for (item, details), code in zip(wanted, new_codes(len(wanted)), strict=True)
    ]
    insert_lots(lots)
    return lots


def transfer(
    lot: Lot, *, quantity: Decimal, location: Location | None, key: UUID, by: User | None, at: datetime
) -> Lot:
    """Move part of a lot to another place: it becomes a lot of its own, at the same cost.

    Raises InsufficientStock, NotAnAmount, IsArchived, OnlyRolls, SlotHoldsOne.
    """
    if quantity <= 0:
        raise NotAnAmount(_("Move at least something."))
    with transaction.atomic():
        booked = ledger.claim(key)
        if booked:
            return Lot.objects.get(pk=booked[-1].lot_id)
        slots.lock([location.pk if location else None])
        lot = hold_lot(lot)
        if quantity > lot.on_hand:
            raise InsufficientStock(
                _("%(lot)s holds only %(held)s.") % {"lot": lot, "held": f"{lot.on_hand.normalize():f}"}
            )
        details = LotDetails(
            location, lot.supplier, lot.batch, lot.received_on, lot.delivery_line, lot.note, lot.is_b_grade
        )
        part = create_lot(lot.item, details)
        bought, full = _share(lot, quantity)
        ledger.post(
            [
                Entry(lot.pk, MovementKind.TRANSFER, -quantity, -bought, -full),
                Entry(part.pk, MovementKind.TRANSFER, quantity, bought, full),
            ],
            source="transfer", source_id=part.pk, source_text=f"{lot.code} → {part.code}", key=key, by=by, at=at,
        )  # fmt: skip
    return part


def adjust(  # noqa: PLR0913 - what a correction has to say
    lot: Lot, *, quantity: Decimal, kind: str, note: str, key: UUID, by: User | None, at: datetime
) -> None:
    """Book what somebody says came in or went out; ``quantity`` is signed. Raises NotAnAmount, IsArchived."""
    if not quantity:
        raise NotAnAmount(_("Nothing would change."))
    with transaction.atomic():
        if ledger.claim(key):
            return
        hold_lot(lot)
        entry = Entry(lot.pk, kind, quantity, note=note)
        ledger.post([entry], source="hand", source_id=lot.pk, source_text=note, key=key, by=by, at=at)


def count(lot: Lot, *, counted: Decimal, key: UUID, by: User | None, at: datetime) -> Decimal:
    """Somebody counted: book the difference and take the flag off. Answers the difference.

    Raises NotAnAmount, IsArchived.
    """
    if counted < 0:
        raise NotAnAmount(_("There cannot be less than nothing."))
    with transaction.atomic():
        if ledger.claim(key):
            return Decimal(0)
        lot = hold_lot(lot)
        difference = counted - lot.on_hand
        if difference:
            adjust(lot, quantity=difference, kind=MovementKind.ADJUSTMENT, note=_("counted"), key=key, by=by, at=at)
        Lot.objects.filter(pk=lot.pk).update(needs_count=False)
    return difference


def grade(lot: Lot, *, is_b_grade: bool) -> Lot:
    """Say whether these pieces are less than perfect: orders leave them alone from now on, or may take them again.

    What is kept back on the lot already stays kept. Raises IsArchived.
    """
    with transaction.atomic():
        lot = hold_lot(lot)
        Lot.objects.filter(pk=lot.pk).update(is_b_grade=is_b_grade)
        lot.is_b_grade = is_b_grade
        return lot


def archive(lots: list[Lot], *, at: datetime) -> None:
    """Put empty lots out of sight and out of their places. Raises StillHolding."""
    with transaction.atomic():
        wanted = Lot.objects.filter(pk__in=[lot.pk for lot in lots]).order_by("pk")
        held = list(wanted.select_for_update(no_key=True))
        holding = [lot for lot in held if lot.on_hand > 0]
        if holding:
            raise StillHolding(_("%(lot)s still holds something: empty it first.") % {"lot": holding[0]})
        wanted.filter(archived_at=None).update(archived_at=at, location=None, needs_count=False)


def bring_back(lot: Lot) -> Lot:
    """In sight again, empty as it went. Bringing back what is there changes nothing."""
    Lot.objects.filter(pk=lot.pk).update(archived_at=None)
    return lot


def _share(lot: Lot, quantity: Decimal) -> tuple[Decimal, Decimal]:
    """Money that goes with a part, at the lot's average; all of it with the whole."""
    balance = Balance(lot.on_hand, lot.bought_value, lot.full_value)
    bought, full = balance.book(-quantity, None, None, currency=current_workspace().currency)
    return -bought, -full


def revalue(  # noqa: PLR0913 - what a write-down has to say
    lot: Lot, *, bought_value: Decimal, full_value: Decimal, note: str, key: UUID, by: User | None, at: datetime
) -> None:
    """Write a lot down, or up, to what it is worth; its quantity stays.

    Raises NotAnAmount, NothingToRevalue, IsArchived.
    """
    with transaction.atomic():
        if ledger.claim(key):
            return
        held = hold_lot(lot)
        bought, full = bought_value - held.bought_value, full_value - held.full_value
        if not bought and not full:
            raise NotAnAmount(_("Nothing would change."))
        entry = Entry(lot.pk, MovementKind.REVALUATION, Decimal(0), bought, full, note=note)
        ledger.post([entry], source="hand", source_id=lot.pk, source_text=note, key=key, by=by, at=at)
