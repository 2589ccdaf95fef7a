"""Fees mark the months of the tax report they count in; all sums are made anew, now of five days each."""

from django.db import migrations

# Charged fees count on their day; where it is not told, near the moment they were written down, in whichever zone.
_FEES_MARK = """
CREATE OR REPLACE FUNCTION mark_tax_ordercharge_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO sales_taxmark ("on")
  SELECT date_trunc('month', o.shipped_on)::date
  FROM fresh r JOIN sales_order o ON o.id = r.order_id WHERE o.shipped_on IS NOT NULL
  UNION SELECT date_trunc('month', r.booked_on)::date FROM fresh r WHERE r.charged AND r.booked_on IS NOT NULL
  UNION SELECT date_trunc('month', r.at AT TIME ZONE 'UTC' + away)::date
  FROM fresh r, unnest(ARRAY[interval '-14 hours', interval '14 hours']) away WHERE r.charged AND r.booked_on IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER mark_tax_ordercharge_insert AFTER INSERT ON sales_ordercharge REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION mark_tax_ordercharge_insert();
"""
_FORGET = "DROP TRIGGER mark_tax_ordercharge_insert ON sales_ordercharge; DROP FUNCTION mark_tax_ordercharge_insert();"
_ALL_TAX = """
DELETE FROM sales_taxsum;
INSERT INTO sales_taxmark ("on")
SELECT date_trunc('month', shipped_on)::date FROM sales_order WHERE shipped_on IS NOT NULL
UNION SELECT date_trunc('month', placed_on)::date FROM sales_order WHERE shipped_on IS NOT NULL
UNION SELECT date_trunc('month', booked_on)::date FROM sales_ordercharge WHERE charged AND booked_on IS NOT NULL
UNION SELECT date_trunc('month', at AT TIME ZONE 'UTC' + away)::date
FROM sales_ordercharge, unnest(ARRAY[interval '-14 hours', interval '14 hours']) away
WHERE charged AND booked_on IS NULL;
"""
_ALL_FACTS = """
INSERT INTO sales_profitmark (kind, source_id)
SELECT 'sale', id FROM sales_order WHERE shipped_on IS NOT NULL
UNION ALL SELECT 'refund', id FROM sales_refund
UNION ALL SELECT 'return', id FROM sales_returnline
UNION ALL SELECT 'run_loss', id FROM production_run WHERE loss_cost > 0
UNION ALL SELECT 'expense', id FROM sales_expense
UNION ALL SELECT 'charge', id FROM sales_channelcharge
UNION ALL SELECT 'stock', id FROM inventory_movement
  WHERE kind IN ('waste', 'found', 'adjustment', 'scrap', 'weighing', 'revaluation', 'own_use', 'reversal');
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0029_sums_of_five_days")]
    operations = [
        migrations.RunSQL(_FEES_MARK, _FORGET),
        migrations.RunSQL(_ALL_TAX, migrations.RunSQL.noop),
        migrations.RunSQL(_ALL_FACTS, migrations.RunSQL.noop),
    ]
