from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import AppendOnlyModel
from sales.choices import PaidBy
from sales.models.orders import Order


class OrderPayment(AppendOnlyModel):
    """Money that came in for an order (order's currency), or went back: then ``amount`` is below zero."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="payments", verbose_name=_("order"))
    on = models.DateField(_("on"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    method = models.CharField(_("paid by"), max_length=8, choices=PaidBy.choices, default=PaidBy.BANK)
    is_deposit = models.BooleanField(_("deposit"), default=False)
    note = models.CharField(_("note"), max_length=200, blank=True)
    key = models.UUIDField(_("key"), unique=True, editable=False)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("payment of an order")
        verbose_name_plural = _("payments of orders")
        indexes = [
            models.Index(fields=["order", "on"], name="sales_orderpayment_by_order"),
            models.Index(fields=["on", "id"], name="sales_orderpayment_by_day"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="sales_orderpayment_not_zero"),
            models.CheckConstraint(condition=Q(method__in=PaidBy.values), name="sales_orderpayment_method_known"),
        ]

    def __str__(self):
        return f"{self.order}: {self.amount}"
