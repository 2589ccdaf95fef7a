"""What happens on the bed."""

from production.models.failures import FailureReason
from production.models.learning import FloorSettings, RecipeAdvice
from production.models.lines import RunCostLine, RunMaterial, RunOutput, RunShare
from production.models.printers import MaintenanceLog, MaintenanceTask, Printer, PrinterSlot
from production.models.runs import Run, RunCounter, RunEvent

__all__ = (
    "FailureReason",
    "FloorSettings",
    "MaintenanceLog",
    "MaintenanceTask",
    "Printer",
    "PrinterSlot",
    "RecipeAdvice",
    "Run",
    "RunCostLine",
    "RunCounter",
    "RunEvent",
    "RunMaterial",
    "RunOutput",
    "RunShare",
)
