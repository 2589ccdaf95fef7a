from datetime import timedelta
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
from production.domain.reports import PieceCount, RunReport, SpoolUse, WrongReport
from production.domain.runs import Pieces
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


@pytest.mark.parametrize(
    ("use", "words"),
    [
        ({"method": Method.TYPED}, "how many grams"),
        ({"method": Method.TYPED, "grams": Decimal(-1)}, "how many grams"),
        ({"method": Method.SCALE, "before_g": Decimal(5)}, "two numbers"),
        ({"method": Method.SCALE, "before_g": Decimal(5), "after_g": Decimal(6)}, "more after"),
    ],
)
def test_complete_run_refuses_grams_that_cannot_be(run, user, use, words):
    report = RunReport(spools=(SpoolUse(run.materials.get().pk, **use),))

    with pytest.raises(WrongReport, match=words):
        complete(run, user, report)

    run.refresh_from_db()
    assert (run.state, booked(run)) == (RunState.PLANNED, [])


def test_complete_run_refuses_what_is_not_on_the_bed(run, user):
    with pytest.raises(WrongReport, match="colour"):
        complete(run, user, RunReport(spools=(SpoolUse(999_999),)))
    with pytest.raises(WrongReport, match="product"):
        complete(run, user, RunReport(pieces=(PieceCount(999_999, good=1),)))


def test_complete_run_refuses_negative_pieces_and_an_unweighed_second_roll(run, user):
    line, output = run.materials.get(), run.outputs.get()

    with pytest.raises(WrongReport, match="fewer than none"):
        complete(run, user, RunReport(pieces=(PieceCount(output.pk, good=-1),)))
    with pytest.raises(WrongReport, match="second roll"):
        complete(run, user, RunReport(spools=(SpoolUse(line.pk), SpoolUse(line.pk))))


def test_complete_run_refuses_an_end_in_the_future(run, user):
    with pytest.raises(WrongReport, match="future"):
        complete(run, user, RunReport(finished_at=MORNING + timedelta(minutes=1)))
