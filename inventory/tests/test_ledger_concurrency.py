from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import Sum

from inventory.choices import MovementKind
from inventory.domain import deliveries, ledger, stocktakes
from inventory.domain.checking import check_ledger
from inventory.domain.ledger import Entry
from inventory.domain.spools import add_spools
from inventory.models import Lot, Spool
from inventory.models.movements import Movement
from nozzly.tenancy.current import in_workspace
from nozzly.testing.factories.inventory import FilamentFactory, SpoolFactory, SupplierFactory

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def in_threads(workspace, work, jobs):
    def one(job):
        try:
            with in_workspace(workspace):
                return work(job)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, jobs))


@pytest.mark.threads
def test_many_runs_at_once_each_posted_twice_book_once_and_add_up(committed, workspace):
    spools = [SpoolFactory().pk for _roll in range(4)]
    chance = Random(7)
    jobs = [(uuid4(), chance.sample(spools, 3)) for _run in range(30)]

    def run(job):
        key, lots = job
        entries = [Entry(pk, MovementKind.CONSUMPTION, Decimal(-60)) for pk in lots]
        return len(ledger.post(entries, source="run", source_id=1, source_text="", key=key, by=None, at=NOON))

    in_threads(workspace, run, [job for job in jobs for _tab in range(2)])

    printed = Movement.objects.filter(kind=MovementKind.CONSUMPTION).aggregate(grams=Sum("quantity"))["grams"]
    assert printed == -60 * 3 * 30
    for lot in Lot.objects.all():
        sums = lot.movements.aggregate(held=Sum("quantity"), bought=Sum("bought_value"), full=Sum("full_value"))
        assert sums == {"held": lot.on_hand, "bought": lot.bought_value, "full": lot.full_value}
        assert lot.on_hand >= 0


@pytest.mark.threads
def test_the_same_rolls_added_from_eight_tabs_are_there_once(committed, workspace):
    filament = FilamentFactory()
    key = UUID(int=2**127 + 12345)

    answers = in_threads(
        workspace,
        lambda _tab: [spool.pk for spool in add_spools(filament, count=3, key=key, by=None, at=NOON)],
        range(8),
    )

    assert Spool.objects.count() == 3
    assert {tuple(answer) for answer in answers} == {tuple(answers[0])}


@pytest.mark.threads
def test_stocktakes_and_deliveries_of_the_same_items_at_once_wait_for_each_other(committed, workspace):
    filaments = [FilamentFactory() for _colour in range(4)]
    lots = [SpoolFactory(filament=filament).lot for filament in filaments]
    counts = []
    for number in range(6):
        stocktake = stocktakes.start_stocktake(name=f"Count {number}", locations=[], by=None, at=NOON)
        for lot in lots if number % 2 else reversed(lots):
            stocktakes.count_lot(stocktake, lot, counted=Decimal(990 + number), by=None, at=NOON)
        counts.append(stocktake)
    supplier = SupplierFactory()

    def receive(number):
        ordered = filaments if number % 2 else filaments[::-1]
        lines = [deliveries.Line(filament.item, 1, Decimal(1000), Decimal(number)) for filament in ordered]
        invoice = deliveries.Invoice(received_on=NOON.date())
        deliveries.receive(supplier, lines=lines, invoice=invoice, key=uuid4(), by=None, at=NOON)

    jobs = [lambda each=each: stocktakes.approve(each, by=None, at=NOON) for each in counts]
    jobs += [lambda number=number: receive(number) for number in range(1, 9)]
    in_threads(workspace, lambda job: job(), Random(3).sample(jobs, len(jobs)))

    assert {lot.on_hand for lot in Lot.objects.filter(pk__in=[lot.pk for lot in lots])} == {1000 + sum(range(-10, -4))}
    assert check_ledger() == []
    assert Lot.objects.count() == 4 + 4 * 8
