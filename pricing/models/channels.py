from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import Timestamped
from pricing.choices import ChannelKind, OffsiteAds, OwnFeeBase, OwnFeePer, OwnFeeWhen
from pricing.querysets import ChannelQuerySet, FeeOverrideQuerySet, OwnFeeQuerySet


class Channel(Timestamped):
    """A place where the shop sells, with the fee schedule that holds there."""

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=ChannelKind.choices, default=ChannelKind.MARKETPLACE)
    schedule_id = models.CharField(
        _("fee schedule"), max_length=60, help_text=_("A shipped schedule; single rates can be replaced below.")
    )
    country = models.CharField(_("country of most buyers"), max_length=2)
    currency = models.CharField(_("currency of the fees"), max_length=3)
    collects_tax = models.BooleanField(_("collects and pays the tax itself"), default=False)
    pays_duty = models.BooleanField(
        _("we pay the duty on parcels abroad"),
        default=False,
        help_text=_("Delivered duty paid: nothing is asked at the door."),
    )
    offsite_ads = models.CharField(_("offsite ads"), max_length=8, choices=OffsiteAds.choices, default=OffsiteAds.OFF)
    offsite_ads_share_pct = models.DecimalField(
        _("share of sales by offsite ads, %"), max_digits=7, decimal_places=4, default=0
    )
    offsite_ads_rate_pct = models.DecimalField(
        _("offsite ads fee, %"), max_digits=7, decimal_places=4, null=True, blank=True,
        help_text=_("Left empty, the schedule's own."),
    )  # fmt: skip
    promoted_pct = models.DecimalField(_("promoted listings, %"), max_digits=7, decimal_places=4, default=0)
    target_margin_pct = models.DecimalField(_("target margin, %"), max_digits=7, decimal_places=4, default=40)
    orders_per_month = models.PositiveIntegerField(
        _("orders a month"), null=True, blank=True, help_text=_("Spreads the monthly plan over its orders.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    fees_seen_from = models.DateField(
        _("fees looked at"), null=True, blank=True, editable=False,
        help_text=_("The day from which the shipped rates hold that somebody here has looked at."),
    )  # fmt: skip
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        constraints = [
            models.UniqueConstraint(Lower("name"), name="pricing_channel_name_unique"),
            models.CheckConstraint(condition=Q(kind__in=ChannelKind.values), name="pricing_channel_kind_known"),
            models.CheckConstraint(condition=Q(offsite_ads__in=OffsiteAds.values), name="pricing_channel_ads_known"),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="pricing_channel_country_code"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="pricing_channel_currency_code"),
            models.CheckConstraint(
                condition=Q(offsite_ads_share_pct__range=(0, 100), promoted_pct__range=(0, 100))
                & (Q(offsite_ads_rate_pct=None) | Q(offsite_ads_rate_pct__range=(0, 100))),
                name="pricing_channel_pct_in_range",
            ),
            models.CheckConstraint(
                condition=Q(target_margin_pct__gte=-100, target_margin_pct__lt=100),
                name="pricing_channel_target_in_range",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("pricing:channel_detail", args=[self.pk])


class FeeOverride(Timestamped):
    """A rate of the channel's schedule that is different for this shop, from a day on."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="fee_overrides", verbose_name=_("channel"))
    name = models.CharField(_("rate"), max_length=60, help_text=_("As the schedule names it: transaction_pct."))
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=6)
    valid_from = models.DateField(_("from"))

    objects = FeeOverrideQuerySet.as_manager()

    class Meta:
        verbose_name = _("own rate")
        verbose_name_plural = _("own rates")
        constraints = [
            models.UniqueConstraint(fields=["channel", "name", "valid_from"], name="pricing_feeoverride_unique"),
            models.CheckConstraint(condition=Q(value__gte=0), name="pricing_feeoverride_value_not_negative"),
        ]

    def __str__(self):
        return f"{self.name} {self.value} · {self.valid_from:%Y-%m-%d}"


class OwnFee(Timestamped):
    """A charge that no shipped schedule names: a commission of the gallery, a listing service, a tip jar's card fee."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="own_fees", verbose_name=_("channel"))
    label = models.CharField(_("what it is"), max_length=80)
    pct = models.DecimalField(_("share, %"), max_digits=7, decimal_places=4, default=0)
    fixed = models.DecimalField(
        _("fixed amount"), max_digits=14, decimal_places=2, default=0, help_text=_("In the channel's currency.")
    )
    per = models.CharField(_("taken"), max_length=8, choices=OwnFeePer.choices, default=OwnFeePer.ORDER)
    base = models.CharField(_("share of"), max_length=16, choices=OwnFeeBase.choices, default=OwnFeeBase.GOODS_AND_POST)
    when = models.CharField(_("when"), max_length=16, choices=OwnFeeWhen.choices, default=OwnFeeWhen.ALWAYS)
    least = models.DecimalField(_("at least"), max_digits=14, decimal_places=2, null=True, blank=True)
    most = models.DecimalField(_("at most"), max_digits=14, decimal_places=2, null=True, blank=True)
    is_kept_on_refund = models.BooleanField(_("kept when the buyer is refunded"), default=True)
    bears_vat = models.BooleanField(_("VAT comes on top"), default=False)
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("last day"), null=True, blank=True)

    objects = OwnFeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("own fee")
        verbose_name_plural = _("own fees")
        constraints = [
            models.UniqueConstraint(fields=["channel", "label", "valid_from"], name="pricing_ownfee_unique"),
            models.CheckConstraint(condition=Q(pct__range=(0, 100), fixed__gte=0), name="pricing_ownfee_in_range"),
            models.CheckConstraint(condition=Q(pct__gt=0) | Q(fixed__gt=0), name="pricing_ownfee_takes_something"),
            models.CheckConstraint(
                condition=(Q(least=None) | Q(least__gte=0)) & (Q(most=None) | Q(most__gte=0)),
                name="pricing_ownfee_limits_not_negative",
            ),
            models.CheckConstraint(condition=Q(least=None) | Q(most=None), name="pricing_ownfee_least_or_most"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("valid_from")),
                name="pricing_ownfee_ends_after_start",
            ),
        ]

    def __str__(self):
        return f"{self.label} · {self.valid_from:%Y-%m-%d}"
