"""Small tables read together: one query where each of them would ask its own."""

import json
from collections.abc import Mapping
from decimal import Decimal

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet


def read_together(querysets: Mapping[str, QuerySet]) -> dict[str, list[Model]]:
    """The rows of each queryset, in its order, by one query. For few rows of whole models, without related ones."""
    parts, params = [], []
    for name, queryset in querysets.items():
        try:
            sql, own = queryset.query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"(SELECT %s AS name, row_number() OVER () AS position, to_jsonb(q)::text AS row FROM ({sql}) q)")  # noqa: S608 - Django's own
        params += [name, *own]
    found: dict[str, list[Model]] = {name: [] for name in querysets}
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"{' UNION ALL '.join(parts)} ORDER BY name, position", params)
            for name, _position, row in cursor.fetchall():
                found[name].append(_instance(querysets[name].model, json.loads(row, parse_float=Decimal)))
    return found


def _instance(model: type[Model], row: Mapping[str, object]) -> Model:
    fields = model._meta.concrete_fields
    return model.from_db(
        connection.alias, [field.attname for field in fields], [field.to_python(row[field.column]) for field in fields]
    )
