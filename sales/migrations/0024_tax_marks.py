"""Triggers that mark the months whose tax sums are to be made anew; and a mark for all that is there."""

from django.db import migrations

# An order counts in the month it was sent in, by cash in that of its order or its shipping.
_MONTHS_OF = """
SELECT date_trunc('month', o.shipped_on)::date FROM {source} WHERE o.shipped_on IS NOT NULL
UNION SELECT date_trunc('month', o.placed_on)::date FROM {source} WHERE o.shipped_on IS NOT NULL
"""
_WATCHED = (
    ("sales_order", "order", "{rows} o"),
    ("sales_orderpayment", "orderpayment", "{rows} r JOIN sales_order o ON o.id = r.order_id"),
    (
        "tax_closedperiod",
        "closedperiod",
        "{rows} r JOIN sales_order o ON o.placed_on <= r.through_on AND o.shipped_at > r.closed_at",
    ),
)
_ROWS = {"INSERT": ("fresh",), "UPDATE": ("fresh", "stale"), "DELETE": ("stale",)}
_TABLES = {"fresh": "NEW TABLE AS fresh", "stale": "OLD TABLE AS stale"}
_ALL_MONTHS = f'INSERT INTO sales_taxmark ("on") {_MONTHS_OF.format(source="sales_order o")}'
_ALL_FACTS = """
DELETE FROM sales_profitfact;
INSERT INTO sales_profitmark (kind, source_id)
SELECT 'sale', id FROM sales_order WHERE shipped_on IS NOT NULL
UNION ALL SELECT 'refund', id FROM sales_refund
UNION ALL SELECT 'return', id FROM sales_returnline
UNION ALL SELECT 'run_loss', id FROM production_run WHERE loss_cost > 0
UNION ALL SELECT 'expense', id FROM sales_expense
UNION ALL SELECT 'charge', id FROM sales_channelcharge
UNION ALL SELECT 'stock', id FROM inventory_movement
  WHERE kind IN ('waste', 'found', 'adjustment', 'scrap', 'weighing', 'revaluation', 'own_use', 'reversal')
"""


def _watch(table, name, event, source):
    function = f"mark_tax_{name}_{event.lower()}"
    rows = _ROWS[event]
    months = " UNION ".join(_MONTHS_OF.format(source=source.format(rows=each)) for each in rows)
    return (
        f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO sales_taxmark ("on") {months};
  RETURN NULL;
END $$;
CREATE TRIGGER {function} AFTER {event} ON {table} REFERENCING {" ".join(_TABLES[row] for row in rows)}
FOR EACH STATEMENT EXECUTE FUNCTION {function}();
""",
        f"DROP TRIGGER {function} ON {table}; DROP FUNCTION {function}();",
    )


class Migration(migrations.Migration):
    dependencies = [("sales", "0023_profit_ranks_tax_sums_orders_by_urgency"), ("tax", "0002_thresholds")]
    operations = [
        *(
            migrations.RunSQL(*_watch(table, name, event, source))
            for table, name, source in _WATCHED
            for event in _ROWS
        ),
        migrations.RunSQL(_ALL_MONTHS, migrations.RunSQL.noop),
        migrations.RunSQL(_ALL_FACTS, migrations.RunSQL.noop),
    ]
