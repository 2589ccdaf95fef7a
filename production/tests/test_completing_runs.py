from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from inventory.choices import MovementKind
from inventory.domain import ledger, reservations
from inventory.models import Lot, Reservation
from nozzly.testing.factories.inventory import (
    FilamentFactory,
    LotFactory,
    MaterialGroupFactory,
    SpoolFactory,
)
from production.choices import CostStage, Method, RunState
from production.domain import runs
from production.domain.reports import PieceCount, RunReport, SpoolUse
from production.domain.runs import Pieces
from production.domain.spools import NoRollKnown
from production.models import RunCostLine, RunEvent
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


def test_complete_run_as_sliced_books_part_purge_and_pieces(run, user, spool, dragon):
    done = complete(run, user)

    assert booked(run) == [
        (MovementKind.CONSUMPTION, Decimal(-80)),
        (MovementKind.PURGE, Decimal(-4)),
        (MovementKind.OUTPUT, Decimal(2)),
    ]
    spool.lot.refresh_from_db()
    assert (spool.lot.on_hand, done.state, done.finished_at) == (Decimal(916), RunState.DONE, MORNING)
    line = done.materials.get()
    assert (line.actual_g, line.actual_purge_g, line.method, line.lot) == (80, 4, Method.SLICED, spool.lot)


def test_complete_run_brings_good_pieces_in_at_actual_cost(run, user, dragon):
    done = complete(run, user, RunReport(minutes=Decimal(6)))

    # 1.60 + 0.08 filament, 2 h × 0.25 machine, 0.2 kWh × 0.30, 6 min × 15/h
    output = done.outputs.get()
    assert {line.code: line.amount for line in done.cost_lines.filter(stage=CostStage.ACTUAL)} == {
        "filament": Decimal("1.60"),
        "purge": Decimal("0.08"),
        "machine": Decimal("0.50"),
        "energy": Decimal("0.06"),
        "labour": Decimal("1.50"),
    }
    assert (done.actual_cost, done.bought_cost, done.loss_cost) == (Decimal("3.74"), Decimal("1.68"), 0)
    assert (output.full_cost, output.bought_cost) == (Decimal("1.87"), Decimal("0.84"))
    assert (output.lot.item, output.lot.on_hand, output.lot.full_value, output.lot.bought_value) == (
        dragon.item, 2, Decimal("3.74"), Decimal("1.68"),
    )  # fmt: skip
    assert (output.lot.batch, output.lot.received_on) == (run.number, MORNING.date())


def test_complete_run_in_full(user, black, spool, dragon):
    white = SpoolFactory(worth=Decimal("30.00"))
    owl = shop.variant("Owl", {"body": (white.lot.item.filament, 20, 1)}, seconds=1800)
    (run,) = runs.plan_run(outputs=[Pieces(dragon, 2), Pieces(owl, 3)], printer=shop.printer(), by=user, at=EVENING)
    first, second = run.materials.order_by("position")
    dragons, owls = run.outputs.order_by("position")
    report = RunReport(
        spools=(
            SpoolUse(first.pk, method=Method.SCALE, before_g=Decimal(900), after_g=Decimal(810), purge_g=Decimal(6)),
            SpoolUse(second.pk, method=Method.TYPED, grams=Decimal("61.5"), purge_g=Decimal(4)),
        ),
        pieces=(PieceCount(dragons.pk, good=1, b_grade=0, scrapped=1), PieceCount(owls.pk, good=2, b_grade=1)),
        stars=4,
        note="A little stringing.",
        minutes=Decimal(12),
        time_s=10_000,
        energy_kwh=Decimal("0.4"),
        finished_at=MORNING - timedelta(hours=2),
    )

    done = complete(run, user, report)

    assert booked(run) == [
        (MovementKind.CONSUMPTION, Decimal(-84)),
        (MovementKind.PURGE, Decimal(-6)),
        (MovementKind.CONSUMPTION, Decimal("-61.5")),
        (MovementKind.PURGE, Decimal(-4)),
        (MovementKind.OUTPUT, Decimal(1)),
        (MovementKind.OUTPUT, Decimal(2)),
        (MovementKind.OUTPUT, Decimal(1)),
    ]
    dragons.refresh_from_db()
    owls.refresh_from_db()
    assert (done.stars, done.note, done.hands_on_minutes, done.actual_time_s) == (4, "A little stringing.", 12, 10_000)
    assert done.finished_at == MORNING - timedelta(hours=2)
    assert (dragons.good, dragons.scrapped, owls.good, owls.b_grade) == (1, 1, 2, 1)
    assert (owls.lot.on_hand, owls.b_grade_lot.on_hand, owls.b_grade_lot.note) == (2, 1, "b-grade")
    assert dragons.full_total + owls.full_total == done.actual_cost
    assert dragons.lot.full_value == dragons.full_total
    assert owls.lot.full_value + owls.b_grade_lot.full_value == owls.full_total
    first.refresh_from_db()
    assert (first.scale_before_g, first.scale_after_g, first.actual_g, first.full_cost) == (
        900, 810, 84, Decimal("1.80"),
    )  # fmt: skip


