from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.choices import ItemKind, Unit
from inventory.models.suppliers import Supplier
from inventory.querysets import ItemQuerySet
from nozzly.core.addresses import address
from nozzly.core.models import Timestamped


class Item(Timestamped):
    """Anything that is kept: filament, a magnet, a box, a printed part, a product."""

    kind = models.CharField(_("kind"), max_length=12, choices=ItemKind.choices)
    sku = models.CharField(_("SKU"), max_length=80, blank=True)
    name = models.CharField(_("name"), max_length=200)
    unit = models.CharField(_("unit"), max_length=3, choices=Unit.choices, default=Unit.PIECE)
    packed_weight_g = models.DecimalField(
        _("packed weight (g)"), max_digits=14, decimal_places=3, null=True, blank=True, help_text=_("as it is posted")
    )
    length_mm = models.DecimalField(_("length (mm)"), max_digits=8, decimal_places=1, null=True, blank=True)
    width_mm = models.DecimalField(_("width (mm)"), max_digits=8, decimal_places=1, null=True, blank=True)
    height_mm = models.DecimalField(_("height (mm)"), max_digits=8, decimal_places=1, null=True, blank=True)
    pack_size = models.DecimalField(
        _("pack size"),
        max_digits=14,
        decimal_places=3,
        default=1,
        help_text=_("how many come in one pack, in the unit"),
    )
    preferred_supplier = models.ForeignKey(
        Supplier, models.SET_NULL, null=True, blank=True, related_name="items", verbose_name=_("preferred supplier")
    )
    list_price_per_unit = models.DecimalField(
        _("list price per unit"), max_digits=18, decimal_places=6, null=True, blank=True
    )
    list_price_origin = models.CharField(_("origin of the list price"), max_length=40, blank=True)
    last_cost_per_unit = models.DecimalField(
        _("last cost per unit"), max_digits=18, decimal_places=6, null=True, blank=True, help_text=_("landed")
    )
    last_cost_on = models.DateField(_("last bought on"), null=True, blank=True)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    search = SearchVectorField(null=True, editable=False)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        indexes = [
            GinIndex(fields=["search"], name="inventory_item_search"),
            models.Index(fields=["kind", "name"], name="inventory_item_kind_name"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["sku"], condition=~Q(sku=""), name="inventory_item_sku_unique"),
            models.CheckConstraint(condition=Q(kind__in=ItemKind.values), name="inventory_item_kind_known"),
            models.CheckConstraint(condition=Q(unit__in=Unit.values), name="inventory_item_unit_known"),
            models.CheckConstraint(condition=Q(pack_size__gt=0), name="inventory_item_pack_positive"),
            models.CheckConstraint(condition=Q(packed_weight_g__gte=0), name="inventory_item_weight_not_negative"),
            models.CheckConstraint(
                condition=(Q(length_mm=None) | Q(length_mm__gt=0))
                & (Q(width_mm=None) | Q(width_mm__gt=0))
                & (Q(height_mm=None) | Q(height_mm__gt=0)),
                name="inventory_item_size_positive",
            ),
            models.CheckConstraint(
                condition=(Q(list_price_per_unit=None) | Q(list_price_per_unit__gte=0))
                & (Q(last_cost_per_unit=None) | Q(last_cost_per_unit__gte=0)),
                name="inventory_item_prices_not_negative",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        name = "filament_detail" if self.kind == ItemKind.FILAMENT else "item_detail"
        return address(f"inventory:{name}", self.pk)
