"""One gunicorn worker on a loopback port, and a client that keeps its connection."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
_PATIENCE_S = 90


class Browser:
    """Signed in at one workspace; asks for pages one after the other."""

    def __init__(self, port: int, host: str, cookie: str) -> None:
        self._port, self._headers = port, {"Host": f"{host}:{port}", "Cookie": cookie}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def get(self, path: str, **headers: str) -> tuple[int, float, int]:
        """Status, milliseconds until the last byte, and the size in bytes."""
        started = perf_counter()
        self._connection.request("GET", path, headers={**self._headers, **headers})
        response = self._connection.getresponse()
        body = response.read()
        return response.status, (perf_counter() - started) * 1000, len(body)


@contextmanager
def server() -> Iterator[tuple[int, int]]:
    """Port, and process id of the only worker."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "nozzly.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", "1",
        "--worker-class", "gthread", "--threads", "1", "--keep-alive", "120", "--timeout", "300", "--log-level", "error",
        "--config", "python:bench.gunicorn_defaults",
    ]  # fmt: skip
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.settings"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait(port)
        yield port, _child_of(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def _wait(port: int) -> None:
    give_up_at = time.monotonic() + _PATIENCE_S
    while time.monotonic() < give_up_at:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError("the server did not start")


def _child_of(pid: int) -> int:
    give_up_at = time.monotonic() + _PATIENCE_S
    while time.monotonic() < give_up_at:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if children:
            return int(children[0])
        time.sleep(0.2)
    raise TimeoutError("the server has no worker")
