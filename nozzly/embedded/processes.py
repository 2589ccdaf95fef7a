"""Facts about processes that a pid alone does not tell, the account servers run as, and the lock between starters."""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

SERVICE_ACCOUNT = "nozzly-db"
PROC = Path("/proc")


class EmbeddedServerUnavailable(RuntimeError):
    """Says in one sentence what is missing or wrong, for the person at the terminal."""


def say(sentence: str) -> None:
    """To the person at the terminal; also when make or a log stands in between."""
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201 - this is the terminal's side of Nozzly


@contextmanager
def only_one(lock_file: Path) -> Iterator[None]:
    """Wait until no other process starts or stops servers here. The kernel frees the lock when its holder dies."""
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    with lock_file.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def is_running(pid: int) -> bool:
    """True for a process that still works: a zombie (killed, never reaped by its parent) does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return not state(pid).startswith("Z")


def state(pid: int) -> str:
    if PROC.joinpath("self").exists():
        try:
            # The name in parentheses may itself hold spaces and parentheses.
            return PROC.joinpath(str(pid), "stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return "Z"
    return _ps(pid, "stat")


def command_line(pid: int) -> str:
    if PROC.joinpath("self").exists():
        try:
            return PROC.joinpath(str(pid), "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except (FileNotFoundError, ProcessLookupError):
            return ""
    return _ps(pid, "command")


def _ps(pid: int, column: str) -> str:
    found = subprocess.run(["ps", "-o", f"{column}=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607 - a number and two fixed words
    return found.stdout.strip()


def working_in(directory: Path, *, program: str) -> list[int]:
    """Pids of a program whose working directory is this one (also after it was removed). Linux only, else empty."""
    wanted = {str(directory), f"{directory} (deleted)"}
    found = []
    for entry in PROC.glob("[0-9]*"):
        try:
            if str((entry / "cwd").readlink()) in wanted and program in (entry / "exe").readlink().name:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def end(pids: list[int], *, patience_s: float) -> None:
    """Wait for processes to leave by themselves, then end those that did not."""
    if not wait_until(lambda: not any(map(is_running, pids)), patience_s=patience_s):
        for pid in filter(is_running, pids):
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not any(map(is_running, pids)), patience_s=5)


def wait_until(done: Callable[[], bool], *, patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@cache
def service_account() -> pwd.struct_passwd | None:
    """The account servers run as when we are root (PostgreSQL refuses root); None when we are not.

    Created on first use: a system account without password, home or shell.
    """
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SERVICE_ACCOUNT)
    except KeyError:
        _create_service_account()
        return pwd.getpwnam(SERVICE_ACCOUNT)


def _create_service_account() -> None:
    if useradd := shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
        command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/", "--shell", "/bin/false"]
    elif adduser := shutil.which("adduser", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
        command = [adduser, "-S", "-D", "-H", "-h", "/", "-s", "/bin/false"]
    else:
        raise EmbeddedServerUnavailable(
            f"PostgreSQL does not run as root. Create a system user called {SERVICE_ACCOUNT} or run Nozzly as another user."
        )
    subprocess.run([*command, SERVICE_ACCOUNT], check=False, capture_output=True)  # noqa: S603 - a found program and fixed words


def run_as() -> dict[str, int | list[int]]:
    """Arguments for `subprocess` that leave root behind, extra groups included."""
    account = service_account()
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
