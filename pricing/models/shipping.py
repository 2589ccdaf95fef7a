from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import Timestamped
from pricing.querysets import ShippingServiceQuerySet


class ShippingService(Timestamped):
    """A way to post a parcel: what it may weigh and measure, where it goes and what it costs us.

    ``price`` is what the shop pays without tax it can reclaim, in the workspace's currency.
    """

    name = models.CharField(_("name"), max_length=80)
    carrier = models.CharField(_("carrier"), max_length=80, blank=True)
    zone = models.CharField(_("zone"), max_length=40, default="home", help_text=_("home, europe, world or your own."))
    max_weight_g = models.DecimalField(_("up to (g)"), max_digits=14, decimal_places=3)
    max_length_mm = models.PositiveIntegerField(_("length up to (mm)"), null=True, blank=True)
    max_width_mm = models.PositiveIntegerField(_("width up to (mm)"), null=True, blank=True)
    max_height_mm = models.PositiveIntegerField(_("height up to (mm)"), null=True, blank=True)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2)
    valid_from = models.DateField(_("from"))
    assumed = models.BooleanField(_("assumed"), default=False)
    source = models.CharField(_("source"), max_length=200, blank=True)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)

    objects = ShippingServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("shipping service")
        verbose_name_plural = _("shipping services")
        constraints = [
            models.UniqueConstraint(fields=["name", "zone", "valid_from"], name="pricing_shippingservice_unique"),
            models.CheckConstraint(condition=Q(max_weight_g__gt=0), name="pricing_shippingservice_weight_positive"),
            models.CheckConstraint(condition=Q(price__gte=0), name="pricing_shippingservice_price_not_negative"),
        ]

    def __str__(self):
        return f"{self.carrier} {self.name}".strip()

    def get_absolute_url(self):
        return reverse("pricing:edit_shipping_service", args=[self.pk])

    @property
    def limits_mm(self):
        """The longest side first, as far as they are known."""
        sides = (self.max_length_mm, self.max_width_mm, self.max_height_mm)
        return tuple(sorted((side for side in sides if side is not None), reverse=True))
