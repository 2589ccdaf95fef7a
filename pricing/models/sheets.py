from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import Timestamped
from pricing.choices import SheetKind
from pricing.models.channels import Channel
from pricing.querysets import PriceSheetQuerySet


class PriceSheet(Timestamped):
    """A list of prices to hand out: which products, which channel's prices, what stands on it."""

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=SheetKind.choices, default=SheetKind.RETAIL)
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="price_sheets", verbose_name=_("prices of"), null=True, blank=True
    )
    category = models.ForeignKey(
        "catalog.Category", models.SET_NULL, related_name="+", verbose_name=_("category"), null=True, blank=True
    )
    discount_pct = models.DecimalField(_("discount, %"), max_digits=7, decimal_places=4, default=0)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    paper = models.CharField(_("paper"), max_length=6, choices=[("a4", "A4"), ("letter", "Letter")], default="a4")
    shows_pictures = models.BooleanField(_("with pictures"), default=True)
    shows_sku = models.BooleanField(_("with SKUs"), default=False)
    shows_category = models.BooleanField(_("with categories"), default=False)
    shows_net = models.BooleanField(_("price without tax beside"), default=False)
    shows_pieces = models.BooleanField(_("with pieces in a pack"), default=False)
    currency = models.CharField(
        _("currency"), max_length=3, blank=True, help_text=_("Left empty, the channel's own; else converted.")
    )
    file = models.FileField(upload_to="pricing/sheets/", blank=True, editable=False)
    file_at = models.DateTimeField(_("PDF made"), null=True, blank=True, editable=False)
    shop_url = models.URLField(
        _("address of the shop"),
        blank=True,
        help_text=_("Stands on the sheet; a fair sheet shows it as a QR code too."),
    )
    footer = models.CharField(_("footer"), max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = PriceSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("price sheet")
        verbose_name_plural = _("price sheets")
        constraints = [
            models.UniqueConstraint(Lower("name"), name="pricing_pricesheet_name_unique"),
            models.CheckConstraint(condition=Q(kind__in=SheetKind.values), name="pricing_pricesheet_kind_known"),
            models.CheckConstraint(condition=Q(discount_pct__range=(0, 100)), name="pricing_pricesheet_pct_in_range"),
            models.CheckConstraint(
                condition=Q(currency="") | Q(currency__regex=r"^[A-Z]{3}$"), name="pricing_pricesheet_currency_code"
            ),
            models.CheckConstraint(condition=Q(paper__in=["a4", "letter"]), name="pricing_pricesheet_paper_known"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("pricing:price_sheet_detail", args=[self.pk])
