from decimal import Decimal

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("filament", "Filament"),
                            ("component", "Component"),
                            ("packaging", "Packaging"),
                            ("part", "Part"),
                            ("product", "Product"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("sku", models.CharField(blank=True, max_length=80, verbose_name="SKU")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "unit",
                    models.CharField(
                        choices=[("g", "g"), ("pcs", "pcs")], default="pcs", max_length=3, verbose_name="unit"
                    ),
                ),
                (
                    "packed_weight_g",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        help_text="as it is posted",
                        max_digits=14,
                        null=True,
                        verbose_name="packed weight (g)",
                    ),
                ),
                (
                    "length_mm",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=8, null=True, verbose_name="length (mm)"
                    ),
                ),
                (
                    "width_mm",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=8, null=True, verbose_name="width (mm)"
                    ),
                ),
                (
                    "height_mm",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=8, null=True, verbose_name="height (mm)"
                    ),
                ),
                (
                    "pack_size",
                    models.DecimalField(
                        decimal_places=3,
                        default=1,
                        help_text="how many come in one pack, in the unit",
                        max_digits=14,
                        verbose_name="pack size",
                    ),
                ),
                (
                    "list_price_per_unit",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=18, null=True, verbose_name="list price per unit"
                    ),
                ),
                (
                    "list_price_origin",
                    models.CharField(blank=True, max_length=40, verbose_name="origin of the list price"),
                ),
                (
                    "last_cost_per_unit",
                    models.DecimalField(
                        blank=True,
                        decimal_places=6,
                        help_text="landed",
                        max_digits=18,
                        null=True,
                        verbose_name="last cost per unit",
                    ),
                ),
                ("last_cost_on", models.DateField(blank=True, null=True, verbose_name="last bought on")),
                ("archived_at", models.DateTimeField(blank=True, null=True, verbose_name="archived at")),
                ("search", django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "item",
                "verbose_name_plural": "items",
            },
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=12, unique=True, verbose_name="code")),
                ("title", models.CharField(blank=True, editable=False, max_length=200, verbose_name="title")),
                ("batch", models.CharField(blank=True, max_length=80, verbose_name="maker's batch")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("received_on", models.DateField(blank=True, null=True, verbose_name="received on")),
                (
                    "on_hand",
                    models.DecimalField(
                        decimal_places=3, default=0, editable=False, max_digits=14, verbose_name="on hand"
                    ),
                ),
                (
                    "bought_value",
                    models.DecimalField(
                        decimal_places=2, default=0, editable=False, max_digits=14, verbose_name="bought value"
                    ),
                ),
                (
                    "full_value",
                    models.DecimalField(
                        decimal_places=2, default=0, editable=False, max_digits=14, verbose_name="full value"
                    ),
                ),
                (
                    "bought_cost",
                    models.DecimalField(
                        decimal_places=6, default=0, editable=False, max_digits=18, verbose_name="bought cost per unit"
                    ),
                ),
                (
                    "full_cost",
                    models.DecimalField(
                        decimal_places=6, default=0, editable=False, max_digits=18, verbose_name="full cost per unit"
                    ),
                ),
                ("needs_count", models.BooleanField(default=False, verbose_name="needs a count")),
                ("moved_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last moved at")),
                ("archived_at", models.DateTimeField(blank=True, null=True, verbose_name="archived at")),
                ("search", django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "lot",
                "verbose_name_plural": "lots",
            },
        ),
        migrations.CreateModel(
            name="Supplier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                ("url", models.URLField(blank=True, verbose_name="website")),
                ("note", models.TextField(blank=True, verbose_name="note")),
            ],
            options={
                "verbose_name": "supplier",
                "verbose_name_plural": "suppliers",
            },
        ),
        migrations.CreateModel(
            name="Brand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                (
                    "empty_reel_g",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        help_text="weight of its bare reel",
                        max_digits=14,
                        null=True,
                        verbose_name="empty reel (g)",
                    ),
                ),
            ],
            options={
                "verbose_name": "brand",
                "verbose_name_plural": "brands",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("empty_reel_g__gte", 0)), name="inventory_brand_reel_not_negative"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("invoice_number", models.CharField(blank=True, max_length=80, verbose_name="invoice number")),
                ("received_on", models.DateField(verbose_name="received on")),
                (
                    "postage",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        help_text="spread over the lines by value",
                        max_digits=14,
                        verbose_name="postage and duty",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("key", models.UUIDField(editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="inventory.supplier",
                        verbose_name="supplier",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
            },
        ),
        migrations.CreateModel(
            name="DeliveryLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("count", models.PositiveIntegerField(verbose_name="count")),
                ("quantity_each", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="quantity each")),
                ("line_total", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="line total")),
                ("landed_total", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="landed total")),
                ("batch", models.CharField(blank=True, max_length=80, verbose_name="maker's batch")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="inventory.delivery",
                        verbose_name="delivery",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delivery_lines",
                        to="inventory.item",
                        verbose_name="item",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery line",
                "verbose_name_plural": "delivery lines",
            },
        ),
        migrations.CreateModel(
            name="Location",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("room", "Room"),
                            ("shelf", "Shelf"),
                            ("box", "Box"),
                            ("slot", "Printer slot"),
                            ("drybox", "Dry box"),
                            ("stall", "Stall"),
                            ("other", "Other"),
                        ],
                        default="shelf",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("code", models.CharField(editable=False, max_length=8, unique=True, verbose_name="code")),
                ("path", models.CharField(db_index=True, editable=False, max_length=400, verbose_name="path")),
                ("depth", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="inventory.location",
                        verbose_name="in",
                    ),
                ),
            ],
            options={
                "verbose_name": "location",
                "verbose_name_plural": "locations",
            },
        ),
        migrations.CreateModel(
            name="Spool",
            fields=[
                (
                    "lot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="spool",
                        serialize=False,
                        to="inventory.lot",
                    ),
                ),
                (
                    "net_weight_g",
                    models.DecimalField(decimal_places=3, max_digits=14, verbose_name="filament when full (g)"),
                ),
                (
                    "tare_g",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        help_text="only when known of this very roll; else the filament's or the brand's is used",
                        max_digits=14,
                        null=True,
                        verbose_name="own empty reel (g)",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sealed", "Sealed"),
                            ("open", "Open"),
                            ("drying", "Drying"),
                            ("empty", "Empty"),
                            ("archived", "Archived"),
                        ],
                        default="sealed",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="opened at")),
                ("dried_at", models.DateTimeField(blank=True, null=True, verbose_name="dried at")),
            ],
            options={
                "verbose_name": "spool",
                "verbose_name_plural": "spools",
            },
        ),
        migrations.AddField(
            model_name="lot",
            name="delivery_line",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lots",
                to="inventory.deliveryline",
                verbose_name="delivery line",
            ),
        ),
        migrations.AddField(
            model_name="lot",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lots",
                to="inventory.item",
                verbose_name="item",
            ),
        ),
        migrations.AddField(
            model_name="lot",
            name="location",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lots",
                to="inventory.location",
                verbose_name="location",
            ),
        ),
        migrations.CreateModel(
            name="Material",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True, verbose_name="name")),
                ("density_g_cm3", models.DecimalField(decimal_places=3, max_digits=6, verbose_name="density (g/cm³)")),
            ],
            options={
                "verbose_name": "material",
                "verbose_name_plural": "materials",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("density_g_cm3__gt", 0)), name="inventory_material_density_positive"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MaterialGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                (
                    "colour_hex",
                    models.CharField(
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator("^#[0-9a-f]{6}$", "Write a colour like #1a2b3c.")
                        ],
                        verbose_name="colour",
                    ),
                ),
                (
                    "material",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="groups",
                        to="inventory.material",
                        verbose_name="material",
                    ),
                ),
            ],
            options={
                "verbose_name": "material group",
                "verbose_name_plural": "material groups",
            },
        ),
        migrations.CreateModel(
            name="Movement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opening", "Opening stock"),
                            ("receipt", "Received"),
                            ("consumption", "Printed"),
                            ("purge", "Purged"),
                            ("waste", "Waste"),
                            ("weighing", "Weighed"),
                            ("found", "Found"),
                            ("adjustment", "Adjusted"),
                            ("transfer", "Transferred"),
                            ("output", "Made"),
                            ("assembly", "Assembled"),
                            ("sale", "Sold"),
                            ("return", "Returned"),
                            ("scrap", "Scrapped"),
                            ("own_use", "Own use"),
                            ("revaluation", "Revalued"),
                            ("reversal", "Undone"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="quantity")),
                ("bought_value", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="bought value")),
                ("full_value", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="full value")),
                ("source", models.CharField(max_length=24, verbose_name="source")),
                ("source_id", models.BigIntegerField(blank=True, null=True)),
                ("source_text", models.CharField(blank=True, max_length=200, verbose_name="reference")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("key", models.UUIDField()),
                ("position", models.PositiveIntegerField()),
                ("late", models.BooleanField(default=False, verbose_name="late")),
                ("occurred_at", models.DateTimeField(verbose_name="occurred at")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                ("booked_on", models.DateField(verbose_name="booked on")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="inventory.lot",
                        verbose_name="lot",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="inventory.movement",
                        verbose_name="undoes",
                    ),
                ),
            ],
            options={
                "verbose_name": "movement",
                "verbose_name_plural": "movements",
            },
        ),
        migrations.CreateModel(
            name="Reservation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="quantity")),
                ("source", models.CharField(max_length=24, verbose_name="source")),
                ("source_id", models.BigIntegerField()),
                ("source_text", models.CharField(blank=True, max_length=200, verbose_name="for")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reservations",
                        to="inventory.materialgroup",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reservations",
                        to="inventory.item",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reservations",
                        to="inventory.lot",
                    ),
                ),
            ],
            options={
                "verbose_name": "reservation",
                "verbose_name_plural": "reservations",
            },
        ),
        migrations.AddField(
            model_name="lot",
            name="supplier",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="lots",
                to="inventory.supplier",
                verbose_name="supplier",
            ),
        ),
        migrations.AddField(
            model_name="item",
            name="preferred_supplier",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="items",
                to="inventory.supplier",
                verbose_name="preferred supplier",
            ),
        ),
        migrations.CreateModel(
            name="Weighing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("gross_g", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="on the scale (g)")),
                ("tare_g", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="empty reel (g)")),
                ("net_g", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="left (g)")),
                ("expected_g", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="expected (g)")),
                ("key", models.UUIDField(unique=True)),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "weighing",
                "verbose_name_plural": "weighings",
            },
        ),
        migrations.CreateModel(
            name="Filament",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="filament",
                        serialize=False,
                        to="inventory.item",
                    ),
                ),
                ("colour_name", models.CharField(max_length=80, verbose_name="colour")),
                (
                    "colour_hexes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            max_length=7,
                            validators=[
                                django.core.validators.RegexValidator("^#[0-9a-f]{6}$", "Write a colour like #1a2b3c.")
                            ],
                        ),
                        help_text="one or, for multicolour, several #rrggbb",
                        size=None,
                        validators=[django.core.validators.MinLengthValidator(1)],
                        verbose_name="colours",
                    ),
                ),
                (
                    "finish",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Standard"),
                            ("matte", "Matte"),
                            ("silk", "Silk"),
                            ("glossy", "Glossy"),
                            ("translucent", "Translucent"),
                            ("glitter", "Glitter"),
                            ("marble", "Marble"),
                            ("metallic", "Metallic"),
                            ("wood", "Wood"),
                            ("glow", "Glow in the dark"),
                            ("fibre", "Fibre filled"),
                            ("gradient", "Gradient"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="finish",
                    ),
                ),
                (
                    "diameter_mm",
                    models.DecimalField(
                        decimal_places=3, default=Decimal("1.75"), max_digits=5, verbose_name="diameter (mm)"
                    ),
                ),
                (
                    "density_g_cm3",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        help_text="empty: the material's",
                        max_digits=6,
                        null=True,
                        verbose_name="density (g/cm³)",
                    ),
                ),
                (
                    "net_weight_g",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal(1000),
                        max_digits=14,
                        verbose_name="filament on a full reel (g)",
                    ),
                ),
                (
                    "empty_reel_g",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        help_text="empty: the brand's",
                        max_digits=14,
                        null=True,
                        verbose_name="empty reel (g)",
                    ),
                ),
                (
                    "list_price",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="list price of a reel"
                    ),
                ),
                (
                    "reference",
                    models.CharField(blank=True, editable=False, max_length=120, verbose_name="library reference"),
                ),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filaments",
                        to="inventory.brand",
                        verbose_name="brand",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="filaments",
                        to="inventory.materialgroup",
                        verbose_name="group",
                    ),
                ),
                (
                    "material",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filaments",
                        to="inventory.material",
                        verbose_name="material",
                    ),
                ),
            ],
            options={
                "verbose_name": "filament",
                "verbose_name_plural": "filaments",
            },
        ),
        migrations.AddConstraint(
            model_name="deliveryline",
            constraint=models.CheckConstraint(
                condition=models.Q(("count__gt", 0)), name="inventory_deliveryline_count_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="deliveryline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity_each__gt", 0)), name="inventory_deliveryline_quantity_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="deliveryline",
            constraint=models.CheckConstraint(
                condition=models.Q(("landed_total__gte", models.F("line_total")), ("line_total__gte", 0)),
                name="inventory_deliveryline_totals_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="location",
            constraint=models.UniqueConstraint(
                fields=("parent", "name"), name="inventory_location_name_unique_in_parent", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="location",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["room", "shelf", "box", "slot", "drybox", "stall", "other"])),
                name="inventory_location_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="location",
            constraint=models.CheckConstraint(
                condition=models.Q(("name__contains", "›"), _negated=True), name="inventory_location_name_has_no_arrow"
            ),
        ),
        migrations.AddConstraint(
            model_name="location",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent", None), models.Q(("parent", models.F("pk")), _negated=True), _connector="OR"
                ),
                name="inventory_location_not_in_itself",
            ),
        ),
        migrations.AddField(
            model_name="weighing",
            name="spool",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="weighings",
                to="inventory.spool",
                verbose_name="spool",
            ),
        ),
        migrations.AddIndex(
            model_name="spool",
            index=models.Index(fields=["state"], name="inventory_spool_by_state"),
        ),
        migrations.AddConstraint(
            model_name="spool",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["sealed", "open", "drying", "empty", "archived"])),
                name="inventory_spool_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="spool",
            constraint=models.CheckConstraint(
                condition=models.Q(("net_weight_g__gt", 0)), name="inventory_spool_net_weight_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="spool",
            constraint=models.CheckConstraint(
                condition=models.Q(("tare_g", None), ("tare_g__gte", 0), _connector="OR"),
                name="inventory_spool_tare_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="materialgroup",
            constraint=models.CheckConstraint(
                condition=models.Q(("colour_hex__regex", "^#[0-9a-f]{6}$")),
                name="inventory_materialgroup_colour_is_hex",
            ),
        ),
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(fields=["lot", "id"], name="inventory_movement_by_lot"),
        ),
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(fields=["source", "source_id"], name="inventory_movement_by_source"),
        ),
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(fields=["booked_on"], name="inventory_movement_by_day"),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.UniqueConstraint(fields=("key", "position"), name="inventory_movement_key_unique"),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "opening",
                            "receipt",
                            "consumption",
                            "purge",
                            "waste",
                            "weighing",
                            "found",
                            "adjustment",
                            "transfer",
                            "output",
                            "assembly",
                            "sale",
                            "return",
                            "scrap",
                            "own_use",
                            "revaluation",
                            "reversal",
                        ],
                    )
                ),
                name="inventory_movement_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quantity", 0), _negated=True), ("kind__in", ["revaluation", "reversal"]), _connector="OR"
                ),
                name="inventory_movement_moves_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity", 0), models.Q(("kind", "revaluation"), _negated=True), _connector="OR"),
                name="inventory_movement_revaluation_moves_money_only",
            ),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quantity", 0),
                    models.Q(("bought_value__gte", 0), ("full_value__gte", 0), ("quantity__gt", 0)),
                    models.Q(("bought_value__lte", 0), ("full_value__lte", 0), ("quantity__lt", 0)),
                    _connector="OR",
                ),
                name="inventory_movement_money_goes_with_quantity",
            ),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "reversal"), ("reverses__isnull", False)),
                    models.Q(models.Q(("kind", "reversal"), _negated=True), ("reverses__isnull", True)),
                    _connector="OR",
                ),
                name="inventory_movement_reversal_names_its_row",
            ),
        ),
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(fields=["source", "source_id"], name="inventory_reservation_source"),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="inventory_reservation_quantity_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("group__isnull", True), ("item__isnull", False)),
                    models.Q(("group__isnull", False), ("item__isnull", True), ("lot", None)),
                    _connector="OR",
                ),
                name="inventory_reservation_item_or_group",
            ),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="inventory_lot_search"),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(fields=["title", "id"], name="inventory_lot_by_title"),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(fields=["on_hand", "id"], name="inventory_lot_by_on_hand"),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(fields=["received_on", "id"], name="inventory_lot_by_received_on"),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(fields=["bought_value", "id"], name="inventory_lot_by_value"),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(fields=["item", "received_on"], name="inventory_lot_by_item"),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(
                condition=models.Q(("needs_count", True)), fields=["id"], name="inventory_lot_needs_count"
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(("on_hand__gte", 0)), name="inventory_lot_on_hand_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("bought_cost__gte", 0), ("bought_value__gte", 0), ("full_cost__gte", 0), ("full_value__gte", 0)
                ),
                name="inventory_lot_values_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("on_hand__gt", 0), models.Q(("bought_value", 0), ("full_value", 0)), _connector="OR"
                ),
                name="inventory_lot_nothing_is_worth_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__regex", "^[0-9A-HJKMNP-TV-Z]{4,12}$")), name="inventory_lot_code_readable"
            ),
        ),
        migrations.AddIndex(
            model_name="item",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="inventory_item_search"),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["kind", "name"], name="inventory_item_kind_name"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sku", ""), _negated=True), fields=("sku",), name="inventory_item_sku_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["filament", "component", "packaging", "part", "product"])),
                name="inventory_item_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit__in", ["g", "pcs"])), name="inventory_item_unit_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("pack_size__gt", 0)), name="inventory_item_pack_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("packed_weight_g__gte", 0)), name="inventory_item_weight_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("length_mm", None), ("length_mm__gt", 0), _connector="OR"),
                    models.Q(("width_mm", None), ("width_mm__gt", 0), _connector="OR"),
                    models.Q(("height_mm", None), ("height_mm__gt", 0), _connector="OR"),
                ),
                name="inventory_item_size_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("list_price_per_unit", None), ("list_price_per_unit__gte", 0), _connector="OR"),
                    models.Q(("last_cost_per_unit", None), ("last_cost_per_unit__gte", 0), _connector="OR"),
                ),
                name="inventory_item_prices_not_negative",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["received_on", "id"], name="inventory_delivery_by_day"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("postage__gte", 0)), name="inventory_delivery_postage_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="filament",
            constraint=models.UniqueConstraint(
                fields=("brand", "material", "colour_name", "finish", "diameter_mm", "net_weight_g"),
                name="inventory_filament_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="filament",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Regex(
                    models.Func(
                        models.F("colour_hexes"),
                        models.Value(""),
                        function="array_to_string",
                        output_field=models.TextField(),
                    ),
                    models.Value("^(#[0-9a-f]{6})+$"),
                ),
                name="inventory_filament_colours_are_hex",
            ),
        ),
        migrations.AddConstraint(
            model_name="filament",
            constraint=models.CheckConstraint(
                condition=models.Q(("diameter_mm__gt", 0)), name="inventory_filament_diameter_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="filament",
            constraint=models.CheckConstraint(
                condition=models.Q(("net_weight_g__gt", 0)), name="inventory_filament_net_weight_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="filament",
            constraint=models.CheckConstraint(
                condition=models.Q(("density_g_cm3", None), ("density_g_cm3__gt", 0), _connector="OR"),
                name="inventory_filament_density_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="filament",
            constraint=models.CheckConstraint(
                condition=models.Q(("empty_reel_g", None), ("empty_reel_g__gte", 0), _connector="OR"),
                name="inventory_filament_reel_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="filament",
            constraint=models.CheckConstraint(
                condition=models.Q(("list_price", None), ("list_price__gte", 0), _connector="OR"),
                name="inventory_filament_price_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="filament",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "finish__in",
                        [
                            "",
                            "matte",
                            "silk",
                            "glossy",
                            "translucent",
                            "glitter",
                            "marble",
                            "metallic",
                            "wood",
                            "glow",
                            "fibre",
                            "gradient",
                        ],
                    )
                ),
                name="inventory_filament_finish_known",
            ),
        ),
        migrations.AddIndex(
            model_name="weighing",
            index=models.Index(fields=["spool", "at"], name="inventory_weighing_by_spool"),
        ),
        migrations.AddConstraint(
            model_name="weighing",
            constraint=models.CheckConstraint(
                condition=models.Q(("net_g__gte", 0), ("tare_g__gte", 0)), name="inventory_weighing_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="weighing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "gross_g",
                        django.db.models.expressions.CombinedExpression(models.F("tare_g"), "+", models.F("net_g")),
                    )
                ),
                name="inventory_weighing_adds_up",
            ),
        ),
    ]
