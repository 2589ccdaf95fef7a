"""Small exports of marketplaces for tests; their people are invented."""

import csv
from io import StringIO

ITEM = {
    "Sale Date": "11/20/26", "Item Name": "Dragon", "Buyer": "ada", "Quantity": "1", "Price": "24.00",
    "Discount Amount": "0", "Shipping Discount": "0", "Order Shipping": "3.50", "Order Sales Tax": "0",
    "Item Total": "24.00", "Currency": "GBP", "Transaction ID": "5001", "Listing ID": "1501", "Date Paid": "11/20/26",
    "Date Shipped": "", "Ship Name": "Ada Buyer", "Ship Address1": "1 Mill Lane", "Ship City": "York",
    "Ship Zipcode": "YO1 7HH", "Ship Country": "United Kingdom", "Order ID": "9001", "Variations": "", "SKU": "",
}  # fmt: skip
ORDER = {
    "Sale Date": "11/20/26", "Order ID": "9001", "Full Name": "Ada Buyer", "Number of Items": "1", "Date Shipped": "",
    "Street 1": "1 Mill Lane", "Ship City": "York", "Ship Zipcode": "YO1 7HH", "Ship Country": "United Kingdom",
    "Currency": "GBP", "Order Value": "24.00", "Discount Amount": "0", "Shipping Discount": "0", "Shipping": "3.50",
    "Sales Tax": "0", "Order Total": "27.50", "Status": "Paid", "Card Processing Fees": "1.30", "Order Net": "26.20",
    "Buyer": "ada",
}  # fmt: skip
ROW = {
    "Date": "20 November, 2026", "Type": "Fee", "Title": "Processing fee", "Info": "Order #9001", "Currency": "GBP",
    "Amount": "--", "Fees & Taxes": "-£1.30", "Net": "-£1.30", "Tax Details": "--",
}  # fmt: skip


def table(model: dict, *rows: dict, separator: str = ",") -> bytes:
    """A file with the columns of ``model`` and a row for each of ``rows``, which name what differs."""
    out = StringIO()
    writer = csv.DictWriter(out, list(model), delimiter=separator)
    writer.writeheader()
    writer.writerows({**model, **row} for row in rows or [{}])
    return out.getvalue().encode()


def items(*rows: dict) -> bytes:
    return table(ITEM, *rows)


def sold_orders(*rows: dict) -> bytes:
    return table(ORDER, *rows)


def statement(*rows: dict) -> bytes:
    return b"\xef\xbb\xbf" + table(ROW, *rows)


def fee(title: str, amount: str, **row: str) -> dict:
    """A row of the statement that takes so much."""
    return {"Title": title, "Fees & Taxes": f"-£{amount}", "Net": f"-£{amount}", **row}
