from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from nozzly.accounts.permissions import Role
from nozzly.testing.factories.production import RunFactory
from production.choices import RunState
from production.domain import runs
from production.models import FailureReason, Run
from production.tests import shop
from production.tests.shop import page


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
