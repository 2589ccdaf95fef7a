from uuid import UUID

from celery import shared_task
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from nozzly.web import intake, working
from nozzly.web.working import Progress, job_kind


@shared_task
def run_job(*, job_id: int, **_) -> None:
    working.work_off(job_id)


@shared_task
def give_up_lost_jobs(**_) -> int:
    return working.give_up_lost(at=timezone.now())


@job_kind("web.import_rows")
def import_rows(progress: Progress, *, importer: str, token: str, mapping: dict[str, int], good_only: bool) -> str:
    """Take in the rows of a kept upload; ``importer`` is where its class is found."""
    by = progress.job.created_by
    upload = intake.kept_upload(by, token)
    rows = len(upload.table.rows)
    progress.step(0, total=rows, message=_("Taking in the rows"))
    made = intake.carry_out(
        import_string(importer)(), upload, mapping, good_only=good_only, key=UUID(token), by=by, at=timezone.now()
    )
    intake.drop_upload(by, token)
    progress.step(rows, total=rows)
    progress.point_to(made.get_absolute_url())
    return made.message
