"""Etsy's Sold Order Items (a row for each line) and Sold Orders (a row for each order, without prices of lines)."""

from collections.abc import Sequence
from decimal import Decimal

from sales.orderfiles.countries import country_code
from sales.orderfiles.dates import DateOrder
from sales.orderfiles.facts import ZERO, Buyer, FileLine, FileOrder, OrderFile
from sales.orderfiles.options import plain, split_options
from sales.orderfiles.parsing import BadCell, Desk, filled, once, order_key
from sales.orderfiles.sheets import Row, Sheet

_MONEY = ("price", "line_total", "goods", "total", "discount", "postage", "tax", "net", "fees", "in_person")
_DATES = ("date", "shipped", "paid")
_CANCELLED = ("cancel", "storniert", "annul")
_REFUNDED = ("refund", "erstattet", "rembours")


def read_items(sheet: Sheet, *, said: DateOrder | None = None) -> OrderFile:
    desk = Desk(sheet, money=_MONEY, dates=_DATES, usual=DateOrder.MONTH_FIRST, said=said)
    groups: dict[str, list[Row]] = {}
    for row in sheet.rows:
        if row.is_empty:
            continue
        if not (key := order_key(row["order"])):
            desk.problem(row.number, "This row names no order.")
            continue
        groups.setdefault(key, []).append(row)
    for key, rows in groups.items():
        _items_of(desk, key, rows)
    return desk.file


def _items_of(desk: Desk, key: str, rows: Sequence[Row]) -> None:
    order = FileOrder(key, rows[0].number, buyer=buyer_of(rows[0]))
    order.buyer.handle = filled(rows[0]["buyer"])
    good = desk.each(_without_repeats(rows), lambda row: order.lines.append(_line(desk, row)))
    good &= desk.each(rows[:1], lambda row: _head(desk, order, row))
    good &= desk.each(rows, lambda row: _same_currency(order, row))
    if good:
        good = desk.attempt(order.number, lambda: _whole_order(desk, order, rows))
        days = [line.shipped_on for line in order.lines]
        order.shipped_on = max(days) if all(days) else None
    desk.close(order, good=good)


def _without_repeats(rows: Sequence[Row]) -> list[Row]:
    """The same transaction twice, in a file that was put together by hand, is one line."""
    seen: dict[str, Row] = {}
    for row in rows:
        seen.setdefault(row["line_id"] or f"row {row.number}", row)
    return list(seen.values())


def _head(desk: Desk, order: FileOrder, row: Row) -> None:
    order.placed_on, order.paid_on = desk.day(row, "date"), desk.day(row, "paid")
    order.currency = row["currency"].upper()
    if len(order.currency) != 3:
        raise BadCell(f"“{row['currency'][:20]}” is no currency.")


def _same_currency(order: FileOrder, row: Row) -> None:
    if row["currency"].upper() != order.currency:
        raise BadCell(f"Order {order.external_id} is in two currencies; they are never added.")


def _line(desk: Desk, row: Row) -> FileLine:
    options, personal = split_options(row["options"])
    price, quantity = desk.amount(row, "price"), desk.pieces(row, "quantity") or 1
    total = desk.amount(row, "line_total")
    if price is None:
        price = total / quantity if total is not None and not total % quantity else None
    if price is None or price < 0:
        raise BadCell("This line has no price.")
    discount = abs(desk.amount(row, "discount") or ZERO)
    return FileLine(
        row.number, title=plain(row["title"])[:300], external_id=row["line_id"][:80], listing=row["listing"][:80],
        sku=filled(row["sku"])[:120], options=options, personalisation=personal, quantity=quantity, unit_price=price,
        discount=discount, shipped_on=desk.day(row, "shipped"),
    )  # fmt: skip


