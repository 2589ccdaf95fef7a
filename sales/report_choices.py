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


class Rhythm(models.TextChoices):
    """How often an expense comes again."""

    MONTH = "month", _("every month")
    QUARTER = "quarter", _("every three months")
    YEAR = "year", _("every year")

    @property
    def months(self) -> int:
        return {Rhythm.MONTH: 1, Rhythm.QUARTER: 3, Rhythm.YEAR: 12}[self]


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
    VARIANT_CHANNEL = "variant_channel", _("Variant and channel")
    VARIANT_COUNTRY = "variant_country", _("Variant and country")
    CHANNEL_COUNTRY = "channel_country", _("Channel and country")
    NO_ORDER = "no_order", _("Without an order")
    NO_CUSTOMER = "no_customer", _("Without a customer")


class SumGrain(models.TextChoices):
    """How many days a row of sums stands for; a stretch is a sixth of a month."""

    MONTH = "month", _("Month")
    STRETCH = "stretch", _("Five days")


class RankAxis(models.TextChoices):
    ORDER = "order", _("Order")
    CUSTOMER = "customer", _("Customer")


class TaxBasis(models.TextChoices):
    INVOICE = "invoice", _("When it was sent or invoiced")
    CASH = "cash", _("When it was paid")


class TaxSide(models.TextChoices):
    OUTPUT = "output", _("Output")
    INPUT = "input", _("Input")
    UNCHARGED = "uncharged", _("Not charged yet")


class ReportMailKind(models.TextChoices):
    """Every report; the names are those of addresses."""

    PRODUCT = "product", _("Profit by product")
    VARIANT = "variant", _("Profit by variant")
    CATEGORY = "category", _("Profit by category")
    CHANNEL = "channel", _("Profit by channel")
    COUNTRY = "country", _("Profit by country")
    MONTH = "month", _("Profit by month")
    ORDER = "order", _("Profit by order")
    CUSTOMER = "customer", _("Profit by customer")
    PRINTER = "printer", _("Profit by printer and printer hour")
    TRENDS = "trends", _("Trends")
    MOVERS = "movers", _("Best and worst movers")
    STOPPED = "stopped", _("Stopped selling")
    DEAD_LISTINGS = "dead-listings", _("Dead listings")
    RETURNING = "returning", _("New and returning customers")
    TAX = "tax", _("Tax report")
    EXPENSES = "expenses", _("Expenses by category")
    FEE_AUDIT = "fee-audit", _("Fee audit")
    CHARGES = "charges", _("Charges of channels")
    ADS = "ads", _("Share of adverts")
    FAIRS = "fairs", _("Profit of fairs")
    RUN_LOSSES = "run-losses", _("Lost runs")
    STOCK_LOSSES = "stock-losses", _("Stock lost or found")
    VARIANCE = "variance", _("Estimate and reality")
    FAILURES = "failures", _("Why prints fail")
    STOCK_VALUE = "stock-value", _("Stock value")


class CustomerKind(models.TextChoices):
    PERSON = "person", _("Person")
    BUSINESS = "business", _("Business")


class TrendAgainst(models.TextChoices):
    YEAR = "year", _("the same days a year before")
    BEFORE = "before", _("as many days right before")
