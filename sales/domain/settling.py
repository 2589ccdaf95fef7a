"""Saying which product lines are, whatever has become of their orders since."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import NAMESPACE_OID, uuid5

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from catalog.models import Variant
from inventory.choices import MovementKind
from inventory.domain import ledger
from inventory.domain.ledger import Batch, Entry
from nozzly.accounts.models import User
from sales.choices import OrderEventKind, OrderState
from sales.domain import parcel_boxes, picking, shipping, tax_classes
from sales.domain.bulk_shipping import ZERO, PostageGuess, estimates_for, set_cost
from sales.domain.import_amounts import tax_anew
from sales.domain.posted_labels import set_postage
from sales.domain.rows_at_once import update_rows
from sales.domain.states import lines_of
from sales.models import Order, OrderEvent, OrderLine, Parcel, ParcelLine

_FIELDS = (
    "variant", "pieces", "tax_class", "pieces_sent", "bought_cost", "full_cost", "cost_origin", "cost_home", "profit_home",
)  # fmt: skip


def settle_lines(wanted: Sequence[tuple[OrderLine, int, int]], *, by: User, at: datetime) -> int:
    """Give lines their variant and how many pieces one of them holds; answers how many lines changed.

    Lines of orders that were sent take their pieces from the shelf now and get a cost; those of before the books
    start get an estimate; tax follows their products where nothing rests on it yet. Lines that somebody else has named
    meanwhile stay as they are.
    """
    answers = {line.pk: (variant_id, pieces) for line, variant_id, pieces in wanted}
    with transaction.atomic():
        orders = Order.objects.filter(lines__in=list(answers)).order_by("pk")
        held = {
            order.pk: order
            for order in Order.objects.filter(pk__in=orders.values("pk")).order_by("pk").select_for_update()
        }
        lines = list(OrderLine.objects.filter(pk__in=answers, variant=None).select_related("imported").order_by("pk"))
        lines = [line for line in lines if held[line.order_id].state != OrderState.CANCELLED]
        variants = Variant.objects.select_related("product", "item").in_bulk({answers[line.pk][0] for line in lines})
        for line in lines:
            line.variant, line.pieces = variants[answers[line.pk][0]], answers[line.pk][1]
            line.order = held[line.order_id]
        _cost(lines, held, by=by, at=at)
        open_ones, sent_ones = _with_their_class(lines)
        update_rows(lines, _FIELDS)
        for order in open_ones:
            tax_classes.follow(order, lines_of(order))
        update_rows([order for order in held.values() if order.is_sent], ["cost_home", "profit_home"])
        _guess_postage([order for order in held.values() if order.is_sent], on=timezone.localdate(at))
        parcel_boxes.fill([order for order in held.values() if order.is_sent], by=by, at=at)
        tax_anew(sent_ones, at=at)
        OrderEvent.objects.bulk_create(
            OrderEvent(
                order=line.order, kind=OrderEventKind.NOTE, text=f"{line.title} = {line.variant}"[:300], at=at, by=by
            )
            for line in lines
        )
        return len(lines)


def _with_their_class(lines: Sequence[OrderLine]) -> tuple[list[Order], list[Order]]:
    """Lines of orders that are not sent take the tax class of their product.

    Answers the orders whose tax that moves, and those that were sent with another class.
    """
    moved, sent = {}, {}
    for line in lines:
        if line.tax_class == line.variant.product.tax_class:
            continue
        if line.order.is_sent:
            sent[line.order_id] = line.order
        else:
            line.tax_class, moved[line.order_id] = line.variant.product.tax_class, line.order
    return list(moved.values()), list(sent.values())


def _cost(lines: Sequence[OrderLine], held: dict[int, Order], *, by: User, at: datetime) -> None:
    sent = [line for line in lines if held[line.order_id].is_sent]
    for line in sent:
        line.pieces_sent = 0
    moving = [line for line in sent if not _is_history(line)]
    spent = _post(moving, by=by, at=at)
    estimates = estimates_for(sent, set(spent), on=timezone.localdate(at))
    for line in sent:
        line.pieces_sent, before = line.piece_count, line.cost_home or ZERO
        set_cost(line, spent.get(line.pk), estimates.get(line.variant_id))
        more = line.cost_home - before
        line.profit_home -= more
        held[line.order_id].cost_home += more
        held[line.order_id].profit_home -= more


def _guess_postage(orders: Sequence[Order], *, on: date) -> None:
    """Parcels whose weight nobody knew get the postage they probably cost, now that all of it is known."""
    parcels = Parcel.objects.filter(
        order__in=orders, postage_assumed=True, postage=0, service=None, undone_at=None, order__channel__isnull=False
    ).exclude(order__charges__code="label")
    lines_in_order = OrderLine.objects.select_related("variant__item", "variant__product").in_order()
    parcels = parcels.select_related("order__channel").prefetch_related(Prefetch("order__lines", lines_in_order))
    guesses: dict[int, PostageGuess] = {}
    for parcel in parcels.order_by("pk"):
        lines, channel = list(parcel.order.lines.all()), parcel.order.channel
        if any(line.variant_id is None for line in lines):
            continue
        guess = guesses[channel.pk] = guesses.get(channel.pk) or PostageGuess(channel, on=on)
        guess.learn([line.variant for line in lines])
        found = guess.parcel_of(parcel.order, lines)
        if found.service:
            parcel.service = found.service
            set_postage(parcel, found.postage)


def _is_history(line: OrderLine) -> bool:
    return hasattr(line, "imported") and line.imported.is_history


def _post(lines: Sequence[OrderLine], *, by: User, at: datetime) -> dict:
    picking.unpack_kits(lines)
    needs = picking.needs_of(lines)
    picking.lock_shelf(needs)
    by_line: dict[int, list[picking.Pick]] = {}
    for pick in picking.picks(needs):
        by_line.setdefault(pick.line.pk, []).append(pick)
    batches = [
        Batch(
            [Entry(pick.lot.pk, MovementKind.SALE, Decimal(-pick.pieces), note=line.title) for pick in by_line[line.pk]],
            source=shipping.SOURCE, source_id=line.order_id, source_text=line.order.number,
            key=uuid5(NAMESPACE_OID, f"order line {line.pk} named as {line.variant_id}"), by=by,
            at=min(line.order.shipped_at, at), recorded_at=at,
        )
        for line in lines
        if line.pk in by_line
    ]  # fmt: skip
    found = [line for line in lines if line.pk in by_line]
    spent = {}
    for line, rows in zip(found, ledger.post_many(batches), strict=True):
        taken = rows[: len(by_line[line.pk])]
        spent[line.pk] = (-sum(row.bought_value for row in taken), -sum(row.full_value for row in taken))
    _note_pieces(lines, spent)
    return spent


def _note_pieces(lines: Sequence[OrderLine], spent: dict) -> None:
    """What the parcel of each order held of them, and what that had cost."""
    known = ParcelLine.objects.filter(line__in=lines, parcel__undone_at=None)
    rows = {row.line_id: row for row in known}
    for line in lines:
        if row := rows.get(line.pk):
            row.pieces = line.piece_count
            row.bought_home, row.full_home = spent.get(line.pk, (ZERO, ZERO))
    ParcelLine.objects.bulk_update(rows.values(), ["pieces", "bought_home", "full_home"])
