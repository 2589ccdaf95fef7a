"""Pieces that come back: onto the shelf again or into the bin, and what the buyer gets for them instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.choices import MovementKind
from inventory.domain import ledger, lots
from inventory.domain.ledger import Entry
from inventory.domain.lots import LotDetails
from inventory.models import Location, Lot
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.core.money import round_money, split_money
from nozzly.tenancy.current import current_workspace
from sales.choices import OrderEventKind, OrderState, ReturnTo
from sales.domain import named_pieces, orders, picking, refunds
from sales.domain.picking import Need
from sales.domain.states import expect, lines_of, lock_order, note
from sales.models import Order, OrderLine, Return, ReturnLine

SOURCE = "return"
ZERO = Decimal(0)


class NothingCameBack(DomainError):
    pass


class MoreThanSent(DomainError):
    pass


class AlreadyTakenBack(DomainError):
    pass


@dataclass(frozen=True)
class Back:
    """So many pieces of a line (a kit counts as one) came back."""

    line: OrderLine
    pieces: int
    to: str = ReturnTo.STOCK


@dataclass(frozen=True)
class Parcelled:
    """What lies in a parcel that came back, and where it is put. ``replacement`` are lines of a new order."""

    backs: Sequence[Back]
    on: date
    reason: str = ""
    location: Location | None = None
    replacement: Sequence[orders.Line] = ()


@dataclass(frozen=True)
class _Worth:
    bought: Decimal
    full: Decimal


def pieces_back(order: Order) -> dict[int, int]:
    """By line: how many pieces are back already."""
    rows = ReturnLine.objects.filter(line__order=order).order_by().values("line").annotate(total=Sum("pieces"))
    return {row["line"]: row["total"] for row in rows}


def take_back(order: Order, parcel: Parcelled, *, key: UUID, by: User, at: datetime) -> Return:
    """Book what came back at what it had cost: on the shelf it is stock again, scrapped it comes and goes.

    An exchange makes a new order for the same buyer, without fees. The same ``key`` again changes nothing.
    Raises NotNow, NothingCameBack, MoreThanSent, NotThatDay.
    """
    with transaction.atomic():
        order = lock_order(order)
        if known := Return.objects.filter(key=key).first():
            return known
        expect(order, *OrderState.sent())
        refunds.refuse_day(order, parcel.on, at=at)
        earlier = pieces_back(order)
        lines = {line.pk: line for line in lines_of(order)}
        backs = [back for back in parcel.backs if back.pieces]
        _refuse(backs, lines, earlier)
        returned = Return.objects.create(
            order=order, on=parcel.on, booked_on=refunds.booked_on(parcel.on, at=at), reason=parcel.reason[:200],
            key=key, at=at, by=by, replacement=_replace(order, parcel, by=by, at=at),
        )  # fmt: skip
        rows, entries = [], []
        for back in backs:
            line, before = lines[back.line.pk], earlier.get(back.line.pk, 0)
            worth = _worth(line, before, back.pieces)
            earlier[line.pk] = before + back.pieces
            made, lot = _entries(order, line, back, worth, parcel.location)
            entries += made
            rows.append(
                ReturnLine(
                    returned=returned, line=line, pieces=back.pieces, to=back.to, lot=lot, bought_home=worth.bought,
                    full_home=worth.full,
                )
            )  # fmt: skip
        ledger.post(
            entries, source=SOURCE, source_id=order.pk, source_text=order.number, key=key, by=by,
            at=_moment(parcel.on, at), recorded_at=at,
        )  # fmt: skip
        ReturnLine.objects.bulk_create(rows)
        _settle(order, lines.values(), earlier)
        count = sum(back.pieces for back in backs)
        text = ngettext("{count} piece. {reason}", "{count} pieces. {reason}", count)
        text = text.format(count=count, reason=parcel.reason).strip()
        note(order, OrderEventKind.RETURNED, text=text, by=by, at=at)
        return returned


def undo_return(returned: Return, *, key: UUID, by: User, at: datetime) -> Return:
    """It was told by mistake: the pieces leave the shelf again.

    Raises AlreadyTakenBack, InsufficientStock when they are gone by now.
    """
    with transaction.atomic():
        order = lock_order(returned.order)
        if known := Return.objects.filter(key=key).first():
            return known
        if returned.reverses_id or Return.objects.filter(reverses=returned).exists():
            raise AlreadyTakenBack(_("This return was taken back already."))
        ledger.reverse(returned.key, key=key, by=by, at=at)
        on = timezone.localdate(at)
        back = Return.objects.create(
            order=order, reverses=returned, on=on, booked_on=refunds.booked_on(on, at=at), reason=_("taken back"),
            key=key, at=at, by=by,
        )  # fmt: skip
        ReturnLine.objects.bulk_create(
            ReturnLine(
                returned=back, line_id=row.line_id, pieces=-row.pieces, to=row.to, lot_id=row.lot_id,
                bought_home=-row.bought_home, full_home=-row.full_home,
            )
            for row in returned.lines.all()
        )  # fmt: skip
        if order.state == OrderState.RETURNED:
            order.state = OrderState.DELIVERED if order.delivered_on else OrderState.SHIPPED
            order.save(update_fields=["state", "updated_at"])
        note(order, OrderEventKind.RETURNED, text=_("taken back"), by=by, at=at)
        return back


def _moment(on: date, at: datetime) -> datetime:
    """When a parcel of an earlier day came: so what it puts back counts for the same day in the books and in profit."""
    return at if on == timezone.localdate(at) else datetime.combine(on, time(12), tzinfo=current_workspace().zone)


def _refuse(backs: Sequence[Back], lines: dict[int, OrderLine], earlier: dict[int, int]) -> None:
    if not backs:
        raise NothingCameBack(_("Say how many pieces came back."))
    wanted: dict[int, int] = {}
    for back in backs:
        wanted[back.line.pk] = wanted.get(back.line.pk, 0) + back.pieces
    for pk, pieces in wanted.items():
        line = lines.get(pk)
        left = line.pieces_gone - earlier.get(pk, 0) if line else 0
        if pieces > left or any(back.pieces < 0 for back in backs):
            title = line.title if line else _("A line of another order")
            raise MoreThanSent(_("{title}: at most {left} pieces can come back.").format(title=title, left=left))


def _replace(order: Order, parcel: Parcelled, *, by: User, at: datetime) -> Order | None:
    if not parcel.replacement:
        return None
    facts = orders.Facts(
        placed_on=timezone.localdate(at), customer=order.customer, ship_to=order.ship_to, currency=order.currency,
        ship_to_country=order.ship_to_country, note=_("In exchange for order {number}").format(number=order.number),
    )  # fmt: skip
    return orders.create_order(facts, parcel.replacement, by=by, at=at)


def _worth(line: OrderLine, before: int, pieces: int) -> _Worth:
    """What these pieces had cost when they were sold: the parts of all returns add up to the line's cost."""
    home, gone = current_workspace().currency, line.pieces_gone

    def share(total: Decimal) -> Decimal:
        upto = round_money(total * (before + pieces) / gone, home)
        return upto - round_money(total * before / gone, home)

    full = share(line.cost_home or ZERO)
    return _Worth(bought=min(share(round_money((line.bought_cost or ZERO) * gone, home)), full), full=full)


