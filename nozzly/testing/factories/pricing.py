from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import factory
from factory.django import DjangoModelFactory

from nozzly.testing.factories.catalog import VariantFactory
from pricing.choices import ChannelKind, PriceReason, SheetKind
from pricing.models import (
    Channel,
    Event,
    FeeOverride,
    JobQuote,
    JobQuotePlate,
    JobQuotePrice,
    JobQuoteSlot,
    Listing,
    ListingMatch,
    MarginAlarm,
    OwnFee,
    PriceChange,
    PriceSheet,
    ShippingService,
)


class ChannelFactory(DjangoModelFactory):
    """Etsy in the United Kingdom, for a British workspace."""

    class Meta:
        model = Channel

    name = factory.Sequence(lambda n: f"Etsy {n}")
    kind = ChannelKind.MARKETPLACE
    schedule_id = "etsy-uk"
    country = "GB"
    currency = "GBP"


class FeeOverrideFactory(DjangoModelFactory):
    class Meta:
        model = FeeOverride

    channel = factory.SubFactory(ChannelFactory)
    name = "transaction_pct"
    value = Decimal(6)
    valid_from = date(2026, 1, 1)


class ListingFactory(DjangoModelFactory):
    class Meta:
        model = Listing

    variant = factory.SubFactory(VariantFactory)
    channel = factory.SubFactory(ChannelFactory)
    price = Decimal("24.00")


class PriceChangeFactory(DjangoModelFactory):
    class Meta:
        model = PriceChange

    listing = factory.SubFactory(ListingFactory)
    before = Decimal("22.00")
    after = Decimal("24.00")
    reason = PriceReason.TYPED
    at = datetime(2026, 1, 1, 9, tzinfo=UTC)


class ShippingServiceFactory(DjangoModelFactory):
    class Meta:
        model = ShippingService

    name = factory.Sequence(lambda n: f"Small parcel {n}")
    carrier = "Royal Mail"
    max_weight_g = Decimal(2000)
    price = Decimal("3.50")
    valid_from = date(2026, 1, 1)


class PriceSheetFactory(DjangoModelFactory):
    class Meta:
        model = PriceSheet

    name = factory.Sequence(lambda n: f"Autumn {n}")
    kind = SheetKind.RETAIL
    channel = factory.SubFactory(ChannelFactory)


class MarginAlarmFactory(DjangoModelFactory):
    class Meta:
        model = MarginAlarm

    listing = factory.SubFactory(ListingFactory)
    before_pct = Decimal("45.0000")
    after_pct = Decimal("31.2000")
    target_pct = Decimal("40.0000")
    found_at = datetime(2026, 11, 1, 9, tzinfo=UTC)


class EventFactory(DjangoModelFactory):
    class Meta:
        model = Event

    name = factory.Sequence(lambda n: f"Winter market {n}")
    channel = factory.SubFactory(ChannelFactory, kind=ChannelKind.FAIR, schedule_id="craft-fair-uk")
    starts_on = date(2026, 12, 5)
    days = 2
    stall = Decimal("80.00")
    travel = Decimal("20.00")
    expected_units = 50


class JobQuoteFactory(DjangoModelFactory):
    """Six key rings from a bed of three that prints two hours."""

    class Meta:
        model = JobQuote

    key = factory.LazyFunction(uuid4)
    title = factory.Sequence(lambda n: f"Key ring {n}")
    customer = "Ada Byte"
    country = "GB"
    quantity = 6
    pieces_per_bed = 3
    bed_time_s = 7200
    valid_until = date(2026, 12, 31)


class JobQuoteSlotFactory(DjangoModelFactory):
    class Meta:
        model = JobQuoteSlot

    quote = factory.SubFactory(JobQuoteFactory)
    name = "Body"
    grams = Decimal("60.000")
    purge_g = Decimal("3.000")
    material_type = "PLA"


class JobQuotePlateFactory(DjangoModelFactory):
    class Meta:
        model = JobQuotePlate

    quote = factory.SubFactory(JobQuoteFactory)
    number = factory.Sequence(lambda n: n + 1)
    bed_time_s = 3600


class JobQuotePriceFactory(DjangoModelFactory):
    class Meta:
        model = JobQuotePrice

    quote = factory.SubFactory(JobQuoteFactory)
    quantity = 6
    price_each = Decimal("9.50")


class ListingMatchFactory(DjangoModelFactory):
    class Meta:
        model = ListingMatch

    channel = factory.SubFactory(ChannelFactory)
    title = factory.Sequence(lambda n: f"Articulated Dragon, gift number {n}")
    key = factory.LazyAttribute(lambda row: row.title.casefold())
    price = Decimal("24.00")


class OwnFeeFactory(DjangoModelFactory):
    class Meta:
        model = OwnFee

    channel = factory.SubFactory(ChannelFactory)
    label = factory.Sequence(lambda n: f"Gallery commission {n}")
    pct = Decimal(30)
    valid_from = date(2026, 1, 1)