def test_complete_run_splits_a_shared_spool_by_recipe_grams(user, black, spool, dragon):
    shop.rates(energy="0", labour="0")
    owl = shop.variant("Owl", {"body": (black, 10, 0)}, seconds=3600)
    model = shop.printer_model("Free", price=0, upkeep_per_h=0)
    (run,) = runs.plan_run(
        outputs=[Pieces(dragon, 1), Pieces(owl, 1)], printer=shop.printer(model=model), by=user, at=EVENING
    )
    line = run.materials.get()
    use = SpoolUse(line.pk, method=Method.TYPED, grams=Decimal(100), purge_g=Decimal(0))

    done = complete(run, user, RunReport(spools=(use,)))

    assert [output.full_total for output in done.outputs.order_by("position")] == [Decimal("1.60"), Decimal("0.40")]


def test_complete_run_books_a_shortage_as_found_and_flags_the_spool(user, black):
    spool = SpoolFactory(filament=black, on_hand=40, worth=Decimal("0.80"))
    dragon = shop.variant(slots={"body": (black, 60, 0)})
    (run,) = runs.plan_run(outputs=[Pieces(dragon, 1)], even_if_short=True, by=user, at=EVENING)

    complete(run, user)

    spool.lot.refresh_from_db()
    assert (spool.lot.on_hand, spool.lot.needs_count) == (0, True)
    assert (MovementKind.FOUND, Decimal(20)) in booked(run)
    assert run.materials.get().full_cost == Decimal("1.20")


def test_complete_run_twice_books_once(run, user, spool):
    key = uuid4()
    complete(run, user, key=key)

    again = complete(run, user, key=key)

    assert (again.state, len(booked(run))) == (RunState.DONE, 3)


def test_complete_run_from_a_second_tab_is_told_so(run, user):
    complete(run, user)

    with pytest.raises(runs.RunAlreadyClosed, match=f"{run.number} is already done"):
        complete(run, user)

    assert len(booked(run)) == 3


def test_complete_run_refuses_a_form_of_another_run(run, user, dragon):
    (other,) = runs.plan_run(outputs=[Pieces(dragon, 1)], by=user, at=EVENING)
    key = uuid4()
    complete(run, user, key=key)

    with pytest.raises(runs.KeyUsedBefore):
        complete(other, user, key=key)


def test_complete_run_releases_its_reservation(run, user):
    complete(run, user)

    assert Reservation.objects.count() == 0


def made_for(dragon, **more):
    return Pieces(dragon, 1, source="order_line", source_id=7, source_text="order 1007", **more)


def test_complete_run_keeps_a_piece_for_whom_it_is(user, dragon):
    reservations.reserve(item=dragon.item, quantity=Decimal(3), source="order_line", source_id=7)
    (run,) = runs.plan_run(outputs=[made_for(dragon)], by=user, at=EVENING)

    done = complete(run, user)

    kept = reservations.reserved_for("order_line", 7).order_by("pk").values_list("lot", "quantity")
    assert list(kept) == [(None, 2), (done.outputs.get().lot_id, 1)]


def test_complete_run_keeps_the_last_piece_somebody_waits_for(user, dragon):
    reservations.reserve(item=dragon.item, quantity=Decimal(1), source="order_line", source_id=7)
    (run,) = runs.plan_run(outputs=[made_for(dragon)], by=user, at=EVENING)

    done = complete(run, user)

    (kept,) = reservations.reserved_for("order_line", 7)
    assert (kept.lot, kept.quantity, kept.source_text) == (done.outputs.get().lot, 1, "order 1007")


