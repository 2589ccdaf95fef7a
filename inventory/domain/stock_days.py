"""Sums of the ledger by item and day: what was there at the close of a day, and how much goes, without reading it all.

The ledger hands in what it books, in its own transaction. Rows are only ever added, so nobody waits for anybody.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from operator import add
from typing import NamedTuple

from django.db import connection
from django.db.models import Max, Min, Sum

from inventory.domain.valuation import Balance
from inventory.models import Lot, StockDay
from nozzly.core.bulk import insert_rows

_ZERO = Decimal(0)
_COLUMNS = ("quantity", "bought_value", "full_value", "gone", "printed")


class Change(NamedTuple):
    """One row of the ledger, as its item's day sees it."""

    item_id: int
    day: date
    quantity: Decimal = _ZERO
    bought_value: Decimal = _ZERO
    full_value: Decimal = _ZERO
    gone: Decimal = _ZERO
    printed: Decimal = _ZERO


def note(changes: Iterable[Change]) -> None:
    """Add what was booked to the days it counts for; one statement. For the ledger alone."""
    sums: dict[tuple[int, date], tuple[Decimal, ...]] = {}
    for item_id, day, *amounts in changes:
        before = sums.get((item_id, day))
        sums[item_id, day] = tuple(map(add, before, amounts)) if before else tuple(amounts)
    insert_rows(
        [
            StockDay(item_id=item_id, day=day, **dict(zip(_COLUMNS, amounts, strict=True)))
            for (item_id, day), amounts in sums.items()
            if any(amounts)
        ]
    )


def held_on(on: date) -> dict[int, Balance]:
    """By item: quantity and values at the close of a day; read from whichever end of the books is nearer."""
    bounds = StockDay.objects.aggregate(first=Min("day"), last=Max("day"))
    if bounds["first"] is None or on < bounds["first"]:
        return {}
    if on - bounds["first"] < bounds["last"] - on:
        return _sums(day__lte=on)
    after = _sums(day__gt=on)
    nothing = Balance()
    now = _held_now()
    return {
        item: _less(now.get(item, nothing), after.get(item, nothing)) if item in after else now[item]
        for item in now.keys() | after.keys()
    }


def gone_between(first: date, last: date) -> dict[int, Decimal]:
    """By item: how much left the house or went into something, from the first to the last day."""
    rows = StockDay.objects.filter(day__range=(first, last)).order_by().values_list("item")
    return {item: gone for item, gone in rows.annotate(total=Sum("gone")) if gone}


def printed_since(day: date) -> dict[int, Decimal]:
    """By item: how much was printed and purged since the start of that day."""
    rows = StockDay.objects.filter(day__gte=day).order_by().values_list("item")
    return {item: printed for item, printed in rows.annotate(total=Sum("printed")) if printed}


def join() -> None:
    """Make one row of each day of an item that stands in several; what is added meanwhile stays as it is."""
    with connection.cursor() as cursor:
        cursor.execute(_JOIN)


def _sums(**days: date) -> dict[int, Balance]:
    rows = StockDay.objects.filter(**days).order_by().values_list("item")
    sums = rows.annotate(held=Sum("quantity"), bought=Sum("bought_value"), full=Sum("full_value"))
    return {item: Balance(held, bought, full) for item, held, bought, full in sums}


def _held_now() -> dict[int, Balance]:
    rows = Lot.objects.holding().order_by().values_list("item")
    sums = rows.annotate(held=Sum("on_hand"), bought=Sum("bought_value"), full=Sum("full_value"))
    return {item: Balance(held, bought, full) for item, held, bought, full in sums}


def _less(one: Balance, other: Balance) -> Balance:
    return Balance(
        one.quantity - other.quantity, one.bought_value - other.bought_value, one.full_value - other.full_value
    )


_JOIN = """
WITH several AS (SELECT item_id, day FROM inventory_stockday GROUP BY item_id, day HAVING count(*) > 1),
taken AS (DELETE FROM inventory_stockday AS old USING several
          WHERE old.item_id = several.item_id AND old.day = several.day RETURNING old.*)
INSERT INTO inventory_stockday (item_id, day, quantity, bought_value, full_value, gone, printed)
SELECT item_id, day, sum(quantity), sum(bought_value), sum(full_value), sum(gone), sum(printed)
FROM taken GROUP BY item_id, day
"""
