"""Telling people what happened while they were elsewhere."""

from datetime import datetime

from django.core.cache import cache

from nozzly.web.models import Notification

_NEWS_S = 60 * 60 * 24 * 30


def notify(user, text: str, *, url: str = "", at: datetime) -> Notification:
    cache.set(_key(user), 1, _NEWS_S)
    return Notification.objects.create(user=user, text=text[:300], url=url, created_at=at)


def has_news(user) -> bool:
    """Whether the bell shows a dot; asks the cache alone, because every page does."""
    return bool(cache.get(_key(user)))


def mark_read(user, *, at: datetime) -> None:
    Notification.objects.of(user).unread().update(read_at=at)
    cache.delete(_key(user))


def _key(user) -> str:
    return f"news:{user.pk}"
