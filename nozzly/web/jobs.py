"""Starting background work from a page: ``jobs.start(work, title=…, by=request.user, **arguments)``."""

from collections.abc import Callable

from django.core.cache import cache
from django.db import transaction

from nozzly.web.models import Job
from nozzly.web.tasks import run_job

_LONGEST_S = 6 * 60 * 60


def start(work: Callable, *, title: str, by, **arguments) -> Job:
    """Queue a function marked with ``@job_kind``; its arguments must be plain JSON values.

    The queue hears of it when the transaction commits, so that the worker finds what the page wrote.
    """
    job = Job.objects.create(kind=work.kind, title=title, arguments=arguments, created_by=by)
    cache.set(busy_key(by), 1, _LONGEST_S)
    transaction.on_commit(lambda: run_job.delay(job_id=job.pk))
    return job


def open_jobs(user) -> int:
    """How many jobs of this person are under way."""
    count = Job.objects.of(user).unfinished().count()
    if not count:
        cache.delete(busy_key(user))
    return count


def busy_key(user) -> str:
    """Set while somebody's jobs may be under way, so that pages ask the database only then."""
    return f"jobs-open:{user.pk}"
