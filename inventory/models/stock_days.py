from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.models.items import Item


class StockDay(models.Model):
    """What an item gained or lost on one day, as the ledger's rows add up; written with them, read instead of them.

    A day of an item may stand in several rows: their sum counts. A night's task joins them.
    """

    item = models.ForeignKey(Item, models.CASCADE, related_name="+", db_index=False, verbose_name=_("item"))
    day = models.DateField(_("day"))
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    bought_value = models.DecimalField(_("bought value"), max_digits=14, decimal_places=2)
    full_value = models.DecimalField(_("full value"), max_digits=14, decimal_places=2)
    gone = models.DecimalField(_("used or sold"), max_digits=14, decimal_places=3)
    printed = models.DecimalField(_("printed and purged"), max_digits=14, decimal_places=3)

    class Meta:
        verbose_name = _("day of an item")
        verbose_name_plural = _("days of items")
        indexes = [
            models.Index(
                fields=["day", "item"],
                include=["quantity", "bought_value", "full_value", "gone", "printed"],
                name="inventory_stockday_by_day",
            ),
            models.Index(fields=["item"], name="inventory_stockday_by_item"),
        ]

    def __str__(self):
        return f"{self.item_id} {self.day}: {self.quantity:+f}"
