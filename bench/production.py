"""The print floor at full size: ``.venv/bin/python -m bench.production``. Uses a database of its own, dropped at the end.

Times completing a run with 8 spools and 5 products, and Tonight with 50 printers and 500 queued runs. Then 16 threads
× 50 completions over 5 shared spools, each run sent twice, and a process that is killed (-9) in the middle of
completing: grams are conserved, no number is missing or double, no run is half done. Exits 1 when a limit is broken.
"""

import nozzly.testing.environment  # noqa: F401, I001 - before Django reads the settings

import django

django.setup()

import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from concurrent.futures import ThreadPoolExecutor  # noqa: E402
from statistics import median  # noqa: E402
from uuid import uuid4  # noqa: E402

from django.conf import settings  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.db.models import Sum  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from inventory.models import Lot  # noqa: E402
from inventory.models.movements import Movement  # noqa: E402
from nozzly.accounts.permissions import Role  # noqa: E402
from nozzly.core.errors import DomainError  # noqa: E402
from nozzly.tenancy.current import in_workspace  # noqa: E402
from nozzly.tenancy.models import Workspace  # noqa: E402
from nozzly.testing import databases  # noqa: E402
from nozzly.testing.clients import WorkspaceClient  # noqa: E402
from nozzly.testing.factories.inventory import SpoolFactory  # noqa: E402
from nozzly.testing.fixtures import make_user  # noqa: E402
from production.choices import RunState  # noqa: E402
from production.domain import runs  # noqa: E402
from production.domain.runs import Pieces  # noqa: E402
from production.models import Run, RunCostLine, RunEvent  # noqa: E402
from production.tests import shop  # noqa: E402

THREADS, EACH, SHARED = 16, 50, 5
PRINTERS, QUEUED = 50, 500
MAX_COMPLETE_MS, MAX_COMPLETE_QUERIES, MAX_BOARD_MS, MAX_BOARD_QUERIES = 150, 30, 100, 25


def main() -> int:
    settings.ALLOWED_HOSTS = ["*"]
    with databases.session_database():
        workspace = Workspace.objects.get(slug="ta")
        with in_workspace(workspace):
            user = make_user(Role.OWNER)
            shop.rates()
            held = [
                completing(user),
                board(user),
                crowd(workspace, user),
                killed(workspace, user),
            ]
    return 0 if all(held) else 1


def verdict(words: str, value: float, unit: str, *, limit: float) -> bool:
    holds = value <= limit
    print(f"{words:56} {value:10.2f} {unit:8} (limit ≤ {limit:g}) {'' if holds else 'BROKEN'}")
    return holds


def promise(words: str, *, holds: bool) -> bool:
    print(f"{words:56} {'holds' if holds else 'BROKEN'}")
    return holds


def asked(seen) -> int:
    """Queries, without the words that open and close a transaction."""
    return sum(1 for query in seen.captured_queries if query["sql"] not in {"BEGIN", "COMMIT"})


def completing(user) -> bool:
    """Server time of completing 8 spools × 5 products, median of ten."""
    fills = [SpoolFactory(on_hand=100_000).lot.item.filament for _slot in range(8)]
    variants = [
        shop.variant(f"Animal {n}", {f"s{m}": (fills[(n + m) % 8], 10, 1) for m in range(4)}, minutes="2")
        for n in range(5)
    ]
    outputs = [Pieces(each, 2) for each in variants]
    planned = runs.plan_run(outputs=outputs, printer=shop.printer("Bench"), copies=11, by=user, at=timezone.now())
    times = []
    for run in planned:
        begin = time.perf_counter()
        with CaptureQueriesContext(connection) as seen:
            runs.complete_run(run, key=uuid4(), by=user, at=timezone.now())
        times.append((time.perf_counter() - begin) * 1000)
    return all(
        [
            verdict("complete 8 spools × 5 products", median(times[1:]), "ms", limit=MAX_COMPLETE_MS),
            verdict("queries of it", asked(seen), "queries", limit=MAX_COMPLETE_QUERIES),
        ]
    )


