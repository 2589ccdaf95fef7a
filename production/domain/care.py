"""The care that printers want, by hours on the machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max

from production.domain.printers import hours_printed
from production.models import MaintenanceTask, Printer

_ZERO = Decimal(0)


@dataclass(frozen=True)
class Care:
    """A task and how far it is from due, in print hours; negative when it is late."""

    task: MaintenanceTask
    left_h: Decimal

    @property
    def is_due(self) -> bool:
        return self.left_h <= 0


def due_tasks(printer: Printer) -> list[Care]:
    """Every task of the printer, the most urgent first."""
    hours = hours_printed(printer)
    tasks = printer.maintenance_tasks.active().annotate(last_h=Max("logs__at_hours_h"))
    cares = [Care(task, (task.last_h or _ZERO) + task.every_h - hours) for task in tasks]
    return sorted(cares, key=lambda care: (care.left_h, care.task.pk))


def due_of_many(printers: Sequence[Printer]) -> dict[int, int]:
    """How many tasks of each printer are due; for pages with many of them. Printers need ``printed_s``."""
    hours = {printer.pk: printer.hours_before_h + Decimal(printer.printed_s) / 3600 for printer in printers}
    tasks = MaintenanceTask.objects.active().filter(printer__in=hours).annotate(last_h=Max("logs__at_hours_h"))
    due: dict[int, int] = {}
    for task in tasks:
        if (task.last_h or _ZERO) + task.every_h <= hours[task.printer_id]:
            due[task.printer_id] = due.get(task.printer_id, 0) + 1
    return due


@dataclass(frozen=True)
class Figure:
    """A number of the printer: its own, else its model's."""

    name: str
    value: Decimal
    is_own: bool


def own_figures(printer: Printer) -> dict[str, Figure]:
    names = ("power_w", "price", "resale_price", "life_h", "upkeep_per_h")
    figures = {}
    for name in names:
        own = getattr(printer, name)
        value = getattr(printer.model, name) if own is None else own
        figures[name] = Figure(name, Decimal(value), own is not None)
    return figures
