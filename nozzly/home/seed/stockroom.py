"""Rolls and parts of the invented shop: what it opened with, what came in parcels, what is taken."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from catalog.domain.variants import Binding
from inventory.choices import Finish, ItemKind, MovementKind, SpoolState
from inventory.domain import filaments, items, library
from inventory.domain.colours import distance, passes_for
from inventory.domain.filaments import FilamentFacts
from inventory.models import Delivery, DeliveryLine, Filament, Item, MaterialGroup, Spool, Supplier
from nozzly.core.money import round_unit_cost, split_money
from nozzly.home.seed.books import Holding, Posting
from nozzly.home.seed.furniture import GROUPS, chosen_filaments, make_places
from nozzly.home.seed.shop import Shop

ZERO = Decimal(0)
_SAME_GROUP = 12  # as far apart as two rolls of one colour family may look
_NEUTRAL = {"Black PLA", "White PLA", "Grey PLA"}  # beige is no white
_USED_UP_G = Decimal(25)
_SUPPLIERS = ("Filament Barn", "Polar Plastics", "Northgate 3D", "Bits and Bolts", "Boxwise")
# name, kind, pieces in a pack, price of a pack, grams of one as posted
_PARTS = (
    ("Magnet 6 × 2 mm", ItemKind.COMPONENT, 100, "8.40", "0.4"), ("Screw M3 × 12", ItemKind.COMPONENT, 200, "5.60", "0.7"),
    ("Key ring 25 mm", ItemKind.COMPONENT, 100, "6.90", "3"), ("Cork pad", ItemKind.COMPONENT, 100, "9.80", "2"),
    ("Felt pad", ItemKind.COMPONENT, 250, "7.20", "0.3"), ("Cotton cord, 1 m", ItemKind.COMPONENT, 50, "6.50", "4"),
    ("LED tea light", ItemKind.COMPONENT, 48, "18.20", "11"), ("Envelope", ItemKind.PACKAGING, 200, "32.00", "14"),
    ("Box S", ItemKind.PACKAGING, 100, "24.00", "38"), ("Box M", ItemKind.PACKAGING, 100, "37.00", "72"),
    ("Box L", ItemKind.PACKAGING, 50, "29.50", "140"),
)  # fmt: skip


@dataclass(eq=False)
class Roll:
    holding: Holding
    spool: Spool


@dataclass(eq=False)
class FilamentStock:
    filament: Filament
    price: Decimal
    sealed: deque[Roll] = field(default_factory=deque)
    open: Roll | None = None
    begun: list[Roll] = field(default_factory=list)  # set aside because they were too short for a bed
    used_g: Decimal = Decimal(40)

    @property
    def left_g(self) -> Decimal:
        opened = self.open.holding.left if self.open else ZERO
        return opened + sum((roll.holding.left for roll in self.sealed), ZERO)


@dataclass(eq=False)
class PartStock:
    item: Item
    pack: int
    price: Decimal
    bags: deque[Holding] = field(default_factory=deque)
    used: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        return sum((bag.left for bag in self.bags), ZERO)


@dataclass(frozen=True)
class Use:
    roll: Roll
    grams: Decimal
    purge_g: Decimal


class Stockroom:
    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.rolls: list[Roll] = []
        self.suppliers = [Supplier.objects.create(name=name) for name in _SUPPLIERS]
        self.shelves = make_places()
        self.filaments = [self._filament(entry) for entry in chosen_filaments(shop.size.filaments)]
        self.by_id = {stock.filament.pk: stock for stock in self.filaments}
        self.group_rows: list[MaterialGroup] = []
        self.groups = self._make_groups()
        self.parts = {name: self._part(name, *facts) for name, *facts in _PARTS}
        self._last_costs: dict[int, tuple[Item, Decimal, date]] = {}
        self.deliveries_every = 7 if shop.size.spools > 1000 else 21  # days
        self.deliveries_left = 1
        self._invoice = 2400

    def _filament(self, entry: library.LibraryFilament) -> FilamentStock:
        per_g = library.guessed_cost_per_g(entry.material, currency=self.shop.currency)
        price = (per_g * entry.net_weight_g).quantize(Decimal(1)) + self.shop.dice.randint(-2, 4) - Decimal("0.01")
        facts = FilamentFacts(
            brand=entry.brand, material=entry.material, colour_name=entry.colour_name, colour_hexes=entry.colour_hexes,
            finish=entry.finish, diameter_mm=entry.diameter_mm, net_weight_g=entry.net_weight_g,
            density_g_cm3=entry.density_g_cm3, empty_reel_g=entry.empty_reel_g, list_price=price,
            list_price_origin="typed", reference=entry.reference,
        )  # fmt: skip
        return FilamentStock(filaments.create_filament(facts), price)

    def _make_groups(self) -> dict[int, list[FilamentStock]]:
        """Plain PLA by the colour it comes closest to."""
        members: dict[str, list[FilamentStock]] = {name: [] for name, _hex in GROUPS}
        for stock in self.filaments:
            filament = stock.filament
            if (filament.material.name, filament.finish, len(filament.colour_hexes)) == ("PLA", Finish.STANDARD, 1):
                gap, name = min((distance(filament.colour_hexes[0], colour), name) for name, colour in GROUPS)
                alike = passes_for(filament.colour_hexes[0], dict(GROUPS)[name])
                if alike or (gap <= _SAME_GROUP and name not in _NEUTRAL):
                    members[name].append(stock)
        pla = filaments.material_named("PLA")
        made = {}
        for name, colour in GROUPS:
            if members[name]:
                own = [stock.filament for stock in members[name]]
                group = filaments.create_group(name=name, material=pla, colour_hex=colour, members=own)
                self.group_rows.append(group)
                made[group.pk] = members[name]
        return made

    def _part(self, name: str, kind: str, pack: int, price: str, weight_g: str) -> PartStock:
        item = items.create_item(kind=kind, name=name)
        item.pack_size, item.packed_weight_g = Decimal(pack), Decimal(weight_g)
        item.list_price_per_unit = round_unit_cost(Decimal(price) / pack)
        item.preferred_supplier = self.suppliers[3 if kind == ItemKind.COMPONENT else 4]
        return PartStock(items.save_item(item), pack, Decimal(price))

    # --- Coming in -----------------------------------------------------------------------------------------------

    def open_books(self, at: datetime) -> None:
        """What the shop owned on the first day: full rolls, a few begun ones, a bag of everything."""
        posting = self.shop.books.start(Posting("spools", None, "", self.shop.dice.key(), self.shop.owner, at))
        for number in range(self.shop.size.opening_spools):
            stock = self.filaments[number % len(self.filaments)]
            begun = number % 9 == 4
            left_g = self.shop.dice.around(Decimal(420), 30) if begun else stock.filament.net_weight_g
            roll = self._new_roll(stock, on=at.date(), supplier=self.suppliers[number % 3])
            value = (stock.price * left_g / stock.filament.net_weight_g).quantize(Decimal("0.01"))
            self.shop.books.put(posting, roll.holding, MovementKind.OPENING, left_g, values=(value, value))
            if begun and stock.open is None:
                self._open(stock, roll, at)
        for part in self.parts.values():
            bag = self._new_bag(part, on=at.date())
            count, value = Decimal(part.pack), part.price
            self.shop.books.put(posting, bag, MovementKind.OPENING, count, values=(value, value))

    def restock(self, at: datetime) -> None:
        """A parcel of rolls: what runs out first, an even share of all that is still to come."""
        budget = self.shop.size.spools - len(self.rolls)
        if budget <= 0:
            return
        last = self.deliveries_left <= 1
        count = budget if last else max(budget // self.deliveries_left, 1)
        self.deliveries_left -= 1
        coming: dict[FilamentStock, int] = {}
        left = {stock: stock.left_g for stock in self.filaments}
        for _roll in range(count):
            scarcest = min(self.filaments, key=lambda stock: left[stock] / stock.used_g)
            left[scarcest] += scarcest.filament.net_weight_g
            coming[scarcest] = coming.get(scarcest, 0) + 1
        self._deliver_rolls(coming, at)

    def _deliver_rolls(self, coming: dict[FilamentStock, int], at: datetime) -> None:
        lines = [(stock.filament.item, count, stock.filament.net_weight_g, self._price(stock.price) * count)
                 for stock, count in coming.items()]  # fmt: skip
        supplier = self.suppliers[self.shop.dice.randrange(3)]
        delivery, rows, posting = self._deliver(supplier, lines, at, postage=Decimal("6.95"))
        for (stock, count), row in zip(coming.items(), rows, strict=True):
            for value in split_money(row.landed_total, [1] * count, self.shop.currency):
                roll = self._new_roll(
                    stock, on=delivery.received_on, supplier=supplier, delivery_line=row, batch=row.batch
                )
                self.shop.books.put(
                    posting, roll.holding, MovementKind.RECEIPT, row.quantity_each, values=(value, value)
                )

    def restock_parts(self, at: datetime) -> None:
        """Bags that run low are ordered again, more of them the faster they go."""
        low = [part for part in self.parts.values() if part.left < Decimal(part.pack) / 2 + part.used / 40]
        if not low:
            return
        for supplier in self.suppliers[3:]:
            own = [part for part in low if part.item.preferred_supplier_id == supplier.pk]
            counts = [1 + int(part.used / part.pack / 8) for part in own]
            lines = [(part.item, count, Decimal(part.pack), self._price(part.price) * count)
                     for part, count in zip(own, counts, strict=True)]  # fmt: skip
            if lines:
                delivery, rows, posting = self._deliver(supplier, lines, at, postage=Decimal("3.95"))
                for part, row in zip(own, rows, strict=True):
                    bag = self._new_bag(part, on=delivery.received_on, supplier=supplier, delivery_line=row)
                    quantity, value = row.quantity_each * row.count, row.landed_total
                    self.shop.books.put(posting, bag, MovementKind.RECEIPT, quantity, values=(value, value))

    def _deliver(
        self, supplier: Supplier, lines: Sequence[tuple], at: datetime, *, postage: Decimal
    ) -> tuple[Delivery, list[DeliveryLine], Posting]:
        self._invoice += self.shop.dice.randint(3, 40)
        number, key = f"{supplier.name[:2].upper()}-{self._invoice}", self.shop.dice.key()
        delivery = Delivery(
            supplier=supplier, invoice_number=number, received_on=timezone.localdate(at), postage=postage, key=key,
            by=self.shop.owner,
        )  # fmt: skip
        shares = split_money(postage, [total for *_rest, total in lines], self.shop.currency)
        batch = f"L{at:%y%j}"
        rows = [
            DeliveryLine(delivery=delivery, item=item, count=count, quantity_each=each, line_total=total,
                         landed_total=total + share, batch=batch if item.kind == ItemKind.FILAMENT else "")
            for (item, count, each, total), share in zip(lines, shares, strict=True)
        ]  # fmt: skip
        for row in rows:
            cost = round_unit_cost(row.landed_total / (row.count * row.quantity_each))
            self._last_costs[row.item.pk] = (row.item, cost, delivery.received_on)
        self.shop.outbox.add(delivery, *rows)
        posting = Posting("delivery", delivery, str(delivery), key, self.shop.owner, at)
        return delivery, rows, self.shop.books.start(posting)

    def _price(self, price: Decimal) -> Decimal:
        return max(
            (price * self.shop.dice.choice((Decimal("0.93"), Decimal(1), Decimal(1), Decimal("1.06")))).quantize(
                Decimal("0.01")
            ),
            Decimal("0.50"),
        )

    def _new_roll(self, stock: FilamentStock, *, on: date, **details: object) -> Roll:
        place = self.shelves[self.shop.dice.randrange(4)]
        holding = self.shop.books.lot(stock.filament.item, received_on=on, location=place, **details)
        spool = Spool(lot=holding.lot, net_weight_g=stock.filament.net_weight_g, state=SpoolState.SEALED)
        self.shop.outbox.add(spool)
        roll = Roll(holding, spool)
        stock.sealed.append(roll)
        self.rolls.append(roll)
        return roll

    def _new_bag(self, part: PartStock, *, on: date, **details: object) -> Holding:
        bag = self.shop.books.lot(part.item, received_on=on, location=self.shelves[4], **details)
        part.bags.append(bag)
        return bag

    # --- Going out -----------------------------------------------------------------------------------------------

    def stocks_for(self, binding: Binding) -> list[FilamentStock]:
        return self.groups[binding.group_id] if binding.group_id else [self.by_id[binding.filament_id]]

    def suffices(self, binding: Binding, grams: Decimal) -> bool:
        return sum((stock.left_g for stock in self.stocks_for(binding)), ZERO) > grams * 2 + 200

    def take(self, binding: Binding, *, grams: Decimal, purge_g: Decimal, at: datetime) -> list[Use]:
        """Which roll gives what: one that suffices, if there is; sometimes one runs out and the next is loaded."""
        needed = grams + purge_g
        stock, roll = self._loaded(self.stocks_for(binding), needed, at)
        stock.used_g += needed
        left = roll.holding.left
        # Now and then a roll gives more than the books know of.
        if left >= needed or self.shop.dice.happens(8):
            return [Use(roll, grams, purge_g)]
        first_g = min(left, grams - Decimal("0.5")).quantize(Decimal("0.1"), rounding="ROUND_DOWN")
        stock.open = None
        _stock, following = self._loaded(self.stocks_for(binding), needed, at)
        if first_g < 1 or following is roll:
            return [Use(following, grams, purge_g)]
        return [Use(roll, first_g, ZERO), Use(following, grams - first_g, purge_g)]

    def take_part(self, name: str, quantity: Decimal) -> list[tuple[Holding, Decimal]]:
        """Oldest bag first, as a run takes them; the last one gives whatever is missing."""
        part = self.parts[name]
        part.used += quantity
        taken = []
        while len(part.bags) > 1 and quantity >= part.bags[0].left:
            bag = part.bags.popleft()
            if bag.left:
                taken.append((bag, bag.left))
                quantity -= bag.left
        if quantity:
            taken.append((part.bags[0], quantity))
        return taken

    def _loaded(self, stocks: Sequence[FilamentStock], needed: Decimal, at: datetime) -> tuple[FilamentStock, Roll]:
        """The open roll; a short one is usually set aside for a smaller bed, and its last metres go into the bin."""
        for stock in stocks:
            if stock.open and stock.open.holding.left < _USED_UP_G:
                self._use_up(stock, at)
            elif (
                stock.open and stock.open.holding.left < needed and len(stock.sealed) > 1 and self.shop.dice.happens(50)
            ):
                stock.begun.append(stock.open)
                stock.open = None
        for stock in stocks:
            fitting = [roll for roll in stock.begun if roll.holding.left >= needed]
            if fitting and stock.open is None:
                stock.begun.remove(fitting[0])
                stock.open = fitting[0]
        opened = [stock for stock in stocks if stock.open]
        if opened:
            stock = max(opened, key=lambda each: (each.open.holding.left >= needed, -each.used_g))
            return stock, stock.open
        stock = max(stocks, key=lambda each: len(each.sealed))
        if stock.sealed:
            self._open(stock, stock.sealed[0], at)
            return stock, stock.open
        return self._last_resort(stocks)

    def _last_resort(self, stocks: Sequence[FilamentStock]) -> tuple[FilamentStock, Roll]:
        """Nothing is left: the last roll there was gives what nobody knows of."""
        wanted = {each.filament.pk: each for each in stocks}
        roll = next(roll for roll in reversed(self.rolls) if roll.holding.lot.item_id in wanted)
        return wanted[roll.holding.lot.item_id], roll

    def _open(self, stock: FilamentStock, roll: Roll, at: datetime) -> None:
        stock.sealed.remove(roll)
        stock.open = roll
        roll.spool.state, roll.spool.opened_at = SpoolState.OPEN, at

    def _use_up(self, stock: FilamentStock, at: datetime) -> None:
        """The last metres go into the bin."""
        roll, stock.open = stock.open, None
        left = roll.holding.left
        if left:
            posting = Posting("hand", roll.holding.lot, "", self.shop.dice.key(), self.shop.operator, at)
            self.shop.books.put(
                self.shop.books.start(posting), roll.holding, MovementKind.WASTE, -left, note="roll is empty"
            )

    def settle(self) -> None:
        """Write the last prices paid and what became of each roll."""
        for item, cost, on in self._last_costs.values():
            item.last_cost_per_unit, item.last_cost_on = cost, on
        Item.objects.bulk_update(
            [row[0] for row in self._last_costs.values()], ["last_cost_per_unit", "last_cost_on"], batch_size=500
        )
        current = {id(stock.open) for stock in self.filaments}
        for roll in self.rolls:
            if not roll.holding.left:
                roll.spool.state = SpoolState.EMPTY
            elif roll.spool.state == SpoolState.OPEN and id(roll) in current and self.shop.dice.happens(6):
                roll.spool.state = SpoolState.DRYING

    def store_states(self) -> None:
        Spool.objects.bulk_update([roll.spool for roll in self.rolls], ["state", "opened_at"], batch_size=1000)


def delivery_days(shop: Shop, every: int) -> Iterable[datetime]:
    """Half past ten on the days parcels come, the last of them in the week before today."""
    today = timezone.localdate(shop.now)
    for back in range(shop.size.days - 6, 2, -every):
        yield timezone.make_aware(datetime.combine(today - timedelta(days=back), time(10, 30)))
