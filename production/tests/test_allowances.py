from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings

from catalog.choices import Origin, RateKind
from catalog.domain.costing_inputs import variant_cost
from catalog.domain.rates import rate_on, set_rate
from nozzly.testing.factories.production import RunFactory, RunOutputFactory
from production import tasks
from production.choices import RunState
from production.domain.allowances import learn_failures
from production.tests import shop
from production.tests.shop import MORNING

TODAY = MORNING.date()


def ran(variant, *, good, failed, at_pct=Decimal(50), finished_at=MORNING):
    for number in range(good + failed):
        lost = {"state": RunState.FAILED, "failed_pct": at_pct} if number < failed else {}
        RunOutputFactory(run=RunFactory(done=True, **lost, finished_at=finished_at, started_at=None), variant=variant)


@pytest.fixture
def dragon(workspace):
    return shop.variant()


def allowance(variant):
    return rate_on(RateKind.FAILURE_PCT, TODAY, product=variant.product)


def test_the_allowance_is_what_lost_beds_cost_the_good_ones(dragon):
    """Eighteen good beds pay for four that failed half way: 2 ÷ (2 + 18)."""
    ran(dragon, good=18, failed=4)

    (rate,) = learn_failures(at=MORNING)

    assert (rate.value, rate.origin, rate.source) == (Decimal(10), Origin.LEARNED, "4 of 22 runs failed")
    lost = next(line for line in variant_cost(dragon, TODAY).lines if line.code == "failure")
    assert (lost.assumed, lost.source) == (False, "4 of 22 runs failed")
    assert learn_failures(at=MORNING) == []


def test_typed_allowances_stay(dragon):
    set_rate(RateKind.FAILURE_PCT, value=Decimal(3), valid_from=TODAY, product=dragon.product, by=None)
    ran(dragon, good=18, failed=4)

    assert (learn_failures(at=MORNING), allowance(dragon).value) == ([], 3)


def test_few_runs_and_old_runs_say_nothing(dragon):
    ran(dragon, good=10, failed=4)
    ran(dragon, good=10, failed=4, finished_at=MORNING - timedelta(days=400))

    assert learn_failures(at=MORNING) == []


def test_a_small_change_is_not_written_and_a_large_one_is(dragon):
    ran(dragon, good=18, failed=4)
    learn_failures(at=MORNING)
    ran(dragon, good=1, failed=0)
    assert learn_failures(at=MORNING + timedelta(days=1)) == []
    ran(dragon, good=19, failed=0)

    (rate,) = learn_failures(at=MORNING + timedelta(days=1))
    assert rate.value == Decimal(5)


def test_products_are_learned_apart_in_few_queries(dragon, django_assert_num_queries):
    ran(dragon, good=20, failed=5)
    owl = shop.variant("Owl")
    ran(owl, good=30, failed=0)
    learn_failures(at=MORNING)

    with django_assert_num_queries(5):
        assert learn_failures(at=MORNING) == []
    assert (allowance(dragon).value, allowance(owl).value) == (Decimal("11.1111"), 0)


def test_the_nightly_tasks_are_in_the_schedule():
    planned = {entry["args"][0] for entry in settings.CELERY_BEAT_SCHEDULE.values() if "args" in entry}

    assert {"production.tasks.learn_failures", "catalog.tasks.recost_if_prices_moved"} <= planned
    assert tasks.learn_failures.name in planned
