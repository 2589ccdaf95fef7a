from django.db import migrations

from nozzly.core.models import append_only_sql

_FORWARD, _REVERSE = append_only_sql("catalog_costsnapshot")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [migrations.RunSQL(_FORWARD, _REVERSE)]
