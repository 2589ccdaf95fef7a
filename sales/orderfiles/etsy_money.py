"""Etsy's monthly statement and its Payments export."""

import hashlib
import re
from datetime import date
from decimal import Decimal

from sales.orderfiles.dates import DateOrder
from sales.orderfiles.facts import ZERO, Buyer, FileOrder, FileRow, OrderFile
from sales.orderfiles.fees import fee_code
from sales.orderfiles.options import plain
from sales.orderfiles.parsing import BadCell, Desk, filled, occurrences, order_key
from sales.orderfiles.sheets import Row, Sheet

_ORDER = re.compile(r"(?:order|bestellung|commande|pedido|ordine|bestelling)\D{0,4}#?\s?(\d{3,})", re.IGNORECASE)
_LISTING = re.compile(r"(?:listing|angebot|annonce|artículo|inserzione|advertentie)\D{0,4}#?\s?(\d{3,})", re.IGNORECASE)
_HASH = re.compile(r"#\s?(\d{3,})")
_SENT = re.compile(r"[-+(]?\s?[A-Z]{0,3}\s?[$£€¥]?\s?\d[\d.,'\s]*\d?\s?[€$£]?")
# Words of the Type column, whatever language the account has.
_KINDS = {
    "sale": "sale", "verkauf": "sale", "vente": "sale", "venta": "sale", "vendita": "sale", "verkoop": "sale",
    "refund": "refund", "rückerstattung": "refund", "erstattung": "refund", "remboursement": "refund",
    "deposit": "payout", "auszahlung": "payout", "einzahlung": "payout", "versement": "payout", "depósito": "payout",
    "disbursement": "payout", "buyer fee": "passing", "tax": "passing", "steuer": "passing", "sales tax": "passing",
    "vat": "vat", "gst": "vat", "mwst": "vat", "mwst.": "vat", "ust": "vat", "tva": "vat", "hst": "vat", "iva": "vat",
}  # fmt: skip
_OF_FEES = re.compile(r"^(vat|gst|hst|pst|qst|tva|iva|mwst|sales tax on|tax on|ust)\b", re.IGNORECASE)


def read_statement(sheet: Sheet, *, said: DateOrder | None = None) -> OrderFile:
    desk = Desk(sheet, money=("amount", "fees", "net"), dates=("date",), said=said)
    rows = [row for row in sheet.rows if not row.is_empty]
    desk.each(rows, lambda row: desk.file.rows.extend(_rows_of(desk, row)))
    number_rows(desk.file)
    return desk.file


def number_rows(file: OrderFile) -> None:
    """Give each row the key by which a later file finds it again."""
    contents = [
        (file.platform, row.on, row.kind, row.code, row.label, row.order, row.listing, row.currency, row.amount,
         row.reference) for row in file.rows
    ]  # fmt: skip
    for row, content, times in zip(file.rows, contents, occurrences(contents), strict=True):
        text = "|".join(map(str, (*content, times)))
        row.key = hashlib.sha256(text.encode()).hexdigest()


def _rows_of(desk: Desk, row: Row) -> list[FileRow]:
    title, info = plain(row["title"]), filled(plain(row["info"]))
    kind = _kind(row["type"].strip().casefold(), title)
    on = desk.day(row, "date")
    if on is None and "dates" not in desk.file.questions:
        raise BadCell("This row has no date.")
    currency = row["currency"].upper()
    if len(currency) != 3:
        raise BadCell(f"“{row['currency'][:20]}” is no currency.")
    text = f"{title} {info}"
    found = _Found(row.number, on, title[:200], currency, _order_of(text, kind), _number(_LISTING, info))
    if kind == "payout":
        return [found.row("payout", "payout", _payout(desk, row, title))]
    amount, fees = desk.amount(row, "amount") or ZERO, desk.amount(row, "fees") or ZERO
    net = desk.amount(row, "net")
    if net is not None and net != amount + fees:
        desk.problem(row.number, f"{title}: amount and fees do not add up to the net amount.", refuses=False)
    return _charged(found, kind, amount, fees)


