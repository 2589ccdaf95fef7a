"""The closed lists of the catalogue."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProductKind(models.TextChoices):
    PRINTED = "printed", _("Printed")
    ASSEMBLED = "assembled", _("Assembled from parts")
    KIT = "kit", _("Kit, packed when ordered")


class Stage(models.TextChoices):
    """Where in the making of a piece a component or a minute of work goes."""

    PRINT = "print", _("Print")
    ASSEMBLE = "assemble", _("Assemble")
    PACK = "pack", _("Pack")


class Origin(models.TextChoices):
    """Where a number comes from."""

    SLICED = "sliced", _("from the sliced file")
    COMPUTED = "computed", _("computed from length and density")
    TYPED = "typed", _("typed in")
    LEARNED = "learned", _("learned from runs")
    PAID = "paid", _("last price paid")
    ASSUMED = "assumed", _("assumed")
    UNKNOWN = "unknown", _("not known yet")

    @classmethod
    def guesses(cls):
        return {cls.ASSUMED, cls.COMPUTED, cls.UNKNOWN}


class RateKind(models.TextChoices):
    ENERGY_PER_KWH = "energy_per_kwh", _("Electricity, per kWh")
    ENERGY_NIGHT_PER_KWH = "energy_night_per_kwh", _("Electricity at night, per kWh")
    NIGHT_SHARE_PCT = "night_share_pct", _("Printing at night, % of print time")
    NIGHT_FROM_H = "night_from_h", _("Night tariff begins, hour of the day")
    NIGHT_UNTIL_H = "night_until_h", _("Night tariff ends, hour of the day")
    LABOUR_PER_H = "labour_per_h", _("Hands-on work, per hour")
    FAILURE_PCT = "failure_pct", _("Prints that fail, %")
    OVERHEAD_PER_H = "overhead_per_h", _("Overhead, per print hour")
    OVERHEAD_PCT = "overhead_pct", _("Overhead, % of the cost before it")

    @classmethod
    def percentages(cls):
        return (cls.NIGHT_SHARE_PCT, cls.FAILURE_PCT, cls.OVERHEAD_PCT)

    @classmethod
    def hours_of_day(cls):
        """Half past ten in the evening is 22.5."""
        return (cls.NIGHT_FROM_H, cls.NIGHT_UNTIL_H)

    @classmethod
    def without_guess(cls):
        """What is not there until somebody types it; nothing else means 0."""
        return (cls.ENERGY_NIGHT_PER_KWH, *cls.hours_of_day())

    @property
    def is_pct(self):
        return self in RateKind.percentages()

    @property
    def is_hour_of_day(self):
        return self in RateKind.hours_of_day()


class CostCode(models.TextChoices):
    """The lines of a cost, in the order in which they are shown."""

    FILAMENT = "filament", _("Filament")
    PURGE = "purge", _("Purge and wipe tower")
    PARTS = "parts", _("Parts")
    COMPONENTS = "components", _("Components")
    MACHINE = "machine", _("Machine time")
    ENERGY = "energy", _("Electricity")
    LABOUR = "labour", _("Hands-on work")
    PACKAGING = "packaging", _("Packaging")
    FAILURE = "failure", _("Failure allowance")
    OVERHEAD = "overhead", _("Overhead")
    ROYALTY = "royalty", _("Royalty")
