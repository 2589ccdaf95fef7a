"""What stands in one schema, with the schema's own name left out, so that two can be compared."""

from django.db import connection

_QUERIES = {
    "columns": """
        SELECT table_name, column_name, ordinal_position, data_type, character_maximum_length, numeric_precision,
               numeric_scale, is_nullable, column_default, is_identity, identity_generation, is_generated,
               generation_expression
        FROM information_schema.columns WHERE table_schema = %s ORDER BY 1, 3""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, contype::text, condeferrable, condeferred, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = %s::regnamespace ORDER BY 1, 2""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = %s ORDER BY 1, 2",
    "sequences": """
        SELECT sequencename, start_value, increment_by, last_value FROM pg_sequences WHERE schemaname = %s ORDER BY 1""",
    "triggers": """
        SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = %s::regnamespace AND NOT t.tgisinternal ORDER BY 1, 2""",
    "functions": "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = %s::regnamespace ORDER BY 1",
}


def of(schema_name: str) -> dict[str, list]:
    """Run as owner, in public."""
    found = {what: _rows(query, [schema_name], schema_name) for what, query in _QUERIES.items()}
    tables = sorted({row[0] for row in found["columns"]})
    found["rows"] = [(table, _rows(f'SELECT * FROM "{schema_name}"."{table}"', [], schema_name)) for table in tables]
    return found


def _rows(query, params, schema_name):
    with connection.cursor() as cursor:
        cursor.execute(query, params or None)
        # When a migration was applied is the one thing that differs.
        kept = [i for i, column in enumerate(cursor.description) if column.name != "applied"]
        return sorted(
            tuple(str(row[i]).replace(f"{schema_name}.", "").replace(f"{schema_name}'", "'") for i in kept)
            for row in cursor.fetchall()
        )
