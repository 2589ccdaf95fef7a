"""The life of a workspace after it was made. All of it runs on the bare host or from a command."""

import re
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import InternalError, connection, transaction
from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from nozzly.tenancy import content_types, hosts
from nozzly.tenancy.current import in_public, in_workspace
from nozzly.tenancy.domain import addresses
from nozzly.tenancy.models import Domain, Workspace, WorkspaceState
from nozzly.tenancy.roles import quoted, role_for

LONGEST_REASON, LONGEST_HOST = 200, 253
# Labels of letters, digits and hyphens, or an address of IP version 6.
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|[0-9a-f:]*:[0-9a-f:.]+")


class NotInThisState(DomainError):
    """The workspace is not in a state from which that is possible."""


class ReasonTooLong(DomainError):
    """Visitors read the reason; it has to fit."""


class HostNotPossible(DomainError):
    """No browser asks for a host of that name."""


class HostTaken(DomainError):
    """The host name leads to another workspace."""


def suspend(workspace: Workspace, *, because: str = "") -> Workspace:
    """Show everybody the page that says so, from the next request on; tasks of the workspace fail.

    Raises NotInThisState, ReasonTooLong.
    """
    if len(because) > LONGEST_REASON:
        raise ReasonTooLong(_("The reason has more than %(most)d characters.") % {"most": LONGEST_REASON})
    return _move(workspace, from_=WorkspaceState.READY, to=WorkspaceState.SUSPENDED, suspended_because=because)


def resume(workspace: Workspace) -> Workspace:
    """Raises NotInThisState."""
    return _move(workspace, from_=WorkspaceState.SUSPENDED, to=WorkspaceState.READY, suspended_because="")


def rename(workspace: Workspace, *, slug: str) -> Workspace:
    """Give the workspace another address; the old one leads on to it from the next request on, so that labels outlive it.

    Schema, role, files and cache keep their names. Raises AddressNotPossible, AddressTaken.
    """
    with in_public(), transaction.atomic():
        workspace = Workspace.objects.select_for_update().get(pk=workspace.pk)
        host = addresses.host_of(slug)
        if not Domain.objects.filter(tenant=workspace, domain=host).exists():
            addresses.check(slug)
        Domain.objects.filter(tenant=workspace, is_primary=True).update(is_primary=False)
        Domain.objects.update_or_create(tenant=workspace, domain=host, defaults={"is_primary": True})
        workspace.slug = slug
        workspace.save(update_fields=["slug"])
        hosts.forget_all()
    return workspace


def add_host(workspace: Workspace, *, host: str) -> Domain:
    """Let one more host name lead to the workspace: a custom domain, or the LAN address of a desk.

    Raises HostNotPossible, HostTaken.
    """
    host = host.strip().lower().rstrip(".")
    if not (len(host) <= LONGEST_HOST and _HOST.fullmatch(host)):
        raise HostNotPossible(
            _("“%(host)s” is not the name of a host; write it without https:// and port.") % {"host": host}
        )
    with in_public(), transaction.atomic():
        if (
            host in {settings.BASE_DOMAIN, f"www.{settings.BASE_DOMAIN}"}
            or Domain.objects.filter(domain=host).exclude(tenant=workspace).exists()
        ):
            raise HostTaken(_("“%(host)s” leads somewhere else already.") % {"host": host})
        domain, _made = Domain.objects.get_or_create(domain=host, tenant=workspace, defaults={"is_primary": False})
        hosts.forget_all()
    return domain


def close(workspace: Workspace) -> Workspace:
    """Shut the doors before deleting, whatever the state was."""
    return _move(workspace, from_=workspace.state, to=WorkspaceState.CLOSING)


def reopen(workspace: Workspace, *, state: str) -> Workspace:
    """Take closing back: the workspace is again what it was before. Raises NotInThisState."""
    return _move(workspace, from_=WorkspaceState.CLOSING, to=state)


def delete(workspace: Workspace) -> None:
    """Destroy schema, role, files and rows of a workspace that is closing. Nothing brings it back. Raises NotInThisState."""
    if workspace.state != WorkspaceState.CLOSING:
        raise NotInThisState(_("Close “%(name)s” before you delete it.") % {"name": workspace.name})
    with in_workspace(workspace):
        delete_files()
    with in_public(), transaction.atomic():
        _drop_schema(workspace.schema_name)
        Domain.objects.filter(tenant_id=workspace.pk).delete()
        Workspace.objects.filter(pk=workspace.pk).delete()
        hosts.forget_all()


def _drop_schema(schema_name: str) -> None:
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {quoted(schema_name)} CASCADE")
        # A copy of this database on the same server may still name the role; without a schema it opens nothing here.
        with suppress(InternalError), transaction.atomic():
            cursor.execute(f"DROP ROLE IF EXISTS {quoted(role_for(schema_name))}")
    content_types.forget(schema_name)


def fix_code(*, at: datetime) -> None:
    """From now on the code in run numbers stays as it is; called when the first run is numbered.

    Costs nothing once it is fixed. Runs inside the workspace.
    """
    workspace = connection.tenant
    if workspace.code_fixed_at is None:
        with in_public(), transaction.atomic():
            Workspace.objects.filter(pk=workspace.pk, code_fixed_at=None).update(code_fixed_at=at)
            hosts.forget_all()
        workspace.code_fixed_at = at


def _move(workspace: Workspace, *, from_: str, to: str, **fields: str) -> Workspace:
    with in_public(), transaction.atomic():
        workspace = Workspace.objects.select_for_update().get(pk=workspace.pk)
        if workspace.state != from_:
            raise NotInThisState(
                _("“%(name)s” is %(state)s.") % {"name": workspace.name, "state": workspace.get_state_display()}
            )
        workspace.state = to
        for name, value in fields.items():
            setattr(workspace, name, value)
        workspace.save(update_fields=["state", *fields])
        hosts.forget_all()
    return workspace


def delete_files(folder: str = "") -> None:
    """All files of the workspace at hand."""
    folders, files = default_storage.listdir(folder)
    for name in files:
        default_storage.delete(f"{folder}/{name}" if folder else name)
    for name in folders:
        delete_files(f"{folder}/{name}" if folder else name)
    default_storage.delete(folder or ".")
