from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import Timestamped
from nozzly.tax.choices import TaxClass
from pricing.choices import QuoteState
from pricing.models.channels import Channel
from pricing.querysets import JobQuoteQuerySet


def _money(label, **facts):
    return models.DecimalField(label, max_digits=14, decimal_places=2, **({"default": 0} | facts))


def _minutes(label, **facts):
    return models.DecimalField(label, max_digits=8, decimal_places=2, default=0, **facts)


class JobQuote(Timestamped):
    """A price for something that is no product yet, for one customer. Money in the workspace's currency.

    Grams and seconds are those of one bed, which makes ``pieces_per_bed`` pieces. A file of several plates has its beds in
    ``plates``; a piece is one part of each of them. What was sent stands in ``prices``.
    """

    key = models.UUIDField(unique=True, editable=False)
    title = models.CharField(_("what it is"), max_length=160)
    customer = models.CharField(_("customer"), max_length=160, blank=True)
    contact = models.CharField(_("email or phone"), max_length=160, blank=True)
    for_business = models.BooleanField(
        _("for a business"), default=False, help_text=_("Prices without tax; the tax is added below.")
    )
    country = models.CharField(_("goes to"), max_length=2)
    tax_class = models.CharField(_("tax class"), max_length=12, choices=TaxClass.choices, default=TaxClass.STANDARD)
    channel = models.ForeignKey(
        Channel,
        models.PROTECT,
        related_name="quotes",
        null=True,
        blank=True,
        verbose_name=_("paid through"),
        help_text=_("Its fees come off. Empty: a bank transfer, which costs nothing."),
    )
    file = models.FileField(upload_to="pricing/quotes/", blank=True, editable=False)
    file_name = models.CharField(_("sliced file"), max_length=200, blank=True, editable=False)
    thumbnail = models.ImageField(upload_to="pricing/quotes/", blank=True, editable=False)
    plate_count = models.PositiveSmallIntegerField(_("plates in the file"), default=1, editable=False)
    printer_model = models.ForeignKey(
        "catalog.PrinterModel", models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("printer")
    )
    pieces_per_bed = models.PositiveSmallIntegerField(_("pieces on the bed"), default=1)
    bed_time_s = models.PositiveIntegerField(_("print time of the bed (s)"), default=0)
    quantity = models.PositiveIntegerField(_("pieces wanted"), default=1)
    break_quantities = ArrayField(models.PositiveIntegerField(), verbose_name=_("also priced for"), default=list)
    setup_minutes = _minutes(_("minutes once"), help_text=_("Talking, drawing, a test print."))
    bed_minutes = _minutes(_("minutes for each bed"), help_text=_("Load, start, take off."))
    piece_minutes = _minutes(_("minutes for each piece"), help_text=_("Clean, glue, pack."))
    extra_once = _money(_("bought for the job"))
    extra_per_piece = _money(_("bought for each piece"), help_text=_("Magnets, inserts, a box."))
    postage_charged = _money(_("delivery charged"))
    postage_paid = _money(_("delivery costs us"))
    target_margin_pct = models.DecimalField(_("margin, %"), max_digits=7, decimal_places=4, default=Decimal(50))
    price_each = models.DecimalField(
        _("price of a piece"), max_digits=14, decimal_places=2, null=True, blank=True,
        help_text=_("Left empty, what the margin asks for."),
    )  # fmt: skip
    lead_days = models.PositiveSmallIntegerField(
        _("ready in days"), null=True, blank=True, help_text=_("Left empty, what the queue says.")
    )
    valid_until = models.DateField(_("valid until"))
    note = models.TextField(_("note for the customer"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=QuoteState.choices, default=QuoteState.DRAFT)
    promised_days = models.PositiveSmallIntegerField(null=True, editable=False)
    tax_pct = models.DecimalField(max_digits=7, decimal_places=4, null=True, editable=False)
    tax_included = models.BooleanField(default=False, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    variant = models.ForeignKey(
        "catalog.Variant", models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False)

    objects = JobQuoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        indexes = [models.Index(fields=["updated_at", "id"], name="pricing_jobquote_updated_idx")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=QuoteState.values), name="pricing_jobquote_state_known"),
            models.CheckConstraint(condition=Q(tax_class__in=TaxClass.values), name="pricing_jobquote_tax_class_known"),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="pricing_jobquote_country_code"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, pieces_per_bed__gt=0), name="pricing_jobquote_pieces_positive"
            ),
            models.CheckConstraint(
                condition=Q(setup_minutes__gte=0, bed_minutes__gte=0, piece_minutes__gte=0),
                name="pricing_jobquote_minutes_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(extra_once__gte=0, extra_per_piece__gte=0, postage_charged__gte=0, postage_paid__gte=0)
                & (Q(price_each=None) | Q(price_each__gte=0)),
                name="pricing_jobquote_money_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(target_margin_pct__gte=-100, target_margin_pct__lt=100),
                name="pricing_jobquote_margin_in_range",
            ),
            models.CheckConstraint(
                condition=Q(state=QuoteState.DRAFT) | Q(sent_at__isnull=False), name="pricing_jobquote_sent_has_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(state=QuoteState.ACCEPTED) | Q(variant__isnull=False, decided_at__isnull=False),
                name="pricing_jobquote_accepted_is_a_product",
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    def get_absolute_url(self):
        return reverse("pricing:quote_detail", args=[self.pk])

    @property
    def number(self):
        return f"Q{self.pk:04d}" if self.pk else ""

    @property
    def is_draft(self):
        return self.state == QuoteState.DRAFT


class JobQuotePlate(models.Model):
    """One plate of a file with several: its bed holds a part for each of so many pieces."""

    quote = models.ForeignKey(JobQuote, models.CASCADE, related_name="plates")
    number = models.PositiveSmallIntegerField(_("plate in the file"))
    bed_time_s = models.PositiveIntegerField(_("print time of the bed (s)"), default=0)
    pieces = models.PositiveSmallIntegerField(_("parts on the bed"), default=1)

    class Meta:
        verbose_name = _("plate of a quote")
        verbose_name_plural = _("plates of a quote")
        constraints = [
            models.UniqueConstraint(fields=["quote", "number"], name="pricing_jobquoteplate_number_unique"),
            models.CheckConstraint(condition=Q(pieces__gt=0), name="pricing_jobquoteplate_pieces_positive"),
        ]

    def __str__(self):
        return _("Plate %(number)s") % {"number": self.number}


class JobQuoteSlot(models.Model):
    """One colour of the bed: grams in the parts and purged, and the filament it is to be printed in."""

    quote = models.ForeignKey(JobQuote, models.CASCADE, related_name="slots")
    plate_number = models.PositiveSmallIntegerField(_("plate in the file"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    name = models.CharField(_("colour"), max_length=60)
    grams = models.DecimalField(_("grams of the bed"), max_digits=12, decimal_places=3)
    purge_g = models.DecimalField(_("purged (g)"), max_digits=12, decimal_places=3, default=0)
    material_type = models.CharField(_("material"), max_length=40, blank=True)
    colour_hex = models.CharField(_("colour value"), max_length=7, blank=True)
    origin = models.CharField(max_length=10, default="typed")
    filament = models.ForeignKey("inventory.Filament", models.PROTECT, null=True, blank=True, related_name="+")
    group = models.ForeignKey("inventory.MaterialGroup", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("colour of a quote")
        verbose_name_plural = _("colours of a quote")
        constraints = [
            models.UniqueConstraint(fields=["quote", "name"], name="pricing_jobquoteslot_name_unique"),
            models.CheckConstraint(condition=Q(grams__gte=0, purge_g__gte=0), name="pricing_jobquoteslot_grams"),
            models.CheckConstraint(
                condition=Q(filament=None) | Q(group=None), name="pricing_jobquoteslot_filament_or_group"
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.grams} g"


class JobQuotePrice(models.Model):
    """What was promised: from so many pieces on, so much for each."""

    quote = models.ForeignKey(JobQuote, models.CASCADE, related_name="prices")
    quantity = models.PositiveIntegerField(_("pieces"))
    price_each = models.DecimalField(_("price of a piece"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("price of a quote")
        verbose_name_plural = _("prices of a quote")
        constraints = [
            models.UniqueConstraint(fields=["quote", "quantity"], name="pricing_jobquoteprice_quantity_unique"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="pricing_jobquoteprice_quantity_positive"),
            models.CheckConstraint(condition=Q(price_each__gte=0), name="pricing_jobquoteprice_not_negative"),
        ]

    def __str__(self):
        return f"{self.quantity} × {self.price_each}"
