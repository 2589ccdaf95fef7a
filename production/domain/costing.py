"""What a whole run costs, line by line: catalog's own function, fed with what the run used.

Filament and components keep the money the ledger took them out with; machine, energy, work and overhead are worked
out from rates of the day. A run has no failure allowance (a failed run is a cost of its own), no packaging and no
royalty: those belong to the sale.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.choices import CostCode, Origin
from catalog.domain.costing import (
    ComponentUse,
    CostInputs,
    CostLine,
    CostRates,
    MachineUse,
    MaterialUse,
    Sourced,
    WorkStep,
    cost,
)
from catalog.models import PrinterModel
from nozzly.core.money import round_money, round_unit_cost
from production.domain.splitting import BedLine, Rule
from production.models import Printer

_ZERO = Decimal(0)
_NO_FAILURE = Sourced(_ZERO, Origin.TYPED)
_WORKED_OUT = {CostCode.MACHINE, CostCode.ENERGY, CostCode.LABOUR, CostCode.OVERHEAD}
_RULES = {CostCode.LABOUR: Rule.PIECES}


@dataclass(frozen=True)
class Spent:
    """Money that something took along: what was paid for it, and with own machine and work."""

    bought: Decimal
    full: Decimal


@dataclass(frozen=True)
class SpoolCost:
    """One material line: rounded money of what stayed in the parts and of what was purged."""

    key: int
    label: str
    grams: Decimal
    purge_g: Decimal
    part: Spent
    purge: Spent
    origin: str


@dataclass(frozen=True)
class ComponentCost:
    output: int
    label: str
    quantity: Decimal
    spent: Spent
    origin: str


@dataclass(frozen=True)
class BedFacts:
    spools: tuple[SpoolCost, ...]
    components: tuple[ComponentCost, ...]
    machine: MachineUse
    steps: tuple[WorkStep, ...]
    rates: CostRates


def bed_lines(facts: BedFacts, *, currency: str) -> list[BedLine]:
    """Rounded lines of the whole bed, each with the rule by which products share it."""
    lines = [line for spool in facts.spools for line in _spool_lines(spool)]
    lines += [line for component in facts.components for line in _component_lines(component)]
    lines += [_worked_out(line, currency) for line in cost(_inputs(facts)).lines if CostCode(line.code) in _WORKED_OUT]
    return [line for line in lines if line.amount]


def _spool_lines(spool: SpoolCost) -> Iterable[BedLine]:
    for code, grams, spent in (
        (CostCode.FILAMENT, spool.grams, spool.part),
        (CostCode.PURGE, spool.purge_g, spool.purge),
    ):
        yield from _two_lines(
            BedLine(code, spool.label, _ZERO, True, Rule.GRAMS, spool.key, f"{grams.normalize():f} g", spool.origin),
            spent,
        )


def _component_lines(component: ComponentCost) -> Iterable[BedLine]:
    formula = f"{component.quantity.normalize():f} ×"
    yield from _two_lines(
        BedLine(
            CostCode.COMPONENTS, component.label, _ZERO, True, Rule.OWN, component.output, formula, component.origin
        ),
        component.spent,
    )


def _two_lines(line: BedLine, spent: Spent) -> Iterable[BedLine]:
    """What was paid, and beside it the own machine time and work in something that was made here."""
    yield replace(line, amount=spent.bought)
    own = _("%(name)s: machine and work") % {"name": line.label}
    yield replace(line, amount=spent.full - spent.bought, label=own, in_bought=False)


def _worked_out(line: CostLine, currency: str) -> BedLine:
    return BedLine(
        line.code,
        line.label,
        round_money(line.amount, currency),
        line.in_bought,
        _RULES.get(CostCode(line.code), Rule.TIME),
        formula=line.formula,
        origin=line.origin,
    )


def _inputs(facts: BedFacts) -> CostInputs:
    """Materials are in it only for the overhead that goes on all of it."""
    materials = [
        MaterialUse(label=spool.label, grams=Decimal(1), cost_per_g=Sourced(spool.part.full + spool.purge.full, "paid"))
        for spool in facts.spools
    ]
    components = [
        ComponentUse(label=each.label, quantity=Decimal(1), cost_per_unit=Sourced(each.spent.full, "paid"))
        for each in facts.components
    ]
    return CostInputs(
        rates=replace(facts.rates, failure_pct=_NO_FAILURE),
        materials=tuple(materials),
        components=tuple(components),
        machines=(facts.machine,),
        steps=facts.steps,
    )


def machine_use(
    printer: Printer | None, model: PrinterModel, *, time_s: int, measured: bool, kwh: Decimal | None
) -> MachineUse:
    """Print seconds on this printer: what is typed there wins over its model's preset."""
    own = printer if printer is not None else None

    def of(name: str) -> Decimal:
        typed = getattr(own, name, None)
        return Decimal(getattr(model, name) if typed is None else typed)

    price = of("price")
    return MachineUse(
        label=str(printer or model),
        print_time_s=Decimal(time_s),
        price=price,
        resale_price=min(of("resale_price"), price),
        life_h=of("life_h"),
        upkeep_per_h=of("upkeep_per_h"),
        power_w=of("power_w"),
        origin=Origin.ASSUMED if model.assumed and (own is None or own.price is None) else Origin.TYPED,
        source=model.source,
        time_origin=Origin.TYPED if measured else Origin.SLICED,
        measured_kwh=kwh,
    )


def scaled_steps(steps: Sequence[WorkStep], minutes: Decimal | None) -> tuple[WorkStep, ...]:
    """The planned steps, stretched to the minutes that were told; all of them as planned when none were."""
    planned = sum((step.minutes for step in steps), _ZERO)
    if minutes is None:
        return tuple(steps)
    if not planned:
        return (WorkStep(label=_("Hands-on work"), minutes=minutes),) if minutes else ()
    return tuple(replace(step, minutes=round_unit_cost(step.minutes * minutes / planned)) for step in steps)
