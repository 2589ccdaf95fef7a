"""A workspace comes into being: one transaction, a fraction of a second, or nothing at all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from secrets import choice
from string import ascii_lowercase, digits

from django.db import connection, transaction

from nozzly.tenancy import content_types, hosts, recording
from nozzly.tenancy.current import in_public, in_workspace
from nozzly.tenancy.domain import addresses
from nozzly.tenancy.models import Domain, Workspace, WorkspaceState
from nozzly.tenancy.roles import SCHEMA_PREFIX, grants_sql, keep_history_sql, make_role_sql, quoted


@dataclass(frozen=True, kw_only=True)
class WorkspaceFacts:
    """What is known of a business when it signs up; the code is derived from the name unless given."""

    name: str
    slug: str
    country: str
    currency: str
    time_zone: str
    locale: str = "en"
    code: str = ""


def provision(
    facts: WorkspaceFacts, *, at: datetime, fill: Callable[[Workspace], None] | None = None, schema_name: str = ""
) -> Workspace:
    """Make the workspace with its schema, role and address; ``fill`` runs inside it, in the same transaction.

    Whatever fails, in here or in ``fill``, leaves nothing behind. Call it on the bare host or from a command.
    Raises AddressNotPossible, AddressTaken.
    """
    with in_public():
        with connection.as_owner():
            sql = recording.script(at=at)
        with transaction.atomic():
            addresses.check(facts.slug)
            workspace = Workspace(
                schema_name=schema_name or _new_schema_name(),
                name=facts.name,
                slug=facts.slug,
                code=facts.code or addresses.suggest_code(facts.name),
                country=facts.country,
                currency=facts.currency,
                time_zone=facts.time_zone,
                locale=facts.locale,
                state=WorkspaceState.READY,
                created_at=at,
            )
            build_schema(workspace.schema_name, sql=sql)
            workspace.save()
            Domain.objects.create(domain=addresses.host_of(workspace.slug), tenant=workspace, is_primary=True)
            if fill:
                with in_workspace(workspace):
                    fill(workspace)
            hosts.forget_all()
    return workspace


def build_schema(schema_name: str, *, sql: str) -> None:
    """Schema, role, grants, tables and first rows, inside the caller's transaction."""
    content_types.forget(schema_name)
    with connection.as_owner():
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE SCHEMA {quoted(schema_name)}; {make_role_sql(schema_name)} {grants_sql(schema_name)}"
            )
        recording.replay(sql, schema_name)
        with connection.cursor() as cursor:
            cursor.execute(keep_history_sql(schema_name))


def _new_schema_name() -> str:
    """Opaque: any role can read the names of all schemas in the catalogue."""
    return SCHEMA_PREFIX + "".join(choice(ascii_lowercase + digits) for _ in range(12))