def board(user) -> bool:
    now, spool = timezone.now(), SpoolFactory(on_hand=100_000)
    dragon = shop.variant("Dragon", {"body": (spool.lot.item.filament, 40, 2)}, seconds=7200)
    for number in range(PRINTERS):
        printer = shop.printer(f"P{number:02}")
        runs.plan_run(outputs=[Pieces(dragon, 1)], printer=printer, copies=QUEUED // PRINTERS, by=user, at=now)
    browser = WorkspaceClient("ta.localhost").sign_in(user)
    url, times = reverse("production:tonight"), []
    for _visit in range(6):
        begin = time.perf_counter()
        with CaptureQueriesContext(connection) as seen:
            browser.get(url)
        times.append((time.perf_counter() - begin) * 1000)
    return all(
        [
            verdict(f"Tonight, {PRINTERS} printers and {QUEUED} runs", median(times[1:]), "ms", limit=MAX_BOARD_MS),
            verdict("queries of it", asked(seen), "queries", limit=MAX_BOARD_QUERIES),
        ]
    )


def shared_runs(user, count: int) -> list[Run]:
    fills = [SpoolFactory(on_hand=5_000).lot.item.filament for _spool in range(SHARED)]
    variants = [
        shop.variant(f"Bird {uuid4()}", {f"s{m}": (fills[(n + m) % 5], 10, 1) for m in range(3)}) for n in range(5)
    ]
    return [
        runs.plan_run(outputs=[Pieces(variants[n % 5], 1)], even_if_short=True, by=user, at=timezone.now())[0]
        for n in range(count)
    ]


def crowd(workspace, user) -> bool:
    """Every run is completed by two threads at once."""
    planned = shared_runs(user, THREADS * EACH)

    def complete(run):
        try:
            with in_workspace(workspace):
                return runs.complete_run(run, key=uuid4(), by=user, at=timezone.now()).pk
        except DomainError:
            return None
        finally:
            connection.close()

    begin = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        finished = [pk for pk in pool.map(complete, [*planned, *planned]) if pk]
    print(f"{len(finished)} runs completed by {THREADS} threads in {time.perf_counter() - begin:.1f} s")
    return all(
        [promise("each run is done once", holds=sorted(finished) == sorted(run.pk for run in planned)), conserved()]
    )


def killed(workspace, user) -> bool:
    """A process that dies in the middle leaves whole runs only."""
    planned = shared_runs(user, 300)
    connections.close_all()
    child = os.fork()
    if child == 0:
        with in_workspace(workspace):
            for run in planned:
                runs.complete_run(run, key=uuid4(), by=user, at=timezone.now())
        os._exit(0)
    time.sleep(2)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with in_workspace(workspace):
        done = Run.objects.filter(pk__in=[run.pk for run in planned], state=RunState.DONE).count()
        print(f"killed after {done} of {len(planned)} runs")
        return all([conserved(), whole(), numbered()])


def conserved() -> bool:
    sums = dict(Movement.objects.values_list("lot").annotate(Sum("quantity")).order_by())
    return promise(
        "movements add up to what lots hold", holds=all(sums.get(lot.pk, 0) == lot.on_hand for lot in Lot.objects.all())
    )


def whole() -> bool:
    """A run is done with its diary, its movements and its cost, or none of them."""
    done = set(Run.objects.done().values_list("pk", flat=True))
    told = set(RunEvent.objects.filter(kind="completed").values_list("run", flat=True))
    moved = set(Movement.objects.filter(source="run").values_list("source_id", flat=True))
    costed = set(RunCostLine.objects.filter(stage="actual").values_list("run", flat=True))
    return promise("no run is half done", holds=done == told == moved == costed)


def numbered() -> bool:
    taken = sorted(Run.objects.values_list("entry_on", "sequence"))
    days = {}
    for day, sequence in taken:
        days.setdefault(day, []).append(sequence)
    return promise("numbers have no gap", holds=all(each == list(range(1, len(each) + 1)) for each in days.values()))


if __name__ == "__main__":
    sys.exit(main())
