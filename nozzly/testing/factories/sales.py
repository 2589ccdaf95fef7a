from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import factory
from factory.django import DjangoModelFactory

from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.pricing import ChannelFactory, EventFactory
from nozzly.testing.factories.reports import (  # noqa: F401 - rows of reports, made here for everybody
    BuyerSumFactory,
    CustomerAddressFactory,
    CustomerMergeFactory,
    CustomerSettingsFactory,
    ExpenseFactory,
    ExpenseRhythmFactory,
    FeeCheckFactory,
    ImportSettingsFactory,
    OrderTaxFactory,
    ProfitFactFactory,
    ProfitMarkFactory,
    ProfitRankFactory,
    ProfitSumFactory,
    RefundTaxFactory,
    ReportMailFactory,
    TaxFilingFactory,
    TaxMarkFactory,
    TaxSumFactory,
)
from sales.choices import ChannelChargeKind, ImportAction, OrderEventKind
from sales.models import (
    ChannelCharge,
    Customer,
    FairCount,
    FairCountLine,
    FairDeal,
    FairSale,
    FairStall,
    ImportedLine,
    ImportedOrder,
    ImportFile,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    MatchRule,
    Order,
    OrderCharge,
    OrderCounter,
    OrderEvent,
    OrderImport,
    OrderLine,
    OrderPart,
    OrderPayment,
    Parcel,
    ParcelLine,
    Payout,
    Refund,
    RefundFee,
    Return,
    ReturnLine,
    SellerDetails,
    WaitingRow,
)


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


class ChannelChargeFactory(DjangoModelFactory):
    """Etsy Ads of a day, without tax."""

    class Meta:
        model = ChannelCharge

    channel = factory.SubFactory(ChannelFactory)
    on = booked_on = date(2026, 11, 20)
    code = ChannelChargeKind.ADS
    label = "Etsy Ads"
    currency = "GBP"
    net = amount = amount_home = Decimal("5.00")
    at = datetime(2026, 11, 21, 9, tzinfo=UTC)


class PayoutFactory(DjangoModelFactory):
    class Meta:
        model = Payout

    channel = factory.SubFactory(ChannelFactory)
    on = date(2026, 11, 20)
    currency = "GBP"
    amount = amount_home = Decimal("60.00")
    at = datetime(2026, 11, 21, 9, tzinfo=UTC)


class OrderImportFactory(DjangoModelFactory):
    class Meta:
        model = OrderImport

    name = "EtsySoldOrderItems2026-11.csv"
    key = factory.LazyFunction(uuid4)


class WaitingRowFactory(DjangoModelFactory):
    class Meta:
        model = WaitingRow

    channel = factory.SubFactory(ChannelFactory)
    order_import = factory.SubFactory(OrderImportFactory)
    order_name = factory.Sequence(lambda n: f"9{n}")
    row_key = factory.Sequence(lambda n: f"row {n}")
    file_line = 2
    kind = "charge"
    on = date(2026, 11, 20)
    code = "transaction"
    label = "Transaction fee"
    amount = Decimal("1.56")


class ImportFileFactory(DjangoModelFactory):
    class Meta:
        model = ImportFile

    order_import = factory.SubFactory(OrderImportFactory)
    name = "EtsySoldOrderItems2026-11.csv"
    digest = "0" * 64


class ImportedOrderFactory(DjangoModelFactory):
    class Meta:
        model = ImportedOrder

    order_import = factory.SubFactory(OrderImportFactory)
    order = factory.SubFactory(OrderFactory)
    action = ImportAction.CREATED


class ImportedLineFactory(DjangoModelFactory):
    class Meta:
        model = ImportedLine

    line = factory.SubFactory(OrderLineFactory)
    sku = "DRAGON-RED"


class MatchRuleFactory(DjangoModelFactory):
    class Meta:
        model = MatchRule

    channel = factory.SubFactory(ChannelFactory)
    words = factory.Sequence(lambda n: f"dragon red {n}")
    digest = factory.Sequence(lambda n: f"{n:064x}")
    variant = factory.SubFactory(VariantFactory)


class ParcelLineFactory(DjangoModelFactory):
    class Meta:
        model = ParcelLine

    parcel = factory.SubFactory(ParcelFactory)
    line = factory.SubFactory(OrderLineFactory, order=factory.SelfAttribute("..parcel.order"))
    pieces = 1


class OrderPartFactory(DjangoModelFactory):
    class Meta:
        model = OrderPart

    line = factory.SubFactory(OrderLineFactory)
    variant = factory.SubFactory(VariantFactory)
    pieces = 2


