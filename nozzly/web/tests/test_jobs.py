from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from nozzly.accounts.permissions import Role
from nozzly.core.errors import DomainError
from nozzly.testing.fixtures import make_user
from nozzly.web import jobs
from nozzly.web.choices import JobState
from nozzly.web.models import Job, Notification
from nozzly.web.tasks import give_up_lost_jobs
from nozzly.web.working import job_kind, work_off


@job_kind("tests.count")
def count(progress, *, to):
    for number in range(1, to + 1):
        progress.step(number, total=to, message=f"at {number}")
    progress.save_file("numbers.txt", b"1 2 3")
    progress.point_to("/keys/")
    return f"Counted to {to}."


@job_kind("tests.refuse")
def refuse(progress):
    raise DomainError("There is nothing to count.")


@job_kind("tests.stumble")
def stumble(progress):
    raise ZeroDivisionError


@pytest.fixture
def waiting(owner):
    return jobs.start(count, title="Counting", by=owner, to=3)


def test_start_waits_for_the_commit(owner, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.start(count, title="Counting", by=owner, to=3)
        assert job.state == JobState.WAITING

    job.refresh_from_db()
    assert (job.state, job.progress, job.total, job.message) == (JobState.DONE, 3, 3, "Counted to 3.")


def test_job_runs_once_however_often_it_is_delivered(waiting):
    work_off(waiting.pk)
    Job.objects.filter(pk=waiting.pk).update(message="changed since")

    work_off(waiting.pk)

    waiting.refresh_from_db()
    assert waiting.message == "changed since"


def test_refused_job_tells_why(owner):
    job = jobs.start(refuse, title="Refused", by=owner)

    work_off(job.pk)

    job.refresh_from_db()
    assert (job.state, job.message) == (JobState.FAILED, "There is nothing to count.")


def test_stumbling_job_fails_in_plain_words_and_in_the_log(owner):
    job = jobs.start(stumble, title="Stumbles", by=owner)

    with pytest.raises(ZeroDivisionError):
        work_off(job.pk)

    job.refresh_from_db()
    assert (job.state, "Start it once more" in job.message) == (JobState.FAILED, True)


def test_job_whose_worker_was_killed_is_given_up(client, owner, waiting):
    at_work = jobs.start(count, title="At work", by=owner, to=3)
    long_ago = timezone.now() - timedelta(hours=3)
    Job.objects.filter(pk=waiting.pk).update(state=JobState.RUNNING, started_at=long_ago, updated_at=long_ago)

    assert (give_up_lost_jobs(), give_up_lost_jobs()) == (1, 0)

    panel = client.get(reverse("web:job_panel", args=[waiting.pk])).text
    assert ("Start it once more." in panel, "hx-trigger" in panel) == (True, False)
    assert Job.objects.get(pk=at_work.pk).state == JobState.WAITING
    assert [news.text for news in Notification.objects.all()] == [
        "Counting: The work broke off: its server was stopped. Start it once more."
    ]


def test_kinds_have_one_meaning():
    with pytest.raises(ValueError, match=r"tests\.count"):
        job_kind("tests.count")(refuse)


def test_finished_job_tells_its_person(client, owner, waiting):
    work_off(waiting.pk)

    assert Notification.objects.get().text == "Counting: Counted to 3."
    assert "News, some unread" in client.get(reverse("web:keys")).text


def test_news_can_be_marked_as_read(client, owner, waiting):
    work_off(waiting.pk)

    response = client.post(reverse("web:mark_read"), follow=True)

    assert "some unread" not in response.text
    assert Notification.objects.unread().count() == 0


def test_panel_follows_an_open_job_only(client, owner, waiting):
    before = client.get(reverse("web:job_panel", args=[waiting.pk])).text
    work_off(waiting.pk)
    after = client.get(reverse("web:job_panel", args=[waiting.pk])).text

    assert ("hx-trigger" in before, "hx-trigger" in after) == (True, False)
    assert "Counted to 3." in after


def test_job_page_survives_a_reload_and_gives_the_file(client, owner, waiting):
    work_off(waiting.pk)

    page = client.get(waiting.get_absolute_url())
    file = client.get(reverse("web:job_file", args=[waiting.pk]))

    assert "Download the file" in page.text
    assert file.content == b"1 2 3"


def test_job_without_a_file_has_none(client, owner, waiting):
    assert client.get(reverse("web:job_file", args=[waiting.pk])).status_code == 404


def test_jobs_of_others_are_not_found(client_for, waiting):
    stranger = client_for(Role.MANAGER)

    assert [
        stranger.get(reverse(f"web:{name}", args=[waiting.pk])).status_code
        for name in ("job_detail", "job_panel", "job_file")
    ] == [404, 404, 404]


def test_top_bar_counts_running_jobs(client, owner, waiting):
    shown = client.get(reverse("web:keys")).text
    work_off(waiting.pk)
    later = client.get(reverse("web:keys")).text

    assert ("1 job running" in shown, "job running" in later) == (True, False)


def test_list_shows_own_jobs(client, owner, waiting):
    jobs.start(refuse, title="Of somebody else", by=make_user(Role.MANAGER))

    assert list(client.get(reverse("web:job_list")).context["page"]) == [waiting]
