"""A credit in a statement changes what a refund is worth too: both are marked."""

from django.db import migrations

_FUNCTION = """
CREATE OR REPLACE FUNCTION mark_profit_ordercharge_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO sales_profitmark (kind, source_id)
  SELECT DISTINCT 'sale', order_id FROM fresh WHERE charged{more};
  RETURN NULL;
END $$;
"""
_REFUNDS = """
  UNION SELECT 'refund', r.id FROM fresh JOIN sales_refund r ON r.order_id = fresh.order_id WHERE fresh.charged"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0016_stock_loss_words")]
    operations = [migrations.RunSQL(_FUNCTION.format(more=_REFUNDS), _FUNCTION.format(more=""))]
