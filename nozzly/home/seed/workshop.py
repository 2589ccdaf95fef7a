"""The printers of the invented shop and the runs of its year."""

from collections import deque
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from catalog.domain.costing import CostRates
from catalog.domain.material_prices import PriceBook
from catalog.domain.variants import Binding
from catalog.models import Plate
from inventory.models import Location
from nozzly.home.seed.catalogue import Catalogue
from nozzly.home.seed.closing import Closing
from nozzly.home.seed.jobs import Job, Machine, Ready
from nozzly.home.seed.names import PRINTER_NAMES
from nozzly.home.seed.outbox import Facts
from nozzly.home.seed.shop import Agenda, Shop
from nozzly.home.seed.stockroom import Stockroom
from production.choices import CostStage, RunEventKind, RunState
from production.domain import beds, estimates, facts, needs, printers
from production.domain.splitting import BedPart
from production.models import (
    Run,
    RunCostLine,
    RunEvent,
    RunMaterial,
    RunOutput,
    RunShare,
)

ZERO = Decimal(0)
_SPEED = (Decimal(100), Decimal(112), Decimal(106))  # percent of the sliced time, by printer model
_FAIL_PCT, _CANCEL_PCT = 5.5, 1.0
_LOOKED_AT = 40  # beds that are weighed against each other before one is chosen


