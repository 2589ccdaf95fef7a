from django.db import models
from django.utils.translation import gettext_lazy as _


class Scheme(models.TextChoices):
    STANDARD = "standard", _("Standard accounting")
    CASH = "cash", _("Cash accounting")
    FLAT_RATE = "flat_rate", _("Flat rate")
    SMALL_BUSINESS = "small_business", _("Small business, not registered")


class TaxClass(models.TextChoices):
    STANDARD = "standard", _("Standard rate")
    REDUCED = "reduced", _("Reduced rate")
    ZERO = "zero", _("Zero rate")


class TreatmentKind(models.TextChoices):
    """Who owes the tax of a sale, and where."""

    OUTSIDE_SCOPE = "outside_scope", _("Outside the scope of VAT")
    DOMESTIC = "domestic", _("Domestic")
    EXPORT = "export", _("Export, zero-rated")
    PLATFORM_COLLECTED = "platform_collected", _("Collected by the marketplace")
    ONE_STOP_SHOP = "one_stop_shop", _("One-stop shop")
    REVERSE_CHARGE = "reverse_charge", _("Reverse charge")
