from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sales.choices import FeeTax
from sales.import_querysets import OrderChargeQuerySet
from sales.models.channel_money import StatementRow, booked_once
from sales.models.orders import Order


class OrderCharge(StatementRow):
    """A fee of one order as the schedule of its day expects it, frozen when the order is shipped.

    ``amount`` is in the order's currency, ``amount_home`` in the workspace's; what the statement really charges
    comes beside it as rows of its own (``charged``), and profit uses those once they are there. Undone shipping leaves rows
    that reverse them; shipped again, they come in the next ``round``.

    ``on`` is the statement's day, ``booked_on`` the day it counts for, later where that period was closed. ``tax_home``
    is the tax on it, as ``vat`` says: inside the amount where the channel charged it, beside it where we owe it.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="charges", verbose_name=_("order"))
    charged = models.BooleanField(_("charged"), default=False)
    code = models.CharField(_("code"), max_length=40)
    label = models.CharField(_("fee"), max_length=120)
    formula = models.CharField(_("worked out as"), max_length=120, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    amount_home = models.DecimalField(_("amount in our currency"), max_digits=14, decimal_places=2)
    vat = models.CharField(_("tax on it"), max_length=16, choices=FeeTax.choices, blank=True)
    tax_home = models.DecimalField(_("tax in our currency"), max_digits=14, decimal_places=2, default=0)
    on = models.DateField(_("on"), null=True, blank=True)
    booked_on = models.DateField(_("booked on"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"))

    objects = OrderChargeQuerySet.as_manager()

    class Meta:
        verbose_name = _("order charge")
        verbose_name_plural = _("order charges")
        indexes = [
            models.Index(fields=["order", "code"], name="sales_ordercharge_by_order"),
            models.Index(fields=["order_import"], condition=Q(charged=True), name="sales_ordercharge_by_import"),
            models.Index(fields=["booked_on"], condition=Q(charged=True), name="sales_ordercharge_by_day"),
            models.Index(
                fields=["order"], condition=Q(code__in=["offsite_ads", "promoted"]), name="sales_ordercharge_of_adverts"
            ),
        ]
        constraints = [
            booked_once("sales_ordercharge"),
            models.CheckConstraint(condition=Q(vat="") | Q(vat__in=FeeTax.values), name="sales_ordercharge_vat_known"),
            models.UniqueConstraint(
                fields=["order", "code", "round"],
                condition=Q(charged=False, reverses=None),
                name="sales_ordercharge_expected_once",
            ),
        ]

    def __str__(self):
        return f"{self.label} {self.amount}"

    @property
    def cost_home(self) -> Decimal:
        """What of the row is a cost: a row of tax that comes back is none."""
        comes_back = self.code == "vat_on_fees" and self.vat == FeeTax.RECLAIMED
        return self.amount_home - self.tax_home if comes_back else self.amount_home
