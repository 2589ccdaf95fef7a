import json
from decimal import Decimal
from pathlib import Path

from django.core.management.base import BaseCommand

from sales.orderfiles.dates import DateOrder
from sales.orderfiles.errors import UnreadableOrderFile
from sales.orderfiles.reader import read_order_file


class Command(BaseCommand):
    help = "Says what stands in exports of Etsy, eBay and Shopify and in tables of orders. Writes nothing."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object per file and line")
        parser.add_argument("--dates", choices=[*DateOrder], help="what comes first where the file does not show it")

    def handle(self, *, files, as_json=False, dates=None, **_):
        for file in files:
            found = read_file(file, dates=DateOrder(dates) if dates else None)
            self.stdout.write(json.dumps(found, ensure_ascii=False) if as_json else in_words(found))


def read_file(path, *, dates=None):
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or error
        return answer(path, error=f"The file cannot be opened: {reason}.")
    try:
        return answer(path, read_order_file(content, dates=dates))
    except UnreadableOrderFile as error:
        return answer(path, error=str(error))


def answer(path, file=None, *, error=None):
    problems = (
        [{"line": each.line, "text": each.text, "refuses": each.refuses} for each in file.problems] if file else []
    )
    if error:
        problems = [{"line": 0, "text": error, "refuses": True}]
    currencies = file.currencies if file else []
    return {
        "file": str(path),
        "kind": file.kind if file else None,
        "error": error,
        "currency": currencies[0] if len(currencies) == 1 else None,
        "currencies": currencies,
        "questions": file.questions if file else [],
        "orders": [order_of(order) for order in file.orders] if file else [],
        "rows": [row_of(row) for row in file.rows] if file else [],
        "totals": totals_of(file) if file else {},
        "problems": problems,
    }


def order_of(order):
    return {
        "id": order.external_id,
        "line": order.number,
        "placed_on": text(order.placed_on),
        "shipped_on": text(order.shipped_on),
        "cancelled_on": text(order.cancelled_on),
        "currency": order.currency,
        "buyer": order.buyer.handle or order.buyer.name,
        "country": order.buyer.country,
        "lines": [line_of(line) for line in order.lines],
        "goods": text(order.goods_total),
        "discount": text(order.discount),
        "postage": text(order.postage),
        "tax": text(order.tax),
        "total": text(order.reckoned_total),
        "refunded": text(order.refunded),
        "refused": order.refused,
    }


def line_of(line):
    return {
        "line": line.number,
        "id": line.external_id,
        "listing": line.listing,
        "title": line.title,
        "sku": line.sku,
        "options": line.options,
        "personalisation": line.personalisation,
        "quantity": line.quantity,
        "unit_price": text(line.unit_price),
        "discount": text(line.discount),
        "total": text(line.total),
    }


def row_of(row):
    return {
        "line": row.number,
        "kind": row.kind,
        "on": text(row.on),
        "code": row.code,
        "label": row.label,
        "order": row.order,
        "listing": row.listing,
        "currency": row.currency,
        "amount": text(row.amount),
    }


def totals_of(file):
    """For each currency by itself; currencies are never added."""
    found = {}
    for order in file.orders:
        sums = found.setdefault(order.currency or "?", new_sums())
        sums["orders"] += 1
        sums["lines"] += len(order.lines)
        for name, value in (("goods", order.goods_total), ("total", order.reckoned_total)):
            sums[name] += value
    for row in file.rows:
        sums = found.setdefault(row.currency or "?", new_sums())
        name = {"charge": "charged", "payout": "paid_out"}.get(row.kind)
        if name:
            sums[name] += row.amount
    return {currency: {name: text(value) for name, value in sums.items()} for currency, sums in found.items()}


def new_sums():
    amounts = dict.fromkeys(("goods", "total", "charged", "paid_out"), Decimal(0))
    return {"orders": 0, "lines": 0, **amounts}


def text(value):
    return value if value is None or isinstance(value, int) else str(value)


def in_words(found):
    if found["error"]:
        return f"{found['file']}: {found['error']}"
    lines = [
        f"{found['file']}: {found['kind']}, {found['currency'] or ', '.join(found['currencies']) or 'no currency'}"
    ]
    for order in found["orders"]:
        refused = " (cannot be taken in)" if order["refused"] else ""
        lines.append(f"  {order['id']} of {order['placed_on']}: {order['total']} {order['currency']}{refused}")
        lines += [f"    {line['quantity']} × {line['title']} at {line['unit_price']}" for line in order["lines"]]
    lines += [f"  {row['on']} {row['label']}: {row['amount']} {row['currency']}" for row in found["rows"]]
    lines += [f"  ! line {problem['line']}: {problem['text']}" for problem in found["problems"]]
    return "\n".join(lines)
