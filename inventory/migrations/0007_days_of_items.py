import django.db.models.deletion
from django.db import migrations, models

BACKFILL = """
INSERT INTO inventory_stockday (item_id, day, quantity, bought_value, full_value, gone, printed)
SELECT lot.item_id, row.booked_on, sum(row.quantity), sum(row.bought_value), sum(row.full_value),
       coalesce(-sum(row.quantity) FILTER (
         WHERE undone.id IS NULL AND row.kind IN ('consumption', 'purge', 'sale', 'assembly', 'own_use')), 0),
       coalesce(-sum(row.quantity) FILTER (WHERE undone.id IS NULL AND row.kind IN ('consumption', 'purge')), 0)
FROM inventory_movement AS row
JOIN inventory_lot AS lot ON lot.id = row.lot_id
LEFT JOIN inventory_movement AS undone ON undone.reverses_id = row.id
GROUP BY lot.item_id, row.booked_on
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0006_tax_of_deliveries")]

    operations = [
        migrations.CreateModel(
            name="StockDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="day")),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="quantity")),
                ("bought_value", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="bought value")),
                ("full_value", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="full value")),
                ("gone", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="used or sold")),
                ("printed", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="printed and purged")),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="inventory.item",
                        verbose_name="item",
                    ),
                ),
            ],
            options={"verbose_name": "day of an item", "verbose_name_plural": "days of items"},
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="stockday",
            index=models.Index(
                fields=["day", "item"],
                include=["quantity", "bought_value", "full_value", "gone", "printed"],
                name="inventory_stockday_by_day",
            ),
        ),
        migrations.AddIndex(
            model_name="stockday", index=models.Index(fields=["item"], name="inventory_stockday_by_item")
        ),
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(
                fields=["booked_on"], condition=models.Q(kind="revaluation"), name="inventory_movement_revalued"
            ),
        ),
    ]
