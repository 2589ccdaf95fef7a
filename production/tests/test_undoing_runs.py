from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from inventory.choices import MovementKind
from inventory.domain import ledger, reservations
from inventory.domain.ledger import Entry
from nozzly.testing.factories.inventory import SpoolFactory
from production.choices import CostStage, Method, RunState
from production.domain import runs, undo
from production.domain.reports import FailureReport, RunReport, SpoolUse
from production.domain.runs import Pieces
from production.models import FailureReason, RunCostLine, RunMaterial
from production.tests import shop
from production.tests.shop import EVENING, MORNING


@pytest.fixture
def spool():
    return SpoolFactory()


@pytest.fixture
def run(user, spool):
    shop.rates()
    dragon = shop.variant(slots={"body": (spool.lot.item.filament, 40, 2)})
    reservations.reserve(item=dragon.item, quantity=Decimal(2), source="order_line", source_id=7)
    wanted = Pieces(dragon, 2, source="order_line", source_id=7)
    return runs.plan_run(outputs=[wanted], printer=shop.printer(), by=user, at=EVENING)[0]


@pytest.fixture
def done(run, user):
    return runs.complete_run(run, report=RunReport(stars=3), key=uuid4(), by=user, at=MORNING)


def undo_it(run, user, key=None):
    return runs.undo_run(run, key=key or uuid4(), by=user, at=MORNING)


def sell(lot, pieces, user):
    entry = Entry(lot.pk, MovementKind.SALE, Decimal(-pieces))
    ledger.post([entry], source="order_line", source_id=1, source_text="", key=uuid4(), by=user, at=MORNING)


def test_preview_shows_every_movement_that_comes_back(done, spool):
    seen = undo.preview(done)

    output = done.outputs.get()
    assert [(row.lot, row.kind, row.quantity) for row in seen.rows] == [
        (output.lot, MovementKind.OUTPUT, Decimal(-2)),
        (spool.lot, MovementKind.PURGE, Decimal(4)),
        (spool.lot, MovementKind.CONSUMPTION, Decimal(80)),
    ]
    assert (seen.is_possible, seen.full_cost, seen.bought_cost) == (True, done.actual_cost, done.bought_cost)


def test_undo_run_gives_everything_back_and_opens_the_run(done, user, spool):
    lot = done.outputs.get().lot

    run = undo_it(done, user)

    spool.lot.refresh_from_db()
    lot.refresh_from_db()
    assert (spool.lot.on_hand, spool.lot.bought_value, lot.on_hand) == (1000, Decimal("20.00"), 0)
    assert (run.state, run.undone_at, run.actual_cost, run.finished_at, run.stars) == (
        RunState.PLANNED, MORNING, None, None, None,
    )  # fmt: skip
    output = run.outputs.get()
    assert (output.good, output.lot, output.full_total) == (0, None, None)
    assert reservations.reserved_for("run", run.pk).get().quantity == Decimal(84)
    waiting = reservations.reserved_for("order_line", 7).get()
    assert (waiting.lot, waiting.quantity) == (None, 2)


def test_undo_run_writes_reversing_cost_lines(done, user):
    cost = done.actual_cost

    undo_it(done, user)

    lines = RunCostLine.objects.filter(run=done)
    assert sum(line.amount for line in lines.filter(stage=CostStage.ACTUAL)) == cost
    assert sum(line.amount for line in lines.standing()) == 0


def test_undone_run_can_be_completed_and_undone_again(done, user, spool):
    undo_it(done, user)
    line = done.materials.get()
    use = SpoolUse(line.pk, method=Method.TYPED, grams=Decimal(70), purge_g=Decimal(0))

    again = runs.complete_run(done, report=RunReport(spools=(use,)), key=uuid4(), by=user, at=MORNING)

    spool.lot.refresh_from_db()
    assert (spool.lot.on_hand, again.state, again.undone_at) == (930, RunState.DONE, None)
    assert sum(each.amount for each in RunCostLine.objects.filter(run=run_pk(again)).standing()) == again.actual_cost
    undo_it(again, user)
    spool.lot.refresh_from_db()
    assert spool.lot.on_hand == 1000
    assert sum(each.amount for each in RunCostLine.objects.filter(run=run_pk(again)).standing()) == 0


