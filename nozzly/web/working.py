"""The worker's side of background jobs: which kinds there are, and how one tells how far it is."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from nozzly.web.choices import JobState
from nozzly.web.models import Job
from nozzly.web.notifying import notify

_SAVED_EVERY = timedelta(seconds=0.5)
_kinds: dict[str, Callable] = {}


class Progress:
    """What a job's function gets first: ``progress.step(3, total=10)``, ``progress.save_file(…)``."""

    def __init__(self, job: Job):
        self.job = job
        self._saved_at = None

    def step(self, done: int, *, total: int = 0, message: str = "") -> None:
        """Say how far the work is; written twice a second at most. Outside of the work's own transaction only."""
        self.job.total = total or self.job.total
        self.job.progress = min(done, self.job.total) if self.job.total else done
        self.job.message = message or self.job.message
        now = timezone.now()
        if self._saved_at is None or now - self._saved_at >= _SAVED_EVERY or done == self.job.total:
            self._saved_at = now
            self.job.save(update_fields=["progress", "total", "message", "updated_at"])

    def save_file(self, name: str, content: bytes) -> None:
        """Keep a file for the person who started the job."""
        self.job.result.save(name, ContentFile(content), save=False)
        self.job.save(update_fields=["result", "updated_at"])

    def point_to(self, url: str) -> None:
        """Name the page that shows what the job made."""
        self.job.result_url = url


def job_kind(name: str) -> Callable:
    """Register ``work(progress, **arguments)`` as a kind of job; it returns the closing sentence or None."""

    def decorate(work: Callable) -> Callable:
        if name in _kinds:
            raise ValueError(f"Two kinds of job are called {name}.")
        _kinds[name] = work
        work.kind = name
        return work

    return decorate


def work_off(job_id: int) -> None:
    """Run one waiting job to its end. A second delivery of the same job finds it taken and does nothing."""
    taken = Job.objects.filter(pk=job_id, state=JobState.WAITING).update(
        state=JobState.RUNNING, started_at=timezone.now()
    )
    if not taken:
        return
    job = Job.objects.select_related("created_by").get(pk=job_id)
    try:
        message = _kinds[job.kind](Progress(job), **job.arguments)
    except DomainError as refusal:
        _finish(job, JobState.FAILED, str(refusal))
    except Exception:
        _finish(
            job,
            JobState.FAILED,
            _(
                "Something went wrong on our side and the work stopped there. Start it once more; if it stops again, tell "
                "whoever runs this server: the reason is in the worker's log."
            ),
        )
        raise
    else:
        _finish(job, JobState.DONE, message or "")


def give_up_lost(*, at: datetime) -> int:
    """Close what its worker left behind, killed in the middle or never there. Returns how many."""
    with transaction.atomic():
        lost = list(Job.objects.lost(at=at).select_related("created_by").order_by("pk").select_for_update(of=("self",)))
        for job in lost:
            _finish(job, JobState.FAILED, _("The work broke off: its server was stopped. Start it once more."))
    return len(lost)


def _finish(job: Job, state: str, message: str) -> None:
    job.state, job.message, job.finished_at = state, message, timezone.now()
    if state == JobState.DONE and job.total:
        job.progress = job.total
    job.save(update_fields=["state", "message", "finished_at", "progress", "total", "result_url", "updated_at"])
    text = f"{job.title}: {message or job.get_state_display()}"
    notify(job.created_by, text, url=job.get_absolute_url(), at=job.finished_at)
