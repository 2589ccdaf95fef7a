from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inventory.choices import StocktakeState
from inventory.models.locations import Location
from inventory.models.lots import Lot
from inventory.querysets import StocktakeQuerySet


class Stocktake(models.Model):
    """Somebody goes round and counts; nothing changes until the count is approved."""

    name = models.CharField(_("name"), max_length=80)
    state = models.CharField(
        _("state"), max_length=9, choices=StocktakeState.choices, default=StocktakeState.COUNTING, editable=False
    )
    locations = models.ManyToManyField(
        Location, blank=True, related_name="stocktakes", verbose_name=_("places"), help_text=_("none: everywhere")
    )
    started_at = models.DateTimeField(_("started at"))
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    key = models.UUIDField(unique=True, editable=False)

    objects = StocktakeQuerySet.as_manager()

    class Meta:
        verbose_name = _("stocktake")
        verbose_name_plural = _("stocktakes")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=StocktakeState.values), name="inventory_stocktake_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=StocktakeState.COUNTING, closed_at=None)
                | (~Q(state=StocktakeState.COUNTING) & Q(closed_at__isnull=False)),
                name="inventory_stocktake_closed_when_closed",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("inventory:stocktake_detail", args=[self.pk])


class StocktakeLine(models.Model):
    """One lot that was counted; ``expected`` is what the books had at that moment."""

    stocktake = models.ForeignKey(Stocktake, models.CASCADE, related_name="lines")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="stocktake_lines")
    counted = models.DecimalField(_("counted"), max_digits=14, decimal_places=3)
    expected = models.DecimalField(_("expected"), max_digits=14, decimal_places=3)
    counted_at = models.DateTimeField(_("counted at"))
    counted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("stocktake line")
        verbose_name_plural = _("stocktake lines")
        constraints = [
            models.UniqueConstraint(fields=["stocktake", "lot"], name="inventory_stocktakeline_lot_once"),
            models.CheckConstraint(
                condition=Q(counted__gte=0, expected__gte=0), name="inventory_stocktakeline_not_negative"
            ),
        ]

    def __str__(self):
        return f"{self.lot}: {self.counted}"

    @property
    def difference(self):
        return self.counted - self.expected

    @property
    def difference_value(self):
        """Money at the lot's average."""
        return self.difference * self.lot.bought_cost
