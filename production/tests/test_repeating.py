from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.domain import recipes
from nozzly.accounts.permissions import Permission, Role
from nozzly.testing.factories.inventory import SpoolFactory
from nozzly.web.attaching import attach
from production.choices import Method
from production.domain import repeating, runs
from production.domain.rating import NotDoneYet
from production.domain.repeating import NothingToRepeat
from production.domain.reports import RunReport, SpoolUse
from production.models import Run
from production.tests import shop
from production.tests.shop import page, send


@pytest.fixture
def plate(dragon, black):
    return shop.plate([(dragon, 2)], [("body", black, 90, 4)], seconds=7000, model=shop.printer_model())


@pytest.fixture
def well_done(boss, plate, black, spool, now):
    """Four stars, with a second roll in the middle; the file has a newer sister since."""
    shop.rates()
    (run,) = runs.plan_run(plate=plate, printer=shop.printer(), reference="order 7", by=boss, at=now)
    second = SpoolFactory(filament=black)
    line = run.materials.get()
    uses = (
        SpoolUse(line.pk, lot_id=spool.lot_id, method=Method.TYPED, grams=Decimal(50)),
        SpoolUse(line.pk, lot_id=second.lot_id, method=Method.TYPED, grams=Decimal(42)),
    )
    report = RunReport(spools=uses, stars=4, note="Clean.", settings_note="Glue, 215 °C")
    done = runs.complete_run(run, report=report, key=uuid4(), by=boss, at=now)
    newer = shop.plate([], [("body", black, 80, 0)], seconds=6000, model=shop.printer_model())
    newer.slice_files.update(plate=plate)
    return done


def test_a_repeat_has_the_same_file_printer_roll_and_settings(boss, well_done, spool, now):
    key = uuid4()
    again = runs.repeat_exactly(well_done, key=key, by=boss, at=now)

    line = again.materials.get()
    assert (again.slice_file, again.printer, again.print_time_s) == (well_done.slice_file, well_done.printer, 7000)
    assert (again.repeat_of, again.settings_note, again.reference) == (well_done, "Glue, 215 °C", "")
    assert (line.lot, line.estimated_g, line.estimated_purge_g) == (spool.lot, 90, 4)
    assert [(output.planned, output.source) for output in again.outputs.all()] == [(2, "")]
    assert again.events.get().text == f"exactly as {well_done.number}"
    assert again.estimated_cost == well_done.estimated_cost
    assert runs.repeat_exactly(well_done, key=key, by=boss, at=now) == again
    assert Run.objects.filter(repeat_of=well_done).count() == 1


def test_what_cannot_be_the_same_is_told(boss, well_done, spool, dragon, now):
    type(spool.lot).objects.filter(pk=spool.lot_id).update(archived_at=now)
    type(well_done.printer).objects.filter(pk=well_done.printer_id).update(archived_at=now)
    draft = recipes.draft_of(recipes.current_recipe(dragon.product))
    recipes.new_version(dragon.product, recipes.replace(draft, print_time_s=1), by=None, at=now)
    well_done.slice_file.delete()
    run = Run.objects.for_page().get(pk=well_done.pk)

    assert list(repeating.look(run).differences) == [
        "The sliced file of then is gone; its time and grams are kept.",
        "Left is no longer in the shop; choose another printer.",
        f"{spool.lot.code} is used up; another roll of it is taken.",
        f"The recipe of {dragon.product} has a newer version since.",
    ]
    again = runs.repeat_exactly(run, key=uuid4(), by=boss, at=now)
    assert (again.slice_file, again.printer, again.materials.get().lot, again.print_time_s) == (None, None, None, 7000)


def test_a_roll_that_does_not_reach_is_told(well_done, spool):
    type(spool.lot).objects.filter(pk=spool.lot_id).update(on_hand=20)

    assert repeating.look(well_done).differences == (f"{spool.lot.code} has 20 g left of the 94 g it takes.",)


def test_only_what_is_done_is_repeated_and_rated(boss, run, now):
    with pytest.raises(NothingToRepeat):
        runs.repeat_exactly(run, key=uuid4(), by=boss, at=now)
    with pytest.raises(NotDoneYet):
        runs.rate_run(run, stars=5, note="", settings_note="")


def test_the_best_run_stands_where_the_plate_is_planned(client, operator, boss, plate, well_done, now):
    (worse,) = runs.plan_run(plate=plate, by=boss, at=now, even_if_short=True)
    runs.complete_run(worse, report=RunReport(stars=3), key=uuid4(), by=boss, at=now + timedelta(hours=1))
    picture = SimpleUploadedFile("bed.png", _PNG)
    attach(well_done, picture, permission=Permission.RUN_VIEW, by=boss, at=now)

    shown = page(client, "plan_plate", plate.pk)

    text = shown.content.decode()
    assert shown.context["best"] == well_done
    assert well_done.slice_file.sha256[:12] in text
    assert ("Glue, 215 °C" in text, 'alt="bed' in text, "£" in text) == (True, True, False)


def test_the_pages_repeat_and_rate(client, operator, well_done):
    assert b"Glue, 215" in page(client, "repeat_run", well_done.pk).content
    response = send(client, "repeat_run", well_done.pk, key=uuid4())
    again = Run.objects.get(repeat_of=well_done)
    assert response["Location"] == again.get_absolute_url()
    assert b"Glue, 215" in page(client, "start_run", again.pk).content
    assert send(client, "repeat_run", again.pk, key=uuid4()).status_code == 422

    send(client, "rate_run", well_done.pk, stars="5", note="Best", settings_note="No glue")
    well_done.refresh_from_db()
    assert (well_done.stars, well_done.note, well_done.settings_note) == (5, "Best", "No glue")
    assert send(client, "rate_run", well_done.pk, stars="6").status_code == 422
    assert send(client, "rate_run", again.pk, stars="2").status_code == 422


def test_people_who_only_look_repeat_nothing(client_for, well_done):
    client = client_for(Role.VIEWER)

    assert [page(client, name, well_done.pk).status_code for name in ("repeat_run", "rate_run")] == [403, 403]


_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
