"""Small tables read together are what each of them says alone."""

from datetime import date
from decimal import Decimal

from django.forms.models import model_to_dict

from nozzly.core.reading import read_together
from nozzly.tax.models import ExchangeRate, TaxRate
from nozzly.testing.factories.tax import ExchangeRateFactory, TaxRateFactory


def test_rows_are_those_of_each_queryset_in_its_order(db, django_assert_num_queries):
    for day, rate in ((1, "0.80"), (3, "0.7000001"), (2, "150")):
        ExchangeRateFactory(currency="USD", on=date(2026, 1, day), rate=Decimal(rate))
    TaxRateFactory(country="GB", pct=Decimal("17.50"), valid_from=date(2026, 1, 1))
    asked = {
        "exchange": ExchangeRate.objects.order_by("-on"),
        "rates": TaxRate.objects.filter(country="GB"),
        "none": TaxRate.objects.filter(country="XX"),
        "nothing": TaxRate.objects.filter(pk__in=[]),
    }

    with django_assert_num_queries(1):
        found = read_together(asked)

    assert list(found) == list(asked)
    for name, queryset in asked.items():
        rows = list(queryset)
        assert found[name] == rows
        assert [model_to_dict(row) for row in found[name]] == [model_to_dict(row) for row in rows]
    assert found["exchange"][0].rate == Decimal("0.7000001").quantize(found["exchange"][0].rate)
    assert found["rates"][0].created_at == asked["rates"].get().created_at
