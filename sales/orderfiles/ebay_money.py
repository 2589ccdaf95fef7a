"""eBay's Transaction report: a ledger with a column for each fee; what eBay takes is negative."""

from collections.abc import Sequence
from decimal import Decimal

from sales.orderfiles.countries import country_code
from sales.orderfiles.dates import DateOrder
from sales.orderfiles.etsy_money import number_rows
from sales.orderfiles.facts import ZERO, Buyer, FileLine, FileOrder, FileRow, OrderFile
from sales.orderfiles.fees import fee_code
from sales.orderfiles.options import plain
from sales.orderfiles.parsing import Desk, filled, first, order_key, per_piece
from sales.orderfiles.sheets import Row, Sheet

_TYPES = {
    "order": "order", "bestellung": "order", "commande": "order",
    "refund": "refund", "rückerstattung": "refund", "remboursement": "refund",
    "payout": "payout", "auszahlung": "payout", "virement": "payout",
    "shipping label": "label", "versandetikett": "label", "versandlabel": "label",
    "hold": "skip", "einbehaltung": "skip", "transfer": "skip", "überweisung": "skip",
}  # fmt: skip
_LABELS = {
    "per_order": "Final value fee, fixed", "final_value": "Final value fee, variable",
    "regulatory": "Regulatory operating fee", "seller_level": "Fee for the seller's level",
    "international": "International fee", "promoted": "Promoted listings fee", "other": "Other fee",
}  # fmt: skip


def read_transactions(sheet: Sheet, *, said: DateOrder | None = None) -> OrderFile:
    fees = [name for name in sheet.columns if name.startswith("fee:")]
    desk = Desk(sheet, money=("net", "gross", "goods", "postage", *fees), dates=("date", "payout_date"), said=said)
    orders: dict[str, list[Row]] = {}
    for row in sheet.rows:
        if row.is_empty:
            continue
        kind = _TYPES.get(row["type"].strip().casefold(), "other")
        if kind == "order" and (key := order_key(row["order"])):
            orders.setdefault(key, []).append(row)
        desk.each([row], lambda row, kind=kind: desk.file.rows.extend(_rows_of(desk, row, kind, fees)))
    for key, rows in orders.items():
        _order_of(desk, key, rows)
    number_rows(desk.file)
    if desk.file.rows and not desk.file.currencies:
        desk.problem(0, "The report names no currency; that of the channel counts.", refuses=False)
    return desk.file


def _rows_of(desk: Desk, row: Row, kind: str, fees: Sequence[str]) -> list[FileRow]:
    on = desk.day(row, "date")
    gross, net = desk.amount(row, "gross"), desk.amount(row, "net")
    amount = (net if gross is None else gross) or ZERO
    if kind == "payout":
        sent = net if net is not None else amount
        return [_row(desk, row, on, "payout", ("payout", "Payout"), -sent if sent < 0 else sent)]
    if kind in {"order", "refund"}:
        turned = amount if kind == "order" else -amount
        found = [_row(desk, row, on, "sale" if kind == "order" else "refund", (kind, row["type"]), turned)]
        taken = [(name, -(desk.amount(row, name) or ZERO)) for name in fees]
        return found + [
            _row(desk, row, on, "charge", (code, _LABELS[code]), value)
            for name, value in taken
            if value and (code := name.split(":")[1])
        ]
    if kind == "skip" or not amount:
        return []
    text = first(row["text"], row["title"], row["type"])
    code = "label" if kind == "label" else fee_code(text)
    return [_row(desk, row, on, "charge", (code, text), -amount)]


def _row(desk: Desk, row: Row, on, kind: str, named: tuple[str, str], amount: Decimal) -> FileRow:
    code, label = named
    currency = first(row["currency"], row["payout_currency"]).upper()[:3] or desk.money(row, "net")[1]
    reference = filled(row["payout"]) if kind == "payout" else first(row["reference"], row["line_id"])
    return FileRow(
        row.number, kind, on, code, plain(label)[:200], currency, amount, order=order_key(row["order"]),
        listing=filled(row["listing"])[:80], reference=reference[:120],
    )  # fmt: skip


def _order_of(desk: Desk, key: str, rows: Sequence[Row]) -> None:
    """The ledger names what was sold; where it names no item, the order comes without lines."""
    head = rows[0]
    order = FileOrder(key, head.number)
    order.buyer = Buyer(
        handle=filled(head["buyer"])[:120], name=plain(filled(head["name"]))[:120], city=filled(head["city"])[:80],
        region=filled(head["region"])[:80], postcode=filled(head["zip"])[:20], country=country_code(head["country"]),
    )  # fmt: skip
    good = desk.each(rows[:1], lambda row: _head(desk, order, row))
    good &= desk.each([row for row in rows if filled(row["title"])], lambda row: order.lines.append(_line(desk, row)))
    good = good and desk.attempt(order.number, lambda: _money_of(desk, order, rows))
    desk.close(order, good=good)


def _head(desk: Desk, order: FileOrder, row: Row) -> None:
    order.placed_on = desk.day(row, "date")
    order.currency = _row(desk, row, None, "sale", ("", ""), ZERO).currency


def _money_of(desk: Desk, order: FileOrder, rows: Sequence[Row]) -> None:
    order.postage = sum((desk.amount(row, "postage") or ZERO for row in rows), ZERO)
    order.total = sum((desk.amount(row, "gross") or ZERO for row in rows), ZERO)
    order.tax = max(order.total - order.goods_total - order.postage, ZERO) if order.lines else ZERO
    order.total = max(order.total, order.goods_total + order.postage)


def _line(desk: Desk, row: Row) -> FileLine:
    line = FileLine(
        row.number, title=plain(row["title"])[:300], external_id=filled(row["line_id"])[:80],
        listing=filled(row["listing"])[:80], sku=filled(row["sku"])[:120], quantity=desk.pieces(row, "quantity") or 1,
    )  # fmt: skip
    per_piece(line, max(desk.amount(row, "goods") or ZERO, ZERO))
    return line
