import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from catalog.domain import recosting
from catalog.domain.rates import set_rate
from nozzly.accounts.permissions import Role
from nozzly.home.domain import today
from nozzly.testing.factories.catalog import PrinterModelFactory, RecipeStepFactory, make_product

TODAY, NOON = date(2026, 11, 22), datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "catalog:cost_changes"


@pytest.fixture
def moved(workspace):
    """A dragon whose wage went from 6 to 12 an hour; an owl that was worked out once."""
    PrinterModelFactory(is_default=True)
    dragon = make_product(title="Dragon")
    RecipeStepFactory(recipe=dragon.product.recipes.get(), minutes=Decimal(10))
    for wage in (6, 12):
        set_rate("labour_per_h", value=Decimal(wage), valid_from=TODAY, by=None)
        recosting.recost_everything(on=TODAY, at=NOON)
        recosting.recost_everything(on=TODAY, at=NOON)
    recosting.recost([make_product(title="Owl")], on=TODAY, at=NOON)
    return dragon


def test_costs_that_moved_stand_with_before_after_and_why(client, owner, moved):
    response = client.get(reverse(URL))

    (row,) = response.context["page"]
    text = response.content.decode()
    assert (row.variant, row.full_cost - row.before) == (moved, Decimal("1.000000"))
    assert "Hands-on work £1.0000 → £2.0000" in text


def test_what_moved_goes_out_as_a_table(client, owner, moved):
    lines = client.get(reverse(URL), {"format": "csv"}).content.decode("utf-8-sig").splitlines()
    later = client.get(reverse(URL), {"since": "2026-11-23", "format": "csv"}).content.decode().splitlines()
    found = [
        len(client.get(reverse(URL), wanted).context["page"].rows)
        for wanted in (
            {"until": "2026-11-21"},
            {"since": "2026-11-22", "until": "2026-11-22"},
            {"search": "owl"},
            {"until": "9999-12-31"},
        )
    ]

    row = dict(zip(*csv.reader(lines), strict=True))
    assert (row["Product"], row["SKU"]) == ("Dragon", moved.item.sku)
    assert Decimal(row["After"]) - Decimal(row["Before"]) == Decimal(row["Difference"]) == 1
    assert (row["When"], row["What moved it"]) == ("2026-11-22 12:00", "Hands-on work 1.000000 → 2.000000")
    assert (len(later), found) == (1, [0, 1, 0, 1])


def test_today_says_that_costs_moved_until_the_day_is_over(owner, operator, moved):
    def told(person, day):
        return [(task.count, task.url) for task in today.tasks(person, at=day) if task.icon == "trending-up"]

    assert told(owner, NOON) == [(1, reverse(URL) + "?since=2026-11-22")]
    assert told(owner, NOON + timedelta(days=1)) == []
    assert told(operator, NOON) == []


def test_before_anything_moved(client, owner):
    assert b"No cost has moved yet" in client.get(reverse(URL)).content


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_does_not_grow(client, owner, moved, django_assert_num_queries, count):
    for wage in range(count):
        set_rate("labour_per_h", value=Decimal(20 + wage), valid_from=TODAY, by=None)
        recosting.recost_everything(on=TODAY, at=NOON)

    with django_assert_num_queries(3):
        assert len(client.get(reverse(URL)).context["page"].rows) >= count + 1


def test_operators_see_no_cost(client_for):
    assert client_for(Role.OPERATOR).get(reverse(URL)).status_code == 403
