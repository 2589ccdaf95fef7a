"""The processes of a development session: started in groups of their own, restarted when they die, ended together."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nozzly.embedded.layout import LOG_KEPT_BYTES
from nozzly.embedded.processes import PROC, end, is_running, say, wait_until

# Every process of a session carries it, so that the next session finds what a killed one left (Linux).
MARKER = "NOZZLY_SESSION"
RESTARTS_AT_MOST = 5
RESTART_WINDOW_S = 60
PATIENCE_S = 8


@dataclass(kw_only=True)
class Child:
    name: str
    command: list[str]
    log: Path
    environment: Mapping[str, str]
    process: subprocess.Popen | None = None
    started_at_s: list[float] = field(default_factory=list)

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.environment),
                # Ctrl-C in the terminal goes to the supervisor alone, which ends its children in order.
                start_new_session=True,
            )
        self.started_at_s.append(time.monotonic())

    @property
    def is_dead(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    @property
    def dies_too_often(self) -> bool:
        recent = [at for at in self.started_at_s if time.monotonic() - at < RESTART_WINDOW_S]
        return len(recent) > RESTARTS_AT_MOST

    def last_lines(self, count: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    def signal_group(self, number: int) -> None:
        """To the process and its own children: a dead parent's children still belong to its group."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return

    def group_is_gone(self) -> bool:
        if self.process is None:
            return True
        self.process.poll()
        return not any(is_running(pid) for pid in group(self.process.pid))


def group(pgid: int) -> list[int]:
    """Pids of a process group; where /proc is missing, its leader."""
    if not PROC.joinpath("self").exists():
        return [pgid]
    found = []
    for entry in PROC.glob("[0-9]*"):
        try:
            fields = entry.joinpath("stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == pgid:
            found.append(int(entry.name))
    return found


def restart_dead(children: list[Child]) -> bool:
    """Start again what died. False when something dies again and again."""
    for child in filter(lambda child: child.is_dead, children):
        if child.dies_too_often:
            say(f"{child.name} does not stay up. The end of {child.log}:\n{child.last_lines()}")
            return False
        say(f"{child.name} ended (status {child.process.returncode}) and is started again; see {child.log}.")
        child.signal_group(signal.SIGKILL)
        child.start()
    return True


def end_all(children: list[Child]) -> None:
    """Ask each group to finish, the last started first; after a while make it."""
    for child in reversed(children):
        child.signal_group(signal.SIGTERM)
    if not wait_until(lambda: all(child.group_is_gone() for child in children), patience_s=PATIENCE_S):
        for child in children:
            child.signal_group(signal.SIGKILL)
        wait_until(lambda: all(child.group_is_gone() for child in children), patience_s=2)
    for child in children:
        if child.process is not None:
            child.process.wait()


def end_leftovers(session: str) -> int:
    """End what a killed session left running, known by the marker in its environment. Returns how many."""
    wanted = f"{MARKER}={session}".encode()
    found = []
    for entry in PROC.glob("[0-9]*"):
        try:
            environment = entry.joinpath("environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if wanted in environment and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    for pid in found:
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            continue
    end(found, patience_s=PATIENCE_S)
    return len(found)
