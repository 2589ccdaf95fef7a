"""Posting a sale: the ledger takes the pieces, the order keeps what it brought and what it really cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from catalog.choices import Stage
from catalog.domain.costing_inputs import variant_costs
from catalog.models import RecipeComponent
from inventory.choices import ItemKind, MovementKind
from inventory.domain import ledger, lots
from inventory.domain.ledger import Entry
from inventory.models import Item, Lot
from nozzly.accounts.models import User
from nozzly.core.money import round_money, round_unit_cost
from nozzly.tax.domain.treatment import Destination
from nozzly.tenancy.current import current_workspace
from pricing.choices import ChannelKind
from pricing.domain import postage
from pricing.domain.subjects import Subject, subjects_of
from pricing.models import ShippingService
from production.domain.spools import expect_replacement_cost
from sales.choices import CostOrigin
from sales.domain import figures, picking, tax_parts
from sales.domain.picking import Pick
from sales.models import Order, OrderCharge, OrderLine, Parcel, ParcelLine

SOURCE = "order"
ZERO = Decimal(0)
_FROZEN = (
    "bought_cost", "full_cost", "cost_origin", "net_home", "tax_home", "fees_home", "cost_home", "post_home",
    "profit_home",
)  # fmt: skip


def destination(order) -> Destination:
    """Where goods go; without an address they are taken to stay at home."""
    customer = order.customer
    return Destination(
        country=order.ship_to_country or current_workspace().country,
        business_buyer=bool(customer and customer.is_business),
        looks_at_border=True,
    )


def usual_service(order: Order, *, on: date, subjects: Mapping[int, Subject] | None = None) -> ShippingService | None:
    """What prices reckon with: the cheapest service that takes all pieces; None where the order is handed over.

    Whoever knows the ``subjects`` of its lines passes them.
    """
    if order.channel is None or order.channel.kind == ChannelKind.FAIR:
        return None
    lines = [line for line in order.lines.all() if line.variant]
    subjects = subjects_of({line.variant for line in lines}, on=on) if subjects is None else subjects
    weights = [(subjects[line.variant_id].weight_g, line.quantity * line.pieces) for line in lines]
    if not weights or any(weight_g is None for weight_g, _pieces in weights):
        return None
    parcel = postage.Parcel(sum((weight_g * pieces for weight_g, pieces in weights), ZERO))
    zone = postage.zone_of(current_workspace().country, destination(order).country)
    return postage.cheapest(ShippingService.objects.newest_on(on), parcel, zone=zone)


def usual_packaging(order: Order) -> Item | None:
    """The box that the recipes of the order's goods name; None where they name none, or more than one."""
    if order.channel is None or order.channel.kind == ChannelKind.FAIR:
        return None
    products = {line.variant.product_id for line in order.lines.all() if line.variant}
    boxes = RecipeComponent.objects.filter(
        recipe__product__in=products, recipe__is_current=True, stage=Stage.PACK,
        item__kind=ItemKind.PACKAGING, item__archived_at=None,
    )  # fmt: skip
    found = Item.objects.filter(pk__in=boxes.values("item"))[:2]
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class Posting:
    """What a parcel takes: so many pieces of each line (by its key)."""

    order: Order
    lines: Sequence[OrderLine]
    parcel: Parcel
    pieces: Mapping[int, int]


def post_parcel(posting: Posting, *, key: UUID, by: User, at: datetime, stall: frozenset[int] = frozenset()) -> None:
    """Book the pieces and the packaging of one parcel and count them on the lines, which are saved."""
    order, parcel = posting.order, posting.parcel
    needs = picking.needs_of(posting.lines, posting.pieces)
    picking.lock_shelf(needs, parcel.packaging)
    picks = picking.picks(needs, stall=stall)
    box = _packaging_entries(parcel)
    entries = [Entry(pick.lot.pk, MovementKind.SALE, Decimal(-pick.pieces), note=pick.line.title) for pick in picks]
    booked = ledger.post(
        [*entries, *box], source=SOURCE, source_id=order.pk, source_text=order.number, key=key, by=by, at=at
    )
    parcel.packaging_cost = -sum((row.full_value for row in booked[len(picks) : len(picks) + len(box)]), ZERO)
    parcel.save(update_fields=["packaging_cost"])
    _note_pieces(posting, picks, booked[: len(picks)])
    # After the ledger has its lots: all writers lock lots first, then what is kept on them.
    if any(line.pieces_left for line in posting.lines):
        picking.keep_back(order, posting.lines)
    else:
        picking.let_go(posting.lines)


def _note_pieces(posting: Posting, picks: Sequence[Pick], booked: Sequence) -> None:
    spent: dict[int, tuple[Decimal, Decimal]] = {}
    for pick, row in zip(picks, booked, strict=True):
        bought, full = spent.get(pick.line.pk, (ZERO, ZERO))
        spent[pick.line.pk] = (bought - row.bought_value, full - row.full_value)
    rows = []
    for line in posting.lines:
        pieces = posting.pieces.get(line.pk, 0)
        if pieces:
            line.pieces_sent += pieces
            bought, full = spent.get(line.pk, (ZERO, ZERO))
            rows.append(ParcelLine(parcel=posting.parcel, line=line, pieces=pieces, bought_home=bought, full_home=full))
    ParcelLine.objects.bulk_create(rows)
    OrderLine.objects.bulk_update(posting.lines, ["pieces_sent", "pieces_dropped"])


