"""The scenes of today: what prints now, what waits for tonight, which orders need somebody."""

from datetime import datetime, timedelta
from decimal import Decimal

from catalog.domain.variants import Binding
from inventory.models import Item, Lot, MaterialGroup, Reservation
from nozzly.home.seed.catalogue import Made
from nozzly.home.seed.jobs import Job, Machine
from nozzly.home.seed.market import Market, Sale
from nozzly.home.seed.stockroom import FilamentStock, Roll
from nozzly.home.seed.workshop import Workshop
from production.choices import RunEventKind, RunState
from production.domain.planning import SOURCE as RUN
from sales.choices import OrderEventKind, OrderState
from sales.domain.picking import SOURCE as ORDER_LINE

# For each time the scenes are played.
RUNS_EACH, ORDERS_EACH = 10, 20


class Tonight:
    def __init__(self, workshop: Workshop, market: Market) -> None:
        self.shop, self.workshop, self.market = workshop.shop, workshop, market
        self.jobs: list[Job] = []
        self.loaded: dict[int, list[Roll]] = {}
        self._kept: dict[int, int] = {}

    def play(self) -> None:
        for _time in range(self.shop.size.tonight):
            self._printers()
            self._inbox()
        self._settle_runs()
        self._settle_orders()
        self.shop.flush()
        self._reserve()

    # --- Printers ------------------------------------------------------------------------------------------------

    def _printers(self) -> None:
        """Two print, one is done and waits, five are for tonight (two of them on no printer yet), one is for tomorrow."""
        now, dice = self.shop.now, self.shop.dice
        idle = [each for each in self.workshop.machines if each.free_at <= now and not each.open_runs]
        for number in range(RUNS_EACH - 1):
            machine = idle[number % len(idle)] if idle and number < 7 else None
            job = self._job(number, at=now - timedelta(hours=5, minutes=dice.randint(0, 50)), machine=machine)
            if number < 3 and machine and not machine.open_runs:
                minutes_left = (140, 35, -25)[number]
                started_at = now + timedelta(minutes=minutes_left) - timedelta(seconds=job.run.print_time_s)
                self._start(job, machine, started_at)
            else:
                job.run.planned_for = self._evening(number)
                job.run.queue_position = number
            if machine:
                machine.open_runs += 1
            self.jobs.append(job)

    def _job(self, number: int, *, at: datetime, machine: Machine | None) -> Job:
        """Whatever sells, but nothing that prints into the day after tomorrow."""
        fitting = [each for each in self.workshop.ready if 1800 < each.looked_up.needs.print_time_s < 40_000]
        ready = sorted(fitting, key=lambda each: min(made.cover for made, _n in each.bed.outputs))[
            (number * 7) % min(40, len(fitting))
        ]
        return self.workshop.new_job(ready, at=at, machine=machine)

    def _evening(self, number: int) -> datetime:
        evening = self.shop.moment(self.shop.today, 19) + timedelta(minutes=25 * number)
        evening = max(evening, self.shop.now + timedelta(minutes=20 + 5 * number))
        return evening + timedelta(days=1) if number == RUNS_EACH - 2 else evening

    def _start(self, job: Job, machine: Machine, started_at: datetime) -> None:
        job.run.state, job.run.started_at, job.run.operator = RunState.PRINTING, started_at, self.shop.operator
        self.workshop.note(job, RunEventKind.STARTED, started_at, text=str(machine.printer))
        self._load(job, machine)

    def _load(self, job: Job, machine: Machine) -> None:
        """Its colours hang in the printer's slots."""
        for line, binding in zip(job.materials, job.bindings, strict=True):
            roll = self._free_roll(binding)
            if roll and self._hang(roll, machine):
                line.lot = roll.holding.lot

    def _free_roll(self, binding: Binding) -> Roll | None:
        hanging = {id(roll) for rolls in self.loaded.values() for roll in rolls}
        for stock in self.workshop.stockroom.stocks_for(binding):
            for roll in _rolls(stock):
                if id(roll) not in hanging and roll.holding.left > 150:
                    return roll
        return None

    def _hang(self, roll: Roll, machine: Machine) -> bool:
        rolls = self.loaded.setdefault(machine.printer.pk, [])
        if len(rolls) >= len(machine.slots):
            return False
        rolls.append(roll)
        return True

    def _settle_runs(self) -> None:
        """What the year left unfinished either prints right now or waits."""
        for job in self.workshop.unfinished:
            run = job.run
            started_at, run.failed_pct, run.actual_time_s, run.finished_at, run.started_at = (
                run.started_at,
                None,
                None,
                None,
                None,
            )
            if started_at <= self.shop.now and not job.machine.open_runs:
                self._start(job, job.machine, started_at)
                job.machine.open_runs += 1
            else:
                run.planned_for = max(started_at, self.shop.now + timedelta(minutes=30))
            self.jobs.append(job)
        for job in self.jobs:
            self.workshop.store(job)
        for machine in self.workshop.machines:
            self._fill_slots(machine)

    def _fill_slots(self, machine: Machine) -> None:
        """Most slots are never empty."""
        for binding in [
            Binding(group_id=pk) for pk in self.shop.dice.sample(sorted(self.workshop.stockroom.groups), 4)
        ]:
            roll = self._free_roll(binding) if self.shop.dice.happens(70) else None
            if roll:
                self._hang(roll, machine)

    def place_rolls(self) -> None:
        """Move the rolls into the slots; whoever hangs there is open."""
        lots = []
        for machine in self.workshop.machines:
            for slot, roll in zip(machine.slots, self.loaded.get(machine.printer.pk, []), strict=False):
                roll.holding.lot.location = slot
                lots.append(roll.holding.lot)
                if roll.spool.opened_at is None:
                    roll.spool.opened_at = self.shop.now - timedelta(days=2)
                roll.spool.state = "open"
        Lot.objects.bulk_update(lots, ["location"], batch_size=500)

    # --- Orders --------------------------------------------------------------------------------------------------

    def _inbox(self) -> None:
        now, etsy = self.shop.now, self.market.channels.get("Etsy")
        for number in range(3):
            self._order(
                etsy,
                [self._sold_out()],
                placed_at=now - timedelta(days=9 + number, hours=3),
                state=OrderState.CONFIRMED,
            )
        for number in range(3):
            self._order(
                etsy, [None] if number else [self._on_shelf(), None], placed_at=now - timedelta(hours=7 + 5 * number)
            )
        for number in range(5):
            self._order(
                self._any_channel(number), [self._on_shelf()], placed_at=now - timedelta(minutes=34 + 95 * number)
            )
        for number in range(6):
            wanted = [self._on_shelf(), self._on_shelf()][: 1 + number % 2]
            self._order(
                self._any_channel(number),
                wanted,
                placed_at=now - timedelta(days=1, hours=2 + number),
                state=OrderState.CONFIRMED,
            )
        for number in range(3):
            self._order(
                self._any_channel(number),
                [self._on_shelf()],
                placed_at=now - timedelta(days=2, hours=number),
                state=OrderState.PACKED,
            )

    def _any_channel(self, number: int) -> object:
        sold_by_post = [each for name, each in self.market.channels.items() if name != "Craft fair"]
        return sold_by_post[number % len(sold_by_post)] if sold_by_post else None

    def _on_shelf(self) -> Made:
        there = [made for made in self.market.made if made.free > 0]
        return self.shop.dice.choice(there or self.market.made)

    def _sold_out(self) -> Made:
        return min(self.market.made, key=lambda made: (made.free, -made.appeal))

    def _order(
        self, channel: object, wanted: list[Made | None], *, placed_at: datetime, state: str = OrderState.NEW
    ) -> Sale:
        sale = self.market.new_sale(channel, list(dict.fromkeys(wanted)), at=placed_at)
        sale.order.state = state
        for line, made in sale.pairs:
            made.free -= line.quantity
        if state != OrderState.NEW:
            self._confirm(sale, placed_at + timedelta(hours=1))
        if state == OrderState.PACKED:
            sale.order.packed_at = self.shop.now - timedelta(hours=1)
            self.market.note(sale, OrderEventKind.PACKED, sale.order.packed_at)
        self.market.open.append(sale)
        return sale

    def _confirm(self, sale: Sale, at: datetime) -> None:
        sale.order.state = sale.order.state if sale.order.state == OrderState.PACKED else OrderState.CONFIRMED
        sale.order.confirmed_at = at
        self.market.note(sale, OrderEventKind.CONFIRMED, at)

    def _settle_orders(self) -> None:
        for sale in self.market.open:
            placed_at = self.market.placed_at(sale)
            if sale.order.state == OrderState.NEW and placed_at < self.shop.now - timedelta(hours=18):
                self._confirm(sale, placed_at + timedelta(hours=2))
            self.market.store(sale)

    # --- Promises ------------------------------------------------------------------------------------------------

    def _reserve(self) -> None:
        for job in self.jobs:
            for line in job.materials:
                item = Item(pk=line.filament_id) if line.filament_id else None
                group = MaterialGroup(pk=line.group_id) if line.group_id else None
                self._keep(
                    item=item,
                    group=group,
                    quantity=line.estimated_total_g,
                    source=RUN,
                    source_id=job.run.pk,
                    source_text=job.run.number,
                )
        for sale in sorted(self.market.open, key=lambda each: each.order.placed_on):
            if sale.order.state in {OrderState.CONFIRMED, OrderState.PACKED}:
                for line, made in sale.pairs:
                    self._keep_pieces(sale, line.pk, line.piece_count, made)
        self.shop.flush()

    def _keep_pieces(self, sale: Sale, line_id: int, pieces: int, made: Made) -> None:
        for_whom = {
            "item": made.variant.item,
            "source": ORDER_LINE,
            "source_id": line_id,
            "source_text": sale.order.number,
        }
        for holding in made.lots:
            taken = min(pieces, int(holding.left) - self._kept.get(id(holding), 0))
            if taken > 0:
                self._kept[id(holding)] = self._kept.get(id(holding), 0) + taken
                pieces -= taken
                self._keep(lot=holding.lot, quantity=Decimal(taken), **for_whom)
        if pieces:
            self._keep(quantity=Decimal(pieces), **for_whom)

    def _keep(self, **facts: object) -> None:
        self.shop.outbox.add(Reservation(**facts))


def _rolls(stock: FilamentStock) -> list[Roll]:
    return [*([stock.open] if stock.open else []), *stock.begun, *stock.sealed]
