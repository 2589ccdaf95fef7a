from django.db import migrations

from nozzly.core.models import append_only_sql


class Migration(migrations.Migration):
    """What was sold and counted at a fair is written once."""

    dependencies = [("sales", "0014_fairs")]
    operations = [
        migrations.RunSQL(*append_only_sql("sales_fairsale")),
        migrations.RunSQL(*append_only_sql("sales_faircount")),
        migrations.RunSQL(*append_only_sql("sales_faircountline")),
    ]
