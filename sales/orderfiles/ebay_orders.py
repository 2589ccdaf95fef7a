"""eBay's Orders report: blank lines and footers around it, a summary row over the items of a combined order."""

import re
from collections.abc import Sequence
from decimal import Decimal

from sales.orderfiles.countries import country_code
from sales.orderfiles.dates import DateOrder
from sales.orderfiles.facts import RECORD, ZERO, Buyer, FileLine, FileOrder, OrderFile
from sales.orderfiles.options import plain, split_options
from sales.orderfiles.parsing import BadCell, Desk, filled, first, once, order_key, per_piece
from sales.orderfiles.sheets import Row, Sheet

_MONEY = ("price", "postage", "total", "tax")
_DATES = ("date", "paid", "shipped", "due")
_FOOTER = re.compile(
    r"^\W*(\d+\W*(record|datens|enregistrement|registro|bestellung)|(seller|verk.{1,2}ufer)[\s-]*id|id du vendeur)",
    re.IGNORECASE,
)


def read_orders(sheet: Sheet, *, said: DateOrder | None = None) -> OrderFile:
    desk = Desk(sheet, money=_MONEY, dates=_DATES, usual=DateOrder.MONTH_FIRST, said=said)
    groups: dict[str, list[Row]] = {}
    for row in _body(sheet.rows):
        key = order_key(row["order"]) or _record(row)
        if key:
            groups.setdefault(key, []).append(row)
        else:
            desk.problem(row.number, "This row names no order.")
    for key, rows in groups.items():
        _order_of(desk, key, rows)
    if not {"title", "listing"} & set(sheet.columns):
        desk.problem(0, "This report has no columns with items; its orders come without lines.", refuses=False)
    return desk.file


def _record(row: Row) -> str:
    """What an order is called while it has no number."""
    record = filled(row["record"])
    return f"{RECORD}{record}" if record else ""


def _body(rows: Sequence[Row]) -> list[Row]:
    """Up to the footer, wherever it stands."""
    kept = []
    for row in rows:
        if _FOOTER.match(" ".join(cell for cell in row.cells if cell)):
            break
        if not row.is_empty:
            kept.append(row)
    return kept


def _order_of(desk: Desk, key: str, rows: Sequence[Row]) -> None:
    """Money of the whole order stands on its first row: the summary, or its only item."""
    head = rows[0]
    order = FileOrder(key, head.number, buyer=_buyer(head), other_id=_record(head))
    items = [row for row in _distinct(rows) if row["listing"] or row["title"]]
    good = desk.each([head], lambda row: _money_of(desk, order, row, rows))
    good = good and desk.each(items, lambda row: order.lines.append(_line(desk, order, row, alone=len(items) == 1)))
    good = good and desk.attempt(order.number, lambda: _whole_order(desk, order, head, items))
    desk.close(order, good=good)


def _distinct(rows: Sequence[Row]) -> list[Row]:
    """Reports overlap; joined by hand they hold the same row twice."""
    return list({row.key: row for row in rows}.values())


def _money_of(desk: Desk, order: FileOrder, head: Row, rows: Sequence[Row]) -> None:
    order.placed_on = next((day for row in rows if (day := desk.day(row, "date"))), None) or desk.day(head, "paid")
    order.paid_on, order.due_on = desk.day(head, "paid"), desk.day(head, "due")
    signs = {sign for row in rows for name in ("price", "postage", "total") if (sign := desk.money(row, name)[1])}
    if len(signs) > 1:
        raise BadCell(f"Order {order.external_id} is in two currencies; they are never added.")
    order.currency = signs.pop() if signs else _plain_currency(desk, rows)
    order.postage, _ = once(desk.amount(row, "postage") for row in rows)
    order.total = desk.amount(head, "total")
    order.tax = (
        once(desk.amount(row, "tax") for row in rows)[0] + once(desk.amount(row, "seller_tax") for row in rows)[0]
    )
    days = [desk.day(row, "shipped") for row in rows if row["listing"] or row["title"]] or [desk.day(head, "shipped")]
    order.shipped_on = max(days) if all(days) else None
    order.tracking = ", ".join(dict.fromkeys(text for row in rows if (text := filled(row["tracking"]))))[:80]
    order.note = plain(filled(head["note"]))


def _plain_currency(desk: Desk, rows: Sequence[Row]) -> str:
    """A bare $ is what eBay in the US writes."""
    bare = any("$" in row[name] for row in rows for name in ("price", "total"))
    return "USD" if bare else ""


def _line(desk: Desk, order: FileOrder, row: Row, *, alone: bool) -> FileLine:
    options, personal = split_options(row["options"])
    line = FileLine(
        row.number, title=plain(row["title"])[:300], external_id=filled(row["line_id"])[:80],
        listing=filled(row["listing"])[:80], sku=filled(row["sku"])[:120], options=options, personalisation=personal,
        quantity=desk.pieces(row, "quantity") or 1, shipped_on=desk.day(row, "shipped"),
    )  # fmt: skip
    price = desk.amount(row, "price")
    if price is None or price < 0:
        raise BadCell("This item has no price.")
    line.unit_price = price
    if line.quantity > 1 and alone and not _is_per_unit(order, line, price):
        per_piece(line, price)
    return line


def _is_per_unit(order: FileOrder, line: FileLine, price: Decimal) -> bool:
    """“Sold for” is for one piece or for all of them; the total tells which."""
    if order.total is None:
        return True
    return order.total >= price * line.quantity + order.postage


def _whole_order(desk: Desk, order: FileOrder, head: Row, items: Sequence[Row]) -> None:
    listed = sum((line.total for line in order.lines), ZERO)
    if head not in items and items:  # a summary row
        order.goods, order.pieces = desk.amount(head, "price"), desk.pieces(head, "quantity")
        _check_summary(desk, order, listed)
    goods = listed if order.goods is None else order.goods
    if order.total is not None and order.lines:
        order.tax = _tax(order, goods)
    elif not order.lines:
        order.goods = order.total if order.goods is None else order.goods


def _check_summary(desk: Desk, order: FileOrder, listed: Decimal) -> None:
    if order.goods is None or listed == order.goods:
        return
    by_line = sum((line.unit_price for line in order.lines), ZERO)
    if by_line == order.goods:  # “Sold for” is for the line here
        for line in order.lines:
            per_piece(line, line.unit_price)
        return
    desk.problem(
        order.number,
        f"Order {order.external_id}: its items come to {listed}, the order says {order.goods}; the order counts.",
        refuses=False,
    )


def _tax(order: FileOrder, goods: Decimal) -> Decimal:
    """What the total holds beyond goods and postage is tax that eBay collects."""
    rest = (order.total or ZERO) - goods - order.postage
    return rest if rest >= 0 else order.tax


def _buyer(row: Row) -> Buyer:
    address = "\n".join(part for name in ("address1", "address2") if (part := filled(row[name])))
    return Buyer(
        handle=filled(row["buyer"])[:120], name=plain(first(row["name"], row["buyer_name"]))[:120],
        email=filled(row["email"])[:254], phone=filled(row["phone"])[:40], address=address,
        city=filled(row["city"])[:80], region=filled(row["region"])[:80], postcode=filled(row["zip"])[:20],
        country=country_code(row["country"]),
    )  # fmt: skip
