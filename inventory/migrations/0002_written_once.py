from django.db import migrations

from nozzly.core.models import append_only_sql


class Migration(migrations.Migration):
    """The database itself refuses to change or delete what the ledger and the scale have written."""

    dependencies = [("inventory", "0001_initial")]

    operations = [
        migrations.RunSQL(*append_only_sql("inventory_movement")),
        migrations.RunSQL(*append_only_sql("inventory_weighing")),
    ]
