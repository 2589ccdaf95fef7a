from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from nozzly.tax.models import ClosedPeriod, ExchangeRate, ImportRule, TaxRate, TaxStatus, TaxThreshold
from nozzly.testing.factories.accounts import UserFactory


class TaxStatusFactory(DjangoModelFactory):
    class Meta:
        model = TaxStatus

    valid_from = factory.Sequence(lambda n: date(2020, 1, 1) + timedelta(days=n))
    ships_from = "GB"


class TaxRateFactory(DjangoModelFactory):
    class Meta:
        model = TaxRate

    country = "GB"
    valid_from = factory.Sequence(lambda n: date(2020, 1, 1) + timedelta(days=n))
    pct = Decimal(20)


class ExchangeRateFactory(DjangoModelFactory):
    class Meta:
        model = ExchangeRate

    currency = "USD"
    on = factory.Sequence(lambda n: date(2020, 1, 1) + timedelta(days=n))
    rate = Decimal("0.80")


class ClosedPeriodFactory(DjangoModelFactory):
    class Meta:
        model = ClosedPeriod

    through_on = factory.Sequence(lambda n: date(2010, 1, 31) + timedelta(days=n))
    closed_at = datetime(2026, 1, 1, 9, tzinfo=UTC)
    closed_by = factory.SubFactory(UserFactory)


class TaxThresholdFactory(DjangoModelFactory):
    class Meta:
        model = TaxThreshold

    country = "GB"
    valid_from = factory.Sequence(lambda n: date(2020, 1, 1) + timedelta(days=n))
    amount = Decimal(90000)


class ImportRuleFactory(DjangoModelFactory):
    class Meta:
        model = ImportRule

    country = "NO"
    valid_from = factory.Sequence(lambda n: date(2020, 1, 1) + timedelta(days=n))
    currency = "NOK"
