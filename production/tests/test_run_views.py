from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.domain import ledger
from nozzly.accounts.permissions import Role
from nozzly.testing.factories.inventory import FilamentFactory, SpoolFactory
from nozzly.testing.factories.production import RunFactory
from nozzly.testing.fixtures import make_user
from production.choices import RunEventKind, RunState
from production.domain import runs
from production.domain.runs import Pieces
from production.models import FailureReason, Run
from production.tests import shop


@pytest.fixture
def now():
    return timezone.now().replace(second=0, microsecond=0)


@pytest.fixture
def black():
    return FilamentFactory()


@pytest.fixture
def spool(black):
    return SpoolFactory(filament=black)


@pytest.fixture
def dragon(black, spool):
    return shop.variant(slots={"body": (black, 40, 2)}, minutes="3")


@pytest.fixture
def boss():
    """Whoever planned the run; not the one at the browser."""
    return make_user(Role.OWNER)


@pytest.fixture
def run(boss, dragon, now):
    shop.rates()
    return runs.plan_run(outputs=[Pieces(dragon, 2, personalisation="Ada")], printer=shop.printer(), by=boss, at=now)[0]


@pytest.fixture
def done(run, boss, now):
    return runs.complete_run(run, key=uuid4(), by=boss, at=now)


def page(client, name, *args, **query):
    return client.get(reverse(f"production:{name}", args=args), query)


def send(client, name, *args, **data):
    return client.post(reverse(f"production:{name}", args=args), data)


# The list


def test_run_list_shows_runs_newest_first(client, owner):
    older, newer = RunFactory(), RunFactory(done=True)

    response = page(client, "run_list")

    assert list(response.context["page"]) == [newer, older]


@pytest.mark.parametrize("count", [1, 3])
def test_run_list_query_count_does_not_grow(client, owner, django_assert_num_queries, count):
    RunFactory.create_batch(count, printer=shop.printer())
    page(client, "run_list")

    with django_assert_num_queries(LIST_QUERIES):
        page(client, "run_list")


LIST_QUERIES = 4


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"search": "drag"}, {"Dragon × 6"}),
        ({"search": "20260102 002"}, {"Owl"}),
        ({"search": "order 1007"}, {"Owl"}),
        ({"search": "!?"}, {"Dragon × 6", "Owl"}),
        ({"state": "done"}, {"Owl"}),
        ({"state": "open"}, {"Dragon × 6"}),
        ({"since": "2026-01-03"}, set()),
    ],
)
def test_run_list_narrows(client, owner, query, found):
    RunFactory(sequence=1, title="Dragon × 6")
    RunFactory(sequence=2, title="Owl", reference="order 1007", done=True)

    response = page(client, "run_list", **query)

    assert {run.title for run in response.context["page"]} == found


def test_run_list_narrows_by_printer_and_reason(client, owner, now):
    printer, reason = shop.printer(), FailureReason.objects.first()
    run = RunFactory(printer=printer, state=RunState.FAILED, failure_reason=reason, finished_at=now)
    RunFactory()

    assert list(page(client, "run_list", printer=printer.pk, reason=reason.pk).context["page"]) == [run]


@pytest.mark.parametrize("sort", ["number", "-title", "time", "-finished", "state"])
def test_run_list_sorts(client, owner, sort):
    RunFactory.create_batch(2)

    assert len(page(client, "run_list", sort=sort).context["page"]) == 2


def test_run_list_answers_with_its_table_alone(client, owner):
    RunFactory()

    response = client.get(reverse("production:run_list"), headers={"HX-Request": "true", "HX-Target": "run-table"})

    assert b"<html" not in response.content
    assert b'id="run-table"' in response.content


def test_run_list_as_csv_has_costs_for_those_who_see_them(client, owner):
    RunFactory(done=True)

    lines = page(client, "run_list", format="csv").content.decode("utf-8-sig").splitlines()

    assert lines[0].endswith("estimated_cost,actual_cost,bought_cost,run_loss")
    assert lines[1].endswith("3.00,4.00,1.00,0.00")


def test_run_list_as_csv_has_no_costs_for_an_operator(client, operator):
    RunFactory(done=True)

    header, row = page(client, "run_list", format="csv").content.decode("utf-8-sig").splitlines()

    assert "cost" not in header
    assert "4.00" not in row


def test_empty_run_list_says_what_to_do(client, owner):
    assert b"Plan a plate for tonight" in page(client, "run_list").content


# One run


def test_run_page_shows_estimate_and_actual(client, owner, done):
    response = page(client, "run_detail", done.pk)

    text = response.content.decode()
    assert response.status_code == 200
    assert [entry["text"] for entry in response.context["timeline"]] == ["Completed", "Planned"]
    assert "Really cost" in text
    assert "“Ada”" in text


