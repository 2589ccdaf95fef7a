from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from nozzly.tax.choices import Scheme, TreatmentKind
from nozzly.tax.domain import periods
from nozzly.tax.domain.rates import UnknownExchangeRate, countries_with_rates, exchange_rate, rate_for
from nozzly.tax.domain.status import set_status, status_on
from nozzly.tax.domain.treatment import Destination, treat_sale
from nozzly.tax.models import ExchangeRate, TaxRate, TaxStatus

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


def status(country, *, registered=True, one_stop_shop=False):
    return TaxStatus(valid_from=DAY, registered=registered, ships_from=country, one_stop_shop=one_stop_shop)


def test_rate_for_reads_the_shipped_table():
    assert (rate_for(country="GB", on=DAY).pct, rate_for(country="GB", on=DAY).typed) == (Decimal(20), False)


def test_rate_for_keeps_the_rate_of_the_day():
    rates = [rate_for(country="FI", on=day).pct for day in (date(2024, 8, 31), date(2024, 9, 1))]

    assert rates == [Decimal(24), Decimal("25.5")]


def test_rate_for_prefers_a_rate_typed_here():
    TaxRate.objects.create(country="GB", valid_from=date(2026, 1, 1), pct=Decimal("17.5"), source="letter")

    assert rate_for(country="GB", on=DAY).pct == Decimal("17.5")
    assert rate_for(country="GB", on=date(2025, 12, 31)).pct == Decimal(20)


def test_rate_for_takes_the_standard_rate_where_no_reduced_one_is_known():
    assert [rate_for(country=country, tax_class="reduced", on=DAY).pct for country in ("DE", "DK")] == [7, 25]


def test_a_zero_rate_at_home_is_none_abroad_unless_somebody_typed_it():
    asked = [Destination(country, tax_class="zero") for country in ("IE", "DE", "FR")]
    TaxRate.objects.create(country="FR", tax_class="zero", pct=0, valid_from=date(2020, 1, 1))

    assert [treat_sale(status=status("IE", one_stop_shop=True), to=to, on=DAY).rate_pct for to in asked] == [0, 19, 0]


def test_rate_for_is_zero_where_no_table_names_the_country():
    assert rate_for(country="US", on=DAY).pct == 0


def test_countries_with_rates_has_every_country_once():
    countries = countries_with_rates()

    assert len(countries) == len(set(countries))
    assert {"DE", "GB", "FR"} <= set(countries)


@pytest.mark.parametrize(
    ("sender", "to", "kind", "rate"),
    [
        (status("GB", registered=False), Destination("GB"), TreatmentKind.OUTSIDE_SCOPE, 0),
        (status("GB"), Destination("GB"), TreatmentKind.DOMESTIC, 20),
        (status("GB"), Destination("US"), TreatmentKind.EXPORT, 0),
        (status("GB"), Destination("US", channel_collects=True), TreatmentKind.PLATFORM_COLLECTED, 0),
        (status("DE"), Destination("FR"), TreatmentKind.DOMESTIC, 19),
        (status("DE", one_stop_shop=True), Destination("FR"), TreatmentKind.ONE_STOP_SHOP, 20),
        (status("DE"), Destination("FR", business_buyer=True), TreatmentKind.REVERSE_CHARGE, 0),
        (status("US"), Destination("US"), TreatmentKind.OUTSIDE_SCOPE, 0),
    ],
)
def test_treat_sale_says_who_owes_the_tax(sender, to, kind, rate):
    treatment = treat_sale(status=sender, to=to, on=DAY)

    assert (treatment.kind, treatment.rate_pct) == (kind, Decimal(rate))


def test_status_on_is_not_registered_until_somebody_says_so():
    set_status(valid_from=date(2026, 4, 1), registered=True, ships_from="GB", scheme=Scheme.CASH)

    assert [status_on(day, country="GB").registered for day in (date(2026, 3, 31), date(2026, 4, 1))] == [False, True]


def test_set_status_of_the_same_day_replaces_it():
    set_status(valid_from=DAY, registered=True, ships_from="GB")
    set_status(valid_from=DAY, registered=False, ships_from="GB")

    assert [row.registered for row in TaxStatus.objects.all()] == [False]


def test_exchange_rate_is_the_newest_not_after_the_day():
    ExchangeRate.objects.create(currency="USD", on=date(2026, 1, 1), rate=Decimal("0.75"))
    ExchangeRate.objects.create(currency="USD", on=date(2026, 12, 1), rate=Decimal("0.90"))

    assert exchange_rate(currency="USD", to="GBP", on=DAY) == Decimal("0.75")
    assert exchange_rate(currency="GBP", to="GBP", on=DAY) == 1


def test_exchange_rate_that_nobody_typed_is_said_in_words():
    with pytest.raises(UnknownExchangeRate, match="USD on 2026-11-22"):
        exchange_rate(currency="USD", to="GBP", on=DAY)


def test_close_period_closes_every_day_through_it_once(owner):
    periods.close_period(through_on=date(2026, 10, 31), by=owner, at=timezone.now())

    assert [periods.is_closed(day) for day in (date(2026, 10, 31), date(2026, 11, 1))] == [True, False]
    with pytest.raises(periods.PeriodAlreadyClosed, match="2026-10-31"):
        periods.close_period(through_on=date(2026, 9, 30), by=owner, at=timezone.now())
