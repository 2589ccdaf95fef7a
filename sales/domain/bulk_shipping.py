"""Sending many orders at once, as an import does: the shelf is read once, the ledger is written once."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.utils import timezone

from catalog.domain.costing_inputs import variant_costs
from catalog.models import Variant
from inventory.choices import MovementKind
from inventory.domain import ledger
from inventory.domain.ledger import Batch, Entry
from nozzly.accounts.models import User
from nozzly.core.bulk import insert_rows
from nozzly.core.money import round_money, round_unit_cost
from nozzly.tax.domain.treatment import Destination
from nozzly.tenancy.current import current_workspace
from pricing.choices import ChannelKind
from pricing.domain import postage
from pricing.domain.subjects import subjects_of
from pricing.domain.term_days import days_of_change
from pricing.domain.terms import Terms, sent_to, terms_of
from pricing.models import Channel, ShippingService
from sales.choices import CostOrigin
from sales.domain import figures, parcel_boxes, picking, shipping, tax_classes, tax_parts
from sales.domain.rows_at_once import update_rows
from sales.models import Order, OrderCharge, OrderLine, OrderTax, Parcel, ParcelLine

ZERO = Decimal(0)
FROZEN = (
    "bought_cost", "full_cost", "cost_origin", "net_home", "tax_home", "fees_home", "cost_home", "post_home",
    "profit_home", "pieces_sent", "variant", "pieces", "tax_class",
)  # fmt: skip


class TermsBook:
    """Terms of one channel by day and destination, worked out once for all days between two changes."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self._days: dict[date, Terms] = {}
        self._kept: dict[tuple, Terms] = {}

    def of(self, on: date, country: str, *, business: bool = False) -> Terms:
        on = self._since(on)
        key = (on, country, business)
        if key not in self._kept:
            self._kept[key] = self._work_out(on, country or current_workspace().country, business=business)
        return self._kept[key]

    @cached_property
    def _changes(self) -> list[date]:
        return days_of_change(self.channel)

    def _since(self, on: date) -> date:
        """The first of the days on which the same holds as on this one."""
        before = bisect_right(self._changes, on)
        return self._changes[before - 1] if before else date.min

    def _work_out(self, on: date, country: str, *, business: bool) -> Terms:
        to = Destination(country=country, business_buyer=business, looks_at_border=True)
        if on not in self._days:
            self._days[on] = terms_of(self.channel, on=on, to=to)
            return self._days[on]
        return sent_to(self._days[on], to)


class PostageGuess:
    """What posting orders of the past probably cost: the cheapest service that takes the pieces, marked as assumed."""

    def __init__(self, channel: Channel, *, on: date) -> None:
        self.on = on
        self.handed_over = channel.kind == ChannelKind.FAIR
        self.services = [] if self.handed_over else list(ShippingService.objects.newest_on(on))
        self._weights: dict[int, Decimal | None] = {}

    def learn(self, variants: Sequence[Variant]) -> None:
        fresh = {variant.pk: variant for variant in variants if variant.pk not in self._weights}
        if fresh and self.services:
            subjects = subjects_of(fresh.values(), on=self.on)
            self._weights |= {pk: subject.weight_g for pk, subject in subjects.items()}

    def parcel_of(self, order: Order, lines: Sequence[OrderLine]) -> Parcel:
        weights = [(self._weights.get(line.variant_id), line.piece_count) for line in lines if line.variant_id]
        service = None
        if weights and all(weight is not None for weight, _pieces in weights):
            home = current_workspace().country
            parcel = postage.Parcel(sum((weight * pieces for weight, pieces in weights), ZERO))
            zone = postage.zone_of(home, order.ship_to_country or home)
            service = postage.cheapest(self.services, parcel, zone=zone)
        return Parcel(
            order=order, service=service, postage=service.price if service else ZERO, packaging_cost=ZERO,
            postage_assumed=not self.handed_over, tracking=order.tracking,
        )  # fmt: skip


@dataclass
class Sent:
    """An order that left: its lines, the day, and whether it was before the books start."""

    order: Order
    lines: list[OrderLine]
    on: date
    is_history: bool
    key: UUID
    parcel: Parcel | None = None
    costs: dict[int, tuple[Decimal, Decimal]] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        return datetime.combine(self.on, time(12), tzinfo=current_workspace().zone)


def send_all(sent: Sequence[Sent], *, terms: TermsBook, guess: PostageGuess, by: User, at: datetime) -> None:
    """Post the sales, freeze what each order brought and cost, and save orders and lines, which exist already.

    They take the one box that the recipes of their goods name. Orders of before the books start move no stock; their
    costs are estimates.
    """
    if not sent:
        return
    lines = [line for each in sent for line in each.lines]
    guess.learn([line.variant for line in lines if line.variant_id])
    _parcels(sent, guess)
    moving = [each for each in sent if not each.is_history]
    _post(moving, by=by, at=at)
    estimates = estimates_for(lines, {pk for each in moving for pk in each.costs}, on=timezone.localdate(at))
    charges: list[OrderCharge] = []
    taxes: list[OrderTax] = []
    for each in sent:
        for line in each.lines:
            line.tax_class = tax_classes.class_of(line.variant, line.tax_class)
        _freeze(each, terms, estimates)
        found = figures.figures_of(each.order, each.lines, terms=terms_in(terms, each.order))
        shipping.freeze(each.order, each.lines, each.parcel, found)
        charges += shipping.charges_of(each.order, found, at=at)
        taxes += tax_parts.rows_of(each.order, found.rates, frozen=True)
    update_rows(lines, FROZEN)
    insert_rows(charges)
    OrderTax.objects.filter(order__in=[each.order for each in sent]).delete()
    insert_rows(taxes)


