from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from nozzly.core.models import AppendOnlyModel, Timestamped
from pricing.choices import PriceReason
from pricing.models.channels import Channel
from pricing.querysets import ListingMatchQuerySet, ListingQuerySet, MarginAlarmQuerySet


class Listing(Timestamped):
    """What a variant is offered for on a channel; ``price`` is what the buyer sees, for all ``pieces``.

    Money is in the channel's currency.
    """

    variant = models.ForeignKey(Variant, models.PROTECT, related_name="listings", verbose_name=_("variant"))
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="listings", verbose_name=_("channel"))
    external_id = models.CharField(_("number there"), max_length=80, blank=True)
    option_text = models.CharField(_("options there"), max_length=200, blank=True)
    pieces = models.PositiveIntegerField(_("pieces in it"), default=1)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2)
    postage_charged = models.DecimalField(_("postage charged"), max_digits=14, decimal_places=2, default=0)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    # What the last check found, so that lists can filter by it; pages and prices ask the engine itself.
    margin_pct = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True, editable=False)
    target_price = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, editable=False,
        help_text=_("The smallest price that reaches the target, when last looked at; empty where none does."),
    )  # fmt: skip
    margin_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        constraints = [
            models.UniqueConstraint(fields=["channel", "variant", "pieces"], name="pricing_listing_unique"),
            models.CheckConstraint(condition=Q(pieces__gt=0), name="pricing_listing_pieces_positive"),
            models.CheckConstraint(
                condition=Q(price__gte=0, postage_charged__gte=0), name="pricing_listing_money_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["updated_at", "id"], name="pricing_listing_updated_idx"),
            models.Index(fields=["price", "id"], name="pricing_listing_price_idx"),
        ]

    def __str__(self):
        return f"{self.variant} · {self.channel}"

    def get_absolute_url(self):
        return reverse("pricing:listing_detail", args=[self.pk])

    @property
    def is_live(self):
        return self.ended_at is None


class PriceChange(AppendOnlyModel):
    """What a listing cost before and after, who changed it and why."""

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="changes", verbose_name=_("listing"))
    before = models.DecimalField(_("before"), max_digits=14, decimal_places=2, null=True)
    after = models.DecimalField(_("after"), max_digits=14, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=12, choices=PriceReason.choices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("price change")
        verbose_name_plural = _("price changes")
        indexes = [models.Index(fields=["listing", "-at"], name="pricing_pricechange_at_idx")]
        constraints = [
            models.CheckConstraint(condition=Q(after__gte=0), name="pricing_pricechange_after_not_negative"),
            models.CheckConstraint(condition=Q(reason__in=PriceReason.values), name="pricing_pricechange_reason_known"),
        ]

    def __str__(self):
        return f"{self.before} → {self.after}"


class MarginAlarm(models.Model):
    """A listing that fell under its channel's target: before, after, and when it was dealt with."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="alarms", verbose_name=_("listing"))
    before_pct = models.DecimalField(_("before, %"), max_digits=14, decimal_places=4)
    after_pct = models.DecimalField(_("after, %"), max_digits=14, decimal_places=4)
    target_pct = models.DecimalField(_("target, %"), max_digits=7, decimal_places=4)
    found_at = models.DateTimeField(_("found at"))
    cleared_at = models.DateTimeField(_("cleared at"), null=True, blank=True)

    objects = MarginAlarmQuerySet.as_manager()

    class Meta:
        verbose_name = _("margin alarm")
        verbose_name_plural = _("margin alarms")
        constraints = [
            models.UniqueConstraint(
                fields=["listing"], condition=Q(cleared_at=None), name="pricing_marginalarm_one_open"
            ),
            models.CheckConstraint(condition=Q(after_pct__lt=models.F("target_pct")), name="pricing_marginalarm_below"),
        ]

    def __str__(self):
        return f"{self.listing}: {self.before_pct} → {self.after_pct}"


class ListingMatch(Timestamped):
    """A line of a channel's own file that named no product of ours: asked about once, the answer is remembered."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="matches", verbose_name=_("channel"))
    key = models.CharField(max_length=500, editable=False)
    title = models.CharField(_("title there"), max_length=255)
    option_text = models.CharField(_("options there"), max_length=200, blank=True)
    sku = models.CharField(_("SKU there"), max_length=80, blank=True)
    external_id = models.CharField(_("number there"), max_length=80, blank=True)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2)
    variant = models.ForeignKey(
        Variant, models.CASCADE, related_name="+", null=True, blank=True, verbose_name=_("variant")
    )
    pieces = models.PositiveIntegerField(_("pieces in it"), default=1)
    is_ignored = models.BooleanField(_("not ours"), default=False)

    objects = ListingMatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("match of a listing")
        verbose_name_plural = _("matches of listings")
        constraints = [
            models.UniqueConstraint(fields=["channel", "key"], name="pricing_listingmatch_unique"),
            models.CheckConstraint(condition=Q(pieces__gt=0), name="pricing_listingmatch_pieces_positive"),
            models.CheckConstraint(condition=Q(price__gte=0), name="pricing_listingmatch_price_not_negative"),
            models.CheckConstraint(
                condition=Q(variant=None) | Q(is_ignored=False), name="pricing_listingmatch_one_answer"
            ),
        ]

    def __str__(self):
        return f"{self.title} {self.option_text}".strip()
