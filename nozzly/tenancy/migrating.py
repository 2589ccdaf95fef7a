"""Bringing public and all workspaces up to the migrations of this release."""

import sys
from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from nozzly.tenancy import recording
from nozzly.tenancy.current import in_public
from nozzly.tenancy.models import Workspace
from nozzly.tenancy.roles import (
    PUBLIC_SCHEMA,
    grants_sql,
    keep_history_sql,
    make_role_sql,
    quoted,
    regrant_sql,
    role_for,
)

# One statement asks this many workspaces; a thousand at once take half a second.
_ASKED_AT_ONCE = 200


def prepare_public() -> None:
    """The role of public pages, before the first table is made; safe to repeat."""
    with in_public(), connection.as_owner(), connection.cursor() as cursor:
        _give_role(cursor, PUBLIC_SCHEMA)


def restore_roles() -> int:
    """Make the roles and grants that a dump does not hold, for public and every workspace; says how many."""
    with in_public(), connection.as_owner(), connection.cursor() as cursor:
        _give_role(cursor, PUBLIC_SCHEMA)
        names = list(Workspace.objects.order_by("pk").values_list("schema_name", flat=True))
        for schema_name in names:
            _give_role(cursor, schema_name)
            cursor.execute(keep_history_sql(schema_name))
    return len(names)


def _give_role(cursor, schema_name):
    cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role_for(schema_name)])
    (exists,) = cursor.fetchone()
    if not exists:
        cursor.execute(make_role_sql(schema_name))
    cursor.execute(grants_sql(schema_name) + regrant_sql(schema_name))


def migrate_public(*, verbosity: int = 1) -> None:
    """Run the migrations of shared apps only: those of workspaces would do nothing here, and take their time over it."""
    prepare_public()
    labels = {config.label for config in apps.get_app_configs() if config.name in settings.SHARED_APPS}
    with in_public(), connection.as_owner():
        executor = MigrationExecutor(connection, _progress if verbosity else None)
        executor.loader.check_consistent_history(connection)
        targets = [leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] in labels]
        plan = executor.migration_plan(targets)
        executor.migrate(targets, plan=plan)
        emit_post_migrate_signal(max(verbosity - 1, 0), False, connection.alias, apps=apps, plan=plan)


def _progress(action: str, migration=None, _fake=None) -> None:
    if action == "apply_success":
        sys.stdout.write(f"public: {migration}\n")


def migrate_workspaces(*, verbosity: int = 1) -> Iterator[tuple[str, Exception | None]]:
    """Migrate each workspace that is behind and say how it went; one that fails does not stop the rest."""
    for schema_name in pending():
        try:
            with connection.as_owner():
                call_command(
                    "migrate_schemas", tenant=True, schema_name=schema_name, interactive=False, verbosity=verbosity
                )
        except Exception as error:  # noqa: BLE001 - whatever a migration raises is this workspace's trouble alone
            yield schema_name, error
        else:
            yield schema_name, None


def keep_script() -> None:
    """Record the schema script now, so that no sign-up waits for it."""
    with in_public(), connection.as_owner():
        recording.script(at=timezone.now())


def pending() -> list[str]:
    """Schemas that lack a migration of this release."""
    labels = {name.rpartition(".")[2] for name in settings.TENANT_APPS}
    loader = MigrationLoader(None, ignore_no_migrations=True)
    wanted = {f"{app}.{name}" for app, name in loader.disk_migrations if app in labels}
    with in_public(), connection.as_owner():
        names = list(Workspace.objects.order_by("pk").values_list("schema_name", flat=True))
        return [schema for schema, applied in _applied(names) if wanted - set(applied or ())]


def _applied(names: list[str]) -> Iterator[tuple[str, list[str]]]:
    for start in range(0, len(names), _ASKED_AT_ONCE):
        sql = " UNION ALL ".join(
            f"SELECT '{name}', array_agg(app || '.' || name) FROM {quoted(name)}.django_migrations"  # noqa: S608 - our own names
            for name in names[start : start + _ASKED_AT_ONCE]
        )
        with connection.cursor() as cursor:
            cursor.execute(sql)
            yield from cursor.fetchall()
