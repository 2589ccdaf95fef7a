"""What the tax office asks: are we registered, at which rates, and which months are closed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import Timestamped
from nozzly.tax.choices import Scheme, TaxClass


class TaxStatus(Timestamped):
    """How the business stands with the tax office from a day on; the newest row before a day counts."""

    valid_from = models.DateField(_("from"), unique=True)
    registered = models.BooleanField(_("registered for VAT, GST or sales tax"), default=False)
    scheme = models.CharField(_("scheme"), max_length=20, choices=Scheme.choices, default=Scheme.STANDARD)
    number = models.CharField(_("registration number"), max_length=40, blank=True)
    ships_from = models.CharField(_("ships from"), max_length=2, help_text=_("Country code of ISO 3166-1."))
    one_stop_shop = models.BooleanField(_("takes part in the one-stop shop"), default=False)
    import_one_stop_shop = models.BooleanField(
        _("has a number of the import one-stop shop"), default=False, help_text=_("IOSS, for sellers outside the EU.")
    )
    flat_rate_pct = models.DecimalField(_("flat rate, %"), max_digits=7, decimal_places=4, null=True, blank=True)

    class Meta:
        verbose_name = _("tax status")
        verbose_name_plural = _("tax statuses")
        constraints = [
            models.CheckConstraint(condition=models.Q(scheme__in=Scheme.values), name="tax_status_scheme_known"),
            models.CheckConstraint(
                condition=models.Q(registered=False) | ~models.Q(scheme=Scheme.SMALL_BUSINESS),
                name="tax_status_small_business_not_registered",
            ),
            models.CheckConstraint(
                condition=models.Q(flat_rate_pct__isnull=True) | models.Q(flat_rate_pct__range=(0, 100)),
                name="tax_status_flat_rate_pct_in_range",
            ),
            models.CheckConstraint(condition=models.Q(ships_from__regex=r"^[A-Z]{2}$"), name="tax_status_country_code"),
        ]

    def __str__(self):
        state = _("registered") if self.registered else _("not registered")
        return f"{state} · {self.valid_from:%Y-%m-%d}"


class TaxRate(Timestamped):
    """A rate of a country from a day on, typed here; it goes before the shipped table."""

    country = models.CharField(_("country"), max_length=2)
    tax_class = models.CharField(_("class"), max_length=12, choices=TaxClass.choices, default=TaxClass.STANDARD)
    valid_from = models.DateField(_("from"))
    pct = models.DecimalField(_("rate, %"), max_digits=7, decimal_places=4)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        constraints = [
            models.UniqueConstraint(fields=["country", "tax_class", "valid_from"], name="tax_rate_unique"),
            models.CheckConstraint(condition=models.Q(pct__range=(0, 100)), name="tax_rate_pct_in_range"),
            models.CheckConstraint(condition=models.Q(country__regex=r"^[A-Z]{2}$"), name="tax_rate_country_code"),
        ]

    def __str__(self):
        return f"{self.country} {self.get_tax_class_display()} {self.pct} % · {self.valid_from:%Y-%m-%d}"


class ExchangeRate(Timestamped):
    """How much of the workspace's currency one unit of another is worth on a day; typed or uploaded."""

    currency = models.CharField(_("currency"), max_length=3)
    on = models.DateField(_("on"))
    rate = models.DecimalField(
        _("rate"), max_digits=18, decimal_places=8, help_text=_("1 unit = rate in our currency.")
    )
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [
            models.UniqueConstraint(fields=["currency", "on"], name="tax_exchange_rate_unique"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="tax_exchange_rate_positive"),
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="tax_exchange_rate_currency"
            ),
        ]

    def __str__(self):
        return f"{self.currency} {self.rate} · {self.on:%Y-%m-%d}"


class ClosedPeriod(models.Model):
    """Everything up to and including a day is with the tax office; later rows for it are posted late."""

    through_on = models.DateField(_("closed through"), unique=True)
    closed_at = models.DateTimeField(_("closed at"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("closed by"), related_name="closed_periods"
    )

    class Meta:
        verbose_name = _("closed period")
        verbose_name_plural = _("closed periods")

    def __str__(self):
        return f"{self.through_on:%Y-%m-%d}"


class TaxThreshold(Timestamped):
    """The turnover of twelve months from which a country wants a registration; goes before the shipped table."""

    country = models.CharField(_("country"), max_length=2)
    valid_from = models.DateField(_("from"))
    amount = models.DecimalField(_("turnover of 12 months"), max_digits=14, decimal_places=2)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("registration threshold")
        verbose_name_plural = _("registration thresholds")
        constraints = [
            models.UniqueConstraint(fields=["country", "valid_from"], name="tax_threshold_unique"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="tax_threshold_positive"),
            models.CheckConstraint(condition=models.Q(country__regex=r"^[A-Z]{2}$"), name="tax_threshold_country_code"),
        ]

    def __str__(self):
        return f"{self.country} {self.amount} · {self.valid_from:%Y-%m-%d}"


class ImportRule(Timestamped):
    """What a parcel meets at the border of a country from a day on; goes before the shipped table."""

    country = models.CharField(_("goes to"), max_length=2, help_text=_("Code of ISO 3166-1, or EU for its members."))
    ships_from = models.CharField(_("comes from"), max_length=2, blank=True, help_text=_("Empty: from anywhere."))
    valid_from = models.DateField(_("from"))
    currency = models.CharField(_("currency"), max_length=3)
    tax_at_sale_up_to = models.DecimalField(
        _("tax is collected with the sale up to"), max_digits=14, decimal_places=2, null=True, blank=True,
        help_text=_("Worth of the goods. Empty: there is no such limit."),
    )  # fmt: skip
    marketplaces_collect = models.BooleanField(_("marketplaces collect that tax"), default=False)
    small_parcel_up_to = models.DecimalField(
        _("small parcels up to"), max_digits=14, decimal_places=2, default=0,
        help_text=_("Worth of the goods up to which the full duty is not taken. 0: every parcel pays it."),
    )  # fmt: skip
    small_parcel_duty = models.DecimalField(_("duty on a small parcel"), max_digits=14, decimal_places=2, default=0)
    duty_pct = models.DecimalField(_("duty on others, % of the goods"), max_digits=7, decimal_places=4, default=0)
    source = models.CharField(_("source"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("import rule")
        verbose_name_plural = _("import rules")
        constraints = [
            models.UniqueConstraint(fields=["country", "ships_from", "valid_from"], name="tax_import_rule_unique"),
            models.CheckConstraint(condition=models.Q(country__regex=r"^[A-Z]{2}$"), name="tax_import_rule_country"),
            models.CheckConstraint(
                condition=models.Q(ships_from="") | models.Q(ships_from__regex=r"^[A-Z]{2}$"),
                name="tax_import_rule_ships_from",
            ),
            models.CheckConstraint(condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="tax_import_rule_currency"),
            models.CheckConstraint(
                condition=models.Q(small_parcel_up_to__gte=0, small_parcel_duty__gte=0, duty_pct__range=(0, 100))
                & (models.Q(tax_at_sale_up_to=None) | models.Q(tax_at_sale_up_to__gte=0)),
                name="tax_import_rule_amounts",
            ),
        ]

    def __str__(self):
        return f"{self.ships_from or '*'} → {self.country} · {self.valid_from:%Y-%m-%d}"
