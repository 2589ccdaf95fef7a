from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.pricing import ListingFactory
from nozzly.testing.factories.sales import ProfitFactFactory
from pricing.models import Listing
from sales.domain import trends
from sales.report_choices import TrendAgainst

TODAY = date(2026, 11, 22)


def sold(variant, on, profit, **more):
    amount = Decimal(profit)
    return ProfitFactFactory(variant=variant, on=on, net=amount, material=0, profit=amount, pieces=1, **more)


def test_movers_are_told_by_what_changed_since_the_year_before():
    up, down = VariantFactory(), VariantFactory()
    for variant, on, profit in (
        (up, date(2025, 11, 1), 5), (up, date(2026, 11, 1), 25), (down, date(2025, 11, 1), 30), (down, date(2026, 10, 1), 99),
    ):  # fmt: skip
        sold(variant, on, profit)

    best, worst = trends.best_and_worst(trends.movers(date(2026, 11, 1), TODAY, against=TrendAgainst.YEAR))

    assert [(row.product, row.change) for row in best] == [(up.product, 20)]
    assert [(row.product, row.change) for row in worst] == [(down.product, -30)]


@pytest.mark.parametrize(
    ("against", "days"),
    [("year", (date(2025, 11, 1), date(2025, 11, 22))), ("before", (date(2026, 10, 10), date(2026, 10, 31)))],
)
def test_a_period_is_compared_with_as_many_days(against, days):
    assert trends.compared_with(date(2026, 11, 1), TODAY, against) == days


def test_twelve_months_stand_beside_those_a_year_before():
    variant = VariantFactory()
    for on, profit in (
        (date(2026, 11, 3), 7),
        (date(2025, 12, 31), 5),
        (date(2025, 11, 30), 3),
        (date(2024, 12, 1), 2),
    ):
        sold(variant, on, profit)

    months = trends.months_up_to(TODAY)

    assert (months[0].first_on, months[-1].first_on, len(months)) == (date(2025, 12, 1), date(2026, 11, 1), 12)
    assert [(month.profit, month.profit_before) for month in (months[0], months[-1])] == [(5, 2), (7, 3)]


def test_what_sold_within_a_year_and_not_for_two_months_has_stopped():
    stopped, selling, old = VariantFactory(), VariantFactory(), VariantFactory()
    sold(stopped, date(2026, 8, 1), 5)
    sold(selling, date(2026, 8, 1), 5)
    sold(selling, date(2026, 11, 1), 5)
    sold(old, date(2024, 8, 1), 5)

    assert [(row.product, row.last_on) for row in trends.stopped_selling(TODAY)] == [
        (stopped.product, date(2026, 8, 1))
    ]


def test_listings_that_never_sold_there_in_ninety_days_are_dead():
    dead, alive, young = (ListingFactory() for _number in range(3))
    Listing.objects.exclude(pk=young.pk).update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    sold(alive.variant, date(2026, 11, 1), 5, channel=alive.channel)
    sold(dead.variant, date(2026, 11, 1), 5)
    sold(dead.variant, date(2026, 3, 1), 5, channel=dead.channel)
    Listing.objects.filter(pk=young.pk).update(created_at=datetime(2026, 11, 1, tzinfo=UTC))

    assert [(row.pk, row.last_on) for row in trends.dead_listings(TODAY)] == [(dead.pk, date(2026, 3, 1))]


@pytest.mark.parametrize("kind", ["", "csv", "pdf"])
def test_trends_come_as_page_csv_and_pdf(client, owner, kind):
    sold(VariantFactory(), TODAY, 7)

    response = client.get(reverse("sales:trends"), {"first": "2026-11-01", "last": "2026-11-22", "format": kind})

    head = {"": b"<!DOCTYPE html>", "csv": b"Product", "pdf": b"%PDF-"}[kind]
    assert (response.status_code, head in response.content) == (200, True)


@pytest.mark.parametrize("product_count", [1, 3])
def test_trends_query_count_does_not_grow(client, owner, django_assert_max_num_queries, product_count):
    for _number in range(product_count):
        sold(VariantFactory(), TODAY, 7)
        sold(VariantFactory(), date(2026, 8, 1), 7)
    client.get(reverse("sales:trends"))

    with django_assert_max_num_queries(23):
        client.get(reverse("sales:trends"), {"first": "nonsense"})
