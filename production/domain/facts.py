"""What a bed's products ask for besides filament, and the rates of the day: read once, for estimate and actual alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import gettext as _

from catalog.choices import ProductKind, Stage
from catalog.domain import printer_models, rates, tariffs
from catalog.domain.costing import CostRates, MachineUse, WorkStep
from catalog.models import PrinterModel, Recipe, RecipeComponent, SliceFile
from production.domain import costing
from production.models import Printer

_ZERO = Decimal(0)


@dataclass(frozen=True)
class Printed:
    """Pieces of one output by what became of them."""

    key: int
    recipe: Recipe | None
    pieces: int
    sellable: int


@dataclass(frozen=True)
class ComponentNeed:
    output: int
    component: RecipeComponent
    quantity: Decimal

    @property
    def item_id(self) -> int:
        return self.component.item_id


def component_needs(printed: Sequence[Printed]) -> list[ComponentNeed]:
    """Magnets and the like: those put in while printing go with every piece, those of the bench with good ones.

    Products that are assembled from parts take theirs when they are built.
    """
    return [
        ComponentNeed(each.key, component, component.quantity * count)
        for each in printed
        if each.recipe is not None
        for component in each.recipe.components.all()
        if (count := _count(each, component.stage))
    ]


def work_steps(printed: Sequence[Printed], *, bed_minutes: Decimal | None = None) -> tuple[WorkStep, ...]:
    """Planned hands-on minutes of the whole bed, one step for each kind of work in each product.

    A bed with minutes of its own has those once instead of what the recipes say is done at the bed.
    """
    steps = tuple(
        WorkStep(
            label=step.name or step.get_stage_display(),
            minutes=step.minutes * count,
            stage=step.stage,
            is_paid=step.is_paid,
            origin=step.origin,
        )
        for each in printed
        if each.recipe is not None
        for step in each.recipe.steps.all()
        if (count := _count(each, step.stage)) and step.minutes
    )
    if bed_minutes is None:
        return steps
    at_bed = [step for step in steps if step.stage == Stage.PRINT]
    is_paid = bool(at_bed) and all(step.is_paid for step in at_bed)
    whole_bed = WorkStep(label=_("At the bed"), minutes=bed_minutes, stage=Stage.PRINT, is_paid=is_paid)
    return (whole_bed, *(step for step in steps if step.stage != Stage.PRINT))


def _count(each: Printed, stage: str) -> int:
    if stage == Stage.PRINT:
        return each.pieces
    is_printed = each.recipe.product.kind == ProductKind.PRINTED
    return each.sellable if stage == Stage.ASSEMBLE and is_printed else 0


def day_rates(at: datetime) -> CostRates:
    return rates.rates_on(localdate(at)).cost_rates()


def rates_of_print(started_at: datetime, time_s: int, *, at: datetime) -> CostRates:
    """The rates of the day, with the share of the night tariff that this print really had instead of the usual one."""
    printed_until = min(at, started_at + timedelta(seconds=time_s))
    return tariffs.of_print(day_rates(at), started_at, printed_until, zone=get_current_timezone())


def machine(  # noqa: PLR0913 - what an hour of this bed depends on
    printer: Printer | None,
    slice_file: SliceFile | None,
    recipes: Iterable[Recipe | None],
    *,
    time_s: int,
    measured: bool = False,
    kwh: Decimal | None = None,
    currency: str,
) -> MachineUse:
    """The printer at work; before one is chosen, the model of the sliced file, of a recipe, or the default."""
    model = printer.model if printer else _model(slice_file, recipes, currency)
    return costing.machine_use(printer, model, time_s=time_s, measured=measured, kwh=kwh)


def _model(slice_file: SliceFile | None, recipes: Iterable[Recipe | None], currency: str) -> PrinterModel:
    if slice_file is not None and slice_file.printer_model_id:
        return slice_file.printer_model
    known = (recipe.printer_model for recipe in recipes if recipe is not None and recipe.printer_model_id)
    return next(known, None) or printer_models.default_printer_model(currency=currency)
