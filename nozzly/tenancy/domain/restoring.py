"""A workspace out of the archive that ``exports`` wrote: the same rows and files, under a role and schema of its own."""

import csv
import json
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from nozzly.tenancy import content_types
from nozzly.tenancy.current import in_public
from nozzly.tenancy.domain import provisioning, workspaces
from nozzly.tenancy.domain.exports import FACTS, LOOKS
from nozzly.tenancy.models import Workspace
from nozzly.tenancy.roles import quoted

_HISTORY = "django_migrations"  # the new schema's own


class NotAnArchive(DomainError):
    """The file is no archive of a workspace, or not one that this release can read."""


def restore(path: Path, *, at: datetime, slug: str = "") -> Workspace:
    """Make a workspace of what the archive holds, at its old address unless another one is given; all or nothing.

    Raises NotAnArchive, AddressNotPossible, AddressTaken.
    """
    try:
        with ZipFile(path) as archive:
            return _restore(archive, slug=slug, at=at)
    except (OSError, BadZipFile, KeyError, ValueError, SuspiciousFileOperation, DatabaseError) as broken:
        raise NotAnArchive(
            _("%(path)s is no archive that can be restored: %(why)s") % {"path": path, "why": broken}
        ) from broken


def _restore(archive: ZipFile, *, slug: str, at: datetime) -> Workspace:
    about = json.loads(archive.read("workspace.json"))
    facts = {name: about[name] for name in FACTS} | ({"slug": slug} if slug else {})

    def fill(workspace: Workspace) -> None:
        with connection.as_owner():
            _refuse_another_release(archive)
            _copy_tables(archive, workspace.schema_name, about["sequences"])
        content_types.forget(workspace.schema_name)
        with in_public():
            Workspace.objects.filter(pk=workspace.pk).update(**{name: about[name] for name in LOOKS})
        try:
            _copy_files(archive)
        except BaseException:
            workspaces.delete_files()
            raise

    return provisioning.provision(provisioning.WorkspaceFacts(**facts), fill=fill, at=at)


def _refuse_another_release(archive: ZipFile) -> None:
    """Rows fit the tables they came from. Raises NotAnArchive."""
    with archive.open(f"tables/{_HISTORY}.csv") as source:
        theirs = {(row["app"], row["name"]) for row in csv.DictReader(TextIOWrapper(source, "utf-8"))}
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        ours = set(cursor.fetchall())
    if theirs != ours:
        raise NotAnArchive(
            _("The archive was written by another release of Nozzly: restore it with that one, then migrate.")
        )


def _copy_tables(archive: ZipFile, schema_name: str, sequences: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [schema_name])
        tables = [name for (name,) in cursor.fetchall() if name != _HISTORY]
        # What the triggers guard was written once already; what the migrations put in comes from the archive.
        for table in tables:
            cursor.execute(f"ALTER TABLE {quoted(table)} DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {', '.join(map(quoted, tables))}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        kept = [table for table in tables if f"tables/{table}.csv" in archive.NameToInfo]
        for table in kept:
            _copy_table(cursor, archive, table)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {quoted(table)} ENABLE TRIGGER USER")
        for name, value in sequences.items():
            cursor.execute("SELECT setval(%s::regclass, %s)", [quoted(name), value])


def _copy_table(cursor, archive: ZipFile, table: str) -> None:
    name = f"tables/{table}.csv"
    with archive.open(name) as source:
        columns = next(csv.reader(TextIOWrapper(source, "utf-8")))
    into = f"COPY {quoted(table)} ({', '.join(map(quoted, columns))}) FROM STDIN WITH (FORMAT csv, HEADER)"
    with archive.open(name) as source, cursor.copy(into) as target:
        while block := source.read(1 << 16):
            target.write(block)


def _copy_files(archive: ZipFile) -> None:
    for entry in archive.infolist():
        if entry.filename.startswith("files/") and not entry.is_dir():
            name = entry.filename.removeprefix("files/")
            with archive.open(entry) as source:
                default_storage.save(name, File(source, name=name))
