from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from catalog.choices import CostCode, Stage
from catalog.models import Plate, RecipeStep
from inventory.domain import reservations
from inventory.domain.ledger import InsufficientStock
from inventory.models import Reservation
from nozzly.testing.factories.inventory import FilamentFactory, MaterialGroupFactory, SpoolFactory
from production.choices import CostStage, RunEventKind, RunState
from production.domain import runs
from production.domain.beds import NothingToPrint, NotInTheShop
from production.domain.runs import Pieces
from production.models import Run, RunCostLine, RunEvent
from production.tests import shop
from production.tests.shop import EVENING


@pytest.fixture
def black():
    return FilamentFactory()


@pytest.fixture
def dragon(black):
    SpoolFactory(filament=black)
    return shop.variant(slots={"body": (black, 40, 2)}, minutes="3")


def plan(user, **wanted):
    return runs.plan_run(**({"by": user, "at": EVENING} | wanted))


def test_plan_run_of_a_plate_times_three_makes_three_runs(user, dragon, black):
    plate = shop.plate([(dragon, 2)], [("body", black, 80, 5)], seconds=7200)

    planned = plan(user, plate=plate, copies=3)

    assert [run.number for run in planned] == ["TA-20260302-001", "TA-20260302-002", "TA-20260302-003"]
    assert [(run.state, run.title, run.print_time_s) for run in planned] == [(RunState.PLANNED, "Dragon × 6", 7200)] * 3
    assert list(planned[0].outputs.values_list("variant", "planned")) == [(dragon.pk, 2)]
    assert list(planned[0].materials.values_list("filament", "estimated_g", "estimated_purge_g")) == [
        (black.pk, Decimal(80), Decimal(5))
    ]


def test_a_bed_is_cleared_once_however_many_pieces_it_holds(user, dragon, black):
    shop.rates(labour="12")
    RecipeStep.objects.create(recipe=dragon.product.recipes.get(), stage=Stage.PRINT, name="Clear", minutes=Decimal(5))
    plate = shop.plate([(dragon, 2)], [("body", black, 80, 5)], seconds=7200)
    (by_recipe,) = plan(user, plate=plate)
    Plate.objects.update(bed_minutes=Decimal("1.5"))

    (by_bed,) = plan(user, plate=plate)

    assert [run.estimated_minutes for run in (by_recipe, by_bed)] == [Decimal(16), Decimal("7.5")]
    labour = RunCostLine.objects.filter(code=CostCode.LABOUR).order_by("run", "pk")
    assert [(line.run, line.amount) for line in labour] == [
        (by_recipe, Decimal("1.20")),
        (by_recipe, Decimal("2.00")),
        (by_bed, Decimal("0.30")),
        (by_bed, Decimal("1.20")),
    ]


def test_plan_run_numbers_follow_the_day_in_the_workspaces_zone(user, dragon):
    outputs = [Pieces(dragon, 1)]

    (late,) = plan(user, outputs=outputs, at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    (early,) = plan(user, outputs=outputs, at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))

    assert (late.number, early.number) == ("TA-20260702-001", "TA-20260701-001")


def test_plan_run_of_a_mix_adds_up_recipes_by_filament(user, dragon, black):
    white = FilamentFactory()
    SpoolFactory(filament=white)
    owl = shop.variant("Owl", {"body": (white, 20, 1), "eyes": (black, 5, 0)}, seconds=1800)

    (run,) = plan(user, outputs=[Pieces(dragon, 2), Pieces(owl, 3)])

    assert (run.title, run.print_time_s, run.estimated_minutes) == (
        "2 × Dragon Standard, 3 × Owl Standard", 2 * 3600 + 3 * 1800, Decimal(6),
    )  # fmt: skip
    assert list(run.materials.order_by("position").values_list("filament", "estimated_g", "estimated_purge_g")) == [
        (black.pk, Decimal(95), Decimal(4)),
        (white.pk, Decimal(60), Decimal(3)),
    ]
    assert list(run.materials.first().shares.order_by("output").values_list("grams_each", flat=True)) == [
        Decimal(40),
        Decimal(5),
    ]


def test_plan_run_reserves_what_it_will_take(user, dragon, black):
    group = MaterialGroupFactory()
    SpoolFactory(filament=FilamentFactory(group=group))
    owl = shop.variant("Owl", {"body": (group, 20, 1)})

    (run,) = plan(user, outputs=[Pieces(dragon, 2), Pieces(owl, 1)])

    kept = reservations.reserved_for("run", run.pk).order_by("pk")
    assert [(each.item_id, each.group_id, each.quantity, each.source_text) for each in kept] == [
        (black.pk, None, Decimal(84), run.number),
        (None, group.pk, Decimal(21), run.number),
    ]


def test_plan_run_refuses_more_filament_than_there_is_free(user, dragon, black):
    with pytest.raises(InsufficientStock, match=f"{black}: 50 g short"):
        plan(user, outputs=[Pieces(dragon, 5)], copies=5)

    assert (Run.objects.count(), Reservation.objects.count()) == (0, 0)


