"""Telling people what happened while they were elsewhere."""

from datetime import datetime

from django.core.cache import cache

from nozzly.web.models import Notification

_NEWS_S = 60 * 60 * 24 * 30


def notify(user, text: str, *, url: str = "", at: datetime) -> Notification:
    cache.set(news_key(user), 1, _NEWS_S)
    return Notification.objects.create(user=user, text=text[:300], url=url, created_at=at)


def mark_read(user, *, at: datetime) -> None:
    Notification.objects.of(user).unread().update(read_at=at)
    cache.delete(news_key(user))


def news_key(user) -> str:
    """Set while somebody has unread news."""
    return f"news:{user.pk}"
