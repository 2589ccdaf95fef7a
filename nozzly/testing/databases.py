"""Databases for tests: a template with two workspaces, built once for a state of the migrations, copied by each session.

Several sessions may run at once on one server, also from different branches: names carry a hash or are random, the
template is built under a lock that PostgreSQL keeps, and every session drops its own copy.
"""

import hashlib
import inspect
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from time import sleep

import psycopg
from django.conf import settings
from django.db import connection
from django.utils import timezone

from nozzly import embedded, tenancy
from nozzly.tenancy import enforcement, migrating, recording
from nozzly.tenancy.domain import provisioning
from nozzly.tenancy.models import Workspace
from nozzly.tenancy.roles import quoted, role_for

THISTLE = {  # a British workspace
    "name": "Thistle Prints",
    "slug": "ta",
    "code": "TA",
    "country": "GB",
    "currency": "GBP",
    "time_zone": "Europe/London",
    "locale": "en-gb",
}
BAYOU = {  # and an American one, its stranger
    "name": "Bayou Plastics",
    "slug": "tb",
    "code": "TB",
    "country": "US",
    "currency": "USD",
    "time_zone": "America/Chicago",
    "locale": "en-us",
}
_TEMPLATE_PREFIX = "nozzly_tpl_"
_TEST_PREFIX = "nozzly_test_"
_KEPT_TEMPLATES = 3


def fingerprint() -> str:
    digest = hashlib.sha256(recording.fingerprint().encode())
    for path in recording.migration_files(settings.SHARED_APPS):
        digest.update(path.read_bytes())
    folder = Path(tenancy.__file__).parent
    for path in [
        folder / "bootstrap.sql",
        folder / "roles.py",
        folder / "migrating.py",
        *(folder / "domain").glob("p*.py"),
    ]:
        digest.update(path.read_bytes())
    digest.update(inspect.getsource(inspect.getmodule(fingerprint)).encode())
    return digest.hexdigest()[:12]


@contextmanager
def session_database():
    """Point Django at a fresh copy of the template and drop the copy afterwards."""
    embedded.ensure_running()
    template = f"{_TEMPLATE_PREFIX}{fingerprint()}"
    settings.TENANT_ROLE_PREFIX = template
    with _server() as server:
        _drop_abandoned(server)
        with _lock(server, template):
            if not _exists(server, template):
                _build(server, template)
            name = f"{_TEST_PREFIX}{os.getpid()}_{token_hex(3)}"
            server.execute(f"CREATE DATABASE {quoted(name)} TEMPLATE {quoted(template)}")
    _use(name)
    try:
        yield name
    finally:
        _drop(name)


def start_over() -> None:
    """Give the session a new copy of the template, after a test that has really committed."""
    name = connection.settings_dict["NAME"]
    _drop(name)
    with _server() as server:
        server.execute(f"CREATE DATABASE {quoted(name)} TEMPLATE {quoted(settings.TENANT_ROLE_PREFIX)}")


def _drop(name):
    connection.close()  # one opened under Playwright's loop is another than the one before it, and may have been ended
    roles = _roles_made_since()
    connection.close()
    # What cannot be dropped now, the next session finds abandoned and drops.
    with suppress(psycopg.Error), _server() as server:
        _force_drop(server, name)
        for role in roles:
            server.execute(f"DROP ROLE IF EXISTS {quoted(role)}")


def _force_drop(server, name):
    """The server's own vacuum may be at work in there, and that is not ours to end: wait for it."""
    for attempt in range(20):
        try:
            server.execute(f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")
        except psycopg.errors.InsufficientPrivilege:
            if attempt == 19:
                raise
            sleep(0.5)
        else:
            return


@contextmanager
def _server():
    params = connection.get_connection_params() | {"dbname": "postgres"}
    kept = {name: params[name] for name in ("host", "port", "user", "password", "dbname") if params.get(name)}
    with psycopg.connect(**kept, autocommit=True) as server:
        yield server


@contextmanager
def _lock(server, name):
    """A lock of the server, not a file: sessions of different users and containers share it."""
    number = int(hashlib.sha256(name.encode()).hexdigest()[:15], 16)
    server.execute("SELECT pg_advisory_lock(%s)", [number])
    try:
        yield
    finally:
        server.execute("SELECT pg_advisory_unlock(%s)", [number])


def _exists(server, name):
    return server.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [name]).fetchone()


def _use(name):
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _build(server, template):
    _force_drop(server, template)
    _drop_roles(server, template)
    server.execute(f"CREATE DATABASE {quoted(template)}")
    _use(template)
    migrating.migrate_public(verbosity=0)
    enforcement.refuse_unsafe_database()
    for facts in (THISTLE, BAYOU):
        provisioning.provision(
            provisioning.WorkspaceFacts(**facts), at=timezone.now(), schema_name=f"t_{facts['slug']}"
        )
    connection.close()
    server.execute(f"ALTER DATABASE {quoted(template)} IS_TEMPLATE true")
    server.execute(f"COMMENT ON DATABASE {quoted(template)} IS '{timezone.now():%Y-%m-%dT%H:%M:%S}'")


def _roles_made_since():
    """Roles of workspaces that committed tests have made and left."""
    connection.set_schema_to_public()
    names = Workspace.objects.exclude(schema_name__in=["t_ta", "t_tb"]).values_list("schema_name", flat=True)
    return [role_for(name) for name in names]


def _drop_abandoned(server):
    """Databases of sessions that were killed, and templates that nobody will ask for again."""
    for (name,) in server.execute(
        "SELECT datname FROM pg_database d WHERE starts_with(datname, %s)"
        " AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)",
        [_TEST_PREFIX],
    ).fetchall():
        if not _is_alive(int(name.removeprefix(_TEST_PREFIX).split("_")[0])):
            server.execute(f"DROP DATABASE IF EXISTS {quoted(name)}")
    old = server.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND datistemplate"
        " ORDER BY shobj_description(oid, 'pg_database') DESC OFFSET %s",
        [_TEMPLATE_PREFIX, _KEPT_TEMPLATES],
    ).fetchall()
    for (name,) in old:
        with _lock(server, name), suppress(psycopg.Error):  # another session may have dropped it
            server.execute(f"ALTER DATABASE {quoted(name)} IS_TEMPLATE false")
            server.execute(f"DROP DATABASE {quoted(name)}")
            _drop_roles(server, name)


def _drop_roles(server, template):
    for (role,) in server.execute(
        "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)", [f"{template}_"]
    ).fetchall():
        with suppress(psycopg.Error):  # a copy of the template still has grants for it
            server.execute(f"DROP ROLE {quoted(role)}")


def _is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
