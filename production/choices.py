"""Words of the print floor."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RunState(TextChoices):
    PLANNED = "planned", _("Planned")
    PRINTING = "printing", _("Printing")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")

    @classmethod
    def open(cls) -> tuple["RunState", ...]:
        return (cls.PLANNED, cls.PRINTING)

    @classmethod
    def closed(cls) -> tuple["RunState", ...]:
        return (cls.DONE, cls.FAILED)


class LaneState(TextChoices):
    """What somebody looks for among many printers; one may be in several of these."""

    DUE = "due", _("Done?")
    PRINTING = "printing", _("Printing")
    FREE = "free", _("Bed is free")
    IDLE = "idle", _("Idle tonight")
    SHORT = "short", _("Short of filament")


class Method(TextChoices):
    """How the grams of a spool became known."""

    SLICED = "sliced", _("As sliced")
    TYPED = "typed", _("Typed")
    SCALE = "scale", _("Scale")
    PRINTER = "printer", _("Printer's count")


class RunEventKind(TextChoices):
    PLANNED = "planned", _("Planned")
    STARTED = "started", _("Started")
    COMPLETED = "completed", _("Completed")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    UNDONE = "undone", _("Undone")
    REPRINTED = "reprinted", _("Reprinted")


class CostStage(TextChoices):
    ESTIMATE = "estimate", _("Estimate")
    ACTUAL = "actual", _("Actual")
    REVERSAL = "reversal", _("Reversal")


class AdviceAnswer(TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    IGNORED = "ignored", _("Ignored")
    SNOOZED = "snoozed", _("Snoozed")
