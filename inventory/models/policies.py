from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models.brands import MaterialGroup
from inventory.models.items import Item
from inventory.querysets import PolicyQuerySet


class StockPolicy(models.Model):
    """Warn when less than ``minimum`` is free of an item, or of all filaments of a group together."""

    item = models.OneToOneField(Item, models.CASCADE, null=True, blank=True, related_name="policy")
    group = models.OneToOneField(MaterialGroup, models.CASCADE, null=True, blank=True, related_name="policy")
    minimum = models.DecimalField(_("warn below"), max_digits=14, decimal_places=3)
    on_order = models.DecimalField(
        _("on order"), max_digits=14, decimal_places=3, default=0, help_text=_("typed, until it is received")
    )
    snoozed_until = models.DateField(_("silent until"), null=True, blank=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock policy")
        verbose_name_plural = _("stock policies")
        constraints = [
            models.CheckConstraint(
                condition=Q(item__isnull=False, group__isnull=True) | Q(item__isnull=True, group__isnull=False),
                name="inventory_stockpolicy_item_or_group",
            ),
            models.CheckConstraint(
                condition=Q(minimum__gt=0, on_order__gte=0), name="inventory_stockpolicy_amounts_in_range"
            ),
        ]

    def __str__(self):
        return str(self.item or self.group)

    def get_absolute_url(self):
        return (self.item or self.group).get_absolute_url()


class StockAlert(models.Model):
    """One crossing of a minimum; it ends when there is enough again."""

    policy = models.ForeignKey(StockPolicy, models.CASCADE, related_name="alerts")
    available = models.DecimalField(_("available then"), max_digits=14, decimal_places=3)
    raised_at = models.DateTimeField(_("raised at"))
    cleared_at = models.DateTimeField(_("cleared at"), null=True, blank=True)

    class Meta:
        verbose_name = _("stock alert")
        verbose_name_plural = _("stock alerts")
        constraints = [
            models.UniqueConstraint(
                fields=["policy"], condition=Q(cleared_at=None), name="inventory_stockalert_one_at_a_time"
            ),
        ]

    def __str__(self):
        return f"{self.policy}: {self.available}"
