"""Thousands of new rows in one statement: they travel as one JSON text, where one parameter a value is several times slower."""

import json
from collections.abc import Mapping, Sequence

from django.db import connection, models

_AT_ONCE = 5000
_FEW = 50


def draw_keys(model: type[models.Model], count: int) -> list[int]:
    """Primary keys that no row has had yet, in ascending order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, count],
        )
        return [key for (key,) in cursor.fetchall()]


def insert_rows(rows: Sequence[models.Model], *, computed: Mapping[str, str] | None = None) -> None:
    """Insert new rows of one model, giving a key to those without. ``computed``: SQL for columns, over the row ``r``.

    Nothing is validated but by the database, as in ``bulk_create``; what ``pre_save`` of a field would set is not set.
    """
    if not rows:
        return
    model, computed = type(rows[0]), dict(computed or {})
    if len(rows) < _FEW and not computed:
        model._base_manager.bulk_create(rows)
        return
    _give_keys(model, [row for row in rows if row.pk is None])
    fields = [field for field in model._meta.concrete_fields if field.column not in computed]
    statement = _statement(model, fields, computed)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _AT_ONCE):
            packed = [
                {field.column: row.__dict__[field.attname] for field in fields}
                for row in rows[start : start + _AT_ONCE]
            ]
            cursor.execute(statement, [json.dumps(packed, default=str)])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def update_rows(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write these fields of rows of one model back, matched by primary key."""
    if not rows:
        return
    model = type(rows[0])
    fields = [model._meta.pk, *(model._meta.get_field(name) for name in names)]
    quote, key = connection.ops.quote_name, connection.ops.quote_name(model._meta.pk.column)
    values = ", ".join(f"{quote(field.column)} = r.{quote(field.column)}" for field in fields[1:])
    statement = (
        f"UPDATE {quote(model._meta.db_table)} AS t SET {values} "  # noqa: S608 - names come from the model
        f"FROM jsonb_to_recordset(%s::jsonb) AS r({_typed(fields)}) WHERE t.{key} = r.{key}"
    )
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _AT_ONCE):
            cursor.execute(statement, [_packed(rows[start : start + _AT_ONCE], fields)])


def _give_keys(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    if rows:
        for row, key in zip(rows, draw_keys(model, len(rows)), strict=True):
            row.pk = key


def _statement(model: type[models.Model], fields: Sequence[models.Field], computed: Mapping[str, str]) -> str:
    quote = connection.ops.quote_name
    plain = ", ".join(quote(field.column) for field in fields)
    more = "".join(f", {quote(column)}" for column in computed)
    values = "".join(f", {sql}" for sql in computed.values())
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({plain}{more}) "  # noqa: S608 - names come from the model
        f"SELECT {plain}{values} FROM jsonb_to_recordset(%s::jsonb) AS r({_typed(fields)})"
    )


def _packed(rows: Sequence[models.Model], fields: Sequence[models.Field]) -> str:
    return json.dumps([{field.column: row.__dict__[field.attname] for field in fields} for row in rows], default=str)


def _typed(fields: Sequence[models.Field]) -> str:
    return ", ".join(f"{connection.ops.quote_name(field.column)} {_type_of(field)}" for field in fields)


def _type_of(field: models.Field) -> str:
    """The column's type, without the size and without what makes a key of its own."""
    kind = (field.target_field if field.is_relation else field).rel_db_type(connection)
    return kind.partition("(")[0] if kind.startswith("numeric") else kind
