from importlib import import_module

from celery import current_app, shared_task
from django.conf import settings

from nozzly.tenancy.queue import fan_out


@shared_task
def run_everywhere(task_name: str, *, spread_s: int = 60, **_) -> int:
    """What the scheduler calls: the named task, once for each ready workspace."""
    return fan_out(current_app.tasks[task_name], spread_s=spread_s)


@shared_task
def clear_sessions(**_) -> None:
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
