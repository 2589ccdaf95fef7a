"""Gap-free numbers: one counter row per series, locked until the transaction that took the number ends."""

from django.db import connection, transaction


def next_number(*, table: str, series: str) -> int:
    """Take the next number of ``series`` from a counter table with columns (series, last).

    Call it late and inside the transaction that stores the number: the row stays locked to its end, which is
    the price of having no gap; a rollback gives the number back. Raises TransactionManagementError outside of
    a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("next_number() belongs inside the transaction that uses it.")
    quoted = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quoted} AS counter (series, last) VALUES (%s, 1) "  # noqa: S608 - the table is our own constant
            "ON CONFLICT (series) DO UPDATE SET last = counter.last + 1 RETURNING last",
            [series],
        )
        return cursor.fetchone()[0]
