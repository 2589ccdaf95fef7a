"""What a run really cost: money of the ledger for what it used, rates of the day for the rest, shared over products."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from catalog.choices import Origin
from nozzly.core.money import round_unit_cost
from nozzly.tenancy.current import current_workspace
from production.domain import facts
from production.domain.components import Take
from production.domain.costing import BedFacts, ComponentCost, Spent, SpoolCost, bed_lines, scaled_steps
from production.domain.splitting import BedOutput, BedPart, split_bed
from production.models import Run, RunMaterial, RunOutput

_ZERO = Decimal(0)


class Taken(Protocol):
    """What actuals need to know of what a run took (see outcomes.Taken)."""

    parts: dict[int, int]
    purges: dict[int, int]
    component_takes: list[tuple[Take, int]]
    printed: list[facts.Printed]
    spent: list[Spent]

    def spent_on(self, where: dict[int, int], material_id: int) -> Spent: ...


@dataclass(frozen=True)
class Costed:
    """The parts of a run's cost; their sums are the run's cost to the cent."""

    parts: tuple[BedPart, ...]

    def total(self, *, bought_only: bool = False, loss_only: bool = False) -> Decimal:
        return sum(
            (
                part.amount
                for part in self.parts
                if (part.line.in_bought or not bought_only) and (part.is_loss or not loss_only)
            ),
            _ZERO,
        )

    def of(self, output_id: int) -> tuple[Decimal, Decimal]:
        """Bought and full cost of one product's pieces."""
        own = [part for part in self.parts if part.output == output_id]
        bought = sum((part.amount for part in own if part.line.in_bought), _ZERO)
        return bought, sum((part.amount for part in own), _ZERO)

    def write(self, output: RunOutput) -> None:
        output.bought_total, output.full_total = self.of(output.pk)
        if output.sellable:
            output.bought_cost = round_unit_cost(output.bought_total / output.sellable)
            output.full_cost = round_unit_cost(output.full_total / output.sellable)


def cost_run(
    run: Run, materials: Sequence[RunMaterial], outputs: Sequence[RunOutput], taken: Taken, *, is_timed: bool
) -> Costed:
    """Cost the bed with what it used and share it. Also writes the money of each roll onto its line.

    ``is_timed``: somebody told when it began or ended, so the night tariff takes the hours it really printed.
    """
    currency = current_workspace().currency
    spools = tuple(_spool(line, taken) for line in materials if line.actual_total_g)
    bed_facts = BedFacts(
        spools=spools,
        components=tuple(_component(each, taken.spent[index]) for each, index in taken.component_takes),
        machine=facts.machine(
            run.printer,
            run.slice_file,
            [output.recipe for output in outputs],
            time_s=run.time_s,
            measured=run.actual_time_s != run.print_time_s,
            kwh=run.energy_kwh,
            currency=currency,
        ),
        steps=scaled_steps(facts.work_steps(_planned(outputs)), run.hands_on_minutes),
        rates=facts.rates_of_print(run.started_at, run.time_s, at=run.finished_at)
        if is_timed
        else facts.day_rates(run.finished_at),
    )
    bed = [_output(output, each, materials) for output, each in zip(outputs, taken.printed, strict=True)]
    return Costed(tuple(split_bed(bed_lines(bed_facts, currency=currency), bed, currency=currency)))


def _planned(outputs: Sequence[RunOutput]) -> list[facts.Printed]:
    """Steps as planned: the minutes that were told stretch them, whatever became of the pieces."""
    return [facts.Printed(output.pk, output.recipe, output.planned, output.planned) for output in outputs]


def _spool(line: RunMaterial, taken: Taken) -> SpoolCost:
    part, purge = taken.spent_on(taken.parts, line.pk), taken.spent_on(taken.purges, line.pk)
    line.bought_cost, line.full_cost = part.bought + purge.bought, part.full + purge.full
    name = line.lot.title
    return SpoolCost(
        line.pk,
        f"{line.slot_name}: {name}" if line.slot_name else name,
        line.actual_g,
        line.actual_purge_g,
        part,
        purge,
        origin=Origin.PAID,
    )


def _component(each: Take, spent: Spent) -> ComponentCost:
    return ComponentCost(each.output, each.lot.title, each.quantity, spent, Origin.PAID)


def _output(output: RunOutput, printed: facts.Printed, materials: Sequence[RunMaterial]) -> BedOutput:
    grams_each = {
        line.pk: share.grams_each for line in materials for share in line.shares.all() if share.output_id == output.pk
    }
    return BedOutput(output.pk, printed.pieces or output.planned, printed.sellable, output.print_time_s, grams_each)