def test_complete_run_puts_a_piece_nobody_waits_for_on_the_shelf(user, dragon):
    (run,) = runs.plan_run(outputs=[made_for(dragon)], by=user, at=EVENING)

    complete(run, user)

    assert not reservations.reserved_for("order_line", 7).exists()


def test_complete_run_keeps_a_personalised_piece_even_so(user, dragon):
    (run,) = runs.plan_run(outputs=[made_for(dragon, personalisation="Ada")], by=user, at=EVENING)

    complete(run, user)

    assert reservations.reserved_for("order_line", 7).get().quantity == 1


def test_complete_run_opens_a_sealed_roll(user, black):
    spool = SpoolFactory(filament=black, state="sealed", opened_at=None)
    (run,) = runs.plan_run(outputs=[Pieces(shop.variant(slots={"body": (black, 40, 2)}), 1)], by=user, at=EVENING)

    complete(run, user)

    spool.refresh_from_db()
    assert (spool.state, spool.opened_at) == ("open", MORNING - timedelta(hours=1))


def test_complete_run_books_a_roll_that_somebody_has_archived(run, user, spool):
    """What has been printed is never refused; a roll that still holds something is back in sight."""
    Lot.objects.filter(pk=spool.pk).update(archived_at=MORNING)
    use = SpoolUse(run.materials.get().pk, lot_id=spool.pk)

    done = complete(run, user, RunReport(spools=(use,)))

    spool.lot.refresh_from_db()
    assert (done.state, done.materials.get().lot, spool.lot.archived_at) == (RunState.DONE, spool.lot, None)


def test_complete_run_with_a_roll_swapped_mid_print(run, user, spool, black):
    second = SpoolFactory(filament=black, worth=Decimal("40.00"))
    line = run.materials.get()
    report = RunReport(
        spools=(
            SpoolUse(line.pk, lot_id=spool.pk, method=Method.TYPED, grams=Decimal(50), purge_g=Decimal(0)),
            SpoolUse(line.pk, lot_id=second.pk, method=Method.TYPED, grams=Decimal(30), purge_g=Decimal(4)),
        )
    )

    done = complete(run, user, report)

    used = done.materials.order_by("position").values_list("lot", "actual_g", "actual_purge_g", "full_cost")
    assert list(used) == [
        (spool.pk, Decimal(50), Decimal(0), Decimal("1.00")),
        (second.pk, Decimal(30), Decimal(4), Decimal("1.36")),
    ]
    assert RunCostLine.objects.filter(run=run, stage=CostStage.ACTUAL, code="filament").count() == 2


def test_complete_run_without_any_roll_books_on_an_empty_one(user, black):
    dragon = shop.variant(slots={"body": (black, 60, 0)})
    (run,) = runs.plan_run(outputs=[Pieces(dragon, 1)], even_if_short=True, by=user, at=EVENING)

    done = complete(run, user)

    lot = Lot.objects.get(item=black.item)
    assert (lot.on_hand, lot.needs_count, lot.spool.state) == (0, True, "open")
    assert done.materials.get().full_cost == Decimal("1.20")


def test_complete_run_of_a_group_without_any_roll_takes_a_filament_of_it(user):
    group = MaterialGroupFactory()
    filament = FilamentFactory(group=group)
    (run,) = runs.plan_run(
        outputs=[Pieces(shop.variant(slots={"body": (group, 60, 0)}), 1)], even_if_short=True, by=user, at=EVENING
    )

    complete(run, user)

    assert Lot.objects.get(item=filament.item).needs_count is True


def test_complete_run_takes_the_last_roll_even_when_the_books_say_it_is_empty(user, black):
    spool = SpoolFactory(filament=black, on_hand=0)
    (run,) = runs.plan_run(
        outputs=[Pieces(shop.variant(slots={"body": (black, 60, 0)}), 1)], even_if_short=True, by=user, at=EVENING
    )

    assert complete(run, user).materials.get().lot == spool.lot


