from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models.lots import Spool
from nozzly.core.models import AppendOnlyModel


class Weighing(AppendOnlyModel):
    """A roll on the scale: gross is what it showed, tare what the bare reel weighs, net what is left."""

    spool = models.ForeignKey(Spool, models.PROTECT, related_name="weighings", verbose_name=_("spool"))
    gross_g = models.DecimalField(_("on the scale (g)"), max_digits=14, decimal_places=3)
    tare_g = models.DecimalField(_("empty reel (g)"), max_digits=14, decimal_places=3)
    net_g = models.DecimalField(_("left (g)"), max_digits=14, decimal_places=3)
    expected_g = models.DecimalField(_("expected (g)"), max_digits=14, decimal_places=3)
    key = models.UUIDField(unique=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("weighing")
        verbose_name_plural = _("weighings")
        indexes = [models.Index(fields=["spool", "at"], name="inventory_weighing_by_spool")]
        constraints = [
            models.CheckConstraint(condition=Q(tare_g__gte=0, net_g__gte=0), name="inventory_weighing_not_negative"),
            models.CheckConstraint(condition=Q(gross_g=F("tare_g") + F("net_g")), name="inventory_weighing_adds_up"),
        ]

    def __str__(self):
        gross, tare, net = (f"{grams.normalize():f}" for grams in (self.gross_g, self.tare_g, self.net_g))
        return f"{gross} g − {tare} g = {net} g"
