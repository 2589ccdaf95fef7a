"""From a host name to its workspace, without a query for most requests.

Each process keeps what it has looked up, together with the version the directory had. The version lives in Redis and
changes whenever a workspace is suspended, renamed or set up anew; every request compares it, so a change holds at once
in all processes. Without Redis every request asks the database.
"""

import copy
from collections import OrderedDict
from time import monotonic
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from redis import RedisError

from nozzly.tenancy.current import in_public
from nozzly.tenancy.models import Domain, Workspace

_VERSION_KEY = "tenancy:hosts"
_LONGEST = 2000
_FIRST = "first"

_known: OrderedDict[str, tuple[float, str, Workspace | None]] = OrderedDict()


def find(hostname: str) -> Workspace | None:
    """The workspace that answers at this host. The connection must be in public."""
    try:
        version = cache.get(_VERSION_KEY, _FIRST)
    except RedisError:
        return _load(hostname)
    kept_until, kept_version, workspace = _known.get(hostname, (0, "", None))
    if kept_until < monotonic() or kept_version != version:
        workspace = _load(hostname)
        _known[hostname] = (monotonic() + settings.HOST_LOOKUP_TTL_S, version, workspace)
        while len(_known) > _LONGEST:
            _known.popitem(last=False)
    # A copy: requests in other threads must never see what this one writes to it.
    return copy.copy(workspace)


def forget_all() -> None:
    """Let every process look its hosts up again, as soon as the current transaction is committed."""
    transaction.on_commit(_change_version)


def _change_version() -> None:
    _known.clear()
    with in_public():
        cache.set(_VERSION_KEY, uuid4().hex, None)


def _load(hostname: str) -> Workspace | None:
    domain = Domain.objects.select_related("tenant").filter(domain=hostname).first()
    return domain.tenant if domain else None
