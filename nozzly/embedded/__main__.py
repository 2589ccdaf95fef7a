"""`python -m nozzly.embedded start|stop|status|psql|bootstrap|backup|restore|drill|npm|system`: what make and operators call."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from nozzly import embedded
from nozzly.embedded import backup, bootstrap, postgres, redis, system
from nozzly.embedded.layout import Layout
from nozzly.embedded.processes import say


def start(*_: str) -> None:
    embedded.ensure_running()


def stop(*_: str) -> None:
    embedded.stop()


def status(*_: str) -> None:
    layout = Layout.of()
    for name, runs, address in (
        ("PostgreSQL", postgres.answers(layout), embedded.database_url()),
        ("Redis", redis.answers(layout), embedded.redis_url()),
    ):
        say(f"{name} {'runs' if runs else 'does not run'}: {address}")


def psql(*arguments: str) -> None:
    """A console as the role Nozzly logs in with; `--super` for the superuser's."""
    embedded.ensure_running()
    program = postgres.program("psql")
    user = postgres.SUPERUSER if "--super" in arguments else postgres.OWNER
    rest = [argument for argument in arguments if argument != "--super"]
    address = ["-h", str(Layout.of().socket_dir), "-p", postgres.PORT, "-U", user, "-d", postgres.DATABASE]
    os.execv(program, [str(program), *address, *rest])  # noqa: S606 - the wheel's program


def bootstrap_server(*_: str) -> None:
    """Prepare a server of your own: NOZZLY_SUPERUSER_URL does it, for the role and database of DATABASE_URL."""
    superuser_url = os.environ["NOZZLY_SUPERUSER_URL"]
    wanted = conninfo_to_dict(os.environ["DATABASE_URL"])
    bootstrap.prepare(
        lambda dbname: psycopg.connect(superuser_url, dbname=dbname, autocommit=True),
        owner=wanted["user"],
        database=wanted["dbname"],
        password=wanted.get("password", ""),
    )


def npm(*arguments: str) -> None:
    program = system.npm()
    os.execvpe(program[0], [*program, *arguments], system.npm_environment())  # noqa: S606 - npm of the machine or the wheel


def make_backup(into: str = "", *_: str) -> None:
    say(f"{backup.backup(backup.Place.of_environment(), Path(into or Layout.of().var / 'backups'))}")


def restore(source: str, *_: str) -> None:
    place = backup.Place.of_environment()
    backup.restore(Path(source), place)
    say(f"{source} is restored into {place.database} and {place.media}.")


def drill(source: str, *_: str) -> None:
    backup.drill(Path(source))


COMMANDS: dict[str, Callable[..., None]] = {
    "start": start,
    "stop": stop,
    "status": status,
    "psql": psql,
    "bootstrap": bootstrap_server,
    "backup": make_backup,
    "restore": restore,
    "drill": drill,
    "npm": npm,
    "system": system.ensure,
}


def main(arguments: list[str]) -> int:
    command = COMMANDS.get(arguments[0] if arguments else "")
    if command is None:
        say(f"usage: python -m nozzly.embedded {'|'.join(COMMANDS)}")
        return 2
    try:
        command(*arguments[1:])
    except embedded.EmbeddedServerUnavailable as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
