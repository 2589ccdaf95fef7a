from django.db import migrations

from nozzly.core.models import append_only_sql


class Migration(migrations.Migration):
    """What a channel charged and paid out is written once."""

    dependencies = [("sales", "0005_after_the_sale_written_once")]
    operations = [
        migrations.RunSQL(*append_only_sql("sales_channelcharge")),
        migrations.RunSQL(*append_only_sql("sales_payout")),
    ]
