"""Order files at full size: ``.venv/bin/python -m bench.order_imports``. Uses a database of its own, dropped at the end.

Applies 10,000 lines of Etsy's Sold Order Items as the worker does: once as orders still to be sent, once as orders that
were sent and take their pieces from the shelf, once as history. Exits 1 below 400 lines a second.
"""

import nozzly.testing.environment  # noqa: F401, I001 - before Django reads the settings

import django

django.setup()

import csv  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from datetime import timedelta  # noqa: E402
from io import StringIO  # noqa: E402
from uuid import uuid4  # noqa: E402

from django.utils import timezone  # noqa: E402

from nozzly.accounts.permissions import Role  # noqa: E402
from nozzly.tenancy.current import in_workspace  # noqa: E402
from nozzly.tenancy.models import Workspace  # noqa: E402
from nozzly.testing import databases  # noqa: E402
from nozzly.testing.factories.catalog import VariantFactory  # noqa: E402
from nozzly.testing.factories.inventory import ItemFactory, LotFactory  # noqa: E402
from nozzly.testing.factories.pricing import ChannelFactory  # noqa: E402
from nozzly.testing.fixtures import make_user  # noqa: E402
from sales.domain import order_imports  # noqa: E402
from sales.domain.order_imports import Upload  # noqa: E402
from sales.models import Order, OrderLine  # noqa: E402
from sales.tests.order_files import ITEM  # noqa: E402

LINES, PRODUCTS, LEAST_PER_S = 10_000, 200, 400
COUNTRIES = ("United Kingdom", "United States", "Germany", "France", "Netherlands")


def main() -> int:
    with databases.session_database():
        workspace = Workspace.objects.get(slug="ta")
        with in_workspace(workspace):
            user = make_user(Role.OWNER)
            for number in range(PRODUCTS):
                variant = VariantFactory(item=ItemFactory(sku=f"SKU-{number}", kind="part"))
                LotFactory(item=variant.item, on_hand=500, bought_value=500, full_value=1500)
            ChannelFactory(name="Etsy")
            today = timezone.localdate()
            held = [
                timed("waiting to be sent", user, books=today - timedelta(days=800), sent=False, start=1),
                timed("sent, from the shelf", user, books=today - timedelta(days=800), sent=True, start=20_000),
                timed("history, before the books start", user, books=today, sent=True, start=40_000),
            ]
    return 0 if all(held) else 1


def timed(words: str, user, *, books, sent: bool, start: int) -> bool:
    order_imports.set_books_start(books)
    at = timezone.now()
    begin = time.perf_counter()
    found = order_imports.take_in([Upload("items.csv", export(start, sent=sent))], key=uuid4(), by=user, at=at)
    taken_s = time.perf_counter() - begin
    before = OrderLine.objects.count()
    begin = time.perf_counter()
    order_imports.apply(order_imports.start(found, at=at), by=user, at=at)
    spent_s = time.perf_counter() - begin
    made = OrderLine.objects.count() - before
    per_s = made / spent_s
    holds = per_s >= LEAST_PER_S and made == LINES
    print(
        f"{words:34} {made:6} lines of {Order.objects.count():6} orders: {per_s:7.0f} lines/s (limit ≥ {LEAST_PER_S}), "
        f"read in {taken_s:.1f} s {'' if holds else 'BROKEN'}"
    )
    return holds


def export(start: int, *, sent: bool) -> bytes:
    """A year of orders, three lines in two of them."""
    out = StringIO()
    writer = csv.DictWriter(out, list(ITEM))
    writer.writeheader()
    today = timezone.localdate()
    for number in range(LINES):
        order = start + number * 2 // 3
        day = (today - timedelta(days=30 + order % 360)).strftime("%m/%d/%y")
        writer.writerow(
            ITEM
            | {
                "Sale Date": day, "Date Paid": day, "Date Shipped": day if sent else "", "Order ID": str(order),
                "Transaction ID": str(start * 10 + number), "SKU": f"SKU-{number % PRODUCTS}", "Buyer": f"buyer{order}",
                "Ship Name": f"Buyer {order}", "Ship Country": COUNTRIES[order % len(COUNTRIES)],
            }
        )  # fmt: skip
    return out.getvalue().encode()


if __name__ == "__main__":
    sys.exit(main())
