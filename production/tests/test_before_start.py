from decimal import Decimal

import pytest

from nozzly.testing.factories.inventory import FilamentFactory, SpoolFactory
from production.choices import RunState
from production.domain import checks, runs
from production.domain.runs import Pieces
from production.tests import shop
from production.tests.shop import EVENING, page, send


@pytest.fixture
def left():
    return shop.printer("Left")


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


def test_before_start_warns_when_a_roll_reaches_only_if_its_reel_weighs_what_is_assumed(user, left):
    spool = SpoolFactory(on_hand=90)
    black = spool.lot.item.filament
    for tare_g in (185, 215):
        SpoolFactory(filament=black, tare_g=tare_g, on_hand=0)
    safe = shop.variant(slots={"body": (black, 75, 0)})
    risky = shop.variant(slots={"body": (black, 80, 0)})

    assert check(plan(user, safe, printer=left)) == []
    told = check(plan(user, risky, printer=left))

    assert f"{spool.lot.code} may not reach: ±15 g: too risky for 80 g." in told


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
        "It was sliced for a 0.6 mm nozzle; Small has 0.4 mm.",
        "It takes 2 colours; Small has 1 slots.",
    ]


def test_before_start_minds_the_nozzle_that_is_fitted_and_the_bed(user, dragon, black, left):
    plate = shop.plate([(dragon, 1)], [("body", black, 40, 2)], seconds=60)
    plate.slice_files.update(nozzle_mm="0.60", bed_x_mm=300, bed_y_mm=200)
    (run,) = runs.plan_run(plate=plate, printer=left, by=user, at=EVENING)

    told = check(run)
    left.nozzle_mm = Decimal("0.6")

    assert told == [
        "It was sliced for a 0.6 mm nozzle; Left has 0.4 mm.",
        "It was sliced for a bed of 300 × 200 mm; that of Left is 256 × 256 mm.",
    ]
    assert checks.before_start(run, list(run.materials.for_page()), left) == told[1:]


def test_the_file_for_the_nozzle_in_the_printer_is_taken(user, dragon, black, left):
    plate = shop.plate([(dragon, 1)], [("body", black, 40, 2)], seconds=60, model=left.model)
    other = shop.plate([(dragon, 1)], [("body", black, 44, 2)], seconds=90, model=left.model)
    fine, coarse = plate.slice_files.get(), other.slice_files.get()
    coarse.plate, coarse.nozzle_mm = plate, Decimal("0.6")
    coarse.save()
    type(fine).objects.filter(pk=fine.pk).update(nozzle_mm="0.4")

    (by_model,) = runs.plan_run(plate=plate, printer=left, by=user, at=EVENING)
    left.nozzle_mm = Decimal("0.6")
    left.save()
    (by_own,) = runs.plan_run(plate=plate, printer=left, by=user, at=EVENING)

    assert [(run.slice_file, run.print_time_s) for run in (by_model, by_own)] == [(fine, 60), (coarse, 90)]


def test_before_start_compares_the_rolls_with_the_file(user, left):
    """Material always; colour only where nobody has chosen one: variants print one file in many colours."""
    petg = SpoolFactory(filament__material__name="PETG-HF", filament__colour_hexes=["#ff0000"])
    owl = shop.variant("Owl", {"body": (petg.lot.item.filament, 40, 0), "eyes": (None, 2, 0)})
    plate = shop.plate([(owl, 1)], [("body", petg.lot.item.filament, 40, 0), ("eyes", None, 2, 0)], seconds=60)
    plate.slice_files.get().slots.update(material_type="PLA", colour_hex="#ffffff")
    (run,) = runs.plan_run(plate=plate, printer=left, by=user, at=EVENING)
    lines = list(run.materials.for_page())

    told = checks.before_start(run, lines, left, rolls={lines[1].pk: petg.lot_id})

    code = petg.lot.code
    assert told == [
        f"“body” was sliced for PLA; {code} is PETG-HF.",
        f"“eyes” was sliced for PLA; {code} is PETG-HF.",
        f"“eyes” is another colour in the file than {code}, {petg.lot.title}.",
    ]
    plate.slice_files.get().slots.update(material_type="Generic PETG", colour_hex="#fe0000")
    run = type(run).objects.for_page().get(pk=run.pk)
    assert checks.before_start(run, lines, left, rolls={lines[1].pk: petg.lot_id}) == []


def test_before_start_knows_what_others_were_promised(user, left):
    spool = SpoolFactory(on_hand=100)
    dragon = shop.variant(slots={"body": (spool.lot.item.filament, 80, 0)})
    plan(user, dragon)

    (told,) = check(plan(user, dragon, printer=left))

    assert told.endswith("is promised to other runs as well: all of them together are 60 g short.")


def test_start_page_checks_what_is_chosen_on_it_once(client, owner, run, black, spool):
    nearly_empty = SpoolFactory(filament=black, on_hand=5)
    line = run.materials.get()
    chosen = {"printer": run.printer_id, f"m{line.pk}": nearly_empty.lot_id}
    assert page(client, "start_run", run.pk).context["warnings"] == []

    asked = send(client, "start_run", run.pk, **chosen)

    run.refresh_from_db()
    assert (asked.status_code, run.state) == (422, RunState.PLANNED)
    assert nearly_empty.lot.code in asked.context["warnings"][0]
    send(client, "start_run", run.pk, told=asked.context["told"], **chosen)
    run.refresh_from_db()
    assert run.state == RunState.PRINTING