class Workshop:
    def __init__(self, shop: Shop, stockroom: Stockroom, catalogue: Catalogue, agenda: Agenda) -> None:
        self.shop, self.stockroom, self.catalogue, self.agenda = shop, stockroom, catalogue, agenda
        self.closing = Closing(shop, stockroom, self.rates_on)
        self.machines = self._set_up()
        self.counters: dict[date, int] = {}
        self.unfinished: list[Job] = []
        self._reprints: deque[Run] = deque()
        self._rates: dict[date, CostRates] = {}
        self.ready = self._look_up()

    def _set_up(self) -> list[Machine]:
        room = Location.objects.get(name="Workshop", parent=None)
        machines = []
        for number in range(self.shop.size.printers):
            name = PRINTER_NAMES[number % len(PRINTER_NAMES)]
            again = number // len(PRINTER_NAMES)
            which = 0 if number % 3 == 0 else number % 3
            printer = printers.add_printer(
                name=f"{name} {again + 1}" if again else name, model=self.catalogue.models[which], room=room,
                hours_before_h=Decimal(self.shop.dice.randint(40, 900)),
            )  # fmt: skip
            slots = [slot.location for slot in printer.slots.select_related("location").order_by("position")]
            machines.append(Machine(printer, self.shop.moment(self.shop.first_day, 7), _SPEED[which], slots))
        return machines

    def _look_up(self) -> list[Ready]:
        """Needs and estimate of every bed, by production's own functions."""
        plates = {plate.pk: plate for plate in Plate.objects.for_page()}
        pieces = needs.pieces_by_variant(made.variant.pk for made in self.catalogue.made)
        known = PriceBook(
            filament_ids=set(self.stockroom.by_id), group_ids=set(self.stockroom.groups),
            item_ids={part.item.pk for part in self.stockroom.parts.values()},
        )  # fmt: skip
        at = self.shop.moment(self.shop.first_day, 9)
        found = []
        for bed in self.catalogue.beds:
            plate = plates[bed.plate.pk]
            pairs = tuple((beds.Pieces(made.variant, count), pieces[made.variant.pk]) for made, count in bed.outputs)
            need = needs.of_plate(plate, [(piece, wanted.pieces) for wanted, piece in pairs], None)
            looked_up = beds.Bed(plate.name, plate, need.slice_file, None, pairs, need)
            found.append(
                Ready(bed, looked_up, estimates.estimate(looked_up, at=at, known=known, rates=self.rates_on(at)))
            )
        return found

    def rates_on(self, at: datetime) -> CostRates:
        day = timezone.localdate(at)
        # Rates of the seed change on the first of a month at most.
        month = day.replace(day=1)
        if month not in self._rates:
            self._rates[month] = facts.day_rates(self.shop.moment(month, 12))
        return self._rates[month]

    # --- Planning ------------------------------------------------------------------------------------------------

    def plan(self, at: datetime) -> None:
        """Whoever plans prints what runs out first."""
        again = self._reprints.popleft() if self._reprints else None
        ready = next(each for each in self.ready if each.bed.plate.pk == again.plate_id) if again else self._scarcest()
        machine = min(self.machines, key=lambda each: (each.free_at, each.printer.pk))
        job = self.new_job(ready, at=at, machine=machine, reprint_of=again)
        if self.shop.dice.happens(_CANCEL_PCT):
            job.run.state = RunState.CANCELLED
            self.note(job, RunEventKind.CANCELLED, at + timedelta(hours=2))
            self.store(job)
            return
        self._foresee(job, machine, at)

    def _foresee(self, job: Job, machine: Machine, at: datetime) -> None:
        """Start it when the printer is free, and look at it when somebody is there."""
        dice, run = self.shop.dice, job.run
        fails = not run.reprint_of and dice.happens(_FAIL_PCT)
        run.failed_pct = Decimal(dice.randint(4, 95)) if fails else None
        start = max(machine.free_at, at + dice.minutes(3, 25))
        share = run.failed_pct if fails else dice.around(Decimal(100), 2)
        run.actual_time_s = int(run.print_time_s * machine.speed_pct * share / 10_000)
        run.started_at, run.finished_at = start, start + timedelta(seconds=run.actual_time_s)
        local = timezone.localtime(run.finished_at, self.shop.zone)
        seen_at = run.finished_at + dice.minutes(1, 12)
        if not 8 <= local.hour < 22:
            morning = local.date() + timedelta(days=local.hour >= 22)
            seen_at = max(seen_at, self.shop.moment(morning, 8) + dice.minutes(1, 50))
        machine.free_at = seen_at
        for made, count in job.ready.bed.outputs:
            made.coming += count
        self.unfinished.append(job)
        self.agenda.add(seen_at, lambda now: self.finish(job, now))

    def new_job(self, ready: Ready, *, at: datetime, machine: Machine | None, reprint_of: Run | None = None) -> Job:
        """A planned run with its number, as planning would write it."""
        day = timezone.localdate(at, self.shop.zone)
        sequence = self.counters[day] = self.counters.get(day, 0) + 1
        bed = ready.looked_up
        run = Run(
            number=f"{self.shop.code}-{day:%Y%m%d}-{sequence:03d}", entry_on=day, sequence=sequence, plate=bed.plate,
            slice_file=ready.bed.files[machine.printer.model] if machine else bed.slice_file,
            printer=machine.printer if machine else None, title=bed.title,
            print_time_s=bed.needs.print_time_s, estimated_minutes=bed.needs.minutes, reprint_of=reprint_of, first_run=reprint_of,
            created_at=at, estimated_cost=sum((part.amount for part in ready.estimate), ZERO),
            estimated_bought_cost=sum((part.amount for part in ready.estimate if part.line.in_bought), ZERO),
        )  # fmt: skip
        outputs = [
            RunOutput(run=run, position=index, variant=wanted.variant, recipe=piece.recipe, planned=wanted.pieces, print_time_s=piece.seconds,
                      estimated_total=sum((part.amount for part in ready.estimate if part.output == index), ZERO))
            for index, (wanted, piece) in enumerate(bed.pieces)
        ]  # fmt: skip
        materials = [
            RunMaterial(run=run, position=position, slot_name=line.name, filament_id=line.filament_id, group_id=line.group_id,
                        estimated_g=line.grams, estimated_purge_g=line.purge_g)
            for position, line in enumerate(bed.needs.materials)
        ]  # fmt: skip
        job = Job(run, ready, machine, outputs, materials, [dict(line.grams_each) for line in bed.needs.materials])
        self.note(job, RunEventKind.REPRINTED if reprint_of else RunEventKind.PLANNED, at)
        job.cost_lines += self._cost_lines(job, ready.estimate, CostStage.ESTIMATE, at)
        return job

    def _scarcest(self) -> Ready:
        looked_at = self.ready if len(self.ready) <= _LOOKED_AT else self.shop.dice.sample(self.ready, _LOOKED_AT)
        ranked = sorted(looked_at, key=lambda ready: min(made.cover for made, _count in ready.bed.outputs))
        for ready in ranked:
            lines = ready.looked_up.needs.materials
            if all(
                self.stockroom.suffices(Binding(line.filament_id, line.group_id), line.grams + line.purge_g)
                for line in lines
            ):
                return ready
        return ranked[0]

    # --- Finishing -----------------------------------------------------------------------------------------------

    def finish(self, job: Job, at: datetime) -> None:
        """Close a run as completing does, and put what came off it on the shelf."""
        self.unfinished.remove(job)
        for made, count in job.ready.bed.outputs:
            made.coming -= count
        run = job.run
        parts = self.closing.close(job, at=at)
        job.cost_lines += self._cost_lines(job, parts, CostStage.ACTUAL, at)
        self.note(job, RunEventKind.STARTED, run.started_at, text=str(run.printer))
        kind = RunEventKind.FAILED if job.failed else RunEventKind.COMPLETED
        self.note(job, kind, run.finished_at, recorded_at=at, key=run.completion_key)
        self.store(job)
        if job.failed and self.shop.dice.happens(60):
            self._reprints.append(run)

    # --- Rows ----------------------------------------------------------------------------------------------------

    def note(
        self,
        job: Job,
        kind: str,
        at: datetime,
        *,
        recorded_at: datetime | None = None,
        text: str = "",
        key: object = None,
    ) -> None:
        job.diary.append(
            {"run": job.run, "kind": kind, "text": text, "key": key, "occurred_at": at, "recorded_at": recorded_at or at,
             "by": self.shop.operator}
        )  # fmt: skip

    def _cost_lines(self, job: Job, parts: list[BedPart], stage: str, at: datetime) -> list[Facts]:
        actual = stage == CostStage.ACTUAL
        return [
            {"run": job.run, "output": None if part.output is None else job.outputs[part.output], "stage": stage,
             "code": part.line.code, "label": part.line.label[:80], "amount": part.amount, "in_bought": part.line.in_bought,
             "is_loss": part.is_loss and actual, "formula": part.line.formula[:200], "origin": part.line.origin,
             "recorded_at": at}
            for part in parts
        ]  # fmt: skip

    def store(self, job: Job) -> None:
        outbox = self.shop.outbox
        outbox.add(job.run, *job.outputs, *job.materials)
        outbox.tell(RunEvent, job.diary)
        outbox.tell(RunCostLine, job.cost_lines)
        shares = (
            {"material": line, "output": job.outputs[index], "grams_each": grams}
            for line, each in zip(job.materials, job.grams_each, strict=True)
            for index, grams in each.items()
        )
        outbox.tell(RunShare, shares)
