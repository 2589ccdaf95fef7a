"""Everything one workspace has, as one archive: a CSV file per table, and its files.

Tables are copied in one snapshot. ``pg_dump -n`` would read the catalogue of all workspaces: 43 s with a thousand.
"""

import json
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from nozzly.tenancy.current import in_public, in_workspace
from nozzly.tenancy.models import Domain, Workspace
from nozzly.tenancy.roles import quoted

# Nobody's property: browsers signed in at this moment.
_LEFT_OUT = frozenset({"django_session"})
FACTS = ("name", "slug", "code", "country", "currency", "time_zone", "locale")
LOOKS = ("logo", "primary_colour", "accent_colour", "code_fixed_at")


class PlaceNotPossible(DomainError):
    """The archive cannot be written there."""


def check_place(path: Path) -> None:
    """Before anything is done: whether an archive can be written there. Raises PlaceNotPossible."""
    try:
        if path.exists():
            raise PlaceNotPossible(_("%(path)s is there already; name a file that is not.") % {"path": path})
        if not path.parent.is_dir():
            raise PlaceNotPossible(_("There is no folder %(path)s.") % {"path": path.parent})
        partial = _partial(path)
        partial.touch()
        partial.unlink()
    except (OSError, ValueError) as refused:
        raise PlaceNotPossible(_("%(path)s cannot be written.") % {"path": path}) from refused


def export(workspace: Workspace, path: Path, *, at: datetime) -> int:
    """Write the archive under the workspace's own role and return how many rows it holds.

    Raises PlaceNotPossible, also when the disk is full half-way; then nothing is left of the archive.
    """
    check_place(path)
    partial = _partial(path)
    with in_public():
        hosts = sorted(Domain.objects.filter(tenant_id=workspace.pk).values_list("domain", flat=True))
    try:
        with in_workspace(workspace), ZipFile(partial, "w", ZIP_DEFLATED) as archive:
            with transaction.atomic():
                rows = _copy_tables(archive, workspace.schema_name)
                sequences = _sequences(workspace.schema_name)
            files = _copy_files(archive, "")
            about = _about(workspace, rows, files, at) | {"hosts": hosts, "sequences": sequences}
            archive.writestr("workspace.json", json.dumps(about, indent=2, default=str))
        partial.rename(path)
    except OSError as broken:
        partial.unlink(missing_ok=True)
        raise PlaceNotPossible(_("The archive could not be written: %(why)s.") % {"why": broken.strerror}) from broken
    return sum(rows.values())


def _partial(path: Path) -> Path:
    return path.with_name(f"{path.name}.partial")


def _sequences(schema_name: str) -> dict[str, int]:
    """How far each has counted: numbers of rows that were deleted are not given again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = %s AND last_value IS NOT NULL",
            [schema_name],
        )
        return dict(sorted(cursor.fetchall()))


def _copy_tables(archive: ZipFile, schema_name: str) -> dict[str, int]:
    rows = {}
    with connection.cursor() as cursor:
        if not _inside_outer_transaction():
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename", [schema_name])
        for (table,) in cursor.fetchall():
            if table not in _LEFT_OUT:
                rows[table] = _copy_table(cursor, archive, table)
    return rows


def _inside_outer_transaction() -> bool:
    """Then the snapshot is that transaction's, and its level cannot change any more."""
    return len(connection.atomic_blocks) > 1


def _copy_table(cursor: object, archive: ZipFile, table: str) -> int:
    with (
        archive.open(f"tables/{table}.csv", "w") as target,
        cursor.copy(f"COPY {quoted(table)} TO STDOUT WITH (FORMAT csv, HEADER)") as source,
    ):
        for block in source:
            target.write(block)
    return max(cursor.rowcount, 0)


def _copy_files(archive: ZipFile, folder: str) -> int:
    folders, files = default_storage.listdir(folder)
    for name in files:
        stored = f"{folder}/{name}" if folder else name
        with default_storage.open(stored) as source, archive.open(f"files/{stored}", "w") as target:
            for block in source.chunks():
                target.write(block)
    return len(files) + sum(_copy_files(archive, f"{folder}/{name}" if folder else name) for name in folders)


def _about(workspace: Workspace, rows: dict[str, int], files: int, at: datetime) -> dict:
    names = (*FACTS, *LOOKS, "created_at")
    return {"exported_at": at, "rows": rows, "files": files} | {name: getattr(workspace, name) for name in names}
