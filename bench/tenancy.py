"""What keeping workspaces apart costs: ``.venv/bin/python -m bench.tenancy``. Uses a database of its own, dropped at the end."""

import nozzly.testing.environment  # noqa: F401, I001 - before Django reads the settings

import django

django.setup()

from statistics import median  # noqa: E402
from time import perf_counter, process_time  # noqa: E402

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.backends.postgresql.base import DatabaseWrapper as StockWrapper  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.utils import timezone  # noqa: E402

from nozzly.tenancy.current import in_public  # noqa: E402
from nozzly.tenancy.domain import provisioning  # noqa: E402
from nozzly.tenancy.middleware import WorkspaceMiddleware  # noqa: E402
from nozzly.tenancy.roles import quoted  # noqa: E402
from nozzly.testing import databases  # noqa: E402

ROUNDS, REQUESTS_A_ROUND = 20, 150
TARGET_CREATION_RATIO = 8
TARGET_REQUEST_MS = 0.3
QUERY = "SELECT id, email FROM accounts_user WHERE id = 1"


def main() -> None:
    settings.ALLOWED_HOSTS = ["*"]
    with databases.session_database():
        created_s, migrated_s = creation_s(), migration_s()
        print(f"workspace created      {created_s * 1000:8.0f} ms  (median of 7, with role, rows and address)")
        print(f"workspace migrated     {migrated_s * 1000:8.0f} ms  (median of 3, all migrations)")
        print(f"ratio                  {migrated_s / created_s:8.1f}     (target ≥ {TARGET_CREATION_RATIO})")
        print()
        print(
            "CPU of this process per request, ms; “apart” is what the tenancy middleware and backend add to stock Django:"
        )
        for words, statements in (("no query", 0), ("one query", 1), ("five queries", 5)):
            apart, stock = apart_ms(statements), stock_ms(statements)
            print(
                f"{words:14} stock {stock:6.3f}   nozzly {apart:6.3f}   apart {apart - stock:6.3f}   (target ≤ {TARGET_REQUEST_MS})"
            )


def creation_s() -> float:
    def create(number):
        facts = provisioning.WorkspaceFacts(**databases.THISTLE | {"slug": f"bench{number}"})
        provisioning.provision(facts, at=timezone.now())

    return median(seconds(create, number) for number in range(7))


def migration_s() -> float:
    def migrate(number):
        with in_public(), connection.as_owner():
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE SCHEMA {quoted(f't_bench{number}')}")
            call_command("migrate_schemas", schema_name=f"t_bench{number}", verbosity=0)

    return median(seconds(migrate, number) for number in range(3))


def seconds(work, *args) -> float:
    started = perf_counter()
    work(*args)
    return perf_counter() - started


def apart_ms(statements: int) -> float:
    """Requests to two workspaces in turn, so that each one switches schema and role."""
    answer = WorkspaceMiddleware(lambda _request: _view(connection, statements))
    factory = RequestFactory()
    requests = [factory.get("/", HTTP_HOST=host) for host in ("ta.localhost", "tb.localhost")]
    return cpu_ms(lambda number: answer(requests[number % 2]))


def stock_ms(statements: int) -> float:
    stock = StockWrapper(connection.settings_dict | {"ENGINE": "django.db.backends.postgresql"})
    with stock.cursor() as cursor:
        cursor.execute("SET search_path = t_ta")
    result = cpu_ms(lambda _number: _view(stock, statements))
    stock.close()
    return result


def _view(through, statements: int) -> HttpResponse:
    for _ in range(statements):
        with through.cursor() as cursor:
            cursor.execute(QUERY)
            cursor.fetchall()
    return HttpResponse("ok")


def cpu_ms(work) -> float:
    """The best of many short rounds: other work on the machine only ever adds."""
    for number in range(200):
        work(number)
    rounds = []
    for _ in range(ROUNDS):
        started = process_time()
        for number in range(REQUESTS_A_ROUND):
            work(number)
        rounds.append((process_time() - started) / REQUESTS_A_ROUND * 1000)
    return min(rounds)


if __name__ == "__main__":
    main()
