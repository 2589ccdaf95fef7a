from django.db import migrations, models

KINDS = [
    ("product", "Profit by product"),
    ("variant", "Profit by variant"),
    ("category", "Profit by category"),
    ("channel", "Profit by channel"),
    ("country", "Profit by country"),
    ("month", "Profit by month"),
    ("order", "Profit by order"),
    ("customer", "Profit by customer"),
    ("printer", "Profit by printer and printer hour"),
    ("trends", "Trends"),
    ("movers", "Best and worst movers"),
    ("stopped", "Stopped selling"),
    ("dead-listings", "Dead listings"),
    ("returning", "New and returning customers"),
    ("tax", "Tax report"),
    ("expenses", "Expenses by category"),
    ("fee-audit", "Fee audit"),
    ("charges", "Charges of channels"),
    ("ads", "Share of adverts"),
    ("fairs", "Profit of fairs"),
    ("run-losses", "Lost runs"),
    ("stock-losses", "Stock lost or found"),
    ("variance", "Estimate and reality"),
    ("failures", "Why prints fail"),
    ("stock-value", "Stock value"),
]


class Migration(migrations.Migration):
    dependencies = [("sales", "0020_fee_tax_waiting_rows_fair_expenses")]

    operations = [
        migrations.RemoveConstraint(model_name="reportmail", name="sales_reportmail_kind_known"),
        migrations.AlterField(
            model_name="reportmail",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=20, verbose_name="report"),
        ),
        migrations.AddConstraint(
            model_name="reportmail",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", [kind for kind, _label in KINDS])), name="sales_reportmail_kind_known"
            ),
        ),
    ]
