from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.choices import SpoolState
from inventory.domain import ledger
from nozzly.accounts.permissions import Role
from nozzly.testing.factories.inventory import SpoolFactory
from production.choices import RunState
from production.domain import runs
from production.domain.runs import Pieces
from production.models import FailureReason, Run
from production.tests import shop
from production.tests.shop import page, send


def test_all_good_is_one_tap(client, operator, run):
    response = send(client, "all_good", run.pk, key=uuid4())

    run.refresh_from_db()
    assert (response["Location"], run.state, run.outputs.get().good) == (run.get_absolute_url(), RunState.DONE, 2)


def test_all_good_without_a_known_roll_goes_on_to_where_it_is_named(client, operator, owner):
    unbound = shop.variant(slots={"body": (None, 60, 0)})
    (run,) = runs.plan_run(outputs=[Pieces(unbound, 1)], by=owner, at=shop.EVENING)

    response = client.post(reverse("production:all_good", args=[run.pk]), {"key": uuid4()}, follow=True)

    assert response.redirect_chain == [(reverse("production:complete_run", args=[run.pk]), 302)]
    assert "Say which roll “body” was printed from." in response.content.decode()


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
        ("time_s", "9" * 25, "30 days"),
        ("finished_at", "0001-01-01T00:00", "of this century"),
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


def test_morning_round_pages_what_is_due_first_and_comes_back_for_the_rest(client, operator, boss, dragon, now):
    printer = shop.printer("Right")
    made = runs.plan_run(outputs=[Pieces(dragon, 1)], printer=printer, copies=30, even_if_short=True, by=boss, at=now)
    overnight = Run.objects.filter(pk__in=[run.pk for run in made[3:]])
    overnight.update(state=RunState.PRINTING, started_at=now - timedelta(hours=20))

    first = page(client, "morning_round").context["form"].rows()
    ticks = {row.name: "on" for row in first if row.is_ticked}
    keys = {f"{row.name}_key": row.key for row in first}
    again = send(client, "morning_round", **ticks, **keys)

    assert ([row.run for row in first], len(ticks)) == (made[3:28], 25)
    assert again["Location"] == reverse("production:morning_round")
    assert [row.run for row in page(client, "morning_round").context["form"].rows()] == [*made[28:], *made[:3]]
    # The same list once more (a double tap) is done already, and nothing is said against it.
    assert send(client, "morning_round", **ticks, **keys).status_code == 302


@pytest.mark.parametrize("count", [1, 3, 30])
def test_morning_round_query_count_does_not_grow(client, owner, dragon, django_assert_num_queries, count):
    runs.plan_run(
        outputs=[Pieces(dragon, 1)], printer=shop.printer(), copies=count, even_if_short=True, by=owner, at=shop.EVENING
    )
    page(client, "morning_round")

    with django_assert_num_queries(4 + (count > 25)):
        page(client, "morning_round")


def test_morning_round_tells_of_a_run_that_somebody_else_has_finished(client, operator, boss, run, now):
    runs.complete_run(run, key=uuid4(), by=boss, at=now)

    response = send(client, "morning_round", **{f"r{run.pk}": "on", f"r{run.pk}_key": uuid4()})

    assert (response.status_code, b"is already done" in response.content) == (422, True)


def test_morning_round_wants_a_tick(client, operator, run):
    assert b"Tick at least one" in send(client, "morning_round").content


def test_empty_morning_round_points_to_the_night(client, operator):
    assert b"Nothing waits on a bed" in page(client, "morning_round").content


def test_morning_round_sends_a_run_whose_roll_nobody_named_to_where_it_is_named(client, operator, boss, now):
    open_colour = shop.variant("Owl", {"eyes": (None, 4, 0)})
    (run,) = runs.plan_run(outputs=[Pieces(open_colour, 1)], printer=shop.printer("Right"), by=boss, at=now)

    shown = page(client, "morning_round")

    assert (b"Name the roll" in shown.content, b"Some bad" in shown.content) == (True, False)
    refused = send(client, "morning_round", **{f"r{run.pk}": "on", f"r{run.pk}_key": uuid4()})
    assert (refused.status_code, b"Say which roll" in refused.content) == (422, True)


def test_a_colour_without_a_filament_may_come_from_any_roll(client, operator, owner):
    """A product out of a dropped file: nobody has chosen its filament, and still what it printed from can be booked."""
    opened, oldest = SpoolFactory(), SpoolFactory(state=SpoolState.SEALED, opened_at=None)
    SpoolFactory(state=SpoolState.SEALED, opened_at=None, filament=oldest.lot.item.filament)
    unbound = shop.variant(slots={"body": (None, 60, 0)})
    (run,) = runs.plan_run(outputs=[Pieces(unbound, 1)], by=owner, at=shop.EVENING)
    field = page(client, "complete_run", run.pk).context["form"].fields[f"m{run.materials.get().pk}_lot"]
    named = {"m_method": "sliced", "m_before": "", "m_after": "", "m_purge": "", "m_lot": opened.pk}
    line, output = run.materials.get(), run.outputs.get()
    changes = {f"m{line.pk}_{name[2:]}": value for name, value in named.items()}

    send(client, "complete_run", run.pk, **full_report(run, **changes | {f"o{output.pk}_scrapped": 0}))

    opened.lot.refresh_from_db()
    assert [value for value, _label in field.choices] == ["", opened.pk, oldest.pk]
    assert opened.lot.on_hand == Decimal(940)
