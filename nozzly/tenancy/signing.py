"""Signed texts that are worth nothing in another workspace."""

from datetime import timedelta

from django.core import signing
from django.db import connection


def _salt(purpose: str) -> str:
    return f"{purpose}:{connection.schema_name}"


def dumps(value, *, purpose: str) -> str:
    return signing.dumps(value, salt=_salt(purpose), compress=True)


def loads(token: str, *, purpose: str, max_age: timedelta | None = None):
    """The signed value. Raises django.core.signing.BadSignature, also for a text signed elsewhere or for another purpose."""
    return signing.loads(token, salt=_salt(purpose), max_age=max_age)
