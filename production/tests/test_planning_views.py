from uuid import uuid4

from django.urls import reverse

from nozzly.testing.factories.inventory import SpoolFactory
from production.choices import RunEventKind, RunState
from production.domain import runs
from production.domain.runs import Pieces
from production.models import Run
from production.tests import shop
from production.tests.shop import page, send


def test_plan_plate_times_three(client, owner, dragon, black):
    plate = shop.plate([(dragon, 1)], [("body", black, 40, 2)], seconds=3600)

    response = send(client, "plan_plate", plate.pk, copies=3, key=uuid4())

    assert response["Location"] == reverse("production:tonight")
    assert Run.objects.filter(plate=plate).count() == 3


def test_plan_plate_short_of_filament_says_so_and_keeps_what_was_typed(client, owner, dragon, black):
    plate = shop.plate([(dragon, 1)], [("body", black, 400, 2)], seconds=3600)
    data = {"copies": 3, "reference": "the fair", "key": uuid4()}

    refused = send(client, "plan_plate", plate.pk, **data)

    assert refused.status_code == 422
    assert b"Not enough filament" in refused.content
    assert b'value="the fair"' in refused.content
    assert Run.objects.count() == 0
    assert send(client, "plan_plate", plate.pk, even_if_short="on", **data).status_code == 302


def test_plan_plate_page_is_filled_from_the_address(client, owner, dragon):
    plate = shop.plate([(dragon, 1)])

    assert page(client, "plan_plate", plate.pk, copies=3).context["form"]["copies"].value() == "3"


def test_plan_run_for_a_plate_goes_to_the_plates_own_page(client, owner, dragon):
    plate = shop.plate([(dragon, 1)])

    assert page(client, "plan_run", plate=plate.pk)["Location"] == reverse("production:plan_plate", args=[plate.pk])


def test_plan_run_of_a_mix(client, owner, dragon):
    owl = shop.variant("Owl")

    response = send(client, "plan_run", **{f"v{dragon.pk}": 2, f"v{owl.pk}": 1, "copies": 1, "key": uuid4()})

    run = Run.objects.get()
    assert response["Location"] == run.get_absolute_url()
    assert sorted(run.outputs.values_list("variant", "planned")) == sorted([(dragon.pk, 2), (owl.pk, 1)])


def test_plan_run_of_nothing_says_so(client, owner, dragon):
    response = send(client, "plan_run", copies=1, key=uuid4())

    assert response.status_code == 422
    assert b"at least one piece" in response.content


def test_plan_run_search_keeps_what_is_chosen(client, owner, dragon):
    owl = shop.variant("Owl")
    shop.variant("Cat")

    response = send(client, "plan_run", **{f"v{dragon.pk}": 2, "search": "owl", "find": 1, "copies": 1, "key": uuid4()})

    assert response.status_code == 200
    assert [variant for variant, _bound in response.context["form"].rows()] == [dragon, owl]
    assert Run.objects.count() == 0


def test_plan_run_opens_with_the_variant_of_the_address(client, owner, dragon):
    response = page(client, "plan_run", variant=dragon.pk)

    assert [(variant, bound.value()) for variant, bound in response.context["form"].rows()] == [(dragon, 1)]


def test_start_run_with_a_roll(client, operator, run, black):
    roll = SpoolFactory(filament=black)
    line = run.materials.get()

    response = send(client, "start_run", run.pk, **{"printer": run.printer_id, f"m{line.pk}": roll.pk})

    run.refresh_from_db()
    line.refresh_from_db()
    assert (response.status_code, run.state, line.lot) == (302, RunState.PRINTING, roll.lot)


def test_start_run_on_a_busy_printer_says_so(client, owner, run, dragon, now, boss):
    (other,) = runs.plan_run(outputs=[Pieces(dragon, 1)], printer=run.printer, by=boss, at=now)
    runs.start_run(run, by=boss, at=now)

    response = send(client, "start_run", other.pk, printer=run.printer_id)

    assert response.status_code == 422
    assert b"is still printing" in response.content


def test_queue_run_moves_it(client, owner, run):
    other = shop.printer("Right")

    response = send(client, "queue_run", run.pk, printer=other.pk, planned_for="2026-12-01T20:00", queue_position="")

    run.refresh_from_db()
    assert (response["Location"], run.printer, run.queue_position) == (reverse("production:tonight"), other, 0)


def test_queue_run_for_the_end_of_time_is_refused_and_the_board_stands(client, owner, run):
    refused = send(client, "queue_run", run.pk, planned_for="9999-12-31T23:59", queue_position="")

    assert (refused.status_code, page(client, "tonight").status_code) == (422, 200)


def test_queue_run_of_a_closed_run_says_so(client, owner, done):
    assert send(client, "queue_run", done.pk, queue_position=1).status_code == 422


def test_cancel_run_asks_first(client, owner, run):
    assert b"will not be printed" in page(client, "cancel_run", run.pk).content

    send(client, "cancel_run", run.pk)

    run.refresh_from_db()
    assert run.state == RunState.CANCELLED


def test_reprint_plans_it_again(client, owner, done):
    response = send(client, "reprint", done.pk, **{"reprint-key": uuid4()})

    again = Run.objects.get(reprint_of=done)
    assert response["Location"] == again.get_absolute_url()
    assert again.events.get().kind == RunEventKind.REPRINTED


def test_reprint_without_its_key_changes_nothing(client, owner, done):
    send(client, "reprint", done.pk)

    assert Run.objects.count() == 1


def test_reprint_of_an_archived_printer_says_so(client, owner, done, now):
    done.printer.archived_at = now
    done.printer.save()

    response = client.post(reverse("production:reprint", args=[done.pk]), {"reprint-key": uuid4()}, follow=True)

    assert b"is archived" in response.content


def test_plan_run_is_not_stopped_by_digits_that_are_no_number(client, owner):
    answers = [client.get(reverse("production:plan_run"), {name: "²"}).status_code for name in ("plate", "variant")]

    assert answers == [200, 200]
