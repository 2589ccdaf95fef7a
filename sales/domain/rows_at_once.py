"""Saving many changed rows in one statement; Django's own bulk_update writes a CASE for every row and column."""

from collections.abc import Sequence

from django.db import connection, models


def update_rows(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Write ``fields`` of rows of one model, all of which are in the database."""
    if not rows:
        return
    meta = rows[0]._meta
    columns = [meta.get_field(name) for name in fields]
    quoted = connection.ops.quote_name
    kept = ", ".join(f"{quoted(column.column)} = given.{quoted(column.column)}" for column in columns)
    keys = [meta.pk, *columns]
    arrays = ", ".join(f"%s::{_type_of(column)}[]" for column in keys)
    names = ", ".join(quoted(column.column) for column in keys)
    values = [
        [column.get_db_prep_save(getattr(row, column.attname), connection) for row in rows] for column in keys
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quoted(meta.db_table)} AS kept SET {kept} "  # noqa: S608 - names come from our own models
            f"FROM unnest({arrays}) AS given ({names}) WHERE kept.{quoted(meta.pk.column)} = given.{quoted(meta.pk.column)}",
            values,
        )


def _type_of(column: models.Field) -> str:
    return column.rel_db_type(connection) if column.primary_key else column.db_type(connection)
