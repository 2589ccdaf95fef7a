"""Printers: a machine, its place in the tree, and the slots its rolls hang in."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from catalog.models import PrinterModel
from inventory.choices import LocationKind
from inventory.domain import locations
from inventory.domain.locations import NameTaken
from inventory.models import Location, Lot
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from production.models import MaintenanceLog, MaintenanceTask, Printer, PrinterSlot

MOST_SLOTS = 32
_SECONDS_IN_AN_HOUR = Decimal(3600)
_HUNDREDTH = Decimal("0.01")


class SlotNotEmpty(DomainError):
    pass


class StillInUse(DomainError):
    pass


class ImpossibleSlots(DomainError):
    pass


def add_printer(
    *, name: str, model: PrinterModel, room: Location | None = None, slots: int | None = None, **own: object
) -> Printer:
    """A printer with a place of its own and one location for each slot; ``own`` overrides what its model says.

    Raises NameTaken, ImpossibleSlots.
    """
    with transaction.atomic():
        place = locations.create_location(name=name, kind=LocationKind.OTHER, parent=room)
        try:
            with transaction.atomic():
                printer = Printer.objects.create(name=name, model=model, location=place, **own)
        except IntegrityError:
            raise NameTaken(_("There is already a printer called %(name)s.") % {"name": name}) from None
        set_slots(printer, model.slots if slots is None else slots)
    return printer


def change_printer(
    printer: Printer, *, name: str, model: PrinterModel, room: Location | None, slots: int, own: Mapping[str, object]
) -> Printer:
    """Rename, move or refit it; its place in the tree follows. Raises NameTaken, SlotNotEmpty, ImpossibleSlots."""
    with transaction.atomic():
        if Printer.objects.filter(name=name).exclude(pk=printer.pk).exists():
            raise NameTaken(_("There is already a printer called %(name)s.") % {"name": name})
        place = printer.location
        if (place.name, place.parent_id) != (name, room.pk if room else None):
            locations.change_location(place, name=name, kind=place.kind, parent=room)
        printer.name, printer.model = name, model
        for field, value in own.items():
            setattr(printer, field, value)
        printer.save()
        set_slots(printer, slots)
    return printer


def set_slots(printer: Printer, count: int) -> None:
    """Give the printer so many slots, counted from 1. Raises SlotNotEmpty for one that still holds a roll."""
    if not 1 <= count <= MOST_SLOTS:
        raise ImpossibleSlots(_("A printer has between 1 and %(most)s slots.") % {"most": MOST_SLOTS})
    have = {slot.position: slot for slot in printer.slots.select_related("location")}
    for position, slot in have.items():
        if position > count:
            if slot.location.lots.filter(archived_at=None).exists():
                raise SlotNotEmpty(_("Slot %(slot)s still holds a roll: move it first.") % {"slot": position})
            slot.delete()
            locations.delete_location(slot.location)
    for position in range(1, count + 1):
        if position not in have:
            name = _("Slot %(number)s") % {"number": position}
            place = locations.create_location(name=name, kind=LocationKind.SLOT, parent=printer.location)
            PrinterSlot.objects.create(printer=printer, position=position, location=place)


def archive_printer(printer: Printer, *, at: datetime) -> None:
    """Out of the shop: it keeps its history. Raises StillInUse while a run is planned on it or printing."""
    with transaction.atomic():
        open_run = printer.runs.open().first()
        if open_run is not None:
            raise StillInUse(_("%(run)s is still on it: finish, move or cancel it first.") % {"run": open_run.number})
        Printer.objects.filter(pk=printer.pk).update(archived_at=at)


def bring_back(printer: Printer) -> None:
    Printer.objects.filter(pk=printer.pk).update(archived_at=None)


def hours_printed(printer: Printer) -> Decimal:
    """Hours on the machine: those before Nozzly and those of every closed run."""
    seconds = printer.runs.closed().aggregate(total=Coalesce(Sum(Coalesce("actual_time_s", "print_time_s")), 0))[
        "total"
    ]
    return (printer.hours_before_h + Decimal(seconds) / _SECONDS_IN_AN_HOUR).quantize(_HUNDREDTH)


def log_maintenance(  # noqa: PLR0913 - one row of the log
    printer: Printer,
    *,
    task: MaintenanceTask | None = None,
    text: str = "",
    minutes: Decimal = Decimal(0),
    cost: Decimal = Decimal(0),
    by: User,
    at: datetime,
) -> MaintenanceLog:
    """Write down what was done, at the hours the machine has on it; the task counts from here again."""
    return MaintenanceLog.objects.create(
        printer=printer,
        task=task,
        text=text or (task.name if task else ""),
        at_hours_h=hours_printed(printer),
        minutes=minutes,
        cost=cost,
        at=at,
        by=by,
    )


def loaded_rolls(printers: list[Printer]) -> dict[int, Lot]:
    """The roll in each slot location of these printers."""
    lots = (
        Lot.objects.available()
        .filter(location__printer_slot__printer__in=printers)
        .select_related("spool", "item__filament__brand", "item__filament__material", "item__filament__group")
    )
    return {lot.location_id: lot for lot in lots}
