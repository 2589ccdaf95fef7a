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
    cache.set(_key(by), 1, _LONGEST_S)
    transaction.on_commit(lambda: run_job.delay(job_id=job.pk))
    return job


def open_jobs(user) -> int:
    """How many jobs of this person are under way. Costs no query while there was none lately: every page asks."""
    if not cache.get(_key(user)):
        return 0
    count = Job.objects.of(user).unfinished().count()
    if not count:
        cache.delete(_key(user))
    return count


def _key(user) -> str:
    return f"jobs-open:{user.pk}"
