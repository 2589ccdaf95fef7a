"""What a run used and what came off it: the arithmetic of completing, over rows that are not written yet."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from catalog.choices import Origin
from catalog.domain.costing import CostRates
from catalog.domain.variants import Binding
from inventory.choices import MovementKind
from nozzly.core.money import round_unit_cost
from nozzly.home.seed.books import Posting
from nozzly.home.seed.jobs import Job
from nozzly.home.seed.names import RUN_NOTES
from nozzly.home.seed.shop import Shop
from nozzly.home.seed.stockroom import Stockroom, Use
from production.choices import Method, RunState
from production.domain import costing, facts
from production.domain.costing import BedFacts, ComponentCost, Spent, SpoolCost
from production.domain.splitting import BedOutput, BedPart, split_bed
from production.models import FailureReason, RunMaterial

ZERO = Decimal(0)


class Closing:
    def __init__(self, shop: Shop, stockroom: Stockroom, rates_on: Callable[[datetime], CostRates]) -> None:
        self.shop, self.stockroom, self.rates_on = shop, stockroom, rates_on
        self.reasons = list(FailureReason.objects.in_order())

    def close(self, job: Job, *, at: datetime) -> list[BedPart]:
        """Consume, cost, bring in, keep the figures; answers the parts of the cost."""
        run = job.run
        run.state = RunState.FAILED if job.failed else RunState.DONE
        run.operator, run.completion_key = self.shop.operator, self.shop.dice.key()
        run.hands_on_minutes = ZERO if job.failed else run.estimated_minutes
        self._count(job, failed=job.failed)
        posting = Posting("run", run, run.number, run.completion_key, self.shop.operator, run.finished_at, at)
        spools = self._consume(job, self.shop.books.start(posting), share_pct=run.failed_pct or Decimal(100))
        components = [] if job.failed else self._take_components(job, posting)
        parts = self._cost(job, spools, components)
        if not job.failed:
            self._bring_in(job, posting, parts)
        self._freeze(job, parts)
        self._tell(job, failed=job.failed)
        return parts

    def _count(self, job: Job, *, failed: bool) -> None:
        for output in job.outputs:
            lost = output.planned if failed else min(self.shop.dice.weighted(((0, 91), (1, 8), (2, 1))), output.planned)
            second = int(lost > 0 and not failed and self.shop.dice.happens(35))
            output.b_grade, output.scrapped = second, lost - second
            output.good = output.planned - lost

    def _consume(self, job: Job, posting: Posting, *, share_pct: Decimal) -> list[SpoolCost]:
        lines: list[RunMaterial] = []
        grams_each: list[dict[int, Decimal]] = []
        spools = []
        for line, binding, each in zip(job.materials, job.bindings, job.grams_each, strict=True):
            uses = self._uses(line, binding, share_pct=share_pct, at=posting.at)
            for number, use in enumerate(uses):
                own = (
                    line
                    if number == 0
                    else RunMaterial(
                        run=line.run, slot_name=line.slot_name, filament_id=line.filament_id, group_id=line.group_id
                    )
                )
                own.position = len(lines)
                spools.append(self._use(own, use, posting, key=len(lines), swapped=len(uses) > 1))
                lines.append(own)
                grams_each.append(each)
        job.materials, job.grams_each = lines, grams_each
        return spools

    def _uses(self, line: RunMaterial, binding: Binding, *, share_pct: Decimal, at: datetime) -> list[Use]:
        line.method = self.shop.dice.weighted(((Method.SLICED, 68), (Method.SCALE, 22), (Method.TYPED, 10)))
        grams = (line.estimated_g * share_pct / 100).quantize(Decimal("0.001"))
        purge_g = (line.estimated_purge_g * share_pct / 100).quantize(Decimal("0.001"))
        if line.method != Method.SLICED:
            grams = max((self.shop.dice.around(grams, 4) + Decimal("0.8")).quantize(Decimal("0.1")), Decimal("0.1"))
        return self.stockroom.take(binding, grams=max(grams, Decimal("0.1")), purge_g=purge_g, at=at)

    def _use(self, line: RunMaterial, use: Use, posting: Posting, *, key: int, swapped: bool) -> SpoolCost:
        books, holding = self.shop.books, use.roll.holding
        if swapped:
            line.method = Method.TYPED
        line.lot, line.actual_g, line.actual_purge_g = holding.lot, use.grams, use.purge_g
        if line.method == Method.SCALE:
            line.scale_before_g = max(holding.left, use.grams + use.purge_g) + 200
            line.scale_after_g = line.scale_before_g - use.grams - use.purge_g
        part = _spent(books.put(posting, holding, MovementKind.CONSUMPTION, -use.grams))
        purge = (
            _spent(books.put(posting, holding, MovementKind.PURGE, -use.purge_g)) if use.purge_g else Spent(ZERO, ZERO)
        )
        line.bought_cost, line.full_cost = part.bought + purge.bought, part.full + purge.full
        label = f"{line.slot_name}: {holding.lot.title}"
        return SpoolCost(key, label, use.grams, use.purge_g, part, purge, origin=Origin.PAID)

    def _take_components(self, job: Job, posting: Posting) -> list[ComponentCost]:
        printed = [
            facts.Printed(index, output.recipe, output.planned, output.sellable)
            for index, output in enumerate(job.outputs)
        ]
        found = []
        for need in facts.component_needs(printed):
            for bag, quantity in self.stockroom.take_part(need.component.item.name, need.quantity):
                spent = _spent(self.shop.books.put(posting, bag, MovementKind.CONSUMPTION, -quantity))
                found.append(ComponentCost(need.output, bag.lot.title, quantity, spent, Origin.PAID))
        return found

    def _cost(self, job: Job, spools: list[SpoolCost], components: list[ComponentCost]) -> list[BedPart]:
        run = job.run
        planned = [
            facts.Printed(index, output.recipe, output.planned, output.planned)
            for index, output in enumerate(job.outputs)
        ]
        bed_facts = BedFacts(
            spools=tuple(spools), components=tuple(components), rates=self.rates_on(run.finished_at),
            machine=costing.machine_use(run.printer, run.printer.model, time_s=run.time_s, measured=run.actual_time_s != run.print_time_s, kwh=None),
            steps=costing.scaled_steps(facts.work_steps(planned), run.hands_on_minutes),
        )  # fmt: skip
        outputs = [
            BedOutput(index, output.planned, output.sellable, output.print_time_s,
                      {line: each[index] for line, each in enumerate(job.grams_each) if index in each})
            for index, output in enumerate(job.outputs)
        ]  # fmt: skip
        return split_bed(
            costing.bed_lines(bed_facts, currency=self.shop.currency), outputs, currency=self.shop.currency
        )

    def _bring_in(self, job: Job, posting: Posting, parts: list[BedPart]) -> None:
        """Good pieces go on the shelf at what they cost; pieces that are not quite good wait for a fair at the same cost."""
        received_on, place = job.run.finished_at.date(), self.stockroom.shelves[5 + job.run.sequence % 12]
        for index, (output, (made, _count)) in enumerate(zip(job.outputs, job.ready.bed.outputs, strict=True)):
            if not output.sellable:
                continue
            bought, full = _totals(parts, index)
            second_bought = (bought * output.b_grade / output.sellable).quantize(Decimal("0.01"))
            second_full = (full * output.b_grade / output.sellable).quantize(Decimal("0.01"))
            for grade, pieces, values in (
                ("lot", output.good, (bought - second_bought, full - second_full)),
                ("b_grade_lot", output.b_grade, (second_bought, second_full)),
            ):
                if pieces:
                    note = "b-grade" if grade == "b_grade_lot" else ""
                    holding = self.shop.books.lot(
                        made.variant.item,
                        batch=job.run.number,
                        received_on=received_on,
                        location=place,
                        note=note,
                        is_b_grade=grade == "b_grade_lot",
                    )
                    setattr(output, grade, holding.lot)
                    self.shop.books.put(posting, holding, MovementKind.OUTPUT, Decimal(pieces), values=values)
                    made.lots.append(holding)
                    made.free += pieces

    def _freeze(self, job: Job, parts: list[BedPart]) -> None:
        for index, output in enumerate(job.outputs):
            output.bought_total, output.full_total = _totals(parts, index)
            if output.sellable:
                output.bought_cost = round_unit_cost(output.bought_total / output.sellable)
                output.full_cost = round_unit_cost(output.full_total / output.sellable)
        run = job.run
        run.actual_cost = sum((part.amount for part in parts), ZERO)
        run.bought_cost = sum((part.amount for part in parts if part.line.in_bought), ZERO)
        run.loss_cost = sum((part.amount for part in parts if part.is_loss), ZERO)
        run.loss_bought_cost = sum((part.amount for part in parts if part.is_loss and part.line.in_bought), ZERO)

    def _tell(self, job: Job, *, failed: bool) -> None:
        dice, run = self.shop.dice, job.run
        if failed:
            run.failure_reason = dice.choice(self.reasons)
        elif dice.happens(62):
            run.stars = dice.weighted(((5, 60), (4, 30), (3, 8), (2, 2)))
        if dice.happens(14):
            run.note = dice.choice(RUN_NOTES)


def _spent(values: tuple[Decimal, Decimal]) -> Spent:
    return Spent(-values[0], -values[1])


def _totals(parts: list[BedPart], output: int) -> tuple[Decimal, Decimal]:
    own = [part for part in parts if part.output == output]
    return sum((part.amount for part in own if part.line.in_bought), ZERO), sum((part.amount for part in own), ZERO)
