"""The machines and what is loaded in them."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nozzly.core.addresses import address
from nozzly.core.models import Timestamped
from production.querysets import MaintenanceQuerySet, PrinterQuerySet


class Printer(Timestamped):
    """One machine of a known model; whatever is typed here wins over the model's preset."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    model = models.ForeignKey(
        "catalog.PrinterModel", on_delete=models.PROTECT, related_name="printers", verbose_name=_("model")
    )
    location = models.OneToOneField(
        "inventory.Location",
        on_delete=models.PROTECT,
        related_name="printer",
        verbose_name=_("location"),
        help_text=_("Its slots stand below it in the tree of locations."),
    )
    nozzle_mm = models.DecimalField(
        _("nozzle fitted (mm)"),
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Only where it is not the one its model comes with."),
    )
    power_w = models.DecimalField(_("power (W)"), max_digits=8, decimal_places=2, null=True, blank=True)
    price = models.DecimalField(_("price paid"), max_digits=14, decimal_places=2, null=True, blank=True)
    resale_price = models.DecimalField(_("resale price"), max_digits=14, decimal_places=2, null=True, blank=True)
    life_h = models.DecimalField(_("life (hours)"), max_digits=10, decimal_places=2, null=True, blank=True)
    upkeep_per_h = models.DecimalField(_("upkeep per hour"), max_digits=18, decimal_places=6, null=True, blank=True)
    hours_before_h = models.DecimalField(
        _("hours printed before Nozzly"), max_digits=10, decimal_places=2, default=Decimal(0), blank=True
    )
    note = models.TextField(_("note"), blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = PrinterQuerySet.as_manager()

    class Meta:
        verbose_name = _("printer")
        verbose_name_plural = _("printers")
        constraints = [
            models.CheckConstraint(condition=Q(nozzle_mm__gt=0), name="production_printer_nozzle_positive"),
            models.CheckConstraint(condition=Q(power_w__gte=0), name="production_printer_power_not_negative"),
            models.CheckConstraint(condition=Q(price__gte=0), name="production_printer_price_not_negative"),
            models.CheckConstraint(condition=Q(resale_price__gte=0), name="production_printer_resale_not_negative"),
            models.CheckConstraint(condition=Q(life_h__gt=0), name="production_printer_life_positive"),
            models.CheckConstraint(condition=Q(upkeep_per_h__gte=0), name="production_printer_upkeep_not_negative"),
            models.CheckConstraint(condition=Q(hours_before_h__gte=0), name="production_printer_hours_not_negative"),
        ]

    def __str__(self):
        return self.name

    @property
    def nozzle_in_use_mm(self) -> Decimal:
        return self.model.nozzle_mm if self.nozzle_mm is None else self.nozzle_mm

    def get_absolute_url(self):
        return address("production:printer_detail", self.pk)


class PrinterSlot(models.Model):
    """A place a roll feeds from; the roll in it is the lot whose location this is."""

    printer = models.ForeignKey(Printer, on_delete=models.CASCADE, related_name="slots")
    position = models.PositiveSmallIntegerField(_("position"))
    location = models.OneToOneField("inventory.Location", on_delete=models.PROTECT, related_name="printer_slot")

    class Meta:
        verbose_name = _("printer slot")
        verbose_name_plural = _("printer slots")
        constraints = [
            models.UniqueConstraint(fields=["printer", "position"], name="production_printerslot_printer_position"),
        ]

    def __str__(self):
        return f"{self.printer_id}/{self.position}"


class MaintenanceTask(models.Model):
    """Something a printer wants every so many hours of printing."""

    printer = models.ForeignKey(Printer, on_delete=models.CASCADE, related_name="maintenance_tasks")
    name = models.CharField(_("task"), max_length=120)
    every_h = models.DecimalField(_("every (hours)"), max_digits=8, decimal_places=2)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = MaintenanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("maintenance task")
        verbose_name_plural = _("maintenance tasks")
        constraints = [
            models.UniqueConstraint(fields=["printer", "name"], name="production_maintenancetask_printer_name"),
            models.CheckConstraint(condition=Q(every_h__gt=0), name="production_maintenancetask_every_positive"),
        ]

    def __str__(self):
        return self.name


class MaintenanceLog(models.Model):
    """Care that was taken, at how many hours on the machine."""

    printer = models.ForeignKey(Printer, on_delete=models.PROTECT, related_name="maintenance_logs")
    task = models.ForeignKey(MaintenanceTask, on_delete=models.SET_NULL, null=True, blank=True, related_name="logs")
    text = models.CharField(_("what was done"), max_length=200)
    at_hours_h = models.DecimalField(_("at hours"), max_digits=10, decimal_places=2)
    minutes = models.DecimalField(_("minutes"), max_digits=8, decimal_places=2, default=Decimal(0))
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, default=Decimal(0))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("maintenance entry")
        verbose_name_plural = _("maintenance log")
        indexes = [models.Index(F("printer"), F("at").desc(), name="production_maint_printer_at")]
        constraints = [
            models.CheckConstraint(
                condition=Q(at_hours_h__gte=0, minutes__gte=0, cost__gte=0),
                name="production_maintenancelog_not_negative",
            ),
        ]

    def __str__(self):
        return self.text
