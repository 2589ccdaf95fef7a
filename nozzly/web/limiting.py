from datetime import timedelta

from django.core.cache import cache


def is_within(name: str, who: str, *, times: int, per: timedelta) -> bool:
    """Count this attempt and say whether it is still one of the first ``times`` in the period.

    The period starts with the first attempt and is kept in the cache of the workspace (or of the bare host).
    """
    key = f"limit:{name}:{who.lower()}"
    cache.add(key, 0, per.total_seconds())
    try:
        return cache.incr(key) <= times
    except ValueError:  # it ended between the two lines
        return True
