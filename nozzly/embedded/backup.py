"""Back up, restore, and the drill that proves a backup by restoring it on a server of its own.

    python -m nozzly.embedded backup /backups        makes /backups/nozzly-20270131-0315 and prints its name
    python -m nozzly.embedded drill /backups/nozzly-20270131-0315
    python -m nozzly.embedded restore /backups/nozzly-20270131-0315

A backup is a directory: `database.dump` (pg_dump's own format), `media.tar`, and `manifest.json` with the workspaces'
roles (a dump holds none) and the rows of every table as the dump saw them. SECRET_KEY is not in it: keep that apart.
"""

import json
import os
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from nozzly.embedded import bootstrap, postgres
from nozzly.embedded.layout import Layout
from nozzly.embedded.processes import EmbeddedServerUnavailable, say

LIBPQ = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
SYSTEM_SCHEMAS = ["information_schema", "pg_catalog", "pg_toast"]
JOBS = "2"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A server, and the folder with the files people uploaded."""

    owner: str
    superuser: str
    media: Path

    @classmethod
    def of_environment(cls) -> "Place":
        """DATABASE_URL, NOZZLY_SUPERUSER_URL (to restore) and MEDIA_ROOT; what is not set is the embedded server's."""
        layout = Layout.of()
        media = Path(os.environ.get("MEDIA_ROOT") or layout.var / "media")
        if not os.environ.get("DATABASE_URL"):
            return cls.embedded(layout, media=media)
        superuser = os.environ.get("NOZZLY_SUPERUSER_URL", "")
        return cls(owner=os.environ["DATABASE_URL"], superuser=superuser, media=media)

    @classmethod
    def embedded(cls, layout: Layout, *, media: Path) -> "Place":
        postgres.ensure_running(layout)
        address = {"host": str(layout.socket_dir), "port": postgres.PORT}
        return cls(
            owner=make_conninfo(**address, user=postgres.OWNER, dbname=postgres.DATABASE),
            superuser=make_conninfo(**address, user=postgres.SUPERUSER, dbname="postgres"),
            media=media,
        )

    @property
    def database(self) -> str:
        return conninfo_to_dict(self.owner)["dbname"]

    @property
    def owner_name(self) -> str:
        return conninfo_to_dict(self.owner)["user"]

    @property
    def role_prefix(self) -> str:
        return f"{os.environ.get('NOZZLY_ROLE_PREFIX') or self.database}_"


def backup(place: Place, into: Path) -> Path:
    """Returns the directory it made. The database first: files that come later are strangers to it, none is missing."""
    target = into / f"nozzly-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    partial = target.with_suffix(".partial")
    partial.mkdir(mode=0o700, parents=True)
    with psycopg.connect(place.owner) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone()
        run("pg_dump", place.owner, "--format=custom", f"--snapshot={snapshot}", f"--file={partial / 'database.dump'}")
        manifest = {
            "database": place.database,
            "owner": place.owner_name,
            "role_prefix": place.role_prefix,
            "roles": roles(connection, prefix=place.role_prefix),
            "rows": rows(connection),
        }
    with tarfile.open(partial / "media.tar", "w") as archive:
        if place.media.is_dir():
            archive.add(place.media, arcname=".")
    (partial / "manifest.json").write_text(json.dumps(manifest, indent=1))
    partial.rename(target)
    return target


def restore(source: Path, place: Place) -> None:
    """Into a server that has no such database, and a media folder that is empty.

    Raises EmbeddedServerUnavailable when either holds something, or when a row is missing afterwards.
    """
    manifest = json.loads((source / "manifest.json").read_text())
    if place.media.is_dir() and any(place.media.iterdir()):
        raise EmbeddedServerUnavailable(f"{place.media} is not empty. Move it away, then restore.")
    if (place.owner_name, place.database) != (manifest["owner"], manifest["database"]):
        raise EmbeddedServerUnavailable(
            f"The backup belongs to role {manifest['owner']} and database {manifest['database']}; use these names."
        )
    _make_empty_database(place, manifest["roles"])
    run(
        "pg_restore",
        make_conninfo(place.superuser, dbname=place.database),
        "--exit-on-error",
        f"--jobs={JOBS}",
        f"--dbname={place.database}",
        str(source / "database.dump"),
    )
    _prepare(place)
    place.media.mkdir(parents=True, exist_ok=True)
    with tarfile.open(source / "media.tar") as archive:
        archive.extractall(place.media, filter="data")
    with psycopg.connect(place.owner) as connection:
        if (found := rows(connection)) != manifest["rows"]:
            different = {table for table, _ in set(found.items()) ^ set(manifest["rows"].items())}
            raise EmbeddedServerUnavailable(f"Rows differ from the backup in: {', '.join(sorted(different))}")


