import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0002_written_once"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="undone_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="undone at"),
        ),
        migrations.CreateModel(
            name="StockPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minimum", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="warn below")),
                (
                    "on_order",
                    models.DecimalField(
                        decimal_places=3,
                        default=0,
                        help_text="typed, until it is received",
                        max_digits=14,
                        verbose_name="on order",
                    ),
                ),
                ("snoozed_until", models.DateField(blank=True, null=True, verbose_name="silent until")),
                (
                    "group",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="policy",
                        to="inventory.materialgroup",
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="policy",
                        to="inventory.item",
                    ),
                ),
            ],
            options={
                "verbose_name": "stock policy",
                "verbose_name_plural": "stock policies",
            },
        ),
        migrations.CreateModel(
            name="StockAlert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("available", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="available then")),
                ("raised_at", models.DateTimeField(verbose_name="raised at")),
                ("cleared_at", models.DateTimeField(blank=True, null=True, verbose_name="cleared at")),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="alerts", to="inventory.stockpolicy"
                    ),
                ),
            ],
            options={
                "verbose_name": "stock alert",
                "verbose_name_plural": "stock alerts",
            },
        ),
        migrations.CreateModel(
            name="Stocktake",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "state",
                    models.CharField(
                        choices=[("counting", "Counting"), ("approved", "Approved"), ("cancelled", "Cancelled")],
                        default="counting",
                        editable=False,
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="started at")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                ("key", models.UUIDField(editable=False, unique=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "locations",
                    models.ManyToManyField(
                        blank=True,
                        help_text="none: everywhere",
                        related_name="stocktakes",
                        to="inventory.location",
                        verbose_name="places",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "stocktake",
                "verbose_name_plural": "stocktakes",
            },
        ),
        migrations.CreateModel(
            name="StocktakeLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("counted", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="counted")),
                ("expected", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="expected")),
                ("counted_at", models.DateTimeField(verbose_name="counted at")),
                (
                    "counted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stocktake_lines", to="inventory.lot"
                    ),
                ),
                (
                    "stocktake",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="inventory.stocktake"
                    ),
                ),
            ],
            options={
                "verbose_name": "stocktake line",
                "verbose_name_plural": "stocktake lines",
            },
        ),
        migrations.AddConstraint(
            model_name="stockpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("group__isnull", True), ("item__isnull", False)),
                    models.Q(("group__isnull", False), ("item__isnull", True)),
                    _connector="OR",
                ),
                name="inventory_stockpolicy_item_or_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("minimum__gt", 0), ("on_order__gte", 0)),
                name="inventory_stockpolicy_amounts_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockalert",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cleared_at", None)), fields=("policy",), name="inventory_stockalert_one_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="stocktake",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["counting", "approved", "cancelled"])),
                name="inventory_stocktake_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="stocktake",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("state", "counting")),
                    models.Q(models.Q(("state", "counting"), _negated=True), ("closed_at__isnull", False)),
                    _connector="OR",
                ),
                name="inventory_stocktake_closed_when_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="stocktakeline",
            constraint=models.UniqueConstraint(fields=("stocktake", "lot"), name="inventory_stocktakeline_lot_once"),
        ),
        migrations.AddConstraint(
            model_name="stocktakeline",
            constraint=models.CheckConstraint(
                condition=models.Q(("counted__gte", 0), ("expected__gte", 0)),
                name="inventory_stocktakeline_not_negative",
            ),
        ),
    ]
