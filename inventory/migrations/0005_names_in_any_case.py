import django.db.models.functions.text
from django.db import migrations, models

# Names are kept with single spaces; of those that differ in capitals or spaces alone, the later ones get a number.
TIDY = r"""
UPDATE {table} SET name = left(name, {room}) || ' (' || {table}.id || ')'
FROM (SELECT id, row_number() OVER (PARTITION BY lower(trim(regexp_replace(name, '\s+', ' ', 'g'))) ORDER BY id) AS nth
      FROM {table}) AS namesake
WHERE namesake.id = {table}.id AND namesake.nth > 1;
UPDATE {table} SET name = trim(regexp_replace(name, '\s+', ' ', 'g'))
WHERE name <> trim(regexp_replace(name, '\s+', ' ', 'g'));
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0004_drying_offers_barcodes_alert_addresses")]

    operations = [
        migrations.RunSQL(TIDY.format(table="inventory_supplier", room=105), migrations.RunSQL.noop),
        migrations.RunSQL(TIDY.format(table="inventory_brand", room=65), migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="supplier",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"), name="inventory_supplier_name_in_any_case"
            ),
        ),
        migrations.AddConstraint(
            model_name="brand",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"), name="inventory_brand_name_in_any_case"
            ),
        ),
    ]
