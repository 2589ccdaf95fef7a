from celery import shared_task

from nozzly.web import working


@shared_task
def run_job(*, job_id: int, **_) -> None:
    working.work_off(job_id)
