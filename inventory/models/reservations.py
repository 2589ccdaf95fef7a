from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models.brands import MaterialGroup
from inventory.models.items import Item
from inventory.models.lots import Lot
from inventory.querysets import ReservationQuerySet


class Reservation(models.Model):
    """What a planned run or an open order will take, told by whoever plans it."""

    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="reservations")
    group = models.ForeignKey(MaterialGroup, models.PROTECT, null=True, blank=True, related_name="reservations")
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="reservations")
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    source = models.CharField(_("source"), max_length=24)
    source_id = models.BigIntegerField()
    source_text = models.CharField(_("for"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        indexes = [models.Index(fields=["source", "source_id"], name="inventory_reservation_source")]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="inventory_reservation_quantity_positive"),
            models.CheckConstraint(
                condition=Q(item__isnull=False, group__isnull=True)
                | Q(item__isnull=True, group__isnull=False, lot=None),
                name="inventory_reservation_item_or_group",
            ),
        ]

    def __str__(self):
        return f"{self.quantity} {self.source_text}".strip()
