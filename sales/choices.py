from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderState(models.TextChoices):
    """What was decided about an order; whether it is ready is worked out from the shelf."""

    NEW = "new", _("New")
    CONFIRMED = "confirmed", _("Confirmed")
    PACKED = "packed", _("Packed")
    SHIPPED = "shipped", _("Shipped")
    CANCELLED = "cancelled", _("Cancelled")

    @classmethod
    def open(cls):
        """Those that still wait for somebody in the shop."""
        return [cls.NEW, cls.CONFIRMED, cls.PACKED]


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


class OrderEventKind(models.TextChoices):
    CREATED = "created", _("Created")
    CONFIRMED = "confirmed", _("Confirmed")
    PACKED = "packed", _("Packed")
    SHIPPED = "shipped", _("Shipped")
    CANCELLED = "cancelled", _("Cancelled")
    REOPENED = "reopened", _("Reopened")
    NOTE = "note", _("Note")
