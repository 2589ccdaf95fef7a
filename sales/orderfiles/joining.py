"""One order out of several files: lines from one, money from another, what was given back from a third."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal

from sales.choices import OrderFileKind
from sales.orderfiles.facts import ZERO, Buyer, FileLine, FileOrder, FileRow, OrderFile

# Whose money of the whole order counts before that of the others.
_RANK = {
    OrderFileKind.ETSY_ORDERS: 0, OrderFileKind.SHOPIFY_ORDERS: 0, OrderFileKind.EBAY_ORDERS: 0,
    OrderFileKind.TABLE: 0, OrderFileKind.ETSY_ITEMS: 1, OrderFileKind.EBAY_TRANSACTIONS: 2,
    OrderFileKind.ETSY_PAYMENTS: 3,
}  # fmt: skip
_MONEY = ("goods", "discount", "postage", "gift_wrap", "tax", "tax_inside", "total")
UNLISTED = "Not listed in the file"


@dataclass
class Joined:
    """All files of an import as one; ``rows`` are those of statements, each once."""

    orders: list[FileOrder] = field(default_factory=list)
    rows: list[FileRow] = field(default_factory=list)


def join(files: Sequence[OrderFile]) -> Joined:
    found: dict[str, list[tuple[str, FileOrder]]] = {}
    rows: dict[str, FileRow] = {}
    numbers = {order.earlier_id: order.external_id for file in files for order in file.orders if order.earlier_id}
    for file in files:
        for order in file.orders:
            found.setdefault(numbers.get(order.external_id, order.external_id), []).append((file.kind, order))
        for row in file.rows:
            rows.setdefault(row.key, row)
    return Joined([_one(name, parts) for name, parts in found.items()], list(rows.values()))


def _one(name: str, parts: Sequence[tuple[str, FileOrder]]) -> FileOrder:
    """The parts of one order, the most telling file first; overlapping reports repeat, the later ones know more."""
    ranked = sorted(parts, key=lambda part: _RANK[part[0]])
    head = ranked[0][1]
    others = [order for _kind, order in ranked[1:]]
    with_lines = [order for _kind, order in parts if order.lines]
    order = FileOrder(name, head.number, placed_on=head.placed_on, currency=head.currency)
    order.lines = _lines(with_lines)
    for field_name in _MONEY:
        setattr(order, field_name, getattr(head, field_name))
    order.buyer = _buyer([head, *others])
    order.states_amounts = head.states_amounts
    order.states_lines = bool(with_lines) and all(each.states_lines for each in with_lines)
    for field_name in ("placed_on", "currency", "other_id", "pieces", "paid_on", "shipped_on", "cancelled_on", "due_on",
                 "tracking", "note", "skus"):  # fmt: skip
        setattr(order, field_name, _first(getattr(each, field_name) for each in (head, *others)))
    order.refunded = max(each.refunded for _kind, each in parts)
    order.refused = any(each.refused for _kind, each in parts)
    if head.lines or not order.lines:
        _agree(order)
    else:
        fit_lines(order)
    return order


def _lines(orders: Sequence[FileOrder]) -> list[FileLine]:
    """Those of the fullest file; equal ones of overlapping files are the same lines, perhaps sent by now."""
    if not orders:
        return []
    fullest = max(orders, key=lambda order: (len(order.lines), order.shipped_on is not None))
    return list(fullest.lines)


def fit_lines(order: FileOrder) -> None:
    """Lines of one file under the money of another, which knows the discount of the whole order."""
    by_line = sum((line.discount for line in order.lines), ZERO)
    if by_line == order.discount:
        order.discount = ZERO
    elif by_line:
        for line in order.lines:
            line.discount = ZERO
    _agree(order)


def _agree(order: FileOrder) -> None:
    """Lines and order come to the same: what a file leaves out gets a line of its own, what is too much a discount."""
    if order.goods is None or not order.lines:
        return
    listed = sum((line.total for line in order.lines), ZERO)
    missing = order.goods - listed
    if missing > 0 and _is_before_discount(order, listed):
        missing = order.goods - sum((line.unit_price * line.quantity for line in order.lines), ZERO)
    if missing > 0:
        order.lines.append(FileLine(order.number, title=UNLISTED, unit_price=missing))
    elif missing < 0:
        order.discount += -missing
    order.goods = None


def _is_before_discount(order: FileOrder, listed: Decimal) -> bool:
    """Etsy's order value is before discounts, which stand on its lines here."""
    by_line = sum((line.discount for line in order.lines), ZERO)
    return order.goods == listed + by_line


def _buyer(orders: Sequence[FileOrder]) -> Buyer:
    buyer = Buyer()
    for part in fields(Buyer):
        setattr(buyer, part.name, _first(getattr(order.buyer, part.name) for order in orders) or "")
    return buyer


def _first(values: Iterable[object]) -> object:
    last = None
    for value in values:
        last = value
        if value:
            return value
    return last