def test_plan_run_counts_what_others_have_reserved(user, dragon):
    plan(user, outputs=[Pieces(dragon, 20)])

    with pytest.raises(InsufficientStock):
        plan(user, outputs=[Pieces(dragon, 5)])


def test_plan_run_goes_on_when_told_to_although_it_is_short(user, dragon):
    (run,) = plan(user, outputs=[Pieces(dragon, 50)], even_if_short=True)

    assert run.state == RunState.PLANNED


def test_plan_run_takes_a_group_from_any_of_its_filaments(user):
    group = MaterialGroupFactory()
    for _brand in range(2):
        SpoolFactory(filament=FilamentFactory(group=group), on_hand=30)
    owl = shop.variant("Owl", {"body": (group, 50, 0)})

    assert len(plan(user, outputs=[Pieces(owl, 1)])) == 1
    with pytest.raises(InsufficientStock, match=f"{group}: 40 g short"):
        plan(user, outputs=[Pieces(owl, 1)])


def test_plan_run_uses_the_file_sliced_for_the_printer(user, dragon, black):
    other, model = shop.printer_model("Mini"), shop.printer_model()
    plate = shop.plate([(dragon, 1)], [("body", black, 40, 2)], seconds=9000, model=model)
    shop.plate([(dragon, 1)], [("body", black, 40, 2)], seconds=100, model=other)

    (run,) = plan(user, plate=plate, printer=shop.printer(model=model))

    assert (run.slice_file.printer_model, run.print_time_s) == (model, 9000)


def test_plan_run_of_a_plate_takes_an_open_colour_from_the_recipe(user, dragon, black):
    plate = shop.plate([(dragon, 2)], [("anything", None, 77, 0)], seconds=60)

    (run,) = plan(user, plate=plate)

    assert list(run.materials.values_list("filament", "estimated_g")) == [(black.pk, Decimal(77))]


def test_plan_run_of_a_plate_without_a_sliced_file_goes_by_recipe(user, dragon, black):
    plate = shop.plate([(dragon, 2)], [("Body", black, 0, 0)])

    (run,) = plan(user, plate=plate)

    assert (run.print_time_s, run.slice_file) == (7200, None)
    assert list(run.materials.values_list("estimated_g", "estimated_purge_g")) == [(Decimal(80), Decimal(4))]


def test_plan_run_of_a_plate_without_slots_takes_the_colours_of_its_products(user, dragon, black):
    (run,) = plan(user, plate=shop.plate([(dragon, 3)]))

    assert list(run.materials.values_list("filament", "estimated_g")) == [(black.pk, Decimal(120))]


def test_plan_run_leaves_out_slots_that_the_file_never_prints_from(user, dragon, black):
    plate = shop.plate([(dragon, 1)], [("body", black, 40, 0), ("spare", FilamentFactory(), 0, 0)], seconds=60)

    (run,) = plan(user, plate=plate)

    assert run.materials.count() == 1


def test_plan_run_keeps_whom_a_piece_is_for(user, dragon):
    wanted = Pieces(dragon, 1, source="order_line", source_id=7, source_text="order 1007", personalisation="Ada")

    (run,) = plan(user, outputs=[wanted], reference="order 1007")

    output = run.outputs.get()
    assert (output.source, output.source_id, output.source_text, output.personalisation) == (
        "order_line", 7, "order 1007", "Ada",
    )  # fmt: skip
    assert list(Run.objects.for_reference("order 1007")) == [run]
    assert list(Run.objects.making("order_line", [7])) == [run]


def test_plan_run_writes_an_estimate_that_adds_up(user, dragon):
    shop.rates()

    (run,) = plan(user, outputs=[Pieces(dragon, 1)], printer=shop.printer())

    lines = RunCostLine.objects.filter(run=run).order_by("pk")
    assert {line.stage for line in lines} == {CostStage.ESTIMATE}
    assert {line.code: line.amount for line in lines} == {
        "filament": Decimal("0.80"),
        "purge": Decimal("0.04"),
        "machine": Decimal("0.25"),
        "energy": Decimal("0.03"),
        "labour": Decimal("0.75"),
    }
    assert (run.estimated_cost, run.estimated_bought_cost) == (Decimal("1.87"), Decimal("0.84"))


def test_plan_run_with_the_same_key_plans_once(user, dragon):
    key = uuid4()

    first = plan(user, outputs=[Pieces(dragon, 1)], copies=2, key=key)
    again = plan(user, outputs=[Pieces(dragon, 1)], copies=2, key=key)

    assert (again, Run.objects.count()) == (first, 2)


@pytest.mark.parametrize("copies", [0, 201])
def test_plan_run_refuses_a_silly_number_of_copies(user, dragon, copies):
    with pytest.raises(runs.TooManyCopies):
        plan(user, outputs=[Pieces(dragon, 1)], copies=copies)


def test_plan_run_of_nothing_is_refused(user, dragon):
    with pytest.raises(NothingToPrint):
        plan(user, outputs=[Pieces(dragon, 0)])