def _entries(
    order: Order, line: OrderLine, back: Back, worth: _Worth, location: Location | None
) -> tuple[list[Entry], Lot | None]:
    """The ledger's rows for what came back, and the lot that holds it now; a kit comes back as what is in it."""
    needs = picking.needs_of([line], {line.pk: back.pieces})
    if not needs:
        return [], None
    home = current_workspace().currency
    weights = [_weight(need) for need in needs]
    bought, full = split_money(worth.bought, weights, home), split_money(worth.full, weights, home)
    is_named = bool(line.personalisation)  # with a name on it, it is for nobody else
    came_back = _("Came back from order {number}").format(number=order.number)
    note_on_it, is_b_grade = named_pieces.note_of(line) if is_named else came_back, line.b_grade or is_named
    details = LotDetails(location=location, note=note_on_it, is_b_grade=is_b_grade)
    made = lots.create_lots_of([(need.item, details) for need in needs])
    entries = []
    for need, lot, part_bought, part_full in zip(needs, made, bought, full, strict=True):
        entries.append(
            Entry(lot.pk, MovementKind.RETURN, Decimal(need.pieces), part_bought, part_full, note=line.title)
        )
        if back.to == ReturnTo.SCRAP:
            entries.append(Entry(lot.pk, MovementKind.SCRAP, Decimal(-need.pieces), note=line.title))
    return entries, made[0] if back.to == ReturnTo.STOCK else None


def _weight(need: Need) -> Decimal:
    return (need.variant.full_cost or Decimal(1)) * need.pieces


def _settle(order: Order, lines: Sequence[OrderLine], back: dict[int, int]) -> None:
    """All of it is back: the order says so, unless the money went back already."""
    if order.state != OrderState.REFUNDED and all(back.get(line.pk, 0) >= line.pieces_gone for line in lines):
        order.state = OrderState.RETURNED
        order.save(update_fields=["state", "updated_at"])
