from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models.rules import above_zero, at_least
from catalog.querysets import PrinterModelQuerySet


class PrinterModel(models.Model):
    """A kind of printer and what an hour of it costs; the printers on the shelf point to one."""

    maker = models.CharField(_("maker"), max_length=60)
    name = models.CharField(_("model"), max_length=80)
    bed_x_mm = models.PositiveIntegerField(_("bed width, mm"))
    bed_y_mm = models.PositiveIntegerField(_("bed depth, mm"))
    bed_z_mm = models.PositiveIntegerField(_("bed height, mm"))
    nozzle_mm = models.DecimalField(_("nozzle, mm"), max_digits=4, decimal_places=2, default="0.4")
    slots = models.PositiveSmallIntegerField(_("filament slots"), default=1)
    power_w = models.PositiveIntegerField(
        _("power while printing, W"), help_text=_("The mean over a print, not the peak.")
    )
    price = models.DecimalField(_("purchase price"), max_digits=14, decimal_places=2)
    resale_price = models.DecimalField(_("worth at the end"), max_digits=14, decimal_places=2, default=0)
    life_h = models.PositiveIntegerField(_("print hours in its life"))
    upkeep_per_h = models.DecimalField(
        _("upkeep per print hour"),
        max_digits=18,
        decimal_places=6,
        default=0,
        help_text=_("Nozzles, belts, plates, grease: per hour of printing."),
    )
    slicer_names = ArrayField(
        models.CharField(max_length=80),
        verbose_name=_("names in sliced files"),
        default=list,
        blank=True,
        help_text=_("How slicers write this printer; it is how a dropped file finds it."),
    )
    is_default = models.BooleanField(_("used when a file names no printer"), default=False)
    assumed = models.BooleanField(_("assumed"), default=False)
    source = models.CharField(_("source"), max_length=300, blank=True)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)

    objects = PrinterModelQuerySet.as_manager()

    class Meta:
        verbose_name = _("printer model")
        verbose_name_plural = _("printer models")
        constraints = [
            models.UniqueConstraint(Lower("maker"), Lower("name"), name="catalog_printermodel_name_unique"),
            models.UniqueConstraint(
                "is_default", condition=Q(is_default=True), name="catalog_printermodel_one_default"
            ),
            above_zero("catalog_printermodel", "bed_x_mm"),
            above_zero("catalog_printermodel", "bed_y_mm"),
            above_zero("catalog_printermodel", "bed_z_mm"),
            above_zero("catalog_printermodel", "nozzle_mm"),
            above_zero("catalog_printermodel", "slots"),
            above_zero("catalog_printermodel", "life_h"),
            at_least("catalog_printermodel", "price"),
            at_least("catalog_printermodel", "upkeep_per_h"),
            models.CheckConstraint(
                condition=Q(resale_price__gte=0, resale_price__lte=F("price")),
                name="catalog_printermodel_resale_price_range",
            ),
        ]

    def __str__(self):
        return f"{self.maker} {self.name}"

    def get_absolute_url(self):
        return reverse("catalog:printer_model_detail", args=[self.pk])