def test_complete_run_asks_for_the_roll_when_nothing_says_which(user):
    unbound = shop.variant(slots={"body": (None, 60, 0)})
    (run,) = runs.plan_run(outputs=[Pieces(unbound, 1)], by=user, at=EVENING)

    with pytest.raises(NoRollKnown, match="body"):
        complete(run, user)

    run.refresh_from_db()
    assert (run.state, booked(run)) == (RunState.PLANNED, [])


def test_complete_run_with_a_roll_that_is_gone_is_refused(run, user):
    use = SpoolUse(run.materials.get().pk, lot_id=0x7FFF)

    with pytest.raises(NoRollKnown):
        complete(run, user, RunReport(spools=(use,)))


def test_complete_run_puts_a_product_without_a_good_piece_into_run_loss(user, dragon, black):
    owl = shop.variant("Owl", {"body": (black, 40, 2)}, seconds=3600)
    shop.rates()
    (run,) = runs.plan_run(outputs=[Pieces(dragon, 1), Pieces(owl, 1)], printer=shop.printer(), by=user, at=EVENING)
    owls = run.outputs.get(variant=owl)

    done = complete(run, user, RunReport(pieces=(PieceCount(owls.pk, good=0, scrapped=1),)))

    dragons = done.outputs.get(variant=dragon)
    owls.refresh_from_db()
    assert (owls.lot, owls.full_total, done.loss_cost) == (None, done.loss_cost, done.actual_cost - dragons.full_total)
    assert set(done.cost_lines.filter(is_loss=True).values_list("output", flat=True)) == {owls.pk}


def test_complete_run_works_straight_from_planned_and_backdated(run, user):
    done = complete(run, user, RunReport(finished_at=EVENING - timedelta(days=3)))

    movement = ledger.movements_from("run", run.pk).first()
    assert (done.number, done.entry_on) == (run.number, EVENING.date())
    assert (movement.occurred_at, movement.recorded_at) == (EVENING - timedelta(days=3), MORNING)
    assert done.started_at == EVENING - timedelta(days=3, hours=2)


def test_complete_run_by_scale_never_purges_more_than_was_used(run, user):
    line = run.materials.get()
    use = SpoolUse(line.pk, method=Method.SCALE, before_g=Decimal(500), after_g=Decimal(498), purge_g=Decimal(9))

    complete(run, user, RunReport(spools=(use,)))

    line.refresh_from_db()
    assert (line.actual_g, line.actual_purge_g) == (0, 2)


def test_finish_many_closes_each_with_its_own_end_and_tells_what_did_not(run, user, dragon):
    (other,) = runs.plan_run(outputs=[Pieces(dragon, 1)], by=user, at=EVENING)
    ends = [MORNING - timedelta(hours=3), MORNING + timedelta(hours=1)]

    done, refused = runs.finish_many([(run, ends[0], uuid4()), (other, ends[1], uuid4())], by=user, at=MORNING)

    assert [(each.pk, each.finished_at) for each in done] == [(run.pk, ends[0])]
    assert [(each.pk, why) for each, why in refused] == [(other.pk, "A run cannot have ended in the future.")]


def test_complete_run_leaves_a_trace_in_the_diary(run, user):
    complete(run, user, RunReport(finished_at=MORNING - timedelta(hours=1)))

    event = RunEvent.objects.get(run=run, kind="completed")
    assert (event.occurred_at, event.recorded_at, event.by) == (MORNING - timedelta(hours=1), MORNING, user)


def test_complete_run_with_eight_spools_and_five_products_needs_few_queries(user, django_assert_max_num_queries):
    shop.rates()
    rolls = [SpoolFactory() for _slot in range(8)]
    fills = [roll.lot.item.filament for roll in rolls]
    variants = [
        shop.variant(f"Animal {n}", {f"s{m}": (fills[(n + m) % 8], 10, 1) for m in range(4)}, minutes="2")
        for n in range(5)
    ]
    shop.component(variants[0], LotFactory(held=50, worth="5.00").item, 3)
    (run,) = runs.plan_run(outputs=[Pieces(each, 2) for each in variants], printer=shop.printer(), by=user, at=EVENING)
    assert run.materials.count() == 8

    # 30, and the savepoint that the test's own transaction turns BEGIN and COMMIT into.
    with django_assert_max_num_queries(32):
        done = complete(run, user)

    assert sum(output.full_total for output in done.outputs.all()) == done.actual_cost
