"""Rows of reports, expenses and what customers are beyond a name."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import factory
from factory.django import DjangoModelFactory

from nozzly.testing.factories.accounts import UserFactory
from sales.domain import profit_facts
from sales.domain.months import stretch_of
from sales.models import (
    BuyerSum,
    CustomerAddress,
    CustomerMerge,
    CustomerSettings,
    Expense,
    ExpenseRhythm,
    FeeCheck,
    ImportSettings,
    OrderTax,
    ProfitFact,
    ProfitMark,
    ProfitRank,
    ProfitSum,
    RefundTax,
    ReportMail,
    TaxFiling,
    TaxMark,
    TaxSum,
)

_CUSTOMER = "nozzly.testing.factories.sales.CustomerFactory"


class OrderTaxFactory(DjangoModelFactory):
    """Half of an order of 24.00, at the British standard rate; not sent yet."""

    class Meta:
        model = OrderTax

    order = factory.SubFactory("nozzly.testing.factories.sales.OrderFactory")
    tax_rate_pct = Decimal(20)
    gross = gross_upto = Decimal("12.00")
    gross_whole = Decimal("24.00")


class RefundTaxFactory(DjangoModelFactory):
    class Meta:
        model = RefundTax

    refund = factory.SubFactory("nozzly.testing.factories.sales.RefundFactory")
    tax_rate_pct = Decimal(20)
    gross = Decimal("6.00")
    net = net_home = Decimal("5.00")
    tax = tax_home = Decimal("1.00")


class CustomerAddressFactory(DjangoModelFactory):
    class Meta:
        model = CustomerAddress

    customer = factory.SubFactory(_CUSTOMER)
    label = "Workshop"
    address = "2 Mill Lane"
    city = "Leeds"
    postcode = "LS1 1AA"
    country = "GB"


class CustomerMergeFactory(DjangoModelFactory):
    class Meta:
        model = CustomerMerge

    kept = factory.SubFactory(_CUSTOMER)
    gone = factory.SubFactory(_CUSTOMER)
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)


class CustomerSettingsFactory(DjangoModelFactory):
    class Meta:
        model = CustomerSettings
        django_get_or_create = ("pk",)

    pk = 1


class ExpenseFactory(DjangoModelFactory):
    class Meta:
        model = Expense

    spent_on = date(2026, 11, 5)
    booked_on = factory.SelfAttribute("spent_on")
    category = "rent"
    text = "Rent of the workshop"
    net = Decimal("300.00")
    cost = factory.SelfAttribute("net")
    key = factory.LazyFunction(uuid4)


class ExpenseRhythmFactory(DjangoModelFactory):
    class Meta:
        model = ExpenseRhythm

    expense = factory.SubFactory(ExpenseFactory)
    every = "month"
    next_on = date(2026, 12, 5)
    by = factory.SubFactory(UserFactory)


class ProfitFactFactory(DjangoModelFactory):
    class Meta:
        model = ProfitFact

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        """No fact without its place in the sums."""
        fact = super()._create(model_class, *args, **kwargs)
        keys = {"order": {fact.order_id} - {None}, "customer": {fact.customer_id} - {None}}
        profit_facts.add_up({stretch_of(fact.on)}, keys)
        return fact

    kind = "sale"
    source_id = factory.Sequence(lambda n: 1_000_000 + n)
    on = date(2026, 11, 20)
    net = Decimal("20.00")
    material = Decimal("5.00")
    profit = Decimal("15.00")


class ProfitMarkFactory(DjangoModelFactory):
    class Meta:
        model = ProfitMark

    kind = "sale"
    source_id = factory.Sequence(lambda n: 1_000_000 + n)


class ReportMailFactory(DjangoModelFactory):
    class Meta:
        model = ReportMail

    user = factory.SubFactory(UserFactory)
    kind = "product"


class TaxFilingFactory(DjangoModelFactory):
    class Meta:
        model = TaxFiling

    first_on = date(2026, 10, 1)
    last_on = date(2026, 10, 31)
    basis = "invoice"
    output_net = Decimal("100.00")
    output_tax = Decimal("20.00")
    input_net = Decimal("50.00")
    input_tax = Decimal("10.00")
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    by = factory.SubFactory(UserFactory)


class ProfitRankFactory(DjangoModelFactory):
    class Meta:
        model = ProfitRank

    axis = "order"
    key = factory.Sequence(lambda n: 1_000_000 + n)
    on = date(2026, 1, 1)
    profit = Decimal("15.00")


class BuyerSumFactory(DjangoModelFactory):
    class Meta:
        model = BuyerSum

    on = factory.Sequence(lambda n: date(2000 + n // 12, n % 12 + 1, 1))
    new_count = 1
    back_count = 0


class FeeCheckFactory(DjangoModelFactory):
    class Meta:
        model = FeeCheck

    order = factory.SubFactory("nozzly.testing.factories.sales.OrderFactory")
    code = "transaction"
    placed_on = date(2026, 11, 20)
    expected = Decimal("1.00")
    charged = Decimal("1.50")
    gap = Decimal("0.50")


class TaxSumFactory(DjangoModelFactory):
    class Meta:
        model = TaxSum

    basis = "invoice"
    on = factory.Sequence(lambda n: date(2000 + n // 12, n % 12 + 1, 1))
    box = "domestic"
    rate_pct = Decimal(20)
    country = "GB"
    order_count = 1
    net = Decimal("100.00")
    tax = Decimal("20.00")


class TaxMarkFactory(DjangoModelFactory):
    class Meta:
        model = TaxMark

    on = date(2026, 10, 1)


class ProfitSumFactory(DjangoModelFactory):
    class Meta:
        model = ProfitSum

    axis = "variant"
    kind = "sale"
    on = factory.Sequence(lambda n: date(2000 + n // 12, n % 12 + 1, 1))
    net = Decimal("20.00")
    profit = Decimal("15.00")


class ImportSettingsFactory(DjangoModelFactory):
    class Meta:
        model = ImportSettings
        django_get_or_create = ("pk",)

    pk = 1
