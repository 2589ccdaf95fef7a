from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Item
from nozzly.core.models import Timestamped
from pricing.models import ShippingService
from sales.models.orders import Order, OrderLine


class Parcel(Timestamped):
    """What goes to the post: the packaging it takes from the shelf and what the postage costs us (our currency)."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="parcels", verbose_name=_("order"))
    packaging = models.ForeignKey(
        Item, models.PROTECT, related_name="+", verbose_name=_("packaging"), null=True, blank=True
    )
    packaging_count = models.PositiveSmallIntegerField(_("pieces of packaging"), default=1)
    service = models.ForeignKey(
        ShippingService, models.PROTECT, related_name="+", verbose_name=_("shipping service"), null=True, blank=True
    )
    postage = models.DecimalField(_("postage paid"), max_digits=14, decimal_places=2, default=0)
    postage_assumed = models.BooleanField(_("postage is assumed"), default=False)
    packaging_cost = models.DecimalField(
        _("packaging cost"), max_digits=14, decimal_places=2, null=True, blank=True, editable=False
    )
    tracking = models.CharField(_("tracking number"), max_length=80, blank=True)
    key = models.UUIDField(_("key of the shipping"), unique=True, null=True, blank=True, editable=False)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        constraints = [
            models.CheckConstraint(condition=Q(postage__gte=0), name="sales_parcel_postage_not_negative"),
            models.CheckConstraint(condition=Q(packaging_count__gt=0), name="sales_parcel_packaging_count_positive"),
        ]

    def __str__(self):
        return self.tracking or f"{self.order}"


class ParcelLine(models.Model):
    """How many pieces of a line lie in a parcel, and what they had cost (our currency)."""

    parcel = models.ForeignKey(Parcel, models.CASCADE, related_name="lines", verbose_name=_("parcel"))
    line = models.ForeignKey(OrderLine, models.CASCADE, related_name="sent_in", verbose_name=_("order line"))
    pieces = models.PositiveIntegerField(_("pieces"))
    bought_home = models.DecimalField(_("bought cost"), max_digits=14, decimal_places=2, default=0)
    full_home = models.DecimalField(_("full cost"), max_digits=14, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("parcel line")
        verbose_name_plural = _("parcel lines")
        constraints = [
            models.UniqueConstraint(fields=["parcel", "line"], name="sales_parcelline_unique"),
            models.CheckConstraint(condition=Q(pieces__gt=0), name="sales_parcelline_pieces_positive"),
        ]

    def __str__(self):
        return f"{self.pieces} × {self.line.title}"
