"""Proof that what the lots cache is what the ledger says."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

_QUERY = """
SELECT lot.code, lot.on_hand, coalesce(sums.held, 0), lot.bought_value, coalesce(sums.bought, 0),
       lot.full_value, coalesce(sums.full_sum, 0)
FROM inventory_lot lot
LEFT JOIN (SELECT lot_id, sum(quantity) held, sum(bought_value) bought, sum(full_value) full_sum
             FROM inventory_movement GROUP BY lot_id) sums ON sums.lot_id = lot.id
WHERE (lot.on_hand, lot.bought_value, lot.full_value)
   IS DISTINCT FROM (coalesce(sums.held, 0), coalesce(sums.bought, 0), coalesce(sums.full_sum, 0))
ORDER BY lot.code
"""
_NAMES = ("on hand", "bought value", "full value")


@dataclass(frozen=True)
class Mistake:
    code: str
    cached: tuple[Decimal, ...]
    summed: tuple[Decimal, ...]

    def __str__(self) -> str:
        wrong = [
            f"{name} is {cached:f}, its rows add up to {summed:f}"
            for name, cached, summed in zip(_NAMES, self.cached, self.summed, strict=True)
            if cached != summed
        ]
        return f"{self.code}: {'; '.join(wrong)}"


def check_ledger() -> list[Mistake]:
    """Lots whose cached sums are not those of their rows; an empty list is the proof. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_QUERY)
        rows = cursor.fetchall()
    return [Mistake(row[0], row[1::2], row[2::2]) for row in rows]
