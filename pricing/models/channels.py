from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import Timestamped
from pricing.choices import ChannelKind, OffsiteAds
from pricing.querysets import ChannelQuerySet, FeeOverrideQuerySet


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
