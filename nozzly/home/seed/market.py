"""Customers and orders of the invented shop: placed, packed, posted, with figures frozen as shipping freezes them."""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate

from django.utils import timezone

from inventory.choices import MovementKind
from nozzly.core.money import round_unit_cost
from nozzly.home.seed import names
from nozzly.home.seed.books import Holding, Posting
from nozzly.home.seed.catalogue import Catalogue, Made
from nozzly.home.seed.outbox import Facts
from nozzly.home.seed.pricelist import PriceList
from nozzly.home.seed.shop import Agenda, Shop
from nozzly.home.seed.stockroom import Stockroom
from nozzly.tax.domain.imports import shipped as shipped_borders
from nozzly.tax.domain.rates import shipped_rate
from nozzly.tax.domain.treatment import Destination
from pricing.choices import ChannelKind
from pricing.domain.terms import Terms, terms_of_all, terms_without_channel
from pricing.engine import schedules
from pricing.models import Channel
from sales.choices import CostOrigin, OrderEventKind, OrderState
from sales.domain import shipping
from sales.domain.figures import figures_of
from sales.domain.orders import FIRST_NUMBER
from sales.models import Customer, Order, OrderEvent, OrderLine, Parcel

ZERO = Decimal(0)
_COUNTRIES = (("GB", 80), ("US", 8), ("DE", 4), ("FR", 3), ("IE", 2), ("NL", 2), ("AU", 1))
_PACKING_G = Decimal(45)
_ABROAD_EXTRA = Decimal("6.00")


@dataclass(eq=False)
class Sale:
    """An order with its lines, from the inbox to the post."""

    order: Order
    lines: list[OrderLine]
    wanted: list[Made | None]
    diary: list[Facts] = field(default_factory=list)

    @property
    def pairs(self) -> list[tuple[OrderLine, Made]]:
        return [(line, made) for line, made in zip(self.lines, self.wanted, strict=True) if made is not None]