class RefundFactory(DjangoModelFactory):
    """6.00 of an order given back by a registered British seller; the channel gives 0.39 of its fees back."""

    class Meta:
        model = Refund

    order = factory.SubFactory(OrderFactory)
    on = booked_on = date(2026, 11, 25)
    gross = gross_home = Decimal("6.00")
    net = net_home = Decimal("5.00")
    tax = tax_home = Decimal("1.00")
    fees_home = Decimal("0.39")
    key = factory.LazyFunction(uuid4)
    at = datetime(2026, 11, 25, 9, tzinfo=UTC)


class RefundFeeFactory(DjangoModelFactory):
    class Meta:
        model = RefundFee

    refund = factory.SubFactory(RefundFactory)
    code = "transaction"
    label = "Transaction fee"
    returned = Decimal("0.39")
    kept = Decimal(0)


class ReturnFactory(DjangoModelFactory):
    class Meta:
        model = Return

    order = factory.SubFactory(OrderFactory)
    on = booked_on = date(2026, 11, 25)
    key = factory.LazyFunction(uuid4)
    at = datetime(2026, 11, 25, 9, tzinfo=UTC)


class ReturnLineFactory(DjangoModelFactory):
    class Meta:
        model = ReturnLine

    returned = factory.SubFactory(ReturnFactory)
    line = factory.SubFactory(OrderLineFactory, order=factory.SelfAttribute("..returned.order"))
    pieces = 1
    bought_home = Decimal("2.00")
    full_home = Decimal("6.00")


class OrderPaymentFactory(DjangoModelFactory):
    class Meta:
        model = OrderPayment

    order = factory.SubFactory(OrderFactory)
    on = date(2026, 11, 21)
    amount = Decimal("24.00")
    key = factory.LazyFunction(uuid4)
    at = datetime(2026, 11, 21, 9, tzinfo=UTC)


class SellerDetailsFactory(DjangoModelFactory):
    class Meta:
        model = SellerDetails
        django_get_or_create = ("pk",)

    pk = 1
    legal_name = "Otter Prints Ltd"
    address = "1 River Road\nLeeds LS1 1AA\nUnited Kingdom"


class InvoiceFactory(DjangoModelFactory):
    class Meta:
        model = Invoice

    number = factory.Sequence(lambda n: f"2026-{n:04d}")
    order = factory.SubFactory(OrderFactory)
    issued_on = supplied_on = date(2026, 11, 21)
    currency = "GBP"
    rate = Decimal(1)
    seller = "Otter Prints Ltd\n1 River Road"
    net = net_home = Decimal("20.00")
    tax = tax_home = Decimal("4.00")
    gross = Decimal("24.00")
    key = factory.LazyFunction(uuid4)
    at = datetime(2026, 11, 21, 9, tzinfo=UTC)


class InvoiceLineFactory(DjangoModelFactory):
    class Meta:
        model = InvoiceLine

    invoice = factory.SubFactory(InvoiceFactory)
    position = factory.Sequence(lambda n: n % 1000)
    text = "Dragon"
    unit_price = total = Decimal("24.00")
    tax_rate_pct = Decimal(20)


class InvoiceTaxFactory(DjangoModelFactory):
    class Meta:
        model = InvoiceTax

    invoice = factory.SubFactory(InvoiceFactory)
    tax_rate_pct = Decimal(20)
    net = Decimal("20.00")
    tax = Decimal("4.00")


class FairStallFactory(DjangoModelFactory):
    class Meta:
        model = FairStall

    event = factory.SubFactory(EventFactory)
    opened_at = datetime(2026, 11, 21, 8, tzinfo=UTC)


class FairDealFactory(DjangoModelFactory):
    class Meta:
        model = FairDeal

    stall = factory.SubFactory(FairStallFactory)
    unit_price = Decimal("4.00")
    pieces = 3
    price = Decimal("10.00")


class FairSaleFactory(DjangoModelFactory):
    class Meta:
        model = FairSale

    stall = factory.SubFactory(FairStallFactory)
    order = factory.SubFactory(OrderFactory)
    method = "cash"
    total = Decimal("24.00")
    sold_at = at = datetime(2026, 11, 21, 9, tzinfo=UTC)
    key = factory.LazyFunction(uuid4)


class FairCountFactory(DjangoModelFactory):
    class Meta:
        model = FairCount

    stall = factory.SubFactory(FairStallFactory)
    cash_expected = Decimal("24.00")
    card_expected = Decimal(0)
    key = factory.LazyFunction(uuid4)
    at = datetime(2026, 11, 21, 17, tzinfo=UTC)


class FairCountLineFactory(DjangoModelFactory):
    class Meta:
        model = FairCountLine

    count = factory.SubFactory(FairCountFactory)
    variant = factory.SubFactory(VariantFactory)
    expected = 3
    counted = 2