def _whole_order(desk: Desk, order: FileOrder, rows: Sequence[Row]) -> None:
    """Postage and tax stand on every row or on the first alone: they count once."""
    postage, unequal = once(desk.amount(row, "postage") for row in rows)
    saved, _ = once(desk.amount(row, "ship_discount") for row in rows)
    tax, tax_unequal = once(desk.amount(row, "tax") for row in rows)
    vat, _ = once(desk.amount(row, "vat") for row in rows)
    order.postage, order.tax = max(postage - abs(saved), ZERO), tax or vat
    if unequal or tax_unequal:
        desk.problem(rows[0].number, f"Order {order.external_id}: rows name different postage or tax.", refuses=False)


def buyer_of(row: Row) -> Buyer:
    address = "\n".join(part for name in ("address1", "address2") if (part := filled(row[name])))
    return Buyer(
        name=plain(filled(row["name"]))[:120], address=address, city=filled(row["city"])[:80],
        region=filled(row["region"])[:80], postcode=filled(row["zip"])[:20], country=country_code(row["country"]),
    )  # fmt: skip


def read_orders(sheet: Sheet, *, said: DateOrder | None = None) -> OrderFile:
    desk = Desk(sheet, money=_MONEY, dates=_DATES, usual=DateOrder.MONTH_FIRST, said=said)
    seen: dict[str, tuple] = {}
    for row in sheet.rows:
        if row.is_empty:
            continue
        key = order_key(row["order"])
        if not key:
            desk.problem(row.number, "This row names no order.")
        elif key not in seen:
            seen[key] = row.key
            order = FileOrder(key, row.number, buyer=buyer_of(row))
            good = desk.each([row], lambda row, order=order: _money_of(desk, order, row))
            desk.close(order, good=good)
        elif seen[key] != row.key:
            desk.problem(row.number, f"Order {key} stands here a second time with other figures; the first counts.")
    return desk.file


def _money_of(desk: Desk, order: FileOrder, row: Row) -> None:
    _head(desk, order, row)
    order.buyer.handle = filled(row["buyer"])
    order.shipped_on = desk.day(row, "shipped")
    order.pieces = desk.pieces(row, "pieces") if row["pieces"] not in {"", "0"} else None
    order.skus = [sku for part in row["sku"].split(",") if (sku := part.strip())]
    order.goods, order.total = desk.amount(row, "goods"), desk.amount(row, "total")
    order.states_amounts = order.goods is not None and order.total is not None
    order.discount = abs(desk.amount(row, "discount") or ZERO) + abs(desk.amount(row, "in_person") or ZERO)
    postage, saved = desk.amount(row, "postage") or ZERO, abs(desk.amount(row, "ship_discount") or ZERO)
    order.postage = max(postage - saved, ZERO)
    order.note = plain(filled(row["message"]))
    named = (desk.amount(row, "tax") or ZERO) or (desk.amount(row, "vat") or ZERO)
    order.tax = _tax(desk, order, named, row)
    _after_the_sale(order, row["status"].casefold(), desk.amount(row, "adjusted"))


def _tax(desk: Desk, order: FileOrder, named: Decimal, row: Row) -> Decimal:
    """Tax that Etsy collects hides in the total: what is left over after goods, discount and postage."""
    if order.total is None or order.goods is None:
        return named
    hidden = order.total - (order.goods - order.discount + order.postage)
    if hidden < 0:
        order.total = order.total if named == 0 else order.goods - order.discount + order.postage + named
        desk.problem(row.number, f"Order {order.external_id}: the amounts do not add up to its total.", refuses=False)
        return named
    return hidden


def _after_the_sale(order: FileOrder, status: str, adjusted: Decimal | None) -> None:
    """Etsy writes no row for a refund: the adjusted total is lower. All zeros mean that nothing was adjusted."""
    if any(word in status for word in _CANCELLED):
        order.cancelled_on = order.placed_on
    elif any(word in status for word in _REFUNDED) and order.total:
        order.refunded = order.total - (adjusted or ZERO)
    elif adjusted and order.total and ZERO < adjusted < order.total:
        order.refunded = order.total - adjusted
