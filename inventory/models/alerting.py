from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.choices import AlertRoute
from nozzly.core.models import Timestamped


class AlertAddress(Timestamped):
    """Where low stock is told outside of the app.

    ``told_through`` is the last alert it has heard of, but for those in ``held_back``: somebody asked for silence before
    they were told here.
    """

    route = models.CharField(_("by"), max_length=8, choices=AlertRoute.choices)
    target = models.CharField(_("address"), max_length=300)
    is_active = models.BooleanField(_("in use"), default=True)
    told_through = models.BigIntegerField(default=0, editable=False)
    held_back = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)
    told_at = models.DateTimeField(_("last told at"), null=True, blank=True, editable=False)
    last_problem = models.CharField(_("last problem"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("alert address")
        verbose_name_plural = _("alert addresses")
        constraints = [
            models.UniqueConstraint(fields=["route", "target"], name="inventory_alertaddress_once"),
            models.CheckConstraint(condition=Q(route__in=AlertRoute.values), name="inventory_alertaddress_route_known"),
            models.CheckConstraint(condition=~Q(target=""), name="inventory_alertaddress_leads_somewhere"),
        ]

    def __str__(self):
        return f"{self.get_route_display()}: {self.target}"