def run_pk(run):
    return run.pk


def test_undone_run_refuses_the_old_form(run, user):
    key = uuid4()
    done = runs.complete_run(run, key=key, by=user, at=MORNING)
    undo_it(done, user)

    with pytest.raises(runs.KeyUsedBefore):
        runs.complete_run(run, key=key, by=user, at=MORNING)


def test_undo_run_twice_with_one_key_is_no_news(done, user):
    key = uuid4()
    undo_it(done, user, key)

    assert undo_it(done, user, key).state == RunState.PLANNED


def test_undo_run_of_an_open_run_is_refused(run, user):
    with pytest.raises(undo.NotClosed, match=run.number):
        undo_it(run, user)


def test_undo_run_is_refused_when_pieces_were_shipped(done, user, spool):
    output = done.outputs.get()
    sell(output.lot, 1, user)

    assert undo.preview(done).gone == (f"1 of 2 Dragon Standard have already left lot {output.lot.code}.",)
    with pytest.raises(undo.PiecesGone, match="1 of 2"):
        undo_it(done, user)

    spool.lot.refresh_from_db()
    assert spool.lot.on_hand == 916


def test_undo_run_that_was_started_goes_back_to_printing(run, user):
    runs.start_run(run, by=user, at=EVENING)
    done = runs.complete_run(run, key=uuid4(), by=user, at=MORNING)

    back = undo_it(done, user)

    assert (back.state, back.started_at) == (RunState.PRINTING, EVENING)


def test_undo_run_that_failed(run, user, spool):
    reason = FailureReason.objects.first()
    failed = runs.fail_run(run, report=FailureReport(Decimal(50), reason), key=uuid4(), by=user, at=MORNING)

    back = undo_it(failed, user)

    spool.lot.refresh_from_db()
    assert (spool.lot.on_hand, back.failed_pct, back.failure_reason) == (1000, None, None)


def test_undo_run_takes_back_what_was_booked_as_found(user):
    spool = SpoolFactory(on_hand=40, worth=Decimal("0.80"))
    dragon = shop.variant(slots={"body": (spool.lot.item.filament, 60, 0)})
    (run,) = runs.plan_run(outputs=[Pieces(dragon, 1)], even_if_short=True, by=user, at=EVENING)
    done = runs.complete_run(run, key=uuid4(), by=user, at=MORNING)

    undo_it(done, user)

    spool.lot.refresh_from_db()
    assert (spool.lot.on_hand, spool.lot.bought_value) == (40, Decimal("0.80"))


def test_undo_run_forgets_the_roll_swapped_mid_print(run, user, spool):
    second = SpoolFactory(filament=spool.lot.item.filament)
    line = run.materials.get()
    uses = (
        SpoolUse(line.pk, lot_id=spool.pk, method=Method.TYPED, grams=Decimal(50), purge_g=Decimal(0)),
        SpoolUse(line.pk, lot_id=second.pk, method=Method.TYPED, grams=Decimal(30), purge_g=Decimal(4)),
    )
    done = runs.complete_run(run, report=RunReport(spools=uses), key=uuid4(), by=user, at=MORNING)

    undo_it(done, user)

    line = RunMaterial.objects.get(run=run)
    assert (line.actual_g, line.method) == (None, Method.SLICED)


def test_undo_run_backdated_books_now(run, user):
    done = runs.complete_run(
        run, report=RunReport(finished_at=MORNING - timedelta(days=1)), key=uuid4(), by=user, at=MORNING
    )

    undo_it(done, user)

    rows = ledger.movements_from("run", run.pk).filter(kind=MovementKind.REVERSAL)
    assert {row.occurred_at for row in rows} == {MORNING}
