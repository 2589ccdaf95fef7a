from django.db import migrations

from nozzly.core.models import append_only_sql

_TABLES = ("production_runcostline", "production_runevent")


class Migration(migrations.Migration):
    dependencies = [("production", "0001_initial")]

    operations = [migrations.RunSQL(*append_only_sql(table)) for table in _TABLES]
