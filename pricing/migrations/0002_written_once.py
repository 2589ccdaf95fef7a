from django.db import migrations

from nozzly.core.models import append_only_sql


class Migration(migrations.Migration):
    """The database itself refuses to change or delete these rows."""

    dependencies = [("pricing", "0001_initial")]
    operations = [
        migrations.RunSQL(*append_only_sql("pricing_pricechange")),
    ]
