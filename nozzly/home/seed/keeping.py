"""What people of the invented shop do in the stock room itself: minimums, weighing, drying, counting, comparing prices.

Played when the year is over, through the real domain, so that each page has something to show.
"""

from datetime import timedelta
from decimal import Decimal

from inventory.choices import SpoolState
from inventory.domain import barcodes, drying, policies, reservations, spools, stock, stocktakes
from inventory.models import Drying, Lot, Offer, Spool, StockPolicy, Stocktake
from nozzly.home.seed.shop import Shop
from nozzly.home.seed.stockroom import Stockroom

_HALF_KILO = Decimal(500)
_USUAL_REEL_G = Decimal(200)
_WEIGHED, _DRIED, _PRICED, _KNOWN_BY_EAN = 12, 5, 24, 8


class Keeping:
    def __init__(self, shop: Shop, stockroom: Stockroom) -> None:
        self.shop, self.stockroom = shop, stockroom

    def play(self) -> None:
        self._weigh()
        self._dry()
        self._count()
        self._compare_prices()
        self._learn_barcodes()
        self._set_minimums()

    def _weigh(self) -> None:
        """Open rolls on the scale in the last days: never quite what the books say."""
        rolls = Spool.objects.for_page().filter(state=SpoolState.OPEN, lot__on_hand__gt=60).order_by("-pk")
        for number, spool in enumerate(rolls[:_WEIGHED]):
            tare_g = spools.tare_of(spool) or _USUAL_REEL_G
            off_g = Decimal(self.shop.dice.randint(-7, 4)) if number % 4 else Decimal(0)
            gross_g = (spool.lot.on_hand + tare_g + off_g).quantize(Decimal(1))
            spools.weigh(
                spool, gross_g=gross_g, tare_g=None if number % 3 else tare_g + number % 5, key=self.shop.dice.key(),
                by=self.shop.operator, at=self.shop.now - timedelta(hours=60 - 4 * number),
            )  # fmt: skip

    def _dry(self) -> None:
        for spool in Spool.objects.filter(state=SpoolState.DRYING).order_by("pk"):
            began = self.shop.now - self.shop.dice.minutes(60, 240)
            Drying.objects.create(
                spool=spool, temperature_c=55, hours=Decimal(6), started_at=began, by=self.shop.operator
            )
        rolls = Spool.objects.filter(
            state=SpoolState.OPEN, lot__item__filament__material__name__in=("PETG", "TPU", "PLA")
        )
        for number, spool in enumerate(rolls.order_by("pk")[:_DRIED]):
            at = self.shop.now - timedelta(days=3 + 9 * number)
            drying.note_drying(
                spool, hours=Decimal(4 + number), temperature_c=50 + 5 * (number % 3), by=self.shop.operator, at=at
            )

    def _count(self) -> None:
        """The drawers were counted and approved yesterday; shelf A is half done."""
        shelf, drawers = self.stockroom.shelves[0], self.stockroom.shelves[4]
        yesterday = self.shop.now - timedelta(days=1)
        done = self._stocktake(f"Drawers, {yesterday:%B}", drawers, yesterday)
        for number, lot in enumerate(Lot.objects.holding().filter(location=drawers).order_by("pk")):
            off = Decimal(-3 if number % 5 == 2 else 0)
            stocktakes.count_lot(
                done, lot, counted=max(lot.on_hand + off, Decimal(0)), by=self.shop.operator, at=yesterday
            )
        stocktakes.approve(done, by=self.shop.owner, at=yesterday)
        begun = self.shop.now - timedelta(hours=2)
        half = self._stocktake("Shelf A", shelf, begun)
        for number, lot in enumerate(Lot.objects.holding().filter(location=shelf).order_by("pk")[:5]):
            counted = max(lot.on_hand - 4 * (number == 1), Decimal(0))
            stocktakes.count_lot(half, lot, counted=counted, by=self.shop.operator, at=begun)

    def _stocktake(self, name, place, at) -> Stocktake:
        stocktake = Stocktake.objects.create(
            name=name, started_at=at, started_by=self.shop.owner, key=self.shop.dice.key()
        )
        stocktake.locations.set([place])
        return stocktake

    def _compare_prices(self) -> None:
        """Each part at two suppliers, the larger pack for less a piece; the usual colours at three."""
        on = self.shop.today - timedelta(days=20)
        rows = []
        for part in self.stockroom.parts.values():
            large = (part.price * 5 * Decimal("0.88")).quantize(Decimal("0.01"))
            rows.append(Offer(item=part.item, supplier=self.stockroom.suppliers[3], pack_size=part.pack,
                              pack_price=part.price, noted_on=on))  # fmt: skip
            rows.append(Offer(item=part.item, supplier=self.stockroom.suppliers[4], pack_size=part.pack * 5,
                              pack_price=large, order_code=f"BX-{part.item.pk:04d}", noted_on=on))  # fmt: skip
        for known in self.stockroom.filaments[:_PRICED]:
            for supplier, more in zip(self.stockroom.suppliers, ("0.00", "1.20", "-0.80"), strict=False):
                rows.append(Offer(item=known.filament.item, supplier=supplier, pack_size=known.filament.net_weight_g,
                                  pack_price=known.price + Decimal(more), noted_on=on))  # fmt: skip
        Offer.objects.bulk_create(rows)

    def _learn_barcodes(self) -> None:
        """Numbers of the range that shops may give to themselves."""
        for number, known in enumerate(self.stockroom.filaments[:_KNOWN_BY_EAN], start=1):
            body = f"2{number:011d}"
            check = next(digit for digit in range(10) if barcodes.digits_of(f"{body}{digit}"))
            barcodes.link_barcode(known.filament.item, digits=f"{body}{check}")

    def _set_minimums(self) -> None:
        """Most have enough; every third colour and part is short, one of them ordered already and one silenced."""
        today = self.shop.today
        for number, group in enumerate(self.stockroom.group_rows):
            free_g = max(reservations.available_in_group(group), Decimal(0))
            minimum = free_g * (Decimal("1.3") if number % 3 == 0 else Decimal("0.5"))
            on_order = _HALF_KILO * 2 if number % 6 == 3 else Decimal(0)
            policies.set_policy(group=group, minimum=(minimum // _HALF_KILO + 1) * _HALF_KILO, on_order=on_order)
        for number, part in enumerate(self.stockroom.parts.values()):
            free = stock.on_hand(part.item)
            minimum = free * (Decimal("1.2") if number % 4 == 1 else Decimal("0.4"))
            policies.set_policy(item=part.item, minimum=max(minimum.quantize(Decimal(1)), Decimal(1)))
        policies.raise_alerts(on=today, at=self.shop.now)
        silenced = StockPolicy.objects.filter(item__isnull=False, alerts__isnull=False).order_by("pk").first()
        if silenced:
            policies.snooze(silenced, until=today + timedelta(days=5))