class Market:
    def __init__(
        self, shop: Shop, stockroom: Stockroom, catalogue: Catalogue, prices: PriceList, agenda: Agenda
    ) -> None:
        self.shop, self.stockroom, self.prices, self.agenda = shop, stockroom, prices, agenda
        self.made = catalogue.made
        self.channels = {channel.name: channel for channel in prices.channels}
        self.customers: list[Customer] = []
        self.count = 0
        self.open: list[Sale] = []
        self._reach = list(accumulate(made.appeal for made in self.made))
        self._terms: dict[tuple, dict[int | None, Terms]] = {}
        self._versions: dict[date, tuple] = {}
        self._external = 3_140_000_000

    # --- Placing -------------------------------------------------------------------------------------------------

    def place(self, at: datetime) -> None:
        """Somebody buys what is on the shelf."""
        channel = self._channel(at)
        wanted = [made for made in (self._something() for _line in range(self._line_count())) if made]
        if not wanted:
            wanted = [self.shop.dice.choice(self.made)]
        sale = self.new_sale(channel, list(dict.fromkeys(wanted)), at=at)
        for line, made in sale.pairs:
            made.free -= line.quantity
        self.open.append(sale)
        if channel and channel.kind == ChannelKind.FAIR:
            self.agenda.add(at + timedelta(minutes=4), lambda now: self.ship(sale, now))
        else:
            self.agenda.add(self._posting_time(at), lambda now: self.ship(sale, now))

    def _channel(self, at: datetime) -> Channel | None:
        weekend = timezone.localtime(at, self.shop.zone).weekday() >= 5
        name = self.shop.dice.weighted(
            (("Etsy", 55), ("eBay", 18), ("Shopify", 19), ("Craft fair", 18 * weekend), ("", 2))
        )
        return self.channels.get(name)

    def _line_count(self) -> int:
        return self.shop.dice.weighted(((1, 78), (2, 17), (3, 5)))

    def _something(self) -> Made | None:
        """By appeal, of what is there."""
        for _try in range(25):
            made = self.made[bisect(self._reach, self.shop.dice.random() * self._reach[-1]) % len(self.made)]
            if made.free > 0:
                return made
        return next((made for made in self.made if made.free > 0), None)

    def new_sale(self, channel: Channel | None, wanted: Sequence[Made | None], *, at: datetime) -> Sale:
        """An order as it comes in, with its number; money in pounds, as on every channel of the shop."""
        dice, self.count = self.shop.dice, self.count + 1
        placed_on = timezone.localdate(at, self.shop.zone)
        country = "GB" if channel is None or channel.kind == ChannelKind.FAIR else dice.weighted(_COUNTRIES)
        customer = None if channel and channel.kind == ChannelKind.FAIR else self._customer(country, channel)
        order = Order(
            number=str(FIRST_NUMBER + self.count), channel=channel, external_id=self._external_id(channel), customer=customer,
            created_at=at,
            placed_on=placed_on, due_on=placed_on + timedelta(days=5), currency=self.shop.currency, rate=Decimal(1),
            ship_to=f"{customer.name}\n{customer.address}\n{customer.city} {customer.postcode}" if customer else "",
            ship_to_country=customer.country if customer else "",
            by_offsite_ad=bool(channel and channel.name == "Etsy" and dice.happens(8)), is_rush=dice.happens(2),
            note=dice.choice(names.ORDER_NOTES) if dice.happens(3) else "",
        )  # fmt: skip
        sale = Sale(order, [], list(wanted))
        sale.lines = [self._line(order, position, made, at) for position, made in enumerate(wanted)]
        if customer and channel:
            order.postage_charged = self.prices.postage_charged + (_ABROAD_EXTRA if country != "GB" else ZERO)
        if dice.happens(6):
            order.discount = (sum((line.total for line in sale.lines), ZERO) / 10).quantize(Decimal("0.01"))
        terms = self.terms(order)
        order.tax_kind, order.tax_rate_pct = terms.treatment.kind, terms.treatment.rate_pct
        self.note(sale, OrderEventKind.CREATED, at)
        return sale

    def _line(self, order: Order, position: int, made: Made | None, at: datetime) -> OrderLine:
        dice = self.shop.dice
        if made is None:
            return OrderLine(
                order=order,
                position=position,
                title=dice.choice(names.UNKNOWN_TITLES),
                unit_price=Decimal(dice.randint(9, 38)),
            )
        quantity = min(dice.weighted(((1, 86), (2, 11), (3, 3))), max(made.free, 1))
        product = made.variant.product
        return OrderLine(
            order=order, position=position, variant=made.variant, title=product.title, options=f"Colour: {made.variant.name}",
            personalisation=dice.choice(names.PERSONALISATIONS) if product.personalisation else "", quantity=quantity,
            unit_price=self.prices.price_on(made, order.channel, at),
        )  # fmt: skip

    def _customer(self, country: str, channel: Channel | None) -> Customer:
        dice = self.shop.dice
        if self.customers and dice.happens(34):
            known = dice.choice(self.customers)
            if known.country == country:
                return known
        name = f"{dice.choice(names.FIRST)} {dice.choice(names.LAST)}"
        city, postcode = dice.choice(names.TOWNS[country])
        company = dice.choice(names.COMPANIES) if channel is None else ""
        handle = f"{name.split(maxsplit=1)[0].lower()}{dice.randint(10, 999)}" if channel else ""
        customer = Customer(
            name=name, company=company, email=f"{name.lower().replace(' ', '.')}{len(self.customers)}@example.com",
            address=f"{dice.randint(1, 140)} {dice.choice(names.STREETS)}", city=city, postcode=postcode, country=country,
            channel_handle=handle,
        )  # fmt: skip
        self.customers.append(customer)
        self.shop.outbox.add(customer)
        return customer

    def _external_id(self, channel: Channel | None) -> str:
        if channel is None or channel.kind == ChannelKind.FAIR:
            return ""
        self._external += self.shop.dice.randint(11, 977)
        if channel.name == "eBay":
            text = str(self._external)
            return f"{text[:2]}-{text[2:6]}-{text[6:]}"
        return str(self._external) if channel.name == "Etsy" else f"#{1000 + self.count}"

    def terms(self, order: Order) -> Terms:
        """The terms of the day it was placed, looked up once for all days on which they were the same."""
        country = order.ship_to_country or self.shop.country
        key = (self._version(order.placed_on), country)
        if key not in self._terms:
            to = Destination(country, looks_at_border=True)
            found = terms_of_all(self.prices.channels, on=order.placed_on, to=to)
            by_channel: dict[int | None, Terms] = {terms.channel.pk: terms for terms in found}
            by_channel[None] = terms_without_channel(self.shop.currency, on=order.placed_on, to=to)
            self._terms[key] = by_channel
        return self._terms[key][order.channel_id]

    def _version(self, on: date) -> tuple:
        """What tells the terms of one day from those of another: fee schedules, borders and the tax rate in force."""
        if on not in self._versions:
            dated = [schedules.load(channel.schedule_id, on=on).effective_from for channel in self.prices.channels]
            borders = sum(border.valid_from <= on for border in shipped_borders())
            self._versions[on] = (*dated, borders, shipped_rate(country=self.shop.country, on=on).pct)
        return self._versions[on]

    # --- Sending -------------------------------------------------------------------------------------------------

    def _posting_time(self, at: datetime) -> datetime:
        """In the afternoon of one of the next working days."""
        day = timezone.localdate(at, self.shop.zone) + timedelta(
            days=self.shop.dice.weighted(((1, 55), (2, 35), (3, 10)))
        )
        return self._afternoon(day)

    def _afternoon(self, day: date) -> datetime:
        while day.weekday() >= 5:
            day += timedelta(days=1)
        return self.shop.moment(day, 15) + self.shop.dice.minutes(0, 110)

    def ship(self, sale: Sale, at: datetime) -> None:
        """Post it, or try again tomorrow when a piece is not on the shelf yet."""
        if any(sum(lot.left for lot in made.lots) < line.piece_count for line, made in sale.pairs):
            again = self._afternoon(timezone.localdate(at, self.shop.zone) + timedelta(days=1))
            self.agenda.add(again, lambda now: self.ship(sale, now))
            return
        self.open.remove(sale)
        order, owner = sale.order, self.shop.owner
        order.confirmed_at = max(at - timedelta(hours=20), self.placed_at(sale))
        order.packed_at = max(at - timedelta(hours=1), order.confirmed_at)
        order.state, order.ship_key = OrderState.SHIPPED, self.shop.dice.key()
        order.shipped_at, order.shipped_on = at, timezone.localdate(at, self.shop.zone)
        posting = self.shop.books.start(Posting("order", order, order.number, order.ship_key, owner, at))
        for line, made in sale.pairs:
            self._take_pieces(line, made, posting)
        parcel = self._parcel(sale, posting)
        found = figures_of(order, sale.lines, terms=self.terms(order))
        shipping.freeze(order, sale.lines, parcel, found)
        self.note(sale, OrderEventKind.CONFIRMED, order.confirmed_at)
        self.note(sale, OrderEventKind.PACKED, order.packed_at)
        self.note(sale, OrderEventKind.SHIPPED, at, text=order.tracking)
        self.store(sale)
        self.shop.outbox.add(parcel, *shipping.charges_of(order, found, at=at))

    def _take_pieces(self, line: OrderLine, made: Made, posting: Posting) -> None:
        """Oldest first; what they cost is frozen with the line."""
        bought = full = ZERO
        missing = line.piece_count
        while missing:
            holding = made.lots[0]
            taken = min(missing, int(holding.left))
            if taken:
                its_bought, its_full = self.shop.books.put(
                    posting, holding, MovementKind.SALE, Decimal(-taken), note=line.title
                )
                bought, full, missing = bought - its_bought, full - its_full, missing - taken
            if not holding.left:
                made.lots.pop(0)
        line.cost_origin, line.cost_home = CostOrigin.ACTUAL, full
        line.bought_cost, line.full_cost = (
            round_unit_cost(bought / line.piece_count),
            round_unit_cost(full / line.piece_count),
        )

    def _parcel(self, sale: Sale, posting: Posting) -> Parcel:
        order = sale.order
        if order.channel is not None and order.channel.kind == ChannelKind.FAIR:
            return Parcel(order=order, packaging_cost=ZERO)
        weight_g = sum((made.weight_g * line.piece_count for line, made in sale.pairs), _PACKING_G)
        sizes = ["Envelope", "Box S", "Box M", "Box L"]
        box = sizes[max(sizes.index(made.design["box"]) for _line, made in sale.pairs)]
        service = self.prices.cheapest(weight_g, order.ship_to_country)
        order.tracking = f"CF{self.shop.dice.randint(10**8, 10**9 - 1)}GB"
        holding = self._box(box)
        _bought, full = self.shop.books.put(posting, holding, MovementKind.CONSUMPTION, Decimal(-1))
        return Parcel(
            order=order, packaging=holding.lot.item, service=service, postage=service.price if service else ZERO,
            postage_assumed=bool(service and service.assumed), packaging_cost=-full, tracking=order.tracking,
        )  # fmt: skip

    def _box(self, name: str) -> Holding:
        ((holding, _one),) = self.stockroom.take_part(name, Decimal(1))
        return holding

    # --- Rows ----------------------------------------------------------------------------------------------------

    def placed_at(self, sale: Sale) -> datetime:
        return sale.diary[0]["at"]

    def note(self, sale: Sale, kind: str, at: datetime, *, text: str = "") -> None:
        sale.diary.append({"order": sale.order, "kind": kind, "text": text, "at": at, "by": self.shop.owner})

    def store(self, sale: Sale) -> None:
        self.shop.outbox.add(sale.order, *sale.lines)
        self.shop.outbox.tell(OrderEvent, sale.diary)
