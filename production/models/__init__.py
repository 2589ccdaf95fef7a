"""What happens on the bed."""

from production.models.failures import FailureReason
from production.models.lines import RunCostLine, RunMaterial, RunOutput, RunShare
from production.models.printers import MaintenanceLog, MaintenanceTask, Printer, PrinterSlot
from production.models.runs import Run, RunCounter, RunEvent

__all__ = (
    "FailureReason",
    "MaintenanceLog",
    "MaintenanceTask",
    "Printer",
    "PrinterSlot",
    "Run",
    "RunCostLine",
    "RunCounter",
    "RunEvent",
    "RunMaterial",
    "RunOutput",
    "RunShare",
)
