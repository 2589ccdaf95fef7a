"""What a closed run does to the stock room: rolls and bags it empties, lots it fills."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from inventory.choices import MovementKind
from inventory.domain import lots, reservations
from inventory.domain.ledger import Entry
from inventory.domain.lots import LotDetails
from nozzly.core.money import split_money
from nozzly.tenancy.current import current_workspace
from production.choices import CostStage
from production.domain import actuals, components, facts
from production.domain.costing import Spent
from production.models import Run, RunCostLine, RunMaterial, RunOutput

_ZERO = Decimal(0)
_NOTHING = Spent(_ZERO, _ZERO)
_MATERIAL_FIELDS = (
    "lot",
    "actual_g",
    "actual_purge_g",
    "method",
    "scale_before_g",
    "scale_after_g",
    "bought_cost",
    "full_cost",
)
_OUTPUT_FIELDS = (
    "good",
    "b_grade",
    "scrapped",
    "lot",
    "b_grade_lot",
    "bought_cost",
    "full_cost",
    "bought_total",
    "full_total",
)


@dataclass
class Taken:
    """Ledger entries of a run and what each is worth. Position in ``entries`` is the key."""

    entries: list[Entry] = field(default_factory=list)
    parts: dict[int, int] = field(default_factory=dict)  # material → entry
    purges: dict[int, int] = field(default_factory=dict)
    component_takes: list[tuple[components.Take, int]] = field(default_factory=list)
    printed: list[facts.Printed] = field(default_factory=list)
    spent: list[Spent] = field(default_factory=list)

    def add(self, entry: Entry) -> int:
        self.entries.append(entry)
        return len(self.entries) - 1

    def value(self, values: Sequence[tuple[Decimal, Decimal]]) -> None:
        """Remember the money that leaves with each entry."""
        self.spent = [Spent(-bought, -full) for bought, full in values]

    def spent_on(self, where: dict[int, int], material_id: int) -> Spent:
        return self.spent[where[material_id]] if material_id in where else _NOTHING


def take(run: Run, materials: Sequence[RunMaterial], outputs: Sequence[RunOutput]) -> Taken:
    """Filament by line, purge as a movement of its own, components oldest bag first."""
    taken = Taken()
    for line in materials:
        if line.actual_g:
            taken.parts[line.pk] = taken.add(Entry(line.lot_id, MovementKind.CONSUMPTION, -line.actual_g))
        if line.actual_purge_g:
            taken.purges[line.pk] = taken.add(Entry(line.lot_id, MovementKind.PURGE, -line.actual_purge_g))
    taken.printed = [
        facts.Printed(
            output.pk,
            output.recipe,
            output.good + output.b_grade + output.scrapped,
            output.sellable,
        )
        for output in outputs
    ]
    if run.failed_pct is None:
        for each in components.takes(facts.component_needs(taken.printed)):
            entry = Entry(each.lot.pk, MovementKind.CONSUMPTION, -each.quantity)
            taken.component_takes.append((each, taken.add(entry)))
    return taken


def bring_in(run: Run, outputs: Sequence[RunOutput], costed: actuals.Costed) -> list[Entry]:
    """Lots for good and b-grade pieces, at the run's own cost; answers the entries that fill them."""
    wanted, values = [], []
    currency = current_workspace().currency
    for output in outputs:
        if not output.sellable:
            continue
        bought, full = costed.of(output.pk)
        counts = (output.good, output.b_grade)
        shares = zip(counts, split_money(bought, counts, currency), split_money(full, counts, currency), strict=True)
        for grade, (count, its_bought, its_full) in zip(("lot", "b_grade_lot"), shares, strict=True):
            if count:
                note = "" if grade == "lot" else output._meta.get_field("b_grade").verbose_name
                details = LotDetails(
                    batch=run.number,
                    received_on=run.finished_at.date(),
                    note=str(note),
                    is_b_grade=grade == "b_grade_lot",
                )
                wanted.append((output.variant.item, details))
                values.append((output, grade, count, its_bought, its_full))
    made = lots.create_lots_of(wanted) if wanted else []
    entries = []
    for lot, (output, grade, count, its_bought, its_full) in zip(made, values, strict=True):
        setattr(output, grade, lot)
        entries.append(Entry(lot.pk, MovementKind.OUTPUT, Decimal(count), its_bought, its_full))
    return entries


def keep_for_whom_it_is(output: RunOutput) -> None:
    """A piece printed for an order's line is kept for it from the moment it exists.

    One that nobody waits for any more goes to the shelf, unless there is something written on it.
    """
    if not (output.source and output.source_id and output.good):
        return
    if output.personalisation or reservations.is_waiting(output.source, output.source_id):
        reservations.pin(
            lot=output.lot,
            quantity=Decimal(output.good),
            source=output.source,
            source_id=output.source_id,
            text=output.source_text,
        )


def store(
    run: Run,
    materials: Sequence[RunMaterial],
    outputs: Sequence[RunOutput],
    costed: actuals.Costed,
    *,
    at: datetime,
) -> None:
    RunCostLine.objects.bulk_create(
        RunCostLine(
            run=run,
            output_id=part.output,
            stage=CostStage.ACTUAL,
            code=part.line.code,
            label=part.line.label[:80],
            amount=part.amount,
            in_bought=part.line.in_bought,
            is_loss=part.is_loss,
            formula=part.line.formula[:200],
            origin=part.line.origin,
            recorded_at=at,
        )
        for part in costed.parts
    )
    for output in outputs:
        costed.write(output)
    run.actual_cost = costed.total()
    run.bought_cost = costed.total(bought_only=True)
    run.loss_cost = costed.total(loss_only=True)
    run.loss_bought_cost = costed.total(bought_only=True, loss_only=True)
    run.undone_at = None
    run.save()
    if materials:
        RunMaterial.objects.bulk_update(materials, _MATERIAL_FIELDS)
    if outputs:
        RunOutput.objects.bulk_update(outputs, _OUTPUT_FIELDS)
