from django.db import migrations

from nozzly.core.models import append_only_sql


class Migration(migrations.Migration):
    """What was given back, came back and was paid is written once."""

    dependencies = [("sales", "0004_after_the_sale")]
    operations = [
        migrations.RunSQL(*append_only_sql("sales_refund")),
        migrations.RunSQL(*append_only_sql("sales_refundfee")),
        migrations.RunSQL(*append_only_sql("sales_return")),
        migrations.RunSQL(*append_only_sql("sales_returnline")),
        migrations.RunSQL(*append_only_sql("sales_orderpayment")),
    ]
