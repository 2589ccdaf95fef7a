from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0025_lines_of_b_grade")]

    operations = [
        migrations.AddField(
            model_name="reportmail",
            name="sending_since",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="being sent since"),
        ),
    ]