def test_run_page_of_a_failed_run_shows_its_chain(client, owner, run, now, boss):
    reason = FailureReason.objects.first()
    report = runs.FailureReport(Decimal(30), reason)
    runs.fail_run(run, report=report, reprint=True, key=uuid4(), by=boss, at=now)
    (again,) = Run.objects.filter(reprint_of=run)

    response = page(client, "run_detail", again.pk)

    assert response.context["chain"] == [run, again]
    assert b"Until it came out" in response.content
    assert reason.name.encode() in page(client, "run_detail", run.pk).content


@pytest.mark.parametrize("name", ["run_detail", "complete_run", "all_good", "fail_run", "start_run", "queue_run"])
def test_pages_of_an_open_run_open(client, owner, run, name):
    assert page(client, name, run.pk).status_code == 200


def test_operator_sees_no_cost_on_any_page_of_a_run(client, operator, run, done):
    for name in ("run_detail", "complete_run", "all_good", "fail_run", "start_run"):
        text = page(client, name, done.pk).content.decode()
        assert "£" not in text
        assert "Really cost" not in text


def test_stranger_is_sent_to_the_login_page(client, run):
    assert page(client, "run_detail", run.pk).status_code == 302


@pytest.mark.parametrize("name", ["complete_run", "all_good", "fail_run", "start_run", "undo_run", "queue_run"])
def test_viewer_may_not_touch_a_run(client_for, run, name):
    assert page(client_for(Role.VIEWER), name, run.pk).status_code == 403


# Planning


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


# Starting, queueing, cancelling


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


# Closing


def test_all_good_is_one_tap(client, operator, run):
    response = send(client, "all_good", run.pk, key=uuid4())

    run.refresh_from_db()
    assert (response["Location"], run.state, run.outputs.get().good) == (run.get_absolute_url(), RunState.DONE, 2)


def test_all_good_twice_books_once(client, operator, run):
    key = uuid4()

    assert [send(client, "all_good", run.pk, key=key).status_code for _tab in range(2)] == [302, 302]
    assert ledger.movements_from("run", run.pk).count() == 3


def test_all_good_from_another_tab_says_it_is_done(client, operator, run):
    send(client, "all_good", run.pk, key=uuid4())

    response = send(client, "all_good", run.pk, key=uuid4())

    assert response.status_code == 422
    assert b"is already done" in response.content


def full_report(run, **changes):
    line, output = run.materials.get(), run.outputs.get()
    data = {
        f"m{line.pk}_lot": "",
        f"m{line.pk}_method": "scale",
        f"m{line.pk}_before": "900",
        f"m{line.pk}_after": "812,5",
        f"m{line.pk}_purge": "5",
        f"o{output.pk}_good": 1,
        f"o{output.pk}_b_grade": 0,
        f"o{output.pk}_scrapped": 1,
        "stars": 4,
        "note": "A little stringing",
        "minutes": "4.5",
        "time_s": "2:10",
        "energy_kwh": "0.3",
        "key": uuid4(),
    }
    return data | changes


def test_complete_run_in_full(client, operator, run, spool):
    response = send(client, "complete_run", run.pk, **full_report(run))

    run.refresh_from_db()
    spool.lot.refresh_from_db()
    assert response.status_code == 302
    assert (run.stars, run.note, run.hands_on_minutes, run.actual_time_s) == (
        4, "A little stringing", Decimal("4.5"), 7800,
    )  # fmt: skip
    assert spool.lot.on_hand == Decimal("912.5")
    assert (run.outputs.get().good, run.outputs.get().scrapped) == (1, 1)


def test_complete_run_with_a_second_roll(client, operator, run, spool, black):
    line = run.materials.get()
    second = SpoolFactory(filament=black)
    changes = {
        f"m{line.pk}_method": "sliced", f"m{line.pk}_before": "", f"m{line.pk}_after": "",
        f"m{line.pk}_lot": spool.pk, f"m{line.pk}_grams": "50", f"m{line.pk}_purge": "0",
        f"m{line.pk}_second_lot": second.pk, f"m{line.pk}_second_grams": "30",
    }  # fmt: skip

    send(client, "complete_run", run.pk, **full_report(run, **changes))

    assert list(run.materials.order_by("position").values_list("lot", "actual_g", "method")) == [
        (spool.pk, Decimal(50), "typed"),
        (second.pk, Decimal(30), "typed"),
    ]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("minutes", "many", "is not a number"),
        ("minutes", "-3", "between"),
        ("time_s", "soon", "like 3:20"),
        ("time_s", "9999:00", "30 days"),
    ],
)
def test_complete_run_says_what_is_wrong_beside_the_field(client, operator, run, field, value, words):
    response = send(client, "complete_run", run.pk, **full_report(run, **{field: value}))

    assert response.status_code == 422
    assert words in response.context["form"].errors[field][0]