def _packaging_entries(parcel: Parcel) -> list[Entry]:
    if parcel.packaging is None:
        return []
    shelf = Lot.objects.filter(item=parcel.packaging).available().oldest_first()
    lot = shelf.holding().first() or shelf.first()
    if lot is None:
        lot = lots.create_lot(parcel.packaging)
        expect_replacement_cost(lot)
    return [Entry(lot.pk, MovementKind.CONSUMPTION, Decimal(-parcel.packaging_count))]


def freeze_order(order: Order, lines: Sequence[OrderLine], *, at: datetime) -> None:
    """All of it is sent: freeze what it brought and what it really cost; the caller saves the order."""
    _freeze_costs(lines, at=at)
    found = figures.figures_of(order, lines)
    first, *others = order.parcels.filter(undone_at=None).order_by("pk")
    freeze(order, lines, first, found, others=others)
    OrderLine.objects.bulk_update(lines, _FROZEN)
    if len({line.tax_class for line in lines}) > 1:
        tax_parts.keep(order, found.rates, frozen=True)
    last = OrderCharge.objects.filter(order=order, charged=False).aggregate(last=Max("round"))["last"]
    OrderCharge.objects.bulk_create(charges_of(order, found, at=at, again=0 if last is None else last + 1))


def _freeze_costs(lines: Sequence[OrderLine], *, at: datetime) -> None:
    """Actual cost of the pieces that left; where they had none (found on the shelf) the recipe's estimate."""
    sums = ParcelLine.objects.filter(line__in=lines, parcel__undone_at=None).values("line")
    spent = {
        row["line"]: (row["bought"], row["full"])
        for row in sums.annotate(bought=Sum("bought_home"), full=Sum("full_home"))
    }
    unknown = [line for line in lines if line.variant_id and line.pieces_sent and not spent.get(line.pk, (0, 0))[1]]
    estimates = variant_costs([line.variant for line in unknown], at.date()) if unknown else {}
    for line in lines:
        bought, full = spent.get(line.pk, (ZERO, ZERO))
        if full:
            line.cost_origin = CostOrigin.ACTUAL
            line.bought_cost = round_unit_cost(bought / line.pieces_sent)
            line.full_cost = round_unit_cost(full / line.pieces_sent)
            line.cost_home = full
        else:
            _estimate(line, estimates.get(line.variant_id) if line.pieces_sent else None)


def _estimate(line: OrderLine, breakdown) -> None:
    if breakdown is None or not breakdown.full:
        line.cost_origin, line.bought_cost, line.full_cost, line.cost_home = CostOrigin.UNKNOWN, ZERO, ZERO, ZERO
        return
    line.cost_origin = CostOrigin.ESTIMATED
    line.bought_cost, line.full_cost = round_unit_cost(breakdown.bought), round_unit_cost(breakdown.full)
    line.cost_home = round_money(breakdown.full * line.pieces_gone, current_workspace().currency)


def freeze(
    order: Order, lines: Sequence[OrderLine], parcel: Parcel, found: figures.Figures, *, others: Sequence[Parcel] = ()
) -> None:
    """Write what it brought and what was left onto the order and its lines, whose costs are known; saves nothing."""
    order.net_home, order.tax_home, order.fees_home = found.net_home, found.tax_home, found.fees_home
    order.cost_home = sum((line.cost_home for line in lines), ZERO)
    order.post_home = sum((each.postage + (each.packaging_cost or ZERO) for each in (parcel, *others)), ZERO)
    order.profit_home = order.net_home - order.fees_home - order.cost_home - order.post_home
    order.tax_kind, order.tax_rate_pct = found.terms.treatment.kind, found.terms.treatment.rate_pct
    nets, taxes = figures.net_shares(found, lines), figures.tax_shares(found, lines)
    shares = (figures.share(amount, lines) for amount in (order.fees_home, order.post_home))
    for line, net, tax, fees, post in zip(lines, nets, taxes, *shares, strict=True):
        line.net_home, line.tax_home, line.fees_home, line.post_home = net, tax, fees, post
        line.profit_home = net - fees - post - line.cost_home


def charges_of(order: Order, found: figures.Figures, *, at: datetime, again: int = 0) -> list[OrderCharge]:
    """What the channel takes by its schedule, kept beside what its statement will say.

    ``again`` counts how often the order was shipped before and that was undone.
    """
    home = current_workspace().currency
    rows: dict[str, tuple[str, str, Decimal]] = {}
    for line in found.quote.lines:
        label, formula, amount = rows.get(line.code, (line.label, line.formula, ZERO))
        rows[line.code] = (label, formula, amount + line.amount)
    rows["vat_on_fees"] = (_("Tax on fees"), "", found.quote.fee_cost - found.quote.total_fees)
    return [
        OrderCharge(
            order=order, code=code, label=label, formula=formula[:120], amount=amount,
            amount_home=round_money(amount * order.rate, home), source=found.terms.schedule.id, at=at, round=again,
        )
        for code, (label, formula, amount) in rows.items()
        if amount
    ]  # fmt: skip
