"""Payments mark the months of the tax report they count in, charges the orders whose fees are checked; all is made anew."""

from django.db import migrations

# A payment counts on its own day; what it says of tax hangs on its order, and on whether that was refunded.
_PAYMENTS = (
    ("sales_orderpayment", "orderpayment", "INSERT", "{rows} p"),
    ("sales_order", "order", "UPDATE", "{rows} r JOIN sales_orderpayment p ON p.order_id = r.id"),
    ("sales_refund", "refund", "INSERT", "{rows} r JOIN sales_orderpayment p ON p.order_id = r.order_id"),
    *(
        ("sales_ordertax", "ordertax", event, "{rows} r JOIN sales_orderpayment p ON p.order_id = r.order_id")
        for event in ("INSERT", "UPDATE", "DELETE")
    ),
)
_ROWS = {"INSERT": ("fresh",), "UPDATE": ("fresh", "stale"), "DELETE": ("stale",)}
_TABLES = {"fresh": "NEW TABLE AS fresh", "stale": "OLD TABLE AS stale"}
# Whatever is written down beside an order may change what is expected of it and charged for it.
_CHARGES_MARK = """
CREATE OR REPLACE FUNCTION mark_profit_ordercharge_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO sales_profitmark (kind, source_id) SELECT DISTINCT 'sale', order_id FROM fresh {which};
  RETURN NULL;
END $$;
"""
_ORDERS_MARK = """
CREATE OR REPLACE FUNCTION mark_fees_order_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO sales_profitmark (kind, source_id)
  SELECT 'sale', r.id FROM fresh r WHERE r.shipped_on IS NULL
    AND EXISTS (SELECT FROM sales_ordercharge c WHERE c.order_id = r.id AND c.charged);
  RETURN NULL;
END $$;
CREATE TRIGGER mark_fees_order_update AFTER UPDATE ON sales_order REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION mark_fees_order_update();
"""
_FORGET_ORDERS_MARK = "DROP TRIGGER mark_fees_order_update ON sales_order; DROP FUNCTION mark_fees_order_update();"
_ALL_TAX = """
INSERT INTO sales_taxmark ("on") SELECT DISTINCT date_trunc('month', "on")::date FROM sales_orderpayment;
"""
_ALL_FACTS = """
DELETE FROM sales_profitrank;
INSERT INTO sales_profitmark (kind, source_id)
SELECT 'sale', id FROM sales_order
WHERE shipped_on IS NOT NULL OR id IN (SELECT order_id FROM sales_ordercharge WHERE charged)
UNION ALL SELECT 'refund', id FROM sales_refund
UNION ALL SELECT 'return', id FROM sales_returnline
UNION ALL SELECT 'run_loss', id FROM production_run WHERE loss_cost > 0
UNION ALL SELECT 'expense', id FROM sales_expense
UNION ALL SELECT 'charge', id FROM sales_channelcharge
UNION ALL SELECT 'stock', id FROM inventory_movement
  WHERE kind IN ('waste', 'found', 'adjustment', 'scrap', 'weighing', 'revaluation', 'own_use', 'reversal');
"""


def _watch(table, name, event, source):
    function = f"mark_tax_payments_{name}_{event.lower()}"
    months = " UNION ".join(
        f"SELECT date_trunc('month', p.\"on\")::date FROM {source.format(rows=rows)}"  # noqa: S608 - our own words
        for rows in _ROWS[event]
    )
    return (
        f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO sales_taxmark ("on") {months};
  RETURN NULL;
END $$;
CREATE TRIGGER {function} AFTER {event} ON {table} REFERENCING {" ".join(_TABLES[row] for row in _ROWS[event])}
FOR EACH STATEMENT EXECUTE FUNCTION {function}();
""",
        f"DROP TRIGGER {function} ON {table}; DROP FUNCTION {function}();",
    )


class Migration(migrations.Migration):
    dependencies = [("sales", "0032_buyers_and_checked_fees")]
    operations = [
        *(migrations.RunSQL(*_watch(*each)) for each in _PAYMENTS),
        migrations.RunSQL(_CHARGES_MARK.format(which=""), _CHARGES_MARK.format(which="WHERE charged")),
        migrations.RunSQL(_ORDERS_MARK, _FORGET_ORDERS_MARK),
        migrations.RunSQL(_ALL_TAX, migrations.RunSQL.noop),
        migrations.RunSQL(_ALL_FACTS, migrations.RunSQL.noop),
    ]
