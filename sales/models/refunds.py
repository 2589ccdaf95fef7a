from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import AppendOnlyModel
from sales.models.orders import Order, OrderLine


def _money(name: str) -> models.DecimalField:
    return models.DecimalField(name, max_digits=14, decimal_places=2)


class Refund(AppendOnlyModel):
    """Money given back for an order that was sent; the order's own figures stay as they were frozen.

    ``gross`` is what the buyer gets, ``net`` and ``tax`` what of it was ours; the rest is tax that the channel had
    collected. In the order's currency, and (``*_home``) in the workspace's at the order's rate. ``fees_home`` is what
    the channel gives back of its fees, less what it keeps for refunding. It happened ``on`` a day and stands in the
    books of ``booked_on``, which differs where that month was closed. A refund made by mistake gets a row that
    ``reverses`` it, with all signs turned.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds", verbose_name=_("order"))
    line = models.ForeignKey(
        OrderLine, models.PROTECT, related_name="refunds", verbose_name=_("for the line"), null=True, blank=True
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, related_name="reversed_by", verbose_name=_("reverses"), null=True, blank=True
    )
    on = models.DateField(_("on"))
    booked_on = models.DateField(_("booked on"))
    gross = _money(_("given back"))
    net = _money(_("net"))
    tax = _money(_("tax"))
    gross_home = _money(_("given back, our currency"))
    net_home = _money(_("net, our currency"))
    tax_home = _money(_("tax, our currency"))
    fees_home = _money(_("fees that come back"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    key = models.UUIDField(_("key"), unique=True, editable=False)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        indexes = [
            models.Index(fields=["booked_on", "id"], name="sales_refund_by_day"),
            models.Index(fields=["order"], name="sales_refund_by_order"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, gross__gt=0, net__gte=0, tax__gte=0)
                | Q(reverses__isnull=False, gross__lt=0, net__lte=0, tax__lte=0),
                name="sales_refund_sign",
            ),
        ]

    def __str__(self):
        return f"{self.order}: {self.gross}"

    @property
    def profit_home(self) -> Decimal:
        """What it does to profit: the net amount goes, fees come back."""
        return self.fees_home - self.net_home


class RefundTax(AppendOnlyModel):
    """What of a refund falls on one tax rate, where its order has several; the parts add up to the refund."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="taxes", verbose_name=_("refund"))
    tax_rate_pct = models.DecimalField(_("tax rate, %"), max_digits=7, decimal_places=4)
    gross = _money(_("given back"))
    net = _money(_("net"))
    tax = _money(_("tax"))
    net_home = _money(_("net, our currency"))
    tax_home = _money(_("tax, our currency"))

    class Meta:
        verbose_name = _("tax of a refund")
        verbose_name_plural = _("taxes of refunds")
        constraints = [models.UniqueConstraint(fields=["refund", "tax_rate_pct"], name="sales_refundtax_rate_once")]

    def __str__(self):
        return f"{self.tax_rate_pct} %: {self.gross}"


class RefundFee(AppendOnlyModel):
    """What a refund does to one fee: ``returned`` of it, of which the channel keeps ``kept`` for the refunding."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="fees", verbose_name=_("refund"))
    code = models.CharField(_("code"), max_length=40)
    label = models.CharField(_("fee"), max_length=120)
    returned = _money(_("comes back"))
    kept = _money(_("kept for refunding"))

    class Meta:
        verbose_name = _("fee of a refund")
        verbose_name_plural = _("fees of refunds")
        constraints = [models.UniqueConstraint(fields=["refund", "code"], name="sales_refundfee_unique")]

    def __str__(self):
        return f"{self.label} {self.returned}"
