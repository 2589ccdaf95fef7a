"""What a planned run should cost: replacement prices, sliced grams and seconds, rates of the day."""

from datetime import datetime
from decimal import Decimal

from catalog.domain.costing import CostRates
from catalog.domain.material_prices import PriceBook
from catalog.models import RecipeSlot
from nozzly.core.money import round_money
from nozzly.tenancy.current import current_workspace
from production.choices import CostStage
from production.domain import facts
from production.domain.beds import Bed
from production.domain.costing import BedFacts, ComponentCost, Spent, SpoolCost, bed_lines
from production.domain.needs import BedNeeds, MaterialNeed
from production.domain.splitting import BedOutput, BedPart, split_bed
from production.models import Run, RunCostLine, RunOutput

_ZERO = Decimal(0)


def store(run: Run, bed: Bed, outputs: list[RunOutput], *, at: datetime) -> None:
    """Keep the estimate with the run, line by line, so that variance has something to stand on."""
    parts = estimate(bed, at=at)
    RunCostLine.objects.bulk_create(
        RunCostLine(
            run=run,
            output=outputs[part.output] if part.output is not None else None,
            stage=CostStage.ESTIMATE,
            code=part.line.code,
            label=part.line.label[:80],
            amount=part.amount,
            in_bought=part.line.in_bought,
            formula=part.line.formula[:200],
            origin=part.line.origin,
            recorded_at=at,
        )
        for part in parts
    )
    for index, output in enumerate(outputs):
        output.estimated_total = sum((part.amount for part in parts if part.output == index), _ZERO)
    RunOutput.objects.bulk_update(outputs, ["estimated_total"])
    run.estimated_cost = sum((part.amount for part in parts), _ZERO)
    run.estimated_bought_cost = sum((part.amount for part in parts if part.line.in_bought), _ZERO)
    run.save(update_fields=["estimated_cost", "estimated_bought_cost"])


def estimate(
    bed: Bed, *, at: datetime, known: PriceBook | None = None, rates: CostRates | None = None
) -> list[BedPart]:
    """The bed's cost as planned, shared over its products; ``output`` is the index of the product on the bed.

    Whoever estimates many beds passes the prices and rates that all of them share.
    """
    currency = current_workspace().currency
    printed = [
        facts.Printed(index, piece.recipe, wanted.pieces, wanted.pieces)
        for index, (wanted, piece) in enumerate(bed.pieces)
    ]
    needed = facts.component_needs(printed)
    known = known or PriceBook(
        filament_ids={line.filament_id for line in bed.needs.materials if line.filament_id},
        group_ids={line.group_id for line in bed.needs.materials if line.group_id},
        item_ids={need.item_id for need in needed},
    )
    machine = facts.machine(
        bed.printer,
        bed.slice_file,
        [piece.recipe for _wanted, piece in bed.pieces],
        time_s=bed.needs.print_time_s,
        currency=currency,
    )
    bed_facts = BedFacts(
        spools=tuple(_spool(index, line, known, currency) for index, line in enumerate(bed.needs.materials)),
        components=tuple(_component(need, known, currency) for need in needed),
        machine=machine,
        steps=facts.work_steps(printed, bed_minutes=bed.plate.bed_minutes if bed.plate else None),
        rates=rates or facts.day_rates(at),
    )
    return split_bed(bed_lines(bed_facts, currency=currency), _outputs(bed.needs, printed, bed), currency=currency)


def _spool(index: int, line: MaterialNeed, known: PriceBook, currency: str) -> SpoolCost:
    name, price = known.slot(RecipeSlot(), line)
    part = round_money(line.grams * price.value, currency)
    purge = round_money(line.purge_g * price.value, currency)
    return SpoolCost(
        index,
        f"{line.name}: {name}" if line.name else name,
        line.grams,
        line.purge_g,
        Spent(part, part),
        Spent(purge, purge),
        origin=price.origin,
    )


def _component(need: facts.ComponentNeed, known: PriceBook, currency: str) -> ComponentCost:
    item = need.component.item
    price = known.item(item)
    amount = round_money(need.quantity * price.value, currency)
    return ComponentCost(need.output, item.name, need.quantity, Spent(amount, amount), price.origin)


def _outputs(bed_needs: BedNeeds, printed: list[facts.Printed], bed: Bed) -> list[BedOutput]:
    return [
        BedOutput(
            each.key,
            each.pieces,
            each.sellable,
            piece.seconds,
            {
                line: need.grams_each[each.key]
                for line, need in enumerate(bed_needs.materials)
                if each.key in need.grams_each
            },
        )
        for each, (_wanted, piece) in zip(printed, bed.pieces, strict=True)
    ]