def test_plan_run_on_an_archived_printer_is_refused(user, dragon):
    printer = shop.printer()
    printer.archived_at = EVENING

    with pytest.raises(NotInTheShop, match="Left"):
        plan(user, outputs=[Pieces(dragon, 1)], printer=printer)


def test_plan_run_of_a_product_without_a_recipe_is_a_bare_run(user):
    bare = shop.variant("Sketch")
    bare.product.recipes.all().delete()

    (run,) = plan(user, outputs=[Pieces(bare, 1)])

    assert (run.materials.count(), run.print_time_s) == (0, 0)


def test_reprint_links_the_chain_and_keeps_whom_it_is_for(user, dragon):
    wanted = Pieces(dragon, 2, source="order_line", source_id=7, personalisation="Ada")
    (run,) = plan(user, outputs=[wanted], reference="order 1007")
    key = uuid4()

    second = runs.reprint(run, key=key, by=user, at=EVENING)
    third = runs.reprint(second, by=user, at=EVENING)

    assert runs.reprint(run, key=key, by=user, at=EVENING) == second
    assert (second.reprint_of, third.reprint_of, third.first_run) == (run, second, run)
    assert (third.reference, third.outputs.get().personalisation) == ("order 1007", "Ada")
    assert RunEvent.objects.get(run=third).kind == RunEventKind.REPRINTED
    assert list(Run.objects.chain_of(second).in_number_order()) == [run, second, third]


def test_start_run_takes_the_loaded_roll_of_its_printer(user, black):
    printer = shop.printer()
    SpoolFactory(filament=black, opened_at=EVENING.replace(year=2020))
    loaded = SpoolFactory(filament=black, lot__location=printer.slots.get(position=2).location)
    (run,) = plan(user, outputs=[Pieces(shop.variant(slots={"body": (black, 40, 2)}), 1)], printer=printer)

    run = runs.start_run(run, by=user, at=EVENING)

    assert (run.state, run.started_at, run.operator) == (RunState.PRINTING, EVENING, user)
    assert run.materials.get().lot == loaded.lot


def test_start_run_takes_the_oldest_open_roll_when_none_is_loaded(user, black):
    elsewhere = shop.printer("Right")
    SpoolFactory(filament=black, state="sealed", opened_at=None)
    SpoolFactory(filament=black, lot__location=elsewhere.slots.first().location, opened_at=EVENING.replace(year=2019))
    SpoolFactory(filament=black, opened_at=EVENING.replace(year=2025))
    oldest = SpoolFactory(filament=black, opened_at=EVENING.replace(year=2024))
    (run,) = plan(user, outputs=[Pieces(shop.variant(slots={"body": (black, 40, 2)}), 1)])

    run = runs.start_run(run, printer=shop.printer(), by=user, at=EVENING)

    assert run.materials.get().lot == oldest.lot


def test_start_run_takes_the_roll_it_is_told(user, dragon, black):
    told = SpoolFactory(filament=black)
    (run,) = plan(user, outputs=[Pieces(dragon, 1)])

    runs.start_run(run, rolls={run.materials.get().pk: told.pk}, by=user, at=EVENING)

    assert run.materials.get().lot == told.lot


def test_start_run_twice_starts_once(user, dragon):
    (run,) = plan(user, outputs=[Pieces(dragon, 1)])
    runs.start_run(run, by=user, at=EVENING)

    runs.start_run(run, by=user, at=shop.MORNING)

    run.refresh_from_db()
    assert run.started_at == EVENING


def test_start_run_refuses_a_printer_that_prints(user, dragon):
    printer = shop.printer()
    first, second = plan(user, outputs=[Pieces(dragon, 1)], printer=printer, copies=2)
    runs.start_run(first, by=user, at=EVENING)

    with pytest.raises(runs.PrinterBusy, match=first.number):
        runs.start_run(second, by=user, at=EVENING)


def test_cancel_run_frees_what_it_reserved(user, dragon):
    (run,) = plan(user, outputs=[Pieces(dragon, 1)])

    runs.cancel_run(run, by=user, at=EVENING)
    runs.cancel_run(run, by=user, at=EVENING)

    run.refresh_from_db()
    assert (run.state, Reservation.objects.count()) == (RunState.CANCELLED, 0)
    assert run.events.filter(kind=RunEventKind.CANCELLED).count() == 1


def test_cancelled_run_cannot_start(user, dragon):
    (run,) = plan(user, outputs=[Pieces(dragon, 1)])
    runs.cancel_run(run, by=user, at=EVENING)

    with pytest.raises(runs.RunAlreadyClosed, match="already cancelled"):
        runs.start_run(run, by=user, at=EVENING)


def test_queue_run_puts_it_on_a_printer(user, dragon):
    (run,) = plan(user, outputs=[Pieces(dragon, 1)])
    printer = shop.printer()

    runs.queue_run(run, printer=printer, planned_for=shop.MORNING, queue_position=3)

    run.refresh_from_db()
    assert (run.printer, run.planned_for, run.queue_position) == (printer, shop.MORNING, 3)
