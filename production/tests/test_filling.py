from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from inventory.domain import reservations
from nozzly.testing.factories.inventory import FilamentFactory, SpoolFactory
from production.domain import board as boards
from production.domain import checks, filling, runs
from production.domain.runs import Pieces
from production.models import Run
from production.tests import shop
from production.tests.shop import EVENING, MORNING


@pytest.fixture
def left():
    return shop.printer("Left")


def plate_of(variant, pieces, black, *, hours=2, model=None, name="Bed"):
    slots = [("body", black, 40 * pieces, 2)]
    return shop.plate([(variant, pieces)], slots, seconds=hours * 3600, model=model, name=name)


def want(variant, pieces):
    reservations.reserve(item=variant.item, quantity=Decimal(pieces), source="order_line", source_id=1)


def proposals():
    return filling.propose(boards.board(at=EVENING))


def test_missing_pieces_are_spoken_for_and_neither_there_nor_planned(user, dragon):
    owl = shop.variant("Owl")
    want(dragon, 5)
    want(owl, 1)
    runs.plan_run(outputs=[Pieces(dragon, 2), Pieces(owl, 1)], by=user, at=EVENING)
    (done,) = runs.plan_run(outputs=[Pieces(dragon, 1)], by=user, at=EVENING)
    runs.complete_run(done, key=uuid4(), by=user, at=MORNING)

    assert filling.missing_pieces() == {dragon.pk: 2}


def test_propose_fills_idle_printers_until_nothing_is_missing(dragon, black, left):
    shop.printer("Right")
    plate = plate_of(dragon, 2, black)
    want(dragon, 5)

    found = proposals()

    assert [(each.lane.printer.name, each.plate, each.start) for each in found] == [
        ("Left", plate, EVENING),
        ("Left", plate, EVENING + timedelta(hours=2)),
        ("Left", plate, EVENING + timedelta(hours=4)),
    ]
    assert [covered.pieces for each in found for covered in each.covers] == [2, 2, 1]


def test_propose_prefers_the_plate_that_covers_most_with_least_beside(dragon, black, left):
    plate_of(dragon, 1, black, name="one")
    six = plate_of(dragon, 6, black, name="six")
    plate_of(dragon, 12, black, name="twelve")
    want(dragon, 6)

    assert [each.plate for each in proposals()] == [six]


def test_propose_leaves_out_files_for_another_machine(dragon, black, left):
    plate_of(dragon, 6, black, model=shop.printer_model("Mini"))
    want(dragon, 1)

    assert proposals() == []


def test_propose_leaves_busy_printers_alone(user, dragon, black, left):
    plate_of(dragon, 6, black)
    want(dragon, 20)
    long = shop.variant("Statue", {"body": (black, 40, 0)}, seconds=20 * 3600)
    runs.plan_run(outputs=[Pieces(long, 1)], printer=left, by=user, at=EVENING)

    assert proposals() == []


def test_propose_nothing_when_nobody_waits(dragon, black, left):
    plate_of(dragon, 6, black)

    assert proposals() == []


def test_fill_plans_each_bed_once(user, dragon, black, left):
    plate_of(dragon, 2, black)
    want(dragon, 4)
    found, key = proposals(), uuid4()

    filling.fill(found, key=key, by=user, at=EVENING)
    filling.fill(found, key=key, by=user, at=EVENING)

    assert list(Run.objects.values_list("printer__name", flat=True)) == ["Left", "Left"]
    assert proposals() == []


# Before the start


def check(run):
    return checks.before_start(run, list(run.materials.for_page()), run.printer)


def plan(user, variant, pieces=1, **wanted):
    return runs.plan_run(outputs=[Pieces(variant, pieces)], even_if_short=True, by=user, at=EVENING, **wanted)[0]


def test_before_start_has_nothing_to_say_when_all_fits(user, dragon, left):
    assert check(plan(user, dragon, printer=left)) == []


def test_before_start_names_the_swap_when_a_roll_does_not_reach(user, left):
    short = SpoolFactory(on_hand=30)
    black = short.lot.item.filament
    small, large = SpoolFactory(filament=black, on_hand=60), SpoolFactory(filament=black, on_hand=900)
    dragon = shop.variant(slots={"body": (black, 80, 0)})

    (told,) = check(plan(user, dragon, printer=left))

    assert told == f"{short.lot.code} has 30 g of the 80 g that body takes; swap to {small.lot.code} mid-print."
    assert large.lot.code not in told


def test_before_start_says_when_no_second_roll_suffices(user, left):
    spool = SpoolFactory(on_hand=30)
    dragon = shop.variant(slots={"body": (spool.lot.item.filament, 80, 0)})

    assert check(plan(user, dragon)) == [
        f"{spool.lot.code} has 30 g of the 80 g that body takes; no second roll of it suffices."
    ]


def test_before_start_says_when_a_colour_is_not_in_the_house(user):
    white = FilamentFactory()
    run = plan(user, shop.variant(slots={"body": (white, 80, 0)}))

    assert check(run) == [f"No roll of {white} is in the house."]


def test_before_start_minds_printer_nozzle_and_slots(user, dragon, black, spool):
    mini = shop.printer_model("Mini")
    plate = shop.plate([(dragon, 1)], [("body", black, 40, 2)], seconds=60, model=mini)
    (run,) = runs.plan_run(plate=plate, by=user, at=EVENING)
    run.printer = shop.printer("Left", slots=1)

    assert check(run) == ["It was sliced for a Acme Mini; Left is a Acme P1S."]

    run.printer = shop.printer("Small", slots=1, model=mini)
    run.slice_file.nozzle_mm = Decimal("0.60")
    lines = list(run.materials.for_page())
    assert checks.before_start(run, [*lines, *lines], run.printer) == [
        "It was sliced for a 0.6 mm nozzle; Small usually has 0.4 mm.",
        "It takes 2 colours; Small has 1 slots.",
    ]
