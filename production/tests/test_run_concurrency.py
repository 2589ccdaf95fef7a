"""Sixteen people at once: numbers without a gap, grams without a loss. 50 rounds each run in bench/."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection, transaction

from inventory.domain import ledger
from inventory.models import Lot
from inventory.models.movements import Movement
from nozzly.accounts.permissions import Role
from nozzly.core.errors import DomainError
from nozzly.tenancy.current import in_workspace
from nozzly.testing.factories.inventory import SpoolFactory
from nozzly.testing.fixtures import make_user
from production.choices import RunState
from production.domain import runs
from production.domain.numbering import next_run_number
from production.domain.runs import Pieces
from production.models import Run
from production.tests import shop
from production.tests.shop import EVENING, MORNING

pytestmark = pytest.mark.threads
THREADS = 16


def in_threads(workspace, jobs):
    """Run each job in one of sixteen threads, every one with a connection of its own."""

    def work(job):
        try:
            with in_workspace(workspace):
                return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, jobs))


def test_run_numbers_have_no_gap_under_sixteen_threads(committed, workspace):
    user = make_user(Role.OWNER)
    dragon = shop.variant()

    def plan(fails):
        with transaction.atomic():
            (run,) = runs.plan_run(outputs=[Pieces(dragon, 1)], by=user, at=EVENING)
            transaction.set_rollback(fails)
        return None if fails else run.sequence

    taken = in_threads(workspace, [lambda fails=index % 5 == 0: plan(fails) for index in range(80)])

    assert sorted(number for number in taken if number) == list(range(1, 65))
    with transaction.atomic():
        assert next_run_number(at=EVENING).text == "TA-20260302-065"


def test_completions_over_shared_spools_conserve_grams(committed, workspace):
    user = make_user(Role.OWNER)
    spools = [SpoolFactory(on_hand=200) for _spool in range(5)]
    fills = [spool.lot.item.filament for spool in spools]
    variants = [shop.variant(f"Animal {n}", {f"s{m}": (fills[(n + m) % 5], 10, 1) for m in range(3)}) for n in range(5)]
    planned = [
        runs.plan_run(outputs=[Pieces(variants[n % 5], 2)], even_if_short=True, by=user, at=EVENING)[0]
        for n in range(32)
    ]

    def complete(run):
        try:
            return runs.complete_run(run, key=uuid4(), by=user, at=MORNING).pk
        except DomainError:
            return None

    # Every run is completed by two people at once.
    finished = in_threads(workspace, [lambda run=run: complete(run) for run in [*planned, *planned]])

    assert sorted(pk for pk in finished if pk) == sorted(run.pk for run in planned)
    assert Run.objects.filter(state=RunState.DONE).count() == 32
    moved = Movement.objects.all()
    for lot in Lot.objects.all():
        assert sum(row.quantity for row in moved.filter(lot=lot)) == lot.on_hand
    used = sum(-row.quantity for row in moved.filter(kind__in=("consumption", "purge")))
    found = sum(row.quantity for row in moved.filter(kind="found"))
    left = sum(spool.on_hand for spool in Lot.objects.filter(spool__isnull=False))
    assert used == 32 * 3 * Decimal(22)
    assert left == 5 * 200 + found - used


def test_one_form_sent_by_sixteen_threads_books_once(committed, workspace):
    user = make_user(Role.OWNER)
    spool = SpoolFactory()
    dragon = shop.variant(slots={"body": (spool.lot.item.filament, 40, 2)})
    (run,) = runs.plan_run(outputs=[Pieces(dragon, 1)], by=user, at=EVENING)
    key = uuid4()

    states = in_threads(
        workspace, [lambda: runs.complete_run(run, key=key, by=user, at=MORNING).state for _thread in range(THREADS)]
    )

    spool.lot.refresh_from_db()
    assert (states, spool.lot.on_hand) == ([RunState.DONE] * THREADS, 958)


def test_one_plan_sent_by_sixteen_threads_plans_once(committed, workspace):
    user = make_user(Role.OWNER)
    dragon = shop.variant()
    key = uuid4()

    planned = in_threads(
        workspace,
        [
            lambda: [
                run.number for run in runs.plan_run(outputs=[Pieces(dragon, 1)], copies=2, key=key, by=user, at=EVENING)
            ]
            for _thread in range(THREADS)
        ],
    )

    assert planned == [["TA-20260302-001", "TA-20260302-002"]] * THREADS


def test_undo_races_with_a_sale_and_only_one_wins(committed, workspace):
    user = make_user(Role.OWNER)
    dragon = shop.variant()
    planned = runs.plan_run(outputs=[Pieces(dragon, 1)], copies=8, by=user, at=EVENING)
    for run in planned:
        runs.complete_run(run, key=uuid4(), by=user, at=MORNING)
    lots = {run.pk: run.outputs.get().lot_id for run in planned}

    def sell(run):
        entry = ledger.Entry(lots[run.pk], "transfer", Decimal(-1))
        try:
            ledger.post([entry], source="x", source_id=1, source_text="", key=uuid4(), by=user, at=MORNING)
        except DomainError:
            return 0
        return 1

    def take_back(run):
        try:
            runs.undo_run(run, key=uuid4(), by=user, at=MORNING)
        except DomainError:
            return 0
        return 1

    jobs = [job for run in planned for job in (lambda run=run: sell(run), lambda run=run: take_back(run))]
    won = in_threads(workspace, jobs)

    assert sum(won) == 8
    assert set(Lot.objects.filter(pk__in=lots.values()).values_list("on_hand", flat=True)) == {0}
