from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.pricing import ChannelFactory
from sales.choices import OrderEventKind
from sales.models import Customer, Order, OrderCharge, OrderCounter, OrderEvent, OrderLine, Parcel


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Customer

    name = factory.Sequence(lambda n: f"Grace Buyer {n}")
    email = factory.Sequence(lambda n: f"grace{n}@example.com")
    country = "GB"


class OrderCounterFactory(DjangoModelFactory):
    class Meta:
        model = OrderCounter

    series = factory.Sequence(lambda n: f"series{n}")
    last = 1


class OrderFactory(DjangoModelFactory):
    """A new order on Etsy, sent inside the country; give ``channel=None`` for one across the counter."""

    class Meta:
        model = Order

    number = factory.Sequence(lambda n: f"A{n}")
    channel = factory.SubFactory(ChannelFactory)
    customer = factory.SubFactory(CustomerFactory)
    placed_on = date(2026, 11, 20)
    ship_to_country = "GB"
    currency = "GBP"


class OrderLineFactory(DjangoModelFactory):
    class Meta:
        model = OrderLine

    order = factory.SubFactory(OrderFactory)
    position = factory.Sequence(lambda n: n % 1000)
    variant = factory.SubFactory(VariantFactory)
    title = "Dragon"
    unit_price = Decimal("24.00")


class OrderEventFactory(DjangoModelFactory):
    class Meta:
        model = OrderEvent

    order = factory.SubFactory(OrderFactory)
    kind = OrderEventKind.NOTE
    text = "Wrap it well"
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)


class OrderChargeFactory(DjangoModelFactory):
    class Meta:
        model = OrderCharge

    order = factory.SubFactory(OrderFactory)
    code = "transaction"
    label = "Transaction fee"
    amount = Decimal("1.56")
    amount_home = Decimal("1.56")
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)


class ParcelFactory(DjangoModelFactory):
    class Meta:
        model = Parcel

    order = factory.SubFactory(OrderFactory)
    postage = Decimal("3.50")
