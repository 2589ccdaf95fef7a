from decimal import Decimal
from uuid import uuid4

import pytest

from inventory.domain import ledger
from inventory.models import Lot
from nozzly.testing.factories.inventory import (
    FilamentFactory,
    ItemFactory,
    LotFactory,
    SpoolFactory,
)
from production.choices import CostStage
from production.domain import runs
from production.domain.reports import PieceCount, RunReport
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


def test_complete_run_consumes_components_oldest_bag_first(user, black, spool):
    magnets = ItemFactory(name="Magnet")
    older = LotFactory(item=magnets, held=3, worth="0.30", received_on=EVENING.date().replace(year=2020))
    newer = LotFactory(item=magnets, held=10, worth="2.00")
    dragon = shop.variant(slots={"body": (black, 40, 0)})
    shop.component(dragon, magnets, 2, stage="print")
    (run,) = runs.plan_run(outputs=[Pieces(dragon, 2)], by=user, at=EVENING)
    output = run.outputs.get()

    done = complete(run, user, RunReport(pieces=(PieceCount(output.pk, good=1, scrapped=1),)))

    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.on_hand, newer.on_hand) == (0, 9)
    lines = done.cost_lines.filter(stage=CostStage.ACTUAL, code="components")
    assert [line.amount for line in lines] == [Decimal("0.30"), Decimal("0.20")]


def test_complete_run_takes_bench_components_for_good_pieces_only(user, black, spool):
    magnets = ItemFactory(name="Magnet")
    bag = LotFactory(item=magnets, held=10, worth="1.00")
    boxes = LotFactory(item=ItemFactory(name="Box"), held=10, worth="5.00")
    dragon = shop.variant(slots={"body": (black, 40, 0)})
    shop.component(dragon, magnets, 1)
    shop.component(dragon, boxes.item, 1, stage="pack")
    (run,) = runs.plan_run(outputs=[Pieces(dragon, 3)], by=user, at=EVENING)

    complete(run, user, RunReport(pieces=(PieceCount(run.outputs.get().pk, good=2, scrapped=1),)))

    bag.refresh_from_db()
    boxes.refresh_from_db()
    assert (bag.on_hand, boxes.on_hand) == (8, 10)


def test_complete_run_with_too_few_components_flags_the_bag(user, black, spool):
    magnets = ItemFactory(name="Magnet", list_price_per_unit=Decimal("0.10"))
    dragon = shop.variant(slots={"body": (black, 40, 0)})
    shop.component(dragon, magnets, 3)
    (run,) = runs.plan_run(outputs=[Pieces(dragon, 1)], by=user, at=EVENING)

    done = complete(run, user)

    bag = Lot.objects.get(item=magnets)
    assert (bag.on_hand, bag.needs_count) == (0, True)
    assert done.cost_lines.get(stage=CostStage.ACTUAL, code="components").amount == Decimal("0.30")
