"""PostgreSQL and Valkey out of wheels, for every machine without DATABASE_URL and REDIS_URL.

The address functions (`database`, `database_url`, `redis_url`, `broker_url`) only calculate paths and may be called from
settings; `ensure_running` starts what is needed and may be called by several processes at once; `stop` stops it.

Everything lives in one directory: `NOZZLY_VAR`, else `var/` of the project. A directory called `test` holds throw-away data:
its PostgreSQL runs without fsync.
"""

import os
from pathlib import Path

from nozzly.embedded import postgres, redis
from nozzly.embedded.layout import Layout
from nozzly.embedded.processes import EmbeddedServerUnavailable

__all__ = [
    "EmbeddedServerUnavailable",
    "broker_url",
    "database",
    "database_url",
    "ensure_running",
    "needs_postgres",
    "needs_redis",
    "redis_url",
    "stop",
]


def needs_postgres() -> bool:
    return not os.environ.get("DATABASE_URL")


def needs_redis() -> bool:
    return not os.environ.get("REDIS_URL")


def database(var: Path | None = None) -> dict[str, str]:
    """NAME, USER, HOST, PORT and PASSWORD as in Django's DATABASES; HOST is the directory of the socket."""
    return postgres.connection_settings(Layout.of(var))


def database_url(var: Path | None = None) -> str:
    """The same as `database`, in the form libpq and django-environ both read."""
    return postgres.url(Layout.of(var))


def redis_url(db: int = 0, var: Path | None = None) -> str:
    """`unix://…?db=0`, as redis-py and Django's cache want it."""
    return redis.url(Layout.of(var), db=db)


def broker_url(db: int = 0, var: Path | None = None) -> str:
    """`redis+socket://…?virtual_host=0`, as Celery wants it."""
    return redis.broker_url(Layout.of(var), db=db)


def ensure_running(var: Path | None = None) -> bool:
    """Start what DATABASE_URL and REDIS_URL leave to us, and say whether anything had to be; else about 20 ms.

    Raises EmbeddedServerUnavailable.
    """
    layout = Layout.of(var)
    away = [
        server
        for server, is_ours in ((postgres, needs_postgres()), (redis, needs_redis()))
        if is_ours and not server.is_ready(layout)
    ]
    for server in away:
        server.ensure_running(layout)
    return bool(away)


def stop(var: Path | None = None) -> None:
    layout = Layout.of(var)
    redis.stop(layout)
    postgres.stop(layout)
