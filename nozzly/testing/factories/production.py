"""Rows of the print floor."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import factory
from factory.django import DjangoModelFactory

from inventory.choices import LocationKind
from nozzly.testing.factories.inventory import LocationFactory
from production.choices import AdviceAnswer, CostStage, RunEventKind, RunState
from production.models import (
    FailureReason,
    FloorSettings,
    MaintenanceLog,
    MaintenanceTask,
    Printer,
    PrinterSlot,
    RecipeAdvice,
    Run,
    RunCostLine,
    RunCounter,
    RunEvent,
    RunMaterial,
    RunOutput,
    RunShare,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_CATALOG = "nozzly.testing.factories.catalog"


class PrinterFactory(DjangoModelFactory):
    class Meta:
        model = Printer

    name = factory.Sequence(lambda n: f"P1S-{n}")
    model = factory.SubFactory(f"{_CATALOG}.PrinterModelFactory")
    location = factory.SubFactory(LocationFactory, name=factory.SelfAttribute("..name"), kind=LocationKind.OTHER)


class PrinterSlotFactory(DjangoModelFactory):
    class Meta:
        model = PrinterSlot

    printer = factory.SubFactory(PrinterFactory)
    position = factory.Sequence(lambda n: n)
    location = factory.SubFactory(
        LocationFactory,
        name=factory.LazyAttribute(lambda place: f"Slot {place.factory_parent.position}"),
        kind=LocationKind.SLOT,
        parent=factory.SelfAttribute("..printer.location"),
    )


class MaintenanceTaskFactory(DjangoModelFactory):
    class Meta:
        model = MaintenanceTask

    printer = factory.SubFactory(PrinterFactory)
    name = factory.Sequence(lambda n: f"Grease the rods {n}")
    every_h = Decimal(250)


class MaintenanceLogFactory(DjangoModelFactory):
    class Meta:
        model = MaintenanceLog

    printer = factory.SubFactory(PrinterFactory)
    text = "Nozzle changed"
    at_hours_h = Decimal(100)
    at = NOON


class FailureReasonFactory(DjangoModelFactory):
    class Meta:
        model = FailureReason

    name = factory.Sequence(lambda n: f"Reason {n}")


class RunCounterFactory(DjangoModelFactory):
    class Meta:
        model = RunCounter

    series = "20250101"
    last = 1


class RunFactory(DjangoModelFactory):
    """A bare planned run of an earlier day, so that its number never meets one given out in a test."""

    class Meta:
        model = Run

    class Params:
        done = factory.Trait(
            state=RunState.DONE,
            started_at=datetime(2026, 3, 2, 8, tzinfo=UTC),
            finished_at=NOON,
            actual_time_s=3600,
            hands_on_minutes=Decimal(5),
            actual_cost=Decimal("4.00"),
            bought_cost=Decimal("1.00"),
            loss_cost=Decimal("0.00"),
            loss_bought_cost=Decimal("0.00"),
        )

    entry_on = date(2026, 1, 2)
    sequence = factory.Sequence(lambda n: n + 1)
    number = factory.LazyAttribute(lambda run: f"TA-{run.entry_on:%Y%m%d}-{run.sequence:03d}")
    title = factory.Sequence(lambda n: f"Plate {n}")
    print_time_s = 3600
    estimated_cost = Decimal("3.00")
    estimated_bought_cost = Decimal("1.00")


class RunOutputFactory(DjangoModelFactory):
    class Meta:
        model = RunOutput

    run = factory.SubFactory(RunFactory)
    position = factory.Sequence(lambda n: n % 30_000)
    variant = factory.SubFactory(f"{_CATALOG}.VariantFactory")
    planned = 1


class RunMaterialFactory(DjangoModelFactory):
    class Meta:
        model = RunMaterial

    run = factory.SubFactory(RunFactory)
    position = factory.Sequence(lambda n: n % 30_000)
    slot_name = "body"
    estimated_g = Decimal(40)
    estimated_purge_g = Decimal(2)


class RunShareFactory(DjangoModelFactory):
    class Meta:
        model = RunShare

    material = factory.SubFactory(RunMaterialFactory)
    output = factory.SubFactory(RunOutputFactory, run=factory.SelfAttribute("..material.run"))
    grams_each = Decimal(40)


class RunCostLineFactory(DjangoModelFactory):
    class Meta:
        model = RunCostLine

    run = factory.SubFactory(RunFactory)
    stage = CostStage.ACTUAL
    code = "filament"
    label = "Black PLA"
    amount = Decimal("1.00")
    in_bought = True
    recorded_at = NOON


class RunEventFactory(DjangoModelFactory):
    class Meta:
        model = RunEvent

    run = factory.SubFactory(RunFactory)
    kind = RunEventKind.PLANNED
    key = factory.LazyFunction(uuid4)
    occurred_at = NOON
    recorded_at = NOON


class FloorSettingsFactory(DjangoModelFactory):
    class Meta:
        model = FloorSettings
        django_get_or_create = ("pk",)

    pk = 1


class RecipeAdviceFactory(DjangoModelFactory):
    class Meta:
        model = RecipeAdvice

    recipe = factory.SubFactory(f"{_CATALOG}.RecipeFactory")
    slot_name = "body"
    answer = AdviceAnswer.IGNORED
    grams = Decimal(46)
    answered_at = NOON
