from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inventory.choices import DeliveryTax
from inventory.models.items import Item
from inventory.models.suppliers import Supplier
from inventory.querysets import DeliveryQuerySet


class Delivery(models.Model):
    """A parcel that came in with its invoice.

    ``tax`` is the tax on that invoice, None until somebody says it; it counts on ``tax_on``. Where it comes back
    (``tax_back``) it is on top of what lines and postage cost; where it does not it is part of that. ``arrived`` says by
    stock policy how much of it had been on order.
    """

    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="deliveries", verbose_name=_("supplier"))
    invoice_number = models.CharField(_("invoice number"), max_length=80, blank=True)
    received_on = models.DateField(_("received on"))
    postage = models.DecimalField(
        _("postage and duty"), max_digits=14, decimal_places=2, default=0, help_text=_("spread over the lines by value")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    tax = models.DecimalField(_("tax on the invoice"), max_digits=14, decimal_places=2, null=True, blank=True)
    tax_kind = models.CharField(
        _("how it is taxed"), max_length=16, choices=DeliveryTax.choices, default=DeliveryTax.CHARGED
    )
    tax_back = models.BooleanField(_("tax comes back"), default=False, editable=False)
    tax_on = models.DateField(_("tax counts for"), null=True, blank=True, editable=False)
    key = models.UUIDField(unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    arrived = models.JSONField(_("was on order"), default=dict, blank=True, editable=False)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [models.Index(fields=["received_on", "id"], name="inventory_delivery_by_day")]
        constraints = [
            models.CheckConstraint(condition=Q(postage__gte=0), name="inventory_delivery_postage_not_negative"),
            models.CheckConstraint(
                condition=Q(tax=None, tax_on=None) | Q(tax__gte=0, tax_on__isnull=False),
                name="inventory_delivery_tax_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(tax_kind__in=DeliveryTax.values), name="inventory_delivery_tax_kind_known"
            ),
        ]

    def __str__(self):
        return f"{self.supplier} {self.invoice_number or self.received_on}"

    def get_absolute_url(self):
        return reverse("inventory:delivery_detail", args=[self.pk])


class DeliveryLine(models.Model):
    """``count`` rolls or packs of ``quantity_each`` units for ``line_total``; landed adds the share of the postage."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="lines", verbose_name=_("delivery"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="delivery_lines", verbose_name=_("item"))
    count = models.PositiveIntegerField(_("count"))
    quantity_each = models.DecimalField(_("quantity each"), max_digits=14, decimal_places=3)
    line_total = models.DecimalField(_("line total"), max_digits=14, decimal_places=2)
    landed_total = models.DecimalField(_("landed total"), max_digits=14, decimal_places=2)
    batch = models.CharField(_("maker's batch"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("delivery line")
        verbose_name_plural = _("delivery lines")
        constraints = [
            models.CheckConstraint(condition=Q(count__gt=0), name="inventory_deliveryline_count_positive"),
            models.CheckConstraint(condition=Q(quantity_each__gt=0), name="inventory_deliveryline_quantity_positive"),
            models.CheckConstraint(
                condition=Q(line_total__gte=0, landed_total__gte=models.F("line_total")),
                name="inventory_deliveryline_totals_in_order",
            ),
        ]

    def __str__(self):
        return f"{self.count} × {self.item}"
