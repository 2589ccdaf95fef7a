"""Selling at a fair: the stall, what was sold there tap by tap, and what was counted in the evening."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from inventory.models import Location
from nozzly.core.models import AppendOnlyModel, Timestamped
from pricing.models import Event
from sales.choices import FairMethod
from sales.models.orders import Order


def _money(name: str, **options) -> models.DecimalField:
    return models.DecimalField(name, max_digits=14, decimal_places=2, **options)


class FairStall(Timestamped):
    """The stall of one fair: where its stock lies, and when it was opened and closed."""

    event = models.OneToOneField(Event, models.PROTECT, related_name="fair_stall", verbose_name=_("fair"))
    location = models.ForeignKey(
        Location, models.PROTECT, related_name="+", verbose_name=_("place of its stock"), null=True, blank=True
    )
    float_cash = _money(_("change in the till at the start"), default=0)
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("stall")
        verbose_name_plural = _("stalls")
        constraints = [
            models.CheckConstraint(condition=Q(float_cash__gte=0), name="sales_fairstall_float_not_negative"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")),
                name="sales_fairstall_closed_after_opened",
            ),
        ]

    def __str__(self):
        return str(self.event)

    def get_absolute_url(self):
        return reverse("sales:fair_detail", args=[self.pk])


class FairDeal(models.Model):
    """Of everything that costs ``unit_price``, so many ``pieces`` together for ``price``: three for ten."""

    stall = models.ForeignKey(FairStall, models.CASCADE, related_name="deals", verbose_name=_("stall"))
    unit_price = _money(_("one costs"))
    pieces = models.PositiveSmallIntegerField(_("pieces"))
    price = _money(_("together"))

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        constraints = [
            models.UniqueConstraint(fields=["stall", "unit_price", "pieces"], name="sales_fairdeal_unique"),
            models.CheckConstraint(
                condition=Q(pieces__gte=2, price__gt=0) & Q(price__lt=F("unit_price") * F("pieces")),
                name="sales_fairdeal_cheaper_together",
            ),
        ]

    def __str__(self):
        return f"{self.pieces} × {self.unit_price} = {self.price}"


class FairSale(AppendOnlyModel):
    """What one buyer took and paid (channel's currency). ``key`` was made on the phone, so it is booked once.

    ``short_pieces`` were sold although the stall held none of them in the books: somebody should count.
    """

    stall = models.ForeignKey(FairStall, models.PROTECT, related_name="sales", verbose_name=_("stall"))
    order = models.OneToOneField(Order, models.PROTECT, related_name="fair_sale", verbose_name=_("order"))
    method = models.CharField(_("paid by"), max_length=4, choices=FairMethod.choices)
    total = _money(_("paid"))
    short_pieces = models.PositiveIntegerField(_("sold at zero stock"), default=0)
    sold_at = models.DateTimeField(_("sold at"))
    device = models.CharField(_("phone"), max_length=40, blank=True)
    key = models.UUIDField(_("key"), unique=True, editable=False)
    at = models.DateTimeField(_("booked at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("sale at a fair")
        verbose_name_plural = _("sales at fairs")
        indexes = [models.Index(fields=["stall", "sold_at"], name="sales_fairsale_by_stall")]
        constraints = [
            models.CheckConstraint(condition=Q(total__gte=0), name="sales_fairsale_total_not_negative"),
            models.CheckConstraint(condition=Q(method__in=FairMethod.values), name="sales_fairsale_method_known"),
        ]

    def __str__(self):
        return f"{self.stall}: {self.total}"


class FairCount(AppendOnlyModel):
    """The evening at the stall: what the till and the card reader should hold, and what was counted."""

    stall = models.ForeignKey(FairStall, models.PROTECT, related_name="counts", verbose_name=_("stall"))
    cash_expected = _money(_("cash by the books"))
    cash_counted = _money(_("cash counted"), null=True, blank=True)
    card_expected = _money(_("card by the books"))
    card_counted = _money(_("card by the reader"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    key = models.UUIDField(_("key"), unique=True, editable=False)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("count at a fair")
        verbose_name_plural = _("counts at fairs")
        indexes = [models.Index(fields=["stall", "at"], name="sales_faircount_by_stall")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(cash_counted=None) | Q(cash_counted__gte=0))
                & (Q(card_counted=None) | Q(card_counted__gte=0)),
                name="sales_faircount_not_negative",
            ),
        ]

    def __str__(self):
        return f"{self.stall} · {self.at:%Y-%m-%d}"

    @property
    def cash_difference(self):
        return None if self.cash_counted is None else self.cash_counted - self.cash_expected

    @property
    def card_difference(self):
        return None if self.card_counted is None else self.card_counted - self.card_expected


class FairCountLine(AppendOnlyModel):
    """Pieces of one thing at the stall: by the books, and counted."""

    count = models.ForeignKey(FairCount, models.PROTECT, related_name="lines", verbose_name=_("count"))
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+", verbose_name=_("product"))
    expected = models.PositiveIntegerField(_("by the books"))
    counted = models.PositiveIntegerField(_("counted"))

    class Meta:
        verbose_name = _("line of a count at a fair")
        verbose_name_plural = _("lines of counts at fairs")
        constraints = [models.UniqueConstraint(fields=["count", "variant"], name="sales_faircountline_unique")]

    def __str__(self):
        return f"{self.variant}: {self.counted}"
