from django.db import migrations

from nozzly.core.models import append_only_sql


class Migration(migrations.Migration):
    dependencies = [("web", "0001_initial")]

    operations = [migrations.RunSQL(*append_only_sql("web_auditentry"))]
