"""Months are added up when facts are made: all facts are made anew at the next look."""

from django.db import migrations

_EVERYTHING = """
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


class Migration(migrations.Migration):
    dependencies = [("sales", "0018_profit_of_months")]
    operations = [migrations.RunSQL(_EVERYTHING, migrations.RunSQL.noop)]
