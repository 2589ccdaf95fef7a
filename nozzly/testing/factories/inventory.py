"""Rows of the stock room. Lots with something on them have their opening row in the ledger, as in life."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import factory
from factory.django import DjangoModelFactory

from inventory.choices import AlertRoute, ItemKind, LocationKind, MovementKind, SpoolState, Unit
from inventory.domain import ledger
from inventory.domain.codes import ALPHABET
from inventory.domain.searching import refresh_items, refresh_lots
from inventory.models import (
    AlertAddress,
    Barcode,
    Brand,
    Delivery,
    DeliveryLine,
    Drying,
    Filament,
    Item,
    Location,
    Lot,
    Material,
    MaterialGroup,
    Offer,
    Reservation,
    Spool,
    StockAlert,
    StockDay,
    StockPolicy,
    Stocktake,
    StocktakeLine,
    Supplier,
    Weighing,
)
from inventory.models.movements import Movement

BEFORE = datetime(2026, 1, 1, 9, tzinfo=UTC)


def _code(number: int, length: int) -> str:
    digits = ""
    for _place in range(length):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


class BrandFactory(DjangoModelFactory):
    class Meta:
        model = Brand
        django_get_or_create = ("name",)

    name = factory.Sequence(lambda n: f"Brand {n}")
    empty_reel_g = Decimal(200)


class MaterialFactory(DjangoModelFactory):
    class Meta:
        model = Material
        django_get_or_create = ("name",)

    name = "PLA"
    density_g_cm3 = Decimal("1.24")


class MaterialGroupFactory(DjangoModelFactory):
    class Meta:
        model = MaterialGroup

    name = factory.Sequence(lambda n: f"Group {n}")
    material = factory.SubFactory(MaterialFactory)
    colour_hex = "#000000"


class SupplierFactory(DjangoModelFactory):
    class Meta:
        model = Supplier

    name = factory.Sequence(lambda n: f"Supplier {n}")


class ItemFactory(DjangoModelFactory):
    class Meta:
        model = Item
        skip_postgeneration_save = True

    kind = ItemKind.COMPONENT
    name = factory.Sequence(lambda n: f"Magnet {n}")
    unit = Unit.PIECE

    @factory.post_generation
    def searchable(self, create, extracted, **_):
        if create and extracted is not False:
            refresh_items([self.pk])


class FilamentFactory(DjangoModelFactory):
    """Its item carries the name the domain would give it."""

    class Meta:
        model = Filament
        skip_postgeneration_save = True

    brand = factory.SubFactory(BrandFactory)
    material = factory.SubFactory(MaterialFactory)
    colour_name = factory.Sequence(lambda n: f"Colour {n}")
    colour_hexes = factory.LazyFunction(lambda: ["#1a1a1a"])
    net_weight_g = Decimal(1000)
    item = factory.SubFactory(
        ItemFactory,
        kind=ItemKind.FILAMENT,
        unit=Unit.GRAM,
        list_price_per_unit=Decimal("0.020000"),
        list_price_origin="assumed",
        name=factory.LazyAttribute(
            lambda it: (
                f"{it.factory_parent.brand.name} {it.factory_parent.material.name} {it.factory_parent.colour_name}"
            )
        ),
    )

    @factory.post_generation
    def searchable(self, create, extracted, **_):
        if create:
            refresh_items([self.item_id])


class LocationFactory(DjangoModelFactory):
    class Meta:
        model = Location

    name = factory.Sequence(lambda n: f"Shelf {n}")
    kind = LocationKind.SHELF
    parent = None
    code = factory.Sequence(lambda n: _code(n, 3))
    depth = factory.LazyAttribute(lambda place: place.parent.depth + 1 if place.parent else 0)
    path = factory.LazyAttribute(
        lambda place: f"{place.parent.path}{Location.SEPARATOR}{place.name}" if place.parent else place.name
    )


def _open(lot: Lot, held, worth) -> None:
    refresh_lots([lot.pk])
    if held:
        value = None if worth is None else Decimal(worth)
        entry = ledger.Entry(lot.pk, MovementKind.OPENING, Decimal(held), value, value)
        ledger.post([entry], source="spools", source_id=lot.pk, source_text="", key=uuid4(), by=None, at=BEFORE)
    lot.refresh_from_db()


class LotFactory(DjangoModelFactory):
    """``held`` units, worth ``worth`` together, are posted as opening stock; none by default."""

    class Meta:
        model = Lot

    item = factory.SubFactory(ItemFactory)
    code = factory.Sequence(lambda n: _code(n + 1, 4))
    received_on = date(2026, 1, 1)
    held = 0
    worth = None

    @classmethod
    def _create(cls, model_class, *args, held, worth, **fields):
        lot = super()._create(model_class, *args, **fields)
        _open(lot, held, worth)
        return lot


class SpoolFactory(DjangoModelFactory):
    """A full kilogram worth 20.00, unless ``on_hand`` and ``worth`` say otherwise; ``lot__…`` reaches its lot."""

    class Meta:
        model = Spool
        exclude = ("filament",)

    filament = factory.SubFactory(FilamentFactory)
    lot = factory.SubFactory(LotFactory, item=factory.SelfAttribute("..filament.item"))
    net_weight_g = factory.SelfAttribute("filament.net_weight_g")
    state = SpoolState.OPEN
    opened_at = BEFORE
    on_hand = Decimal(1000)
    worth = Decimal("20.00")

    @classmethod
    def _create(cls, model_class, *args, on_hand, worth, **fields):
        spool = super()._create(model_class, *args, **fields)
        _open(spool.lot, on_hand, worth)
        return spool


class DeliveryFactory(DjangoModelFactory):
    class Meta:
        model = Delivery

    supplier = factory.SubFactory(SupplierFactory)
    invoice_number = factory.Sequence(lambda n: f"INV-{n}")
    received_on = date(2026, 1, 1)
    key = factory.LazyFunction(uuid4)


class DeliveryLineFactory(DjangoModelFactory):
    class Meta:
        model = DeliveryLine

    delivery = factory.SubFactory(DeliveryFactory)
    item = factory.SubFactory(ItemFactory)
    count = 1
    quantity_each = Decimal(100)
    line_total = Decimal("10.00")
    landed_total = factory.SelfAttribute("line_total")


class MovementFactory(DjangoModelFactory):
    """A bare row that changes no balance: for tests of the table itself. Stock comes from LotFactory."""

    class Meta:
        model = Movement

    lot = factory.SubFactory(LotFactory)
    kind = MovementKind.OPENING
    quantity = Decimal(100)
    bought_value = Decimal("2.00")
    full_value = Decimal("2.00")
    source = "spools"
    key = factory.LazyFunction(uuid4)
    position = 0
    occurred_at = BEFORE
    recorded_at = BEFORE
    booked_on = date(2026, 1, 1)


class ReservationFactory(DjangoModelFactory):
    class Meta:
        model = Reservation

    item = factory.SubFactory(ItemFactory)
    quantity = Decimal(10)
    source = "run"
    source_id = factory.Sequence(lambda n: n + 1)


class WeighingFactory(DjangoModelFactory):
    class Meta:
        model = Weighing

    spool = factory.SubFactory(SpoolFactory)
    gross_g = Decimal(700)
    tare_g = Decimal(200)
    net_g = Decimal(500)
    expected_g = Decimal(520)
    key = factory.LazyFunction(uuid4)
    at = BEFORE


class StocktakeFactory(DjangoModelFactory):
    class Meta:
        model = Stocktake

    name = factory.Sequence(lambda n: f"Stocktake {n}")
    started_at = BEFORE
    key = factory.LazyFunction(uuid4)


class StocktakeLineFactory(DjangoModelFactory):
    class Meta:
        model = StocktakeLine

    stocktake = factory.SubFactory(StocktakeFactory)
    lot = factory.SubFactory(LotFactory)
    counted = Decimal(8)
    expected = Decimal(10)
    counted_at = BEFORE


class StockPolicyFactory(DjangoModelFactory):
    class Meta:
        model = StockPolicy

    item = factory.SubFactory(ItemFactory)
    minimum = Decimal(100)


class StockAlertFactory(DjangoModelFactory):
    class Meta:
        model = StockAlert

    policy = factory.SubFactory(StockPolicyFactory)
    available = Decimal(10)
    raised_at = BEFORE


class DryingFactory(DjangoModelFactory):
    class Meta:
        model = Drying

    spool = factory.SubFactory(SpoolFactory)
    temperature_c = 55
    hours = Decimal(6)
    started_at = BEFORE


class StockDayFactory(DjangoModelFactory):
    """A bare row, for tests of the table itself: the ledger writes the true ones."""

    class Meta:
        model = StockDay

    item = factory.SubFactory(ItemFactory)
    day = date(2026, 1, 1)
    quantity = Decimal(10)
    bought_value = full_value = Decimal("2.00")
    gone = printed = Decimal(0)


class OfferFactory(DjangoModelFactory):
    class Meta:
        model = Offer

    item = factory.SubFactory(ItemFactory)
    supplier = factory.SubFactory(SupplierFactory)
    pack_size = Decimal(100)
    pack_price = Decimal("8.40")
    noted_on = date(2026, 1, 1)


class BarcodeFactory(DjangoModelFactory):
    class Meta:
        model = Barcode

    item = factory.SubFactory(ItemFactory)
    digits = factory.Sequence(lambda n: f"{n:013d}")


class AlertAddressFactory(DjangoModelFactory):
    class Meta:
        model = AlertAddress

    route = AlertRoute.EMAIL
    target = factory.Sequence(lambda n: f"stock{n}@shop.example")
