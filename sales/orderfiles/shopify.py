"""Shopify's Orders export: a row for each line; what belongs to the order stands on its first row alone."""

from collections.abc import Sequence
from decimal import Decimal

from sales.orderfiles.countries import country_code
from sales.orderfiles.dates import DateOrder
from sales.orderfiles.facts import ZERO, Buyer, FileLine, FileOrder, OrderFile
from sales.orderfiles.options import plain, split_options
from sales.orderfiles.parsing import BadCell, Desk, filled, first, order_key
from sales.orderfiles.sheets import Row, Sheet

_MONEY = ("goods", "postage", "tax", "total", "discount", "price", "line_discount", "refunded")
_DATES = ("date", "paid", "shipped", "cancelled")


def read_orders(sheet: Sheet, *, said: DateOrder | None = None) -> OrderFile:
    desk = Desk(sheet, money=_MONEY, dates=_DATES, said=said)
    groups: dict[tuple[str, str], list[Row]] = {}
    last = ("", "")
    for row in sheet.rows:
        if row.is_empty:
            continue
        last = _group(row, last, groups)
        if last[0]:
            groups.setdefault(last, []).append(row)
        else:
            desk.problem(row.number, "This row names no order.")
    _refuse_same_names(desk, groups)
    for (key, other), rows in groups.items():
        _order_of(desk, key, other, rows)
    return desk.file


def _group(row: Row, last: tuple[str, str], groups: dict) -> tuple[str, str]:
    """A row without a name, or with the name of the row above, goes on with its order."""
    name, number = order_key(row["order"]), _identity(row["id"])
    if not name or (name == last[0] and not number):
        return last
    if not number:
        number = next((known for each, known in groups if each == name), "")
    return name, number


def _identity(text: str) -> str:
    """The long number of the order, unless a spreadsheet has turned it into 6.2E+12."""
    return text if text.isdecimal() else ""


def _refuse_same_names(desk: Desk, groups: dict) -> None:
    """Two shops in one file may use the same names; they would become one order."""
    seen: dict[str, str] = {}
    for (key, other), rows in list(groups.items()):
        if seen.setdefault(key, other) != other:
            desk.problem(rows[0].number, f"Two different orders are called {key}; split the file by shop.")
            groups.pop((key, other))


def _order_of(desk: Desk, key: str, other: str, rows: Sequence[Row]) -> None:
    head, *rest = rows
    order = FileOrder(key, head.number, buyer=_buyer(head), other_id=other, states_lines=True)
    good = desk.each([head], lambda row: _head(desk, order, row))
    rows = [head, *(row for row in rest if row.key != head.key)]  # a file joined by hand has the first row twice
    good &= desk.each(
        [row for row in rows if (row["title"] or row["price"]) and row["quantity"] != "0"],  # 0: taken out of the order
        lambda row: order.lines.append(_line(desk, row)),
    )
    good = good and desk.attempt(order.number, lambda: _settle(desk, order, rows))
    desk.close(order, good=good)


def _head(desk: Desk, order: FileOrder, row: Row) -> None:
    order.currency = row["currency"].upper()
    if len(order.currency) != 3:
        raise BadCell(f"“{row['currency'][:20]}” is no currency.")
    order.placed_on, order.paid_on = desk.day(row, "date"), desk.day(row, "paid")
    if row["fulfillment"].casefold() == "fulfilled":
        order.shipped_on = desk.day(row, "shipped") or order.paid_on or order.placed_on
    order.cancelled_on = desk.day(row, "cancelled")
    if row["status"].casefold() == "voided" and not order.cancelled_on:
        order.cancelled_on = order.placed_on
    order.goods, order.total = None, desk.amount(row, "total")
    order.discount = abs(desk.amount(row, "discount") or ZERO)
    order.postage = desk.amount(row, "postage") or ZERO
    order.refunded = abs(desk.amount(row, "refunded") or ZERO)
    if row["status"].casefold() == "refunded" and not order.refunded:
        order.refunded = order.total or ZERO
    order.note = "\n".join(text for name in ("note", "attributes") if (text := plain(filled(row[name]))))


def _line(desk: Desk, row: Row) -> FileLine:
    price = desk.amount(row, "price")
    if price is None or price < 0:
        raise BadCell("This line has no price.")
    name = plain(row["title"])
    title, dash, variant = name.rpartition(" - ")
    options, personal = split_options(variant) if dash else ("", "")
    return FileLine(
        row.number, title=(title if dash and title else name)[:300], sku=filled(row["sku"])[:120], options=options,
        personalisation=personal, quantity=desk.pieces(row, "quantity") or 1, unit_price=price,
        discount=abs(desk.amount(row, "line_discount") or ZERO),
    )  # fmt: skip


def _settle(desk: Desk, order: FileOrder, rows: Sequence[Row]) -> None:
    """Lines against the subtotal, and taxes inside the prices or on top, by what adds up."""
    stated, tax = desk.amount(rows[0], "goods"), desk.amount(rows[0], "tax") or ZERO
    _drop_repeats(order, rows, stated)
    if stated is not None and order.goods_total - order.discount != stated:
        _share_discount(desk, order, stated)
    if order.total is None:
        order.tax = ZERO
        return
    beyond = order.total - (order.goods_total - order.discount) - order.postage
    if beyond == 0:
        order.tax_inside = tax
    elif beyond > 0:
        order.tax = beyond
        if beyond != tax:
            desk.problem(
                order.number, f"Order {order.external_id}: {beyond} of the total is neither goods nor postage.",
                refuses=False,
            )  # fmt: skip
    else:
        desk.problem(order.number, f"Order {order.external_id}: the amounts do not add up to its total.", refuses=False)


def _drop_repeats(order: FileOrder, rows: Sequence[Row], stated: Decimal | None) -> None:
    """Rows that stand twice are dropped where the subtotal says that they are too many."""
    numbers = {row.key: row.number for row in reversed(rows)}
    lines = [line for line in order.lines if line.number in numbers.values()]
    if stated is None or len(lines) == len(order.lines):
        return
    without = sum((line.total for line in lines), ZERO) - order.discount
    if without == stated and order.goods_total - order.discount != stated:
        order.lines = lines


def _share_discount(desk: Desk, order: FileOrder, stated: Decimal) -> None:
    """“Discount Amount” sometimes holds the discounts of the lines as well, and sometimes one on postage."""
    by_line = sum((line.discount for line in order.lines), ZERO)
    gap = order.goods_total - order.discount - stated
    if -gap == by_line and order.discount >= by_line:
        order.discount -= by_line
    elif -gap == order.discount:
        order.discount = ZERO
    elif gap > 0:
        order.discount += gap
    else:
        desk.problem(
            order.number, f"Order {order.external_id}: its lines do not add up to its subtotal.", refuses=False
        )


def _buyer(row: Row) -> Buyer:
    address = "\n".join(part for name in ("address1", "address2") if (part := filled(row[name]))) or row["street"]
    return Buyer(
        name=plain(first(row["name"], row["billing_name"]))[:120], company=plain(filled(row["company"]))[:120],
        email=filled(row["email"])[:254], phone=filled(row["phone"])[:40], address=address, city=row["city"][:80],
        region=row["region"][:80], postcode=row["zip"][:20],
        country=country_code(first(row["country"], row["billing_country"])),
    )  # fmt: skip
