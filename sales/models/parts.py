from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from sales.models.orders import OrderLine
from sales.querysets import OrderPartQuerySet


class OrderPart(models.Model):
    """What one piece of a kit on an order line takes from the shelf, as the kit was when the order was confirmed."""

    line = models.ForeignKey(OrderLine, models.CASCADE, related_name="parts", verbose_name=_("order line"))
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+", verbose_name=_("product"))
    pieces = models.PositiveIntegerField(_("pieces in one kit"))

    objects = OrderPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("part of a kit")
        verbose_name_plural = _("parts of kits")
        constraints = [
            models.UniqueConstraint(fields=["line", "variant"], name="sales_orderpart_unique"),
            models.CheckConstraint(condition=Q(pieces__gt=0), name="sales_orderpart_pieces_positive"),
        ]

    def __str__(self):
        return f"{self.pieces} × {self.variant}"