def test_complete_run_says_what_cannot_be(client, operator, run):
    line = run.materials.get()

    for changes, words in (
        ({f"m{line.pk}_after": "950"}, "more after the print"),
        ({f"m{line.pk}_after": "much"}, "not a weight"),
        ({f"m{line.pk}_after": "200 kg"}, "cannot be right"),
    ):
        response = send(client, "complete_run", run.pk, **full_report(run, **changes))
        assert (response.status_code, words in response.content.decode()) == (422, True)

    run.refresh_from_db()
    assert run.state == RunState.PLANNED


def test_complete_run_goes_on_where_it_was_asked_from(client, operator, run):
    response = client.post(
        reverse("production:complete_run", args=[run.pk]) + "?next=/production/floor/", full_report(run)
    )

    assert response["Location"] == "/production/floor/"


def test_fail_run_books_it_and_plans_the_reprint(client, operator, run, spool):
    reason = FailureReason.objects.get(name="Warped")

    send(client, "fail_run", run.pk, reason=reason.pk, failed_pct="25", reprint="on", key=uuid4())

    run.refresh_from_db()
    spool.lot.refresh_from_db()
    assert (run.state, run.failure_reason, spool.lot.on_hand) == (RunState.FAILED, reason, Decimal(979))
    assert Run.objects.get(reprint_of=run).state == RunState.PLANNED


def test_fail_run_asks_for_a_reason(client, operator, run):
    response = send(client, "fail_run", run.pk, failed_pct="120", key=uuid4())

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"reason", "failed_pct"}


def test_fail_run_of_a_closed_run_says_so(client, operator, done):
    reason = FailureReason.objects.first()

    response = send(client, "fail_run", done.pk, reason=reason.pk, failed_pct="20", key=uuid4())

    assert response.status_code == 422
    assert b"is already done" in response.content


# Undo


def test_undo_run_shows_what_comes_back_and_does_it(client, owner, done, spool):
    shown = page(client, "undo_run", done.pk)

    assert len(shown.context["preview"].rows) == 3
    send(client, "undo_run", done.pk, key=uuid4())
    done.refresh_from_db()
    assert (done.state, done.undone_at is not None) == (RunState.PLANNED, True)
    assert b"is open again" in page(client, "run_detail", done.pk).content


def test_undo_run_of_shipped_pieces_is_refused(client, owner, done, now, boss):
    entry = ledger.Entry(done.outputs.get().lot_id, "sale", Decimal(-1))
    ledger.post([entry], source="order_line", source_id=1, source_text="", key=uuid4(), by=boss, at=now)

    assert b"have already left" in page(client, "undo_run", done.pk).content
    assert send(client, "undo_run", done.pk, key=uuid4()).status_code == 422


def test_undo_page_of_an_open_run_has_no_button(client, owner, run):
    assert b"nothing to undo" in page(client, "undo_run", run.pk).content


def test_operator_may_not_undo(client_for, done):
    assert page(client_for(Role.OPERATOR), "undo_run", done.pk).status_code == 403


# The morning


def test_morning_round_finishes_several_each_with_its_end(client, operator, boss, dragon, run, now):
    (other,) = runs.plan_run(outputs=[Pieces(dragon, 1)], printer=run.printer, by=boss, at=now)
    end = now - timedelta(hours=5)
    local = timezone.localtime(end)

    response = send(
        client, "morning_round",
        **{f"r{run.pk}": "on", f"r{run.pk}_end": f"{local:%Y-%m-%dT%H:%M}", f"r{run.pk}_key": uuid4()},
    )  # fmt: skip

    run.refresh_from_db()
    other.refresh_from_db()
    assert response["Location"] == reverse("production:floor")
    assert (run.state, run.finished_at, other.state) == (RunState.DONE, end, RunState.PLANNED)


def test_morning_round_says_which_run_was_refused(client, operator, run, now):
    local = timezone.localtime(now + timedelta(days=1))

    response = send(client, "morning_round", **{f"r{run.pk}": "on", f"r{run.pk}_end": f"{local:%Y-%m-%dT%H:%M}"})

    assert response.status_code == 422
    assert b"cannot have ended in the future" in response.content


def test_morning_round_wants_a_tick(client, operator, run):
    assert b"Tick at least one" in send(client, "morning_round").content


def test_empty_morning_round_points_to_the_night(client, operator):
    assert b"Nothing waits on a bed" in page(client, "morning_round").content
