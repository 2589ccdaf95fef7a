"""Tasks through a real worker and a real Redis."""

import os
from datetime import timedelta
from uuid import uuid4

import pytest
from celery.contrib.testing.worker import start_worker
from celery.exceptions import TimeoutError as ResultTimeout
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from nozzly.accounts.models import User
from nozzly.accounts.permissions import Role
from nozzly.celery import app
from nozzly.tenancy.current import in_public, in_workspace
from nozzly.tenancy.domain import workspaces
from nozzly.tenancy.queue import HEADER, WorkspaceUnavailable, fan_out
from nozzly.tenancy.tasks import clear_sessions, run_everywhere
from nozzly.testing.fixtures import make_user

PATIENCE_S = 20


@app.task(name="test.look_around")
def look_around():
    """What a task sees: workspace, role, people, time zone, cache."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (role,) = cursor.fetchone()
    return {
        "schema": connection.schema_name,
        "role": role.rpartition("_t_")[2] if "_t_" in role else "public",
        "people": sorted(User.objects.values_list("email", flat=True)),
        "zone": timezone.get_current_timezone_name(),
        "secret": cache.get("secret"),
    }


@app.task(name="test.leave_a_mark")
def leave_a_mark():
    cache.set("mark", connection.schema_name)


@pytest.fixture
def worker(committed):
    """Threads of this process that take messages from a queue nobody else knows."""
    kept = app.conf.task_always_eager, app.conf.task_default_queue
    app.conf.task_always_eager, app.conf.task_default_queue = False, f"test-{os.getpid()}-{uuid4().hex}"
    app.amqp.queues.clear()
    app.amqp.queues.add(app.conf.task_default_queue)
    app.amqp.__dict__.pop("router", None)
    try:
        with start_worker(
            app, pool="solo", perform_ping_check=False, queues=[app.conf.task_default_queue], loglevel="CRITICAL"
        ):
            yield
    finally:  # else every later test of the session waits for a worker that is not there
        app.conf.task_always_eager, app.conf.task_default_queue = kept


def result_of(task, **options):
    return task.apply_async(queue=app.conf.task_default_queue, **options).get(timeout=PATIENCE_S)


@pytest.mark.threads
def test_a_task_runs_for_the_workspace_that_sent_it(worker, workspace, other_workspace):
    make_user(Role.OWNER, email="ada@example.com")
    cache.set("secret", "ours")
    here = result_of(look_around)
    with in_workspace(other_workspace):
        there = result_of(look_around)

    assert here == {
        "schema": "t_ta",
        "role": "ta",
        "people": ["ada@example.com"],
        "zone": "Europe/London",
        "secret": "ours",
    }
    assert there == {"schema": "t_tb", "role": "tb", "people": [], "zone": "America/Chicago", "secret": None}


@pytest.mark.threads
def test_a_task_of_the_platform_runs_in_public(worker):
    with in_public():
        seen = result_of(look_around)

    assert (seen["schema"], seen["role"], seen["zone"]) == ("public", "public", "UTC")


@pytest.mark.threads
def test_a_task_for_nobody_fails_and_runs_nowhere(worker):
    sent = look_around.apply_async(queue=app.conf.task_default_queue, headers={HEADER: "t_ghost"})

    with pytest.raises(Exception, match="t_ghost is gone") as failed:
        sent.get(timeout=PATIENCE_S)
    assert failed.type.__name__ == WorkspaceUnavailable.__name__
    assert failed.type is not ResultTimeout


@pytest.mark.threads
def test_a_task_of_a_suspended_workspace_fails(worker, workspace):
    workspaces.suspend(workspace)

    with pytest.raises(Exception, match="t_ta is suspended"):
        result_of(look_around)


@pytest.mark.threads
def test_the_scheduler_reaches_every_ready_workspace_once(worker, workspace, other_workspace):
    with in_public():
        sent = run_everywhere("test.leave_a_mark", spread_s=0)
        result_of(look_around)  # stands behind them in the queue

    marks = []
    for here in (workspace, other_workspace):
        with in_workspace(here):
            marks.append(cache.get("mark"))
    assert (sent, marks) == (2, ["t_ta", "t_tb"])


@pytest.mark.threads
def test_the_scheduler_leaves_out_who_is_suspended(worker, other_workspace):
    workspaces.suspend(other_workspace)

    with in_public():
        assert fan_out(leave_a_mark, spread_s=0) == 1


def test_an_eager_task_stays_where_it_is_called(workspace):
    assert look_around.delay().get(timeout=PATIENCE_S)["schema"] == "t_ta"


def test_clear_sessions_forgets_the_expired_ones_here(client, owner):
    expired = timezone.now() - timedelta(days=1)
    Session.objects.create(session_key="old", session_data="", expire_date=expired)

    clear_sessions.delay()

    assert (Session.objects.filter(session_key="old").exists(), Session.objects.count()) == (False, 1)


def test_every_task_on_the_schedule_exists():
    named = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    named |= {entry["args"][0] for entry in settings.CELERY_BEAT_SCHEDULE.values() if entry.get("args")}
    app.loader.import_default_modules()

    assert named - set(app.tasks) == set()
