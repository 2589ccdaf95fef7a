"""Gap-free numbers: one counter row per series, locked until the transaction that took the number ends."""

from django.db import connection, transaction


def next_number(*, table: str, series: str) -> int:
    """Take the next number of ``series`` from a counter table with columns (series, last).

    Call it late and inside the transaction that stores the number: the row stays locked to its end, which is
    the price of having no gap; a rollback gives the number back. Raises TransactionManagementError outside of
    a transaction.
    """
    return next_numbers(table=table, series=series, count=1)[0]


def next_numbers(*, table: str, series: str, count: int) -> range:
    """The next ``count`` numbers of a series, in one go. See next_number()."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A number belongs inside the transaction that uses it.")
    quoted = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quoted} AS counter (series, last) VALUES (%s, %s) "  # noqa: S608 - the table is our own constant
            "ON CONFLICT (series) DO UPDATE SET last = counter.last + EXCLUDED.last RETURNING last",
            [series, count],
        )
        last = cursor.fetchone()[0]
    return range(last - count + 1, last + 1)
