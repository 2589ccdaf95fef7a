"""The shop that ``bench.sales`` sells from: all that reports read grows with its orders, and every amount is known."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.db import connection

from inventory.domain import stock_days
from inventory.domain.stock_days import Change
from inventory.models.movements import Movement
from nozzly.testing.factories.catalog import CategoryFactory, ProductFactory, VariantFactory
from nozzly.testing.factories.inventory import LotFactory
from nozzly.testing.factories.pricing import ChannelFactory, ListingFactory
from nozzly.testing.factories.production import PrinterFactory, RunCostLineFactory, RunFactory, RunOutputFactory
from nozzly.testing.factories.sales import ExpenseFactory
from pricing.models import Listing
from production.choices import RunState
from production.models import Run
from sales.models import ChannelCharge, Customer, Order, OrderCharge, OrderLine, OrderPayment, Refund

PRODUCTS, CUSTOMERS = 60, 20_000
FIRST, DAYS = date(2026, 1, 1), 330
PIECE, BOUGHT = Decimal("6.40"), Decimal("2.10")
CENT = Decimal("0.01")
_CHUNK = 5_000
_READ = (
    "sales_order", "sales_orderline", "sales_ordercharge", "sales_orderpayment", "sales_refund", "sales_channelcharge",
    "sales_profitfact", "sales_profitsum", "sales_profitrank", "sales_buyersum", "sales_feecheck", "sales_taxsum", "inventory_movement", "inventory_stockday",
    "production_run", "pricing_listing",
)  # fmt: skip


class Shop:
    """Sixty products of two variants, each printed by a run that is known to the cent; four channels.

    Every fifth order stands in a statement, every thirtieth came by an advert, every tenth was paid by transfer, every
    fortieth was refunded in part; for every sixtieth a piece was scrapped, for every three hundredth a run failed.
    """

    def __init__(self):
        printers = [PrinterFactory() for _number in range(10)]
        categories = [CategoryFactory() for _number in range(8)]
        self.channels = [ChannelFactory(name=name) for name in ("Etsy", "eBay", "Shopify", "Wholesale")]
        self.lots = []
        for number in range(PRODUCTS):
            product = ProductFactory(category=categories[number % 8])
            for _variant in range(2):
                variant = VariantFactory(product=product)
                lot = LotFactory(item=variant.item, held=1, worth=PIECE)
                run = RunFactory(done=True, printer=printers[number % 10], loss_cost=Decimal("0.35"))
                output = RunOutputFactory(run=run, variant=variant, lot=lot, print_time_s=5400)
                for code, amount, bought in (("filament", "2.10", True), ("machine", "1.30", False), ("labour", "3.00", False)):  # fmt: skip
                    RunCostLineFactory(run=run, output=output, code=code, amount=Decimal(amount), in_bought=bought)
                self.lots.append((variant, lot))
                for channel in self.channels:
                    ListingFactory(variant=variant, channel=channel)
        Listing.objects.update(created_at=datetime(2025, 6, 1, tzinfo=UTC))
        ExpenseFactory.create_batch(24, spent_on=date(2026, 5, 1))
        Customer.objects.bulk_create(
            Customer(name=f"Buyer {number}", email=f"buyer{number}@example.com", country="GB")
            for number in range(CUSTOMERS)
        )
        self.customers = list(Customer.objects.values_list("pk", flat=True))
        self.printers, self.count = printers, 0

    def sell(self, upto: int) -> None:
        while self.count < upto:
            numbers = range(self.count, min(self.count + _CHUNK, upto))
            orders = Order.objects.bulk_create([self._order(number) for number in numbers])
            pairs = list(zip(orders, numbers, strict=True))
            lines = [line for order, number in pairs for line in self._lines(order, number)]
            OrderLine.objects.bulk_create([line for line, _lot in lines])
            moved = [_sale(line, lot, position) for position, (line, lot) in enumerate(lines)]
            moved += [
                _scrap(order, self.lots[number % len(self.lots)][1]) for order, number in pairs if number % 60 == 7
            ]
            Movement.objects.bulk_create(moved)
            stock_days.note(_changes(moved))
            self._money(pairs)
            self.count = numbers[-1] + 1

    def _order(self, number: int) -> Order:
        day = FIRST + timedelta(days=number % DAYS)
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        net = Decimal(12 + number % 17) + Decimal(number % 100) / 100
        pieces = 1 + (number % 4 == 0)
        cost, fees, post = PIECE * pieces, net / 10, Decimal("3.35")
        fees = fees.quantize(CENT)
        return Order(
            number=f"B{number}", channel=self.channels[number % 4], customer_id=self.customers[number * 7 % CUSTOMERS],
            state="shipped", placed_on=day, shipped_on=day, shipped_at=at, currency="GBP",
            ship_to_country=("GB", "GB", "US", "DE", "FR")[number % 5], tax_kind="domestic", tax_rate_pct=20,
            net_home=net, tax_home=(net / 5).quantize(CENT), fees_home=fees, cost_home=cost, post_home=post,
            profit_home=net - fees - cost - post,
        )  # fmt: skip

    def _lines(self, order: Order, number: int) -> Iterable[tuple]:
        count = 1 + (number % 4 == 0)
        shares: list[dict] = [{} for _share in range(count)]
        for name in ("net_home", "fees_home", "post_home"):
            whole = getattr(order, name)
            first = (whole / count).quantize(CENT)
            for share, part in zip(shares, [first, whole - first], strict=False):
                share[name] = part
        for position, share in enumerate(shares):
            variant, lot = self.lots[(number * 13 + position) % len(self.lots)]
            profit = share["net_home"] - share["fees_home"] - share["post_home"] - PIECE
            yield (
                OrderLine(
                    order=order, position=position, variant=variant, title="Dragon", unit_price=share["net_home"],
                    cost_origin="actual", bought_cost=BOUGHT, full_cost=PIECE, cost_home=PIECE, profit_home=profit, pieces_sent=1,
                    **share,
                ),
                lot,
            )  # fmt: skip

    def _money(self, pairs: list[tuple[Order, int]]) -> None:
        OrderCharge.objects.bulk_create(row for order, number in pairs for row in _fees(order, number))
        OrderPayment.objects.bulk_create(
            OrderPayment(order=order, on=order.placed_on, amount=order.net_home + order.tax_home, key=uuid4(), at=order.shipped_at)
            for order, number in pairs if number % 10 == 3
        )  # fmt: skip
        Refund.objects.bulk_create(_refund(order) for order, number in pairs if number % 40 == 9)
        ChannelCharge.objects.bulk_create(
            ChannelCharge(
                channel=order.channel, on=order.placed_on, booked_on=order.placed_on, code="ads", label="Ads", currency="GBP",
                net=5, amount=5, amount_home=5, at=order.shipped_at,
            )
            for order, number in pairs if number % 200 == 11
        )  # fmt: skip
        Run.objects.bulk_create(
            Run(
                number=f"X{number}", title="Lost dragon", state=RunState.FAILED, printer=self.printers[number % 10],
                started_at=order.shipped_at, finished_at=order.shipped_at, entry_on=order.shipped_on, sequence=1000 + number, actual_cost=PIECE, loss_cost=PIECE,
            )
            for order, number in pairs if number % 300 == 13
        )  # fmt: skip


def analyse() -> None:
    """What autovacuum does in its own time."""
    for table in _READ:
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM ANALYZE {table}")


def _fees(order: Order, number: int) -> Iterable[OrderCharge]:
    half = (order.fees_home / 2).quantize(CENT)
    one = {"order": order, "at": order.shipped_at}
    for code, amount in (("transaction", half), ("payment", order.fees_home - half)):
        yield OrderCharge(**one, code=code, label=code, amount=amount, amount_home=amount)
    charged = one | {"charged": True, "on": order.shipped_on, "booked_on": order.shipped_on, "vat": "cost"}
    if number % 5 == 0:
        amount = half + (number % 50 == 0)
        yield OrderCharge(**charged, code="transaction", label="transaction", amount=amount, amount_home=amount)
    if number % 30 == 0:
        amount = (order.net_home / 10).quantize(CENT)
        yield OrderCharge(**charged, code="offsite_ads", label="Offsite ads", amount=amount, amount_home=amount)


def _refund(order: Order) -> Refund:
    day = min(order.shipped_on + timedelta(days=10), FIRST + timedelta(days=DAYS - 1))
    return Refund(
        order=order, on=day, booked_on=day, gross=6, net=5, tax=1, gross_home=6, net_home=5, tax_home=1,
        fees_home=Decimal("0.39"), key=uuid4(), at=order.shipped_at,
    )  # fmt: skip


def _sale(line: OrderLine, lot: object, position: int) -> Movement:
    return _moved(line.order, lot, position, kind="sale", source="order", source_id=line.order.pk)


def _scrap(order: Order, lot: object) -> Movement:
    return _moved(order, lot, 0, kind="scrap", source_text="dropped")


def _moved(order: Order, lot: object, position: int, **more: object) -> Movement:
    return Movement(
        lot=lot, quantity=-1, bought_value=-BOUGHT, full_value=-PIECE, key=uuid4(), position=position,
        occurred_at=order.shipped_at, recorded_at=order.shipped_at, booked_on=order.shipped_on, **more,
    )  # fmt: skip


def _changes(moved: list[Movement]) -> Iterable[Change]:
    for row in moved:
        yield Change(
            item_id=row.lot.item_id, day=row.booked_on, quantity=Decimal(row.quantity), bought_value=row.bought_value,
            full_value=row.full_value, gone=Decimal(1),
        )  # fmt: skip