def terms_in(book: TermsBook, order: Order) -> Terms:
    business = bool(order.customer_id and order.customer.is_business)
    return book.of(order.placed_on, order.ship_to_country, business=business)


def _parcels(sent: Sequence[Sent], guess: PostageGuess) -> None:
    for each in sent:
        each.parcel = guess.parcel_of(each.order, each.lines)
        each.parcel.key = parcel_boxes.parcel_key(each.key)
    parcel_boxes.choose(
        [(each.parcel, each.lines) for each in sent if each.parcel.postage_assumed and not each.is_history]
    )
    Parcel.objects.bulk_create([each.parcel for each in sent], batch_size=1000)


def _post(sent: Sequence[Sent], *, by: User, at: datetime) -> None:
    """Pieces leave the shelf, the oldest lots first, in the order the orders were sent."""
    for each in sent:
        for line in each.lines:
            line.pieces_sent = 0
    in_order = sorted(sent, key=lambda each: (each.on, each.order.pk))
    lines = [line for each in in_order for line in each.lines]
    picking.unpack_kits(lines)
    needs = picking.needs_of(lines)
    boxes = {each.parcel.packaging for each in sent if each.parcel.packaging}
    picking.lock_shelf(needs, *boxes)
    shelf = parcel_boxes.Shelf(boxes)
    picks: dict[int, list[picking.Pick]] = {}
    for pick in picking.picks(needs):
        picks.setdefault(pick.line.order_id, []).append(pick)
    batches = [
        Batch(
            entries,
            source=shipping.SOURCE, source_id=each.order.pk, source_text=each.order.number, key=each.key, by=by,
            at=min(each.at, at), recorded_at=at,
        )
        for each in in_order
        if (entries := [*map(_sale, picks.get(each.order.pk, ())), *shelf.take(each.parcel)])
    ]  # fmt: skip
    booked = dict(zip((batch.source_id for batch in batches), ledger.post_many(batches), strict=True))
    for each in in_order:
        found, rows = picks.get(each.order.pk, ()), booked.get(each.order.pk, ())
        each.costs = _costs(found, rows)
        if each.parcel.packaging:
            each.parcel.packaging_cost = -rows[len(found)].full_value
    update_rows([each.parcel for each in sent if each.parcel.packaging], ["packaging_cost"])
    picking.let_go(lines)
    _note_pieces(in_order)


def _sale(pick: picking.Pick) -> Entry:
    return Entry(pick.lot.pk, MovementKind.SALE, Decimal(-pick.pieces), note=pick.line.title)


def _costs(picks: Sequence[picking.Pick], rows: Sequence) -> dict[int, tuple[Decimal, Decimal]]:
    """Bought and full value by line; rows booked as found come after those asked for."""
    spent: dict[int, tuple[Decimal, Decimal]] = {}
    for pick, row in zip(picks, rows, strict=False):
        bought, full = spent.get(pick.line.pk, (ZERO, ZERO))
        spent[pick.line.pk] = (bought - row.bought_value, full - row.full_value)
    return spent


def _note_pieces(sent: Sequence[Sent]) -> None:
    insert_rows(
        [
            ParcelLine(
                parcel=each.parcel, line=line, pieces=line.piece_count,
                bought_home=each.costs.get(line.pk, (ZERO, ZERO))[0], full_home=each.costs.get(line.pk, (ZERO, ZERO))[1],
            )
            for each in sent
            for line in each.lines
        ]
    )  # fmt: skip


def estimates_for(lines: Sequence[OrderLine], known: set[int], *, on: date) -> dict[int, tuple[Decimal, Decimal]]:
    """Bought and full cost of a piece by variant, for lines whose pieces did not come from the shelf."""
    wanted = {line.variant_id: line.variant for line in lines if line.variant_id and line.pk not in known}
    found = variant_costs(wanted.values(), on) if wanted else {}
    return {pk: (cost.bought, cost.full) for pk, cost in found.items()}


def _freeze(sent: Sent, terms: TermsBook, estimates: Mapping[int, tuple[Decimal, Decimal]]) -> None:
    for line in sent.lines:
        line.pieces_sent = line.piece_count
        set_cost(line, sent.costs.get(line.pk), estimates.get(line.variant_id))


def set_cost(line: OrderLine, spent: tuple[Decimal, Decimal] | None, estimate: tuple[Decimal, Decimal] | None) -> None:
    """Actual cost of pieces that left; else the recipe's estimate; else it is not known. Saves nothing."""
    pieces = line.piece_count
    if spent and spent[1]:
        line.cost_origin = CostOrigin.ACTUAL
        line.bought_cost, line.full_cost = round_unit_cost(spent[0] / pieces), round_unit_cost(spent[1] / pieces)
        line.cost_home = spent[1]
    elif estimate and estimate[1]:
        line.cost_origin = CostOrigin.ESTIMATED
        line.bought_cost, line.full_cost = round_unit_cost(estimate[0]), round_unit_cost(estimate[1])
        line.cost_home = round_money(estimate[1] * pieces, current_workspace().currency)
    else:
        line.cost_origin = CostOrigin.UNKNOWN
        line.bought_cost = line.full_cost = line.cost_home = ZERO
