"""Words of the reports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ExpenseCategory(models.TextChoices):
    RENT = "rent", _("Rent and rooms")
    POWER = "power", _("Electricity and water")
    MACHINES = "machines", _("Printers and tools")
    MATERIAL = "material", _("Filament and parts")
    PACKAGING = "packaging", _("Packaging")
    SOFTWARE = "software", _("Software and models")
    ADS = "ads", _("Advertising and photos")
    FAIRS = "fairs", _("Fairs and stalls")
    TRAVEL = "travel", _("Travel")
    WAGES = "wages", _("Wages")
    FEES = "fees", _("Bank, insurance, adviser")
    OTHER = "other", _("Other")

    @classmethod
    def in_costs(cls) -> tuple["ExpenseCategory", ...]:
        """What the cost of a piece usually holds already."""
        return (cls.POWER, cls.MACHINES, cls.MATERIAL, cls.PACKAGING, cls.WAGES)


class FactKind(models.TextChoices):
    """What a row of the profit facts comes from."""

    SALE = "sale", _("Sale")
    REFUND = "refund", _("Refund")
    RETURN = "return", _("Return")
    RUN_LOSS = "run_loss", _("Run losses")
    EXPENSE = "expense", _("Expenses")
    CHARGE = "charge", _("Shop-level charges")
    STOCK = "stock", _("Stock lost or found")

    @classmethod
    def unassigned(cls) -> tuple["FactKind", ...]:
        """What belongs to no product."""
        return (cls.RUN_LOSS, cls.EXPENSE, cls.CHARGE, cls.STOCK)


class SumAxis(models.TextChoices):
    VARIANT = "variant", _("Variant")
    CHANNEL = "channel", _("Channel")
    COUNTRY = "country", _("Country")
    PRINTER = "printer", _("Printer")


class TaxBasis(models.TextChoices):
    INVOICE = "invoice", _("When it was sent or invoiced")
    CASH = "cash", _("When it was paid")


class ReportMailKind(models.TextChoices):
    PRODUCT = "product", _("Profit by product")
    CHANNEL = "channel", _("Profit by channel")
    CATEGORY = "category", _("Profit by category")
    COUNTRY = "country", _("Profit by country")


class CustomerKind(models.TextChoices):
    PERSON = "person", _("Person")
    BUSINESS = "business", _("Business")


class TrendAgainst(models.TextChoices):
    YEAR = "year", _("the same days a year before")
    BEFORE = "before", _("as many days right before")
