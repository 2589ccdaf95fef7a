"""Which browsers are signed in, and signing them out from afar."""

from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.models import Session

from nozzly.accounts.models import SignIn, User


def note_sign_in(user: User, *, session_key: str, ip_address: str | None, browser: str, at: datetime) -> SignIn:
    """Remember a browser; the same session again is the same browser."""
    sign_in, _ = SignIn.objects.update_or_create(
        session_key=session_key,
        defaults={"user": user, "ip_address": ip_address, "browser": browser[:200], "signed_in_at": at},
    )
    return sign_in


def sign_ins_of(user: User, *, at: datetime) -> list[SignIn]:
    """What is still signed in, newest first; the rest is forgotten on the way."""
    alive = set(Session.objects.filter(expire_date__gt=at).values_list("session_key", flat=True))
    gone = [sign_in.pk for sign_in in user.sign_ins.all() if sign_in.session_key not in alive]
    user.sign_ins.filter(pk__in=gone).delete()
    return list(user.sign_ins.order_by("-signed_in_at"))


def sign_out(sign_ins) -> int:
    """End these sessions in the database and in the cache; returns how many."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    keys = list(sign_ins.values_list("session_key", flat=True))
    for key in keys:
        store().delete(key)
    sign_ins.delete()
    return len(keys)
