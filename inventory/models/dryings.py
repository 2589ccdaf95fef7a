from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models.lots import Spool


class Drying(models.Model):
    """A roll in the dryer: how warm, how long. Without an end it is in there now, and ``hours`` is what is planned."""

    spool = models.ForeignKey(Spool, models.CASCADE, related_name="dryings", verbose_name=_("spool"))
    temperature_c = models.PositiveSmallIntegerField(_("temperature (°C)"), null=True, blank=True)
    hours = models.DecimalField(_("hours"), max_digits=6, decimal_places=2)
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("drying")
        verbose_name_plural = _("dryings")
        indexes = [models.Index(fields=["spool", "started_at"], name="inventory_drying_by_spool")]
        constraints = [
            models.UniqueConstraint(
                fields=["spool"], condition=Q(ended_at=None), name="inventory_drying_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="inventory_drying_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(hours__gt=0, hours__lte=500), name="inventory_drying_hours_in_range"),
            models.CheckConstraint(
                condition=Q(temperature_c=None) | Q(temperature_c__gte=20, temperature_c__lte=150),
                name="inventory_drying_temperature_in_range",
            ),
        ]

    def __str__(self):
        warm = "" if self.temperature_c is None else f" {self.temperature_c} °C"
        return f"{self.hours.normalize():f} h{warm}"
