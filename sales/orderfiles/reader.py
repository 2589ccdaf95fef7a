"""One door for every file of orders; its columns decide what it is, never its name."""

from sales.choices import OrderFileKind
from sales.orderfiles import ebay_money, ebay_orders, etsy_money, etsy_orders, shopify, tables
from sales.orderfiles.dates import DateOrder
from sales.orderfiles.errors import UnreadableOrderFile
from sales.orderfiles.facts import OrderFile, Problem
from sales.orderfiles.sheets import open_sheet

_READERS = {
    OrderFileKind.ETSY_ITEMS: etsy_orders.read_items,
    OrderFileKind.ETSY_ORDERS: etsy_orders.read_orders,
    OrderFileKind.ETSY_PAYMENTS: etsy_money.read_payments,
    OrderFileKind.ETSY_STATEMENT: etsy_money.read_statement,
    OrderFileKind.EBAY_ORDERS: ebay_orders.read_orders,
    OrderFileKind.EBAY_TRANSACTIONS: ebay_money.read_transactions,
    OrderFileKind.SHOPIFY_ORDERS: shopify.read_orders,
    OrderFileKind.TABLE: tables.read_table_of_orders,
}


def read_order_file(
    content: bytes, *, dates: DateOrder | None = None, columns: dict[str, int] | None = None
) -> OrderFile:
    """What stands in a file of orders.

    ``dates`` answers whether the day or the month comes first, where the file does not show it; ``columns`` says for a
    table of one's own which column holds what. Raises UnreadableOrderFile.
    """
    kind = OrderFileKind.TABLE if columns else ""
    sheet = open_sheet(content, kind=kind, columns=dict(columns) if columns else None)
    found = _READERS[sheet.kind](sheet, said=dates)
    if not (found.orders or found.rows or found.problems):
        found.problems.append(Problem(0, "The file has its header, and nothing under it.", refuses=False))
    return found


__all__ = ["UnreadableOrderFile", "read_order_file"]
