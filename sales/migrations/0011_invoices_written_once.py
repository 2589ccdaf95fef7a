from django.db import migrations

from nozzly.core.models import append_only_sql


class Migration(migrations.Migration):
    """Once issued, nothing on an invoice changes."""

    dependencies = [("sales", "0010_invoices")]
    operations = [
        migrations.RunSQL(*append_only_sql("sales_invoice")),
        migrations.RunSQL(*append_only_sql("sales_invoiceline")),
        migrations.RunSQL(*append_only_sql("sales_invoicetax")),
    ]
