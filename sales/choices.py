from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderState(models.TextChoices):
    """What was decided about an order; whether it is ready is worked out from the shelf."""

    NEW = "new", _("New")
    CONFIRMED = "confirmed", _("Confirmed")
    PACKED = "packed", _("Packed")
    SHIPPED = "shipped", _("Shipped")
    DELIVERED = "delivered", _("Delivered")
    RETURNED = "returned", _("Returned")
    REFUNDED = "refunded", _("Refunded")
    CANCELLED = "cancelled", _("Cancelled")

    @classmethod
    def open(cls):
        """Those that still wait for somebody in the shop."""
        return [cls.NEW, cls.CONFIRMED, cls.PACKED]

    @classmethod
    def sent(cls):
        """Those that left the shop, whatever came of them: sold, and counted on the day they were shipped."""
        return [cls.SHIPPED, cls.DELIVERED, cls.RETURNED, cls.REFUNDED]


class Readiness(models.TextChoices):
    READY = "ready", _("Ready to pack")
    PRINTING = "printing", _("Runs are planned")
    MISSING = "missing", _("Pieces are missing")
    UNMATCHED = "unmatched", _("Has lines without a product")


class CostOrigin(models.TextChoices):
    ACTUAL = "actual", _("actual cost of the pieces sent")
    ESTIMATED = "estimated", _("estimated from the recipe")
    UNKNOWN = "unknown", _("not known")


class ChargeOrigin(models.TextChoices):
    EXPECTED = "expected", _("worked out from the fee schedule")
    CHARGED = "charged", _("from the channel's statement")


class FeeTax(models.TextChoices):
    """What the tax on a fee means for us; empty where none falls on it."""

    RECLAIMED = "reclaimed", _("charged, and comes back")
    COST = "cost", _("charged, and stays a cost")
    REVERSE_CHARGE = "reverse_charge", _("reverse charge: owed by us, and comes back")
    SELF_ASSESSED = "self_assessed", _("reverse charge: owed by us, and stays a cost")

    @classmethod
    def owed(cls):
        """The channel did not charge it: it is not in the amount."""
        return [cls.REVERSE_CHARGE, cls.SELF_ASSESSED]


class FairCost(models.TextChoices):
    """What being at a fair costs, by the columns of its plan."""

    STALL = "stall", _("Stall")
    TRAVEL = "travel", _("Travel and bed")
    OTHER = "other", _("Other")


class OrderEventKind(models.TextChoices):
    CREATED = "created", _("Created")
    CONFIRMED = "confirmed", _("Confirmed")
    PACKED = "packed", _("Packed")
    SHIPPED = "shipped", _("Shipped")
    CANCELLED = "cancelled", _("Cancelled")
    REOPENED = "reopened", _("Reopened")
    PART_SENT = "part_sent", _("Part of it sent")
    UNDONE = "undone", _("Shipping undone")
    DELIVERED = "delivered", _("Delivered")
    REFUNDED = "refunded", _("Refunded")
    RETURNED = "returned", _("Returned")
    INVOICED = "invoiced", _("Invoice issued")
    PAID = "paid", _("Payment")
    NOTE = "note", _("Note")


class ChannelChargeKind(models.TextChoices):
    """What a channel charges beside the fees of single orders."""

    ADS = "ads", _("Advertising")
    LISTING = "listing", _("Listing fees")
    PLAN = "plan", _("Plan")
    LABEL = "label", _("Shipping labels")
    TAX = "tax", _("Tax on fees")
    OTHER = "other", _("Other")


class ImportState(models.TextChoices):
    CHECKED = "checked", _("Waits to be applied")
    APPLYING = "applying", _("Being applied")
    APPLIED = "applied", _("Applied")
    UNDONE = "undone", _("Undone")
    FAILED = "failed", _("Failed")


class ImportAction(models.TextChoices):
    """What an import did to an order."""

    CREATED = "created", _("Created")
    CHANGED = "changed", _("Changed")


class OrderFileKind(models.TextChoices):
    """What a file of a marketplace is, by its columns."""

    ETSY_ORDERS = "etsy_orders", _("Etsy Sold Orders")
    ETSY_ITEMS = "etsy_items", _("Etsy Sold Order Items")
    ETSY_PAYMENTS = "etsy_payments", _("Etsy Payments")
    ETSY_STATEMENT = "etsy_statement", _("Etsy monthly statement")
    EBAY_ORDERS = "ebay_orders", _("eBay Orders report")
    EBAY_TRANSACTIONS = "ebay_transactions", _("eBay Transaction report")
    SHOPIFY_ORDERS = "shopify_orders", _("Shopify Orders export")
    TABLE = "table", _("Table with columns of its own")


class ReturnTo(models.TextChoices):
    """Where pieces that came back go."""

    STOCK = "stock", _("Back on the shelf")
    SCRAP = "scrap", _("Scrapped")


class PaidBy(models.TextChoices):
    BANK = "bank", _("Bank transfer")
    CARD = "card", _("Card")
    CASH = "cash", _("Cash")
    OTHER = "other", _("Other")


class InvoiceKind(models.TextChoices):
    INVOICE = "invoice", _("Invoice")
    CREDIT = "credit", _("Credit note")


class InvoiceForm(models.TextChoices):
    """How much stands on it: small amounts may leave out who bought."""

    FULL = "full", _("Full")
    SIMPLIFIED = "simplified", _("Simplified")


class FairMethod(models.TextChoices):
    CASH = "cash", _("Cash")
    CARD = "card", _("Card")
