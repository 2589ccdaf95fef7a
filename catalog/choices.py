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
    LABOUR_PER_H = "labour_per_h", _("Hands-on work, per hour")
    FAILURE_PCT = "failure_pct", _("Prints that fail, %")
    OVERHEAD_PER_H = "overhead_per_h", _("Overhead, per print hour")
    OVERHEAD_PCT = "overhead_pct", _("Overhead, % of the cost before it")

    @classmethod
    def percentages(cls):
        return (cls.NIGHT_SHARE_PCT, cls.FAILURE_PCT, cls.OVERHEAD_PCT)

    @property
    def is_pct(self):
        return self in RateKind.percentages()


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
