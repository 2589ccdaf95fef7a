"""Tasks run for the workspace that sent them.

A header carries the schema. Celery only logs errors of signal receivers, so the switch is made inside the task's own
tracer: a workspace that is gone fails the task, rather than letting it run somewhere else.
"""

from random import uniform

from celery.contrib.django.task import DjangoTask
from celery.signals import before_task_publish, task_postrun
from django.apps import apps
from django.db import connection
from django.utils import timezone, translation

from nozzly.tenancy.roles import PUBLIC_SCHEMA

HEADER = "workspace_schema"


class WorkspaceUnavailable(RuntimeError):
    """A task was sent for a workspace that is gone, suspended or closing."""


class TenantTask(DjangoTask):
    abstract = True

    def before_start(self, task_id, args, kwargs):
        if self.request.is_eager:
            return
        _leave_workspace()
        schema_name = self.request.get(HEADER) or PUBLIC_SCHEMA
        if schema_name != PUBLIC_SCHEMA:
            _enter_workspace(schema_name)


def _enter_workspace(schema_name):
    workspaces = apps.get_model("tenancy", "Workspace").objects
    workspace = workspaces.filter(schema_name=schema_name).first()
    if workspace is None or not workspace.is_ready:
        raise WorkspaceUnavailable(f"The workspace in {schema_name} is {workspace.state if workspace else 'gone'}.")
    connection.set_tenant(workspace)
    timezone.activate(workspace.zone)
    translation.activate(workspace.language)


def _leave_workspace():
    connection.set_schema_to_public()
    timezone.deactivate()
    translation.activate("en")


@before_task_publish.connect(dispatch_uid="nozzly-workspace-stamp")
def _stamp(headers=None, **_):
    headers.setdefault(HEADER, connection.schema_name)


@task_postrun.connect(dispatch_uid="nozzly-workspace-leave")
def _leave(task=None, **_):
    """Comes after chains and callbacks were sent."""
    if not task.request.is_eager:
        _leave_workspace()


def fan_out(task, *args, spread_s: int = 60, **kwargs) -> int:
    """Send one message per ready workspace, spread over a while; says how many. Runs in public."""
    ready = apps.get_model("tenancy", "Workspace").objects.filter(state="ready").values_list("schema_name", flat=True)
    for schema_name in ready:
        delay_s = uniform(0, spread_s)  # noqa: S311 - no secret, only not all at once
        task.apply_async(args, kwargs, headers={HEADER: schema_name}, countdown=delay_s)
    return len(ready)