def drill(source: Path) -> None:
    """Restore on a throw-away server, compare, and try the walls between workspaces. Raises EmbeddedServerUnavailable."""
    started_s = time.monotonic()
    manifest = json.loads((source / "manifest.json").read_text())
    with throw_away_place(owner=manifest["owner"], database=manifest["database"]) as place:
        restore(source, place)
        with psycopg.connect(place.owner) as connection:
            walls = broken_walls(connection, prefix=manifest["role_prefix"])
        files = sum(path.is_file() for path in place.media.rglob("*"))
    if walls:
        raise EmbeddedServerUnavailable(
            f"Roles that read a schema of somebody else after the restore: {', '.join(walls)}"
        )
    say(
        f"{source.name} can be restored: {len(manifest['roles']) - 1} workspaces, {sum(manifest['rows'].values())} rows, "
        f"{files} files in {time.monotonic() - started_s:.1f} s; walls hold."
    )


@contextmanager
def throw_away_place(*, owner: str, database: str) -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="nozzly-drill-", ignore_cleanup_errors=True) as directory:
        path = Path(directory)
        path.chmod(0o711)  # the server's own directories in it are private; its account has to get there
        layout = Layout.of(path / "test")
        try:
            place = Place.embedded(layout, media=path / "media")
            with psycopg.connect(place.superuser, autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(postgres.DATABASE)))
            yield replace(place, owner=make_conninfo(place.owner, user=owner, dbname=database))
        finally:
            postgres.stop(layout)


def rows(connection: psycopg.Connection) -> dict[str, int]:
    tables = connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname <> ALL(%s) ORDER BY 1, 2", [SYSTEM_SCHEMAS]
    ).fetchall()
    count = sql.SQL("SELECT count(*) FROM {}")
    return {
        f"{schema}.{table}": connection.execute(count.format(sql.Identifier(schema, table))).fetchone()[0]
        for schema, table in tables
    }


def roles(connection: psycopg.Connection, *, prefix: str) -> list[str]:
    """Roles of public and of the workspaces; the login role, which may begin the same, can log in."""
    found = connection.execute(
        "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s) AND NOT rolcanlogin ORDER BY 1", [prefix]
    )
    return [name for (name,) in found.fetchall()]


def broken_walls(connection: psycopg.Connection, *, prefix: str) -> list[str]:
    """Workspace roles that may use a schema which is not theirs."""
    found = connection.execute(
        "SELECT r.rolname FROM pg_roles r, pg_namespace n"
        " WHERE starts_with(r.rolname, %(prefix)s) AND NOT r.rolcanlogin AND r.rolname <> %(prefix)s || n.nspname"
        " AND (starts_with(n.nspname, 't_') OR n.nspname = 'public')"
        " AND has_schema_privilege(r.rolname, n.oid, 'USAGE') GROUP BY 1 ORDER BY 1",
        {"prefix": prefix},
    )
    return [name for (name,) in found.fetchall()]


def _make_empty_database(place: Place, wanted: list[str]) -> None:
    connect = _superuser(place)
    password = conninfo_to_dict(place.owner).get("password", "")
    bootstrap.make_role(connect, owner=place.owner_name, password=password)
    with connect("postgres") as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [place.database]).fetchone():
            _expect_nothing_in(connect, place.database)
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(place.database)))
        connection.execute(
            # Everything, extensions included, comes out of the dump: template1 may hold some of it already.
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                sql.Identifier(place.database), sql.Identifier(place.owner_name)
            )
        )
    with psycopg.connect(make_conninfo(place.owner, dbname="postgres"), autocommit=True) as connection:
        there = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
        for name in map(sql.Identifier, filter(lambda name: name not in there, wanted)):
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(name))
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE").format(name))


def _expect_nothing_in(connect: bootstrap.Connect, database: str) -> None:
    """The embedded server makes its database when it starts; one that holds no table may go."""
    with connect(database) as connection:
        tables = connection.execute(
            "SELECT 1 FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace NOT IN"
            " ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace) LIMIT 1"
        )
        if tables.fetchone():
            raise EmbeddedServerUnavailable(f"There is a database {database} already. Drop it, then restore.")


def _prepare(place: Place) -> None:
    bootstrap.prepare(_superuser(place), owner=place.owner_name, database=place.database)


def _superuser(place: Place) -> bootstrap.Connect:
    if not place.superuser:
        raise EmbeddedServerUnavailable("Set NOZZLY_SUPERUSER_URL: only a superuser can restore.")
    return lambda dbname: psycopg.connect(place.superuser, dbname=dbname, autocommit=True)


def run(name: str, conninfo: str, *arguments: str) -> None:
    """One of PostgreSQL's programs; the address goes by the environment, where no other user sees the password."""
    address = {LIBPQ[key]: str(value) for key, value in conninfo_to_dict(conninfo).items() if key in LIBPQ}
    done = subprocess.run(  # noqa: S603 - PostgreSQL's program with our own paths
        [postgres.program(name), *arguments],
        env={**os.environ, **address},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise EmbeddedServerUnavailable(f"{name} failed: {done.stderr.strip()}")
