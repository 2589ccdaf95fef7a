"""Starting background work from a page: ``jobs.start(work, title=…, by=request.user, **arguments)``."""

from collections.abc import Callable

from django.db import transaction

from nozzly.web.models import Job
from nozzly.web.tasks import run_job


def start(work: Callable, *, title: str, by, **arguments) -> Job:
    """Queue a function marked with ``@job_kind``; its arguments must be plain JSON values.

    The queue hears of it when the transaction commits, so that the worker finds what the page wrote.
    """
    job = Job.objects.create(kind=work.kind, title=title, arguments=arguments, created_by=by)
    transaction.on_commit(lambda: run_job.delay(job_id=job.pk))
    return job
