"""The words of the stock room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ItemKind(models.TextChoices):
    FILAMENT = "filament", _("Filament")
    COMPONENT = "component", _("Component")
    PACKAGING = "packaging", _("Packaging")
    PART = "part", _("Part")
    PRODUCT = "product", _("Product")

    @classmethod
    def bought(cls) -> tuple["ItemKind", ...]:
        """Kinds that come from a supplier; the others are made here."""
        return (cls.FILAMENT, cls.COMPONENT, cls.PACKAGING)


class Unit(models.TextChoices):
    GRAM = "g", _("g")
    PIECE = "pcs", _("pcs")


class LocationKind(models.TextChoices):
    ROOM = "room", _("Room")
    SHELF = "shelf", _("Shelf")
    BOX = "box", _("Box")
    SLOT = "slot", _("Printer slot")
    DRYBOX = "drybox", _("Dry box")
    STALL = "stall", _("Stall")
    OTHER = "other", _("Other")


class SpoolState(models.TextChoices):
    SEALED = "sealed", _("Sealed")
    OPEN = "open", _("Open")
    DRYING = "drying", _("Drying")
    EMPTY = "empty", _("Empty")
    ARCHIVED = "archived", _("Archived")

    @classmethod
    def in_use(cls) -> tuple["SpoolState", ...]:
        """States of a roll that can still be printed from."""
        return (cls.SEALED, cls.OPEN, cls.DRYING)


class Finish(models.TextChoices):
    STANDARD = "", _("Standard")
    MATTE = "matte", _("Matte")
    SILK = "silk", _("Silk")
    GLOSSY = "glossy", _("Glossy")
    TRANSLUCENT = "translucent", _("Translucent")
    GLITTER = "glitter", _("Glitter")
    MARBLE = "marble", _("Marble")
    METALLIC = "metallic", _("Metallic")
    WOOD = "wood", _("Wood")
    GLOW = "glow", _("Glow in the dark")
    FIBRE = "fibre", _("Fibre filled")
    GRADIENT = "gradient", _("Gradient")


class MovementKind(models.TextChoices):
    OPENING = "opening", _("Opening stock")
    RECEIPT = "receipt", _("Received")
    CONSUMPTION = "consumption", _("Printed")
    PURGE = "purge", _("Purged")
    WASTE = "waste", _("Waste")
    WEIGHING = "weighing", _("Weighed")
    FOUND = "found", _("Found")
    ADJUSTMENT = "adjustment", _("Adjusted")
    TRANSFER = "transfer", _("Transferred")
    OUTPUT = "output", _("Made")
    ASSEMBLY = "assembly", _("Assembled")
    SALE = "sale", _("Sold")
    RETURN = "return", _("Returned")
    SCRAP = "scrap", _("Scrapped")
    OWN_USE = "own_use", _("Own use")
    REVALUATION = "revaluation", _("Revalued")
    REVERSAL = "reversal", _("Undone")

    @classmethod
    def printing(cls) -> tuple["MovementKind", ...]:
        """Grams that went through a nozzle."""
        return (cls.CONSUMPTION, cls.PURGE)

    @classmethod
    def leaving(cls) -> tuple["MovementKind", ...]:
        """What left the house or went into something: the pace at which stock goes."""
        return (*cls.printing(), cls.SALE, cls.ASSEMBLY, cls.OWN_USE)

    @classmethod
    def refusing(cls) -> tuple["MovementKind", ...]:
        """Kinds that somebody decides on: a shortage is refused. All others have already happened."""
        return (cls.TRANSFER, cls.REVERSAL)


class StocktakeState(models.TextChoices):
    COUNTING = "counting", _("Counting")
    APPROVED = "approved", _("Approved")
    CANCELLED = "cancelled", _("Cancelled")


class AlertRoute(models.TextChoices):
    EMAIL = "email", _("Email, once a day")
    NTFY = "ntfy", _("ntfy topic")
    WEBHOOK = "webhook", _("Webhook")


class WriteDownReason(models.TextChoices):
    DAMAGED = "damaged", _("Damaged")
    SLOW = "slow", _("Hardly sells")
    CHEAPER = "cheaper", _("Costs less to buy again")
    WRONG = "wrong", _("Was booked wrongly")
    OTHER = "other", _("Other")


class DeliveryTax(models.TextChoices):
    CHARGED = "charged", _("Paid: on the invoice or at customs")
    REVERSE_CHARGE = "reverse_charge", _("Reverse charge: we owe it ourselves")
