"""The same request twice happens once."""

from uuid import UUID

from django.db import connection


def lock(key: UUID) -> None:
    """Hold back every other request with this key until the transaction ends.

    For requests that have no row to lock yet; look for what the first one wrote after this returns.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key.int % 2**63])
