from django.db import migrations

from nozzly.core.models import append_only_sql


class Migration(migrations.Migration):
    dependencies = [("sales", "0012_tax_filings")]
    operations = [migrations.RunSQL(*append_only_sql("sales_taxfiling"))]
