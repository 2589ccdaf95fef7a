"""What a channel takes and pays by its own statement. Written once; a correction is a row that undoes another."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import AppendOnlyModel
from pricing.models import Channel
from sales.choices import ChannelChargeKind, FeeTax
from sales.import_querysets import ChannelMoneyQuerySet, StatementRowQuerySet
from sales.models.orders import Order


class StatementRow(AppendOnlyModel):
    """Where a row came from, so that the same line of two files is booked once.

    ``row_key`` names the line of the statement (its content and which of several equal ones it is); ``round`` counts
    how often it was booked again after it had been undone.
    """

    order_import = models.ForeignKey(
        "sales.OrderImport", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("import")
    )
    file_line = models.PositiveIntegerField(_("line of the file"), null=True, blank=True)
    row_key = models.CharField(_("key of the statement's row"), max_length=80, blank=True)
    round = models.PositiveSmallIntegerField(_("booked again"), default=0)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("undoes")
    )

    objects = StatementRowQuerySet.as_manager()

    class Meta:
        abstract = True


def booked_once(name: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=["row_key", "round"], condition=~Q(row_key="") & Q(reverses=None), name=f"{name}_row_booked_once"
    )


def _money(name: str, **options) -> models.DecimalField:
    return models.DecimalField(name, max_digits=14, decimal_places=2, **options)


class ChannelCharge(StatementRow):
    """A charge of the channel that belongs to no single order: ads, listing fees, the plan, labels.

    Signed: what is taken from the shop is positive, a credit negative. ``amount`` = ``net`` + ``tax`` in ``currency``;
    ``amount_home`` and ``tax_home`` in the workspace's. ``on`` is the statement's day; ``booked_on`` the day it counts
    for, later where that period was closed already. Where we owe the tax ourselves (``vat``) ``tax_home`` is beside the
    amount and ``tax`` is zero.
    """

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="charges", verbose_name=_("channel"))
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="channel_charges", verbose_name=_("order")
    )
    on = models.DateField(_("on"))
    booked_on = models.DateField(_("booked on"))
    code = models.CharField(_("kind"), max_length=12, choices=ChannelChargeKind.choices)
    label = models.CharField(_("charge"), max_length=200)
    currency = models.CharField(_("currency"), max_length=3)
    net = _money(_("net"))
    tax = _money(_("tax"), default=0)
    amount = _money(_("amount"))
    amount_home = _money(_("amount in our currency"))
    tax_home = _money(_("tax in our currency"), default=0)
    vat = models.CharField(_("tax on it"), max_length=16, choices=FeeTax.choices, blank=True)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ChannelMoneyQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel charge")
        verbose_name_plural = _("channel charges")
        indexes = [
            models.Index(fields=["channel", "booked_on"], name="sales_channelcharge_by_channel"),
            models.Index(fields=["booked_on"], name="sales_channelcharge_by_day"),
            models.Index(fields=["order_import"], name="sales_channelcharge_by_import"),
        ]
        constraints = [
            booked_once("sales_channelcharge"),
            models.CheckConstraint(condition=Q(code__in=ChannelChargeKind.values), name="sales_channelcharge_kind"),
            models.CheckConstraint(
                condition=Q(vat="") | Q(vat__in=FeeTax.values), name="sales_channelcharge_vat_known"
            ),
            models.CheckConstraint(
                condition=Q(amount=models.F("net") + models.F("tax")), name="sales_channelcharge_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="sales_channelcharge_currency_code"
            ),
        ]

    def __str__(self):
        return f"{self.label} {self.amount} {self.currency}"


class Payout(StatementRow):
    """Money that the channel sent to the bank; negative where it took some back."""

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="payouts", verbose_name=_("channel"))
    on = models.DateField(_("on"))
    currency = models.CharField(_("currency"), max_length=3)
    amount = _money(_("amount"))
    amount_home = _money(_("amount in our currency"))
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ChannelMoneyQuerySet.as_manager()

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        indexes = [
            models.Index(fields=["channel", "on"], name="sales_payout_by_channel"),
            models.Index(fields=["order_import"], name="sales_payout_by_import"),
        ]
        constraints = [
            booked_once("sales_payout"),
            models.UniqueConstraint(
                fields=["channel", "reference", "round"],
                condition=~Q(reference="") & Q(reverses=None),
                name="sales_payout_reference_once",
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="sales_payout_currency_code"),
        ]

    def __str__(self):
        return f"{self.amount} {self.currency} · {self.on:%Y-%m-%d}"


class WaitingRow(models.Model):
    """A row of a statement for an order that is not here yet; it is booked when the order comes.

    Of kind "charge" or "refund"; ``amount`` is positive where it is taken from the shop.
    """

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="+", verbose_name=_("channel"))
    order_import = models.ForeignKey(
        "sales.OrderImport", models.CASCADE, related_name="waiting_rows", verbose_name=_("import")
    )
    order_name = models.CharField(_("number on the channel"), max_length=80)
    row_key = models.CharField(_("key of the statement's row"), max_length=80)
    file_line = models.PositiveIntegerField(_("line of the file"))
    kind = models.CharField(_("kind"), max_length=10)
    on = models.DateField(_("on"))
    code = models.CharField(_("code"), max_length=40)
    label = models.CharField(_("charge"), max_length=200)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    amount = _money(_("amount"))
    listing = models.CharField(_("listing"), max_length=80, blank=True)
    is_tax = models.BooleanField(_("is tax"), default=False)
    channel_charges_tax = models.BooleanField(_("its statement charges tax"), default=False)
    reference = models.CharField(_("reference"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("waiting row of a statement")
        verbose_name_plural = _("waiting rows of statements")
        indexes = [models.Index(fields=["channel", "order_name"], name="sales_waitingrow_by_order")]
        constraints = [
            models.UniqueConstraint(fields=["channel", "row_key"], name="sales_waitingrow_once"),
            models.CheckConstraint(condition=Q(kind__in=["charge", "refund"]), name="sales_waitingrow_kind_known"),
        ]

    def __str__(self):
        return f"{self.label} {self.amount} · {self.order_name}"
