"""Keeping the facts of profit true: what was marked since the last look is read from the books again."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection, transaction

from nozzly.core.money import minor_digits
from nozzly.tenancy.current import current_workspace
from sales.domain.profit_sql import AGREEMENTS, INSERT, SOURCES, STATEMENTS, SUMS
from sales.models import ProfitFact, ProfitMark

_SOURCES_AT_ONCE = 20_000
_TAKE_MARKS = "DELETE FROM sales_profitmark RETURNING kind, source_id"
_MONTHS = """
SELECT DISTINCT date_trunc('month', "on")::date FROM sales_profitfact WHERE kind = %(kind)s AND source_id = ANY(%(ids)s)
"""
_FORGET = "DELETE FROM sales_profitfact WHERE kind = %(kind)s AND source_id = ANY(%(ids)s)"


def refresh() -> int:
    """Bring the facts up to date; answers how many sources were read again. Costs one query where nothing changed.

    The marks are taken before the books are read, so that a mark that was not seen yet stays for the next time.
    Of two at once the second waits for the first.
    """
    if not ProfitMark.objects.exists():
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), hashtext('profit facts'))", [connection.schema_name])
        cursor.execute(_TAKE_MARKS)
        marked: dict[str, set[int]] = {}
        for kind, source_id in cursor.fetchall():
            marked.setdefault(kind, set()).add(source_id)
        months: set[date] = set()
        for kind in STATEMENTS:
            months |= _read_again(cursor, kind, sorted(marked.get(kind, ())))
        _add_up(cursor, sorted(months))
    return sum(len(ids) for ids in marked.values())


def rebuild() -> int:
    """Forget all facts and make them anew; answers how many there are."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM sales_profitfact")
            cursor.execute("DELETE FROM sales_profitsum")
            cursor.execute("DELETE FROM sales_profitmark")
            for kind, source in SOURCES.items():
                cursor.execute(f"INSERT INTO sales_profitmark (kind, source_id) SELECT %s, id FROM {source}", [kind])  # noqa: S608 - our own constants
        refresh()
        return ProfitFact.objects.count()


@dataclass(frozen=True)
class Mistake:
    """Facts and books differ in something."""

    what: str
    facts: Decimal
    books: Decimal

    def __str__(self) -> str:
        return f"{self.what}: the facts say {self.facts}, the books {self.books}"


def check() -> list[Mistake]:
    """Whether the facts are what orders, ledger, runs and expenses say; empty when they are."""
    refresh()
    found = []
    with connection.cursor() as cursor:
        for what, queries in AGREEMENTS.items():
            facts, books = (_number(cursor, query) for query in queries)
            if facts != books:
                found.append(Mistake(what, facts, books))
    return found


def _number(cursor: object, query: str) -> Decimal:
    cursor.execute(query)
    return cursor.fetchone()[0] or Decimal(0)


def _read_again(cursor: object, kind: str, ids: list[int]) -> set[date]:
    """Make the facts of these sources anew; answers the months they stood in and stand in."""
    workspace, months = current_workspace(), set()
    for start in range(0, len(ids), _SOURCES_AT_ONCE):
        wanted = {
            "kind": kind,
            "ids": ids[start : start + _SOURCES_AT_ONCE],
            "digits": min(minor_digits(workspace.currency), 2),
            "zone": str(workspace.zone),
        }
        months |= _months(cursor, wanted)
        cursor.execute(_FORGET, wanted)
        cursor.execute(INSERT + STATEMENTS[kind], wanted)
        months |= _months(cursor, wanted)
    return months


def _months(cursor: object, wanted: dict) -> set[date]:
    cursor.execute(_MONTHS, wanted)
    return {month for (month,) in cursor.fetchall()}


def _add_up(cursor: object, months: list[date]) -> None:
    """Add the facts of these months up anew, along each axis."""
    if not months:
        return
    end = (months[-1].replace(day=28) + timedelta(days=4)).replace(day=1)
    wanted = {"months": months, "first": months[0], "end": end}
    cursor.execute('DELETE FROM sales_profitsum WHERE "on" = ANY(%(months)s)', wanted)
    for statement in SUMS.values():
        cursor.execute(statement, wanted)
