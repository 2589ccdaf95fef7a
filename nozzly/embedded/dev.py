"""`make dev`: the servers, migrations, the demo workspace, web, worker and scheduler, until Ctrl-C.

Whatever is killed with -9, also this process: children are ended or adopted by the next session, PostgreSQL and Redis
recover from their logs.
"""

import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nozzly import embedded
from nozzly.embedded import lan, postgres, redis
from nozzly.embedded.children import MARKER, Child, end_all, end_leftovers, restart_dead
from nozzly.embedded.demo import SLUG
from nozzly.embedded.layout import PROJECT_DIR, Layout
from nozzly.embedded.processes import EmbeddedServerUnavailable, say, wait_until
from nozzly.home.seed.sizes import OWNER_EMAIL, PASSWORD

WEB_START_TIMEOUT_S = 60
CHECK_EVERY_S = 0.5
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequest:
    """Ctrl-C, a closed terminal or `kill`.

    Only a note, no exception: one that a signal handler raises is lost when a destructor happens to run.
    """

    made = False

    def note(self, number, frame) -> None:
        self.made = True


@dataclass(frozen=True, kw_only=True)
class Session:
    layout: Layout
    port: int
    lan_address: str | None
    stop: StopRequest = field(default_factory=StopRequest)

    @property
    def url(self) -> str:
        return f"http://{SLUG}.localhost:{self.port}"

    @property
    def lan_url(self) -> str | None:
        return f"http://{self.lan_address}:{self.port}" if self.lan_address else None

    def web_hosts(self) -> dict[str, str]:
        """One process for each address: answering on all of them would open more than was asked for."""
        return {"web": "127.0.0.1", "web-lan": self.lan_address} if self.lan_address else {"web": "127.0.0.1"}

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "nozzly.settings",
            "NOZZLY_PORT": str(self.port),
            "NOZZLY_VAR": str(self.layout.var),
            MARKER: str(self.layout.var),
        }

    def children(self) -> list[Child]:
        manage = [sys.executable, str(PROJECT_DIR / "manage.py")]
        celery = [sys.executable, "-m", "celery", "--app", "nozzly.celery"]
        commands = {
            **{name: [*manage, "runserver", f"{host}:{self.port}"] for name, host in self.web_hosts().items()},
            "worker": [*celery, "worker", "--loglevel", "INFO", "--concurrency", "2"],
            "scheduler": [*celery, "beat", "--loglevel", "INFO", "--pidfile="],
        }
        return [
            Child(name=name, command=command, log=self.layout.log_file(name), environment=self.environment())
            for name, command in commands.items()
        ]


def main() -> int:
    stop = StopRequest()
    before = {number: signal.signal(number, stop.note) for number in STOP_SIGNALS}
    try:
        layout = Layout.of()
        layout.create()
        port = int(os.environ.get("PORT") or 8000)
        with only_session(layout):
            return run(Session(layout=layout, port=port, lan_address=_lan_address(), stop=stop))
    except EmbeddedServerUnavailable as error:
        say(str(error))
        return 1
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _lan_address() -> str | None:
    if not os.environ.get("LAN"):
        return None
    found = lan.address()
    if found is None:
        raise EmbeddedServerUnavailable("This machine has no address in a local network.")
    return found


@contextmanager
def only_session(layout: Layout) -> Iterator[None]:
    """One session for a `var`; the kernel forgets the lock of a killed one. Raises EmbeddedServerUnavailable."""
    with (layout.var / "dev.lock").open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise EmbeddedServerUnavailable(f"Nozzly runs here already: {handle.read().strip()}") from None
        handle.truncate(0)
        handle.write(f"process {os.getpid()}; Ctrl-C in its terminal or `kill {os.getpid()}` stops it.")
        handle.flush()
        yield


def run(session: Session) -> int:
    if left := end_leftovers(str(session.layout.var)):
        say(f"Ended {left} processes that an earlier session had left.")
    children: list[Child] = []
    ours = _servers_are_ours(session.layout)
    try:
        embedded.ensure_running(session.layout.var)
        up = _prepare(session) and _start_children(session, children)
        if up and not session.stop.made:
            _greet(session)
            up = _watch(session, children)
        return 0 if up or session.stop.made else 1
    finally:
        end_all(children)
        if ours:
            embedded.stop(session.layout.var)
            _ownership(session.layout).unlink(missing_ok=True)


def _ownership(layout: Layout) -> Path:
    return layout.var / "servers-of-dev"


def _servers_are_ours(layout: Layout) -> bool:
    """Servers that ran before belong to somebody else, unless a killed session had started them."""
    if _ownership(layout).exists():
        return True
    if postgres.answers(layout) or redis.answers(layout):
        return False
    _ownership(layout).touch()
    return True


def _prepare(session: Session) -> bool:
    """Migrations and the demo workspace, in one process of Django."""
    lan_host = ["--lan", session.lan_address] if session.lan_address else []
    command = [sys.executable, "-m", "nozzly.embedded.demo", *lan_host]
    process = subprocess.Popen(command, env=session.environment(), cwd=PROJECT_DIR, start_new_session=True)  # noqa: S603 - our own module
    while process.poll() is None and not session.stop.made:
        time.sleep(0.05)
    process.terminate()  # nothing happens to one that has ended; one cut short goes on at the next start
    process.wait()
    return process.returncode == 0


def _start_children(session: Session, children: list[Child]) -> bool:
    """The web process first and alone: on two cores the page is there a few seconds earlier."""
    for child in session.children():
        children.append(child)
        child.start()
        if child.name in session.web_hosts() and not _wait_for_web(session, child):
            return False
    return True


def _wait_for_web(session: Session, web: Child) -> bool:
    host = session.web_hosts()[web.name]

    def is_decided():
        return session.stop.made or web.is_dead or _answers(session, host)

    wait_until(is_decided, patience_s=WEB_START_TIMEOUT_S)
    if session.stop.made or (not web.is_dead and _answers(session, host)):
        return True
    say(f"The web process does not answer on {host}:{session.port}. The end of its log:\n{web.last_lines()}")
    if "already in use" in web.last_lines():
        say(f"Another program holds port {session.port}; `make dev PORT={session.port + 1}` takes the next one.")
    return False


def _answers(session: Session, host: str = "127.0.0.1") -> bool:
    connection = http.client.HTTPConnection(host, session.port, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": f"{SLUG}.localhost:{session.port}"})
        return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
    except OSError:
        return False
    finally:
        connection.close()


def _greet(session: Session) -> None:
    say(
        f"Nozzly runs: {session.url} - log in as {OWNER_EMAIL} with {PASSWORD} - Ctrl-C stops it (logs: {session.layout.home}/log)"
    )
    if session.lan_url:
        say(f"In your network: {session.lan_url}\n{lan.qr(session.lan_url)}")


def _watch(session: Session, children: list[Child]) -> bool:
    while restart_dead(children):
        time.sleep(CHECK_EVERY_S)
        if session.stop.made:
            return True
        if embedded.ensure_running(session.layout.var):
            _end_deaf_web(session, children)
    return False


def _end_deaf_web(session: Session, children: list[Child]) -> None:
    """Django's development server that starts while its database is away waits for a changed file, for ever.

    One that does not listen by the time the database is back is ended, and with that started again.
    """
    hosts = session.web_hosts()
    for child in children:
        if child.name in hosts and not _listens(session, hosts[child.name]):
            child.signal_group(signal.SIGKILL)


def _listens(session: Session, host: str) -> bool:
    try:
        with socket.create_connection((host, session.port), timeout=1):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
