from decimal import Decimal
from uuid import uuid4

import pytest

from inventory.domain import ledger
from nozzly.testing.factories.inventory import (
    FilamentFactory,
    SpoolFactory,
)
from production.choices import Method, RunState
from production.domain import runs
from production.domain.reports import FailureReport, RunReport, SpoolUse, WrongReport
from production.domain.runs import Pieces
from production.models import FailureReason
from production.tests import shop
from production.tests.shop import EVENING, MORNING


@pytest.fixture
def black():
    return FilamentFactory()


@pytest.fixture
def spool(black):
    """A kilogram for 20.00."""
    return SpoolFactory(filament=black)


@pytest.fixture
def dragon(black, spool):
    return shop.variant(slots={"body": (black, 40, 2)})


@pytest.fixture
def run(user, dragon):
    """Two dragons: 80 g and 4 g purged; 2 h."""
    shop.rates()
    return runs.plan_run(outputs=[Pieces(dragon, 2)], printer=shop.printer(), by=user, at=EVENING)[0]


def complete(run, user, report=runs.AS_SLICED, **wanted):
    return runs.complete_run(run, report=report, **({"key": uuid4(), "by": user, "at": MORNING} | wanted))


def booked(run):
    return [(row.kind, row.quantity) for row in ledger.movements_from("run", run.pk)]


def test_fail_run_consumes_its_percentage_and_is_run_loss(run, user, spool):
    reason = FailureReason.objects.get(name="Spaghetti")

    failed = runs.fail_run(run, report=FailureReport(Decimal(25), reason), key=uuid4(), by=user, at=MORNING)

    spool.lot.refresh_from_db()
    assert spool.lot.on_hand == Decimal(979)
    assert (failed.state, failed.failed_pct, failed.failure_reason, failed.actual_time_s) == (
        RunState.FAILED, 25, reason, 1800,
    )  # fmt: skip
    # 0.42 filament, 0.5 h × 0.25, 0.05 kWh × 0.30
    assert (failed.actual_cost, failed.loss_cost) == (Decimal("0.57"), Decimal("0.57"))
    output = failed.outputs.get()
    assert (output.good, output.scrapped, output.lot) == (0, 2, None)


def test_fail_run_weighed_uses_what_the_scale_says(run, user, spool):
    use = SpoolUse(run.materials.get().pk, method=Method.SCALE, before_g=Decimal(900), after_g=Decimal(890))
    report = FailureReport(Decimal(60), details=RunReport(spools=(use,)))

    runs.fail_run(run, report=report, key=uuid4(), by=user, at=MORNING)

    spool.lot.refresh_from_db()
    assert spool.lot.on_hand == Decimal(990)


def test_fail_run_twice_books_once(run, user):
    key = uuid4()
    runs.fail_run(run, report=FailureReport(Decimal(50)), key=key, by=user, at=MORNING)

    runs.fail_run(run, report=FailureReport(Decimal(50)), key=key, by=user, at=MORNING)

    assert len(booked(run)) == 2


@pytest.mark.parametrize("pct", [Decimal(-1), Decimal(101)])
def test_fail_run_refuses_an_impossible_percentage(run, user, pct):
    with pytest.raises(WrongReport, match="0 % and 100 %"):
        runs.fail_run(run, report=FailureReport(pct), key=uuid4(), by=user, at=MORNING)


def test_fail_run_and_reprint_does_not_double_the_reprints_lot(run, user):
    runs.fail_run(run, report=FailureReport(Decimal(100)), key=uuid4(), by=user, at=MORNING)
    again = runs.reprint(run, by=user, at=MORNING)

    done = complete(again, user)

    assert done.outputs.get().full_total == done.actual_cost
