import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

RHYTHMS = [("month", "every month"), ("quarter", "every three months"), ("year", "every year")]


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0021_every_report_by_mail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExpenseRhythm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("every", models.CharField(choices=RHYTHMS, max_length=8, verbose_name="comes every")),
                ("next_on", models.DateField(verbose_name="next on")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "expense",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rhythm",
                        to="sales.expense",
                        verbose_name="expense",
                    ),
                ),
            ],
            options={
                "verbose_name": "recurring expense",
                "verbose_name_plural": "recurring expenses",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("every__in", ["month", "quarter", "year"])),
                        name="sales_expenserhythm_every_known",
                    )
                ],
            },
        ),
    ]
