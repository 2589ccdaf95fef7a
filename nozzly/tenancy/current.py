"""Which workspace this thread works for."""

from contextlib import contextmanager

from django.db import connection
from django.utils import timezone, translation

from nozzly.tenancy.models import Workspace
from nozzly.tenancy.roles import PUBLIC_SCHEMA


class NoWorkspace(LookupError):
    """The code at hand needs a workspace and runs for none: the bare host, or a command without one."""


def current_workspace() -> Workspace:
    """The workspace of this request, task or command; costs no query. Raises NoWorkspace."""
    tenant = connection.tenant
    if not isinstance(tenant, Workspace):
        raise NoWorkspace("Nothing here works for a workspace.")
    return tenant


def workspace_or_none() -> Workspace | None:
    tenant = connection.tenant
    return tenant if isinstance(tenant, Workspace) else None


@contextmanager
def in_workspace(workspace: Workspace):
    """Work for one workspace: its schema and role, its time zone, its language."""
    before = connection.tenant
    connection.set_tenant(workspace)
    try:
        with timezone.override(workspace.zone), translation.override(workspace.language):
            yield workspace
    finally:
        connection.set_tenant(before)


@contextmanager
def in_public():
    """Work on the platform's own tables, also from inside a workspace."""
    before = connection.tenant
    connection.set_schema_to_public()
    try:
        yield
    finally:
        connection.set_tenant(before)


@contextmanager
def as_owner():
    """Work as the owner of all schemas: provisioning and migrations only."""
    with connection.as_owner():
        yield connection


def schema_name() -> str:
    return connection.schema_name or PUBLIC_SCHEMA
