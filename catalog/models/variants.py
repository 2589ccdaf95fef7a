from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product
from catalog.models.rules import above_zero, at_least
from catalog.querysets import VariantQuerySet
from nozzly.core.addresses import address


class Variant(models.Model):
    """What can be bought of a product: a colour, a size. Its stock and SKU are those of its item."""

    product = models.ForeignKey(Product, models.CASCADE, verbose_name=_("product"), related_name="variants")
    item = models.OneToOneField("inventory.Item", models.PROTECT, verbose_name=_("item"), related_name="variant")
    name = models.CharField(_("name"), max_length=120, help_text=_("What sets it apart: “Black”, “Large, red”."))
    options = models.JSONField(_("options"), default=dict, blank=True)
    print_time_s = models.PositiveIntegerField(
        _("print time, s"), null=True, blank=True, help_text=_("Only where it differs from the recipe.")
    )
    stock_target = models.PositiveIntegerField(
        _("keep in stock"), null=True, blank=True, help_text=_("Pieces that beds without other work are filled up to.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    # The last cost that was worked out, so that lists can sort by it; pages and prices ask the costing itself.
    bought_cost = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True, editable=False)
    full_cost = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True, editable=False)
    cost_assumed = models.BooleanField(default=True, editable=False)
    costed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = VariantQuerySet.as_manager()

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        constraints = [
            models.UniqueConstraint(fields=["product", "name"], name="catalog_variant_name_unique"),
            above_zero("catalog_variant", "stock_target"),
            at_least("catalog_variant", "bought_cost"),
            at_least("catalog_variant", "full_cost"),
        ]
        indexes = [models.Index(fields=["product", "position"], name="catalog_variant_position_idx")]

    def __str__(self):
        return f"{self.product} · {self.name}"

    def get_absolute_url(self):
        return f"{address('catalog:product_detail', self.product_id)}?variant={self.pk}"


class VariantSlot(models.Model):
    """Which filament, or which group of them, fills a named slot of the recipe in this variant."""

    variant = models.ForeignKey(Variant, models.CASCADE, verbose_name=_("variant"), related_name="slots")
    slot_name = models.CharField(_("slot"), max_length=60)
    filament = models.ForeignKey(
        "inventory.Filament", models.PROTECT, verbose_name=_("filament"), related_name="+", null=True, blank=True
    )
    group = models.ForeignKey(
        "inventory.MaterialGroup", models.PROTECT, verbose_name=_("group"), related_name="+", null=True, blank=True
    )
    grams = models.DecimalField(
        _("grams in the part"),
        max_digits=14,
        decimal_places=3,
        null=True,
        blank=True,
        help_text=_("Only where it differs from the recipe."),
    )
    purge_g = models.DecimalField(_("grams purged"), max_digits=14, decimal_places=3, null=True, blank=True)
    guessed = models.BooleanField(_("guessed from the file"), default=False)

    class Meta:
        verbose_name = _("variant slot")
        verbose_name_plural = _("variant slots")
        constraints = [
            models.UniqueConstraint(fields=["variant", "slot_name"], name="catalog_variantslot_slot_name_unique"),
            models.CheckConstraint(
                condition=Q(filament__isnull=False, group__isnull=True) | Q(filament__isnull=True, group__isnull=False),
                name="catalog_variantslot_filament_or_group",
            ),
            at_least("catalog_variantslot", "grams"),
            at_least("catalog_variantslot", "purge_g"),
        ]

    def __str__(self):
        return f"{self.slot_name}: {self.filament or self.group}"
