from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from catalog import tasks
from catalog.domain import recosting
from catalog.domain.rates import set_rate
from catalog.models import CostSnapshot
from nozzly.core.models import WrittenOnce
from nozzly.testing.factories.catalog import (
    CostSnapshotFactory,
    PrinterModelFactory,
    RecipeFactory,
    RecipePartFactory,
    RecipeStepFactory,
    VariantFactory,
    make_product,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def default_machine():
    return PrinterModelFactory(is_default=True)


def test_recost_keeps_the_figure_and_a_snapshot_with_its_lines():
    variant = make_product()

    (change,) = recosting.recost([variant], on=TODAY, at=NOON)

    variant.refresh_from_db()
    snapshot = CostSnapshot.objects.get()
    assert (change.before, change.after, change.difference) == (None, variant.full_cost, variant.full_cost)
    assert (snapshot.full_cost, snapshot.at, variant.costed_at) == (variant.full_cost, NOON, NOON)
    assert snapshot.lines[0]["formula"] == "40 g × 0.02/g"


def test_recost_writes_nothing_new_when_nothing_moved():
    variant = make_product()
    recosting.recost([variant], on=TODAY, at=NOON)

    assert recosting.recost([variant], on=TODAY, at=NOON) == []
    assert CostSnapshot.objects.count() == 1


def test_recost_of_a_variant_without_a_recipe_leaves_no_snapshot():
    variant = VariantFactory()

    assert recosting.recost([variant], on=TODAY, at=NOON) == []
    assert CostSnapshot.objects.count() == 0


def test_recost_product_reaches_what_it_is_a_part_of():
    wheel, car = make_product(), VariantFactory()
    RecipePartFactory(recipe=RecipeFactory(product=car.product), variant=wheel, pieces=4)
    recosting.recost_everything(on=TODAY, at=NOON)
    RecipeStepFactory(recipe=wheel.product.recipes.get(), minutes=Decimal(60))

    changes = recosting.recost_product(wheel.product, on=TODAY, at=NOON)

    assert {change.variant: change.difference for change in changes} == {wheel: 13, car: 52}


def test_recost_goes_through_many_in_chunks(monkeypatch):
    monkeypatch.setattr(recosting, "AT_ONCE", 2)
    for _number in range(5):
        make_product()

    assert len(recosting.recost_everything(on=TODAY, at=NOON)) == 5


@pytest.mark.parametrize("count", [1, 3])
def test_recost_query_count_does_not_grow(django_assert_num_queries, count):
    variants = [make_product() for _number in range(count)]

    with django_assert_num_queries(17):
        recosting.recost(variants, on=TODAY, at=NOON)


def test_the_nightly_task_finds_a_changed_rate():
    variant = make_product()
    recosting.recost_everything(on=TODAY, at=NOON)
    set_rate("energy_per_kwh", value=Decimal(5), valid_from=date(2026, 1, 1), by=None)

    assert (tasks.recost_if_prices_moved(), tasks.recost_if_prices_moved()) == (1, 0)
    variant.refresh_from_db()
    assert variant.full_cost > Decimal("1.3")


def test_the_task_for_one_product_shrugs_off_a_product_that_is_gone():
    assert tasks.recost_product(product_id=0) is None


def test_a_list_of_changes_for_people():
    changes = recosting.recost([make_product(title="Dragon")], on=TODAY, at=NOON)

    header, row = recosting.as_csv(changes).decode("utf-8-sig").splitlines()

    assert header == "Variant,SKU,Before,After,Difference"
    assert row.startswith("Dragon · Black,SKU-")


def test_snapshots_are_written_once_by_the_databases_own_hand():
    snapshot = CostSnapshotFactory()

    with pytest.raises(WrittenOnce):
        snapshot.save()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_costsnapshot SET full_cost = 0")