def _charged(found: "_Found", kind: str, amount: Decimal, fees: Decimal) -> list[FileRow]:
    if kind in {"sale", "refund"}:
        rows = [found.row(kind, kind, amount if kind == "sale" else -amount)]
        return rows + ([found.row("charge", "processing", -fees)] if fees else [])
    if kind == "passing":
        return [found.row("passing", "passing", -(amount + fees))]
    taken = -(amount + fees)
    code = "vat_on_fees" if kind == "vat" else fee_code(found.label)
    return [found.row("charge", code, taken, is_tax=kind == "vat")] if taken else []


class _Found:
    """What all rows that one line of the statement becomes have in common."""

    def __init__(self, number: int, on: date | None, label: str, currency: str, order: str, listing: str) -> None:
        self.number, self.on, self.label, self.currency = number, on, label, currency
        self.order, self.listing = order, listing

    def row(self, kind: str, code: str, amount: Decimal, *, is_tax: bool = False) -> FileRow:
        return FileRow(
            self.number, kind, self.on, code, self.label, self.currency, amount, order=self.order,
            listing=self.listing, is_tax=is_tax,
        )  # fmt: skip


def _kind(word: str, title: str) -> str:
    kind = _KINDS.get(word, "charge")
    if kind in {"passing", "charge"} and word in {"tax", "steuer"} and _OF_FEES.match(title):
        return "vat"
    return kind


def _order_of(text: str, kind: str) -> str:
    number = _number(_ORDER, text)
    if not number and kind in {"sale", "refund"} and (match := _HASH.search(text)):
        number = match[1]
    return order_key(number)


def _number(pattern: re.Pattern, text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""


def _payout(desk: Desk, row: Row, title: str) -> Decimal:
    """A deposit names its amount in the title; newer statements in the columns."""
    for name in ("net", "amount"):
        if amount := desk.amount(row, name):
            return abs(amount)
    for match in _SENT.finditer(title):
        try:
            from_title = desk.money(Row(row.number, [match[0].strip()], {"title": 0}), "title")[0]
        except BadCell:
            continue
        if from_title:
            return abs(from_title)
    raise BadCell(f"“{title}” names no amount.")


def read_payments(sheet: Sheet, *, said: DateOrder | None = None) -> OrderFile:
    """Gross, fees and refunds of each payment; orders without lines."""
    desk = Desk(sheet, money=("gross", "fees", "net", "refunded"), dates=("date",), said=said)
    for row in sheet.rows:
        if row.is_empty:
            continue
        key = order_key(row["order"])
        if not key:
            desk.problem(row.number, "This row names no order.")
            continue
        order = FileOrder(key, row.number, buyer=Buyer(handle=filled(row["buyer"]), name=filled(row["name"])[:120]))
        good = desk.each([row], lambda row, order=order: _payment(desk, order, row))
        desk.close(order, good=good)
    number_rows(desk.file)
    return desk.file


def _payment(desk: Desk, order: FileOrder, row: Row) -> None:
    order.placed_on = order.paid_on = desk.day(row, "date")
    order.currency = row["currency"].upper()
    if len(order.currency) != 3:
        raise BadCell(f"“{row['currency'][:20]}” is no currency.")
    order.total = desk.amount(row, "gross")
    if order.total is None or order.total < 0:
        raise BadCell("This payment has no gross amount.")
    listed = row["listing_currency"].upper()
    refunded = abs(desk.amount(row, "refunded") or ZERO)
    adjusted = desk.amount(row, "adjusted")
    order.refunded = order.total if refunded and adjusted == 0 else min(refunded, order.total)
    order.tax_inside = abs(desk.amount(row, "vat") or ZERO)
    if listed and listed != order.currency:
        order.note = f"{listed} → {order.currency}"
    fees = desk.amount(row, "fees")
    if fees:
        label = f"Processing fee, payment {row['payment']}"[:200]
        desk.file.rows.append(
            FileRow(row.number, "charge", order.placed_on, "processing", label, order.currency, fees, order=order.external_id, reference="payments")
        )  # fmt: skip
