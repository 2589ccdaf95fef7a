"""The queue: every task runs for the workspace that asked for it (``nozzly.tenancy.queue``)."""

import os

from celery import Celery
from celery.signals import worker_init

from nozzly.tenancy.enforcement import refuse_unsafe_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nozzly.settings")

app = Celery("nozzly", task_cls="nozzly.tenancy.queue:TenantTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect(dispatch_uid="nozzly-safe-database")
def _start_safely(**_):
    refuse_unsafe_database()
