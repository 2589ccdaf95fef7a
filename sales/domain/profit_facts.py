"""Keeping the facts of profit true: what was marked since the last look is read from the books again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from nozzly.core.money import minor_digits
from nozzly.tenancy.current import current_workspace
from sales.domain.months import after, after_stretch
from sales.domain.profit_checks import AGREEMENTS
from sales.domain.profit_sql import INSERT, SOURCES, STATEMENTS
from sales.domain.profit_sums_sql import (
    BUYERS,
    FEES,
    FIRST_DAY,
    FORGET_BUYERS,
    FORGET_FEES,
    FORGET_RANKS,
    FORGET_SUMS,
    RANKED,
    SINCE,
    SUMS,
)
from sales.models import ProfitFact, ProfitMark
from sales.report_choices import FactKind, RankAxis

_SOURCES_AT_ONCE = 20_000
_TAKE_MARKS = "DELETE FROM sales_profitmark RETURNING kind, source_id"
_STANDS_IN = f"""
SELECT DISTINCT {FIRST_DAY["stretch"]}, order_id, customer_id
FROM sales_profitfact WHERE kind = %(kind)s AND source_id = ANY(%(ids)s)
"""  # noqa: S608 - our own words
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
        touched = _Touched()
        for kind in STATEMENTS:
            _read_again(cursor, kind, sorted(marked.get(kind, ())), touched)
        add_up(touched.stretches, touched.keys)
    return sum(len(ids) for ids in marked.values())


def rebuild() -> int:
    """Forget all facts and make them anew; answers how many there are."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM sales_profitfact")
            cursor.execute("DELETE FROM sales_profitsum")
            cursor.execute("DELETE FROM sales_profitrank")
            cursor.execute("DELETE FROM sales_buyersum")
            cursor.execute("DELETE FROM sales_feecheck")
            cursor.execute("DELETE FROM sales_profitmark")
            for kind, source in SOURCES.items():
                cursor.execute(f"INSERT INTO sales_profitmark (kind, source_id) SELECT %s, id FROM {source}", [kind])  # noqa: S608 - our own constants
        refresh()
        return ProfitFact.objects.count()


@dataclass
class _Touched:
    """What facts that are made anew stood in, and stand in now."""

    stretches: set[date] = field(default_factory=set)
    keys: dict[str, set[int]] = field(default_factory=lambda: {axis: set() for axis in RANKED})


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


def _read_again(cursor: object, kind: str, ids: list[int], touched: _Touched) -> None:
    """Make the facts of these sources anew."""
    workspace = current_workspace()
    for start in range(0, len(ids), _SOURCES_AT_ONCE):
        wanted = {
            "kind": kind,
            "ids": ids[start : start + _SOURCES_AT_ONCE],
            "digits": min(minor_digits(workspace.currency), 2),
            "zone": str(workspace.zone),
        }
        _look(cursor, wanted, touched)
        cursor.execute(_FORGET, wanted)
        cursor.execute(INSERT + STATEMENTS[kind], wanted)
        _look(cursor, wanted, touched)
        if kind == FactKind.SALE:
            cursor.execute(FORGET_FEES, wanted)
            cursor.execute(FEES, wanted)


def _look(cursor: object, wanted: dict, touched: _Touched) -> None:
    cursor.execute(_STANDS_IN, wanted)
    for first_day, order_id, customer_id in cursor.fetchall():
        touched.stretches.add(first_day)
        touched.keys["order"].add(order_id)
        touched.keys["customer"].add(customer_id)
    for keys in touched.keys.values():
        keys.discard(None)


def add_up(stretches: set[date], keys: Mapping[str, set[int]]) -> None:
    """Add facts up anew: those of these stretches and their months along each axis, of these orders and customers in the rankings."""
    if not stretches:
        return
    months = {day.replace(day=1) for day in stretches}
    wanted = {
        "stretch": {"days": sorted(stretches), "first": min(stretches), "end": after_stretch(max(stretches))},
        "month": {"days": sorted(months), "first": min(months), "end": after(max(months))},
    }
    with connection.cursor() as cursor:
        for grain, days in wanted.items():
            cursor.execute(FORGET_SUMS, {"grain": grain, **days})
        for (grain, _axis), statement in SUMS.items():
            cursor.execute(statement, wanted[grain])
        customers = sorted(keys[RankAxis.CUSTOMER])
        since = _since(cursor, customers)
        for axis, statement in RANKED.items():
            ranked = {"axis": axis, "keys": sorted(keys[axis])}
            cursor.execute(FORGET_RANKS, ranked)
            cursor.execute(statement, ranked)
        first_months = {month for _customer, month in since ^ _since(cursor, customers)}
        _add_up_buyers(cursor, months | first_months)


def _since(cursor: object, customers: list[int]) -> set[tuple[int, date]]:
    """Customers with the month they first bought in."""
    cursor.execute(SINCE, {"keys": customers})
    return set(cursor.fetchall())


def _add_up_buyers(cursor: object, months: set[date]) -> None:
    wanted = {"days": sorted(months), "first": min(months), "end": after(max(months))}
    cursor.execute(FORGET_BUYERS, wanted)
    cursor.execute(BUYERS, wanted)
