"""Triggers that mark what the profit facts do not know yet, whoever changes the books; and a mark for all that is there."""

from django.db import migrations

_STOCK_KINDS = "('waste', 'found', 'adjustment', 'scrap', 'weighing', 'revaluation', 'own_use', 'reversal')"

# table, function, events, what the new or old rows say
_WATCHED = (
    (
        "sales_order",
        "order",
        "INSERT UPDATE DELETE",
        "SELECT DISTINCT 'sale', id FROM {rows} WHERE shipped_on IS NOT NULL",
    ),
    (
        "sales_orderline",
        "orderline",
        "INSERT UPDATE DELETE",
        "SELECT DISTINCT 'sale', r.order_id FROM {rows} r JOIN sales_order o ON o.id = r.order_id WHERE o.shipped_on IS NOT NULL",
    ),
    ("sales_ordercharge", "ordercharge", "INSERT", "SELECT DISTINCT 'sale', order_id FROM {rows} WHERE charged"),
    ("sales_refund", "refund", "INSERT", "SELECT DISTINCT 'refund', id FROM {rows}"),
    ("sales_returnline", "returnline", "INSERT", "SELECT DISTINCT 'return', id FROM {rows}"),
    ("production_run", "run", "INSERT UPDATE DELETE", "SELECT DISTINCT 'run_loss', id FROM {rows} WHERE loss_cost > 0"),
    ("sales_expense", "expense", "INSERT UPDATE DELETE", "SELECT DISTINCT 'expense', id FROM {rows}"),
    ("sales_channelcharge", "channelcharge", "INSERT", "SELECT DISTINCT 'charge', id FROM {rows}"),
    (
        "inventory_movement",
        "movement",
        "INSERT",
        "SELECT DISTINCT 'stock', id FROM {rows} WHERE kind IN " + _STOCK_KINDS,  # noqa: S608 - our own words
    ),
)
_ROWS = {"INSERT": ("fresh",), "UPDATE": ("fresh", "stale"), "DELETE": ("stale",)}
_TABLES = {"fresh": "NEW TABLE AS fresh", "stale": "OLD TABLE AS stale"}
_EVERYTHING = """
INSERT INTO sales_profitmark (kind, source_id)
SELECT 'sale', id FROM sales_order WHERE shipped_on IS NOT NULL
UNION ALL SELECT 'refund', id FROM sales_refund
UNION ALL SELECT 'return', id FROM sales_returnline
UNION ALL SELECT 'run_loss', id FROM production_run WHERE loss_cost > 0
UNION ALL SELECT 'charge', id FROM sales_channelcharge
UNION ALL SELECT 'stock', id FROM inventory_movement WHERE kind IN """


def _watch(table, name, event, select):
    function = f"mark_profit_{name}_{event.lower()}"
    rows = _ROWS[event]
    marks = " UNION ".join(select.format(rows=row) for row in rows)
    return (
        f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO sales_profitmark (kind, source_id) {marks};
  RETURN NULL;
END $$;
CREATE TRIGGER {function} AFTER {event} ON {table} REFERENCING {" ".join(_TABLES[row] for row in rows)}
FOR EACH STATEMENT EXECUTE FUNCTION {function}();
""",
        f"DROP TRIGGER {function} ON {table}; DROP FUNCTION {function}();",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0007_expenses_profit_facts_customers"),
        ("production", "0001_initial"),
        ("inventory", "0001_initial"),
    ]
    operations = [
        *(
            migrations.RunSQL(*_watch(table, name, event, select))
            for table, name, events, select in _WATCHED
            for event in events.split()
        ),
        migrations.RunSQL(_EVERYTHING + _STOCK_KINDS, migrations.RunSQL.noop),
    ]
