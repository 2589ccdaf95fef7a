"""Proof that what lots and days cache is what the ledger says."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from inventory.choices import MovementKind

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
_DAYS = """
WITH rows AS (
  SELECT lot.item_id, movement.booked_on AS day, sum(movement.quantity) AS quantity,
         sum(movement.bought_value) AS bought, sum(movement.full_value) AS full_sum,
         coalesce(-sum(movement.quantity) FILTER (WHERE undone.id IS NULL AND movement.kind = ANY(%s)), 0) AS gone,
         coalesce(-sum(movement.quantity) FILTER (WHERE undone.id IS NULL AND movement.kind = ANY(%s)), 0) AS printed
  FROM inventory_movement movement
  JOIN inventory_lot lot ON lot.id = movement.lot_id
  LEFT JOIN inventory_movement undone ON undone.reverses_id = movement.id
  GROUP BY lot.item_id, movement.booked_on
), days AS (
  SELECT item_id, day, sum(quantity) AS quantity, sum(bought_value) AS bought, sum(full_value) AS full_sum,
         sum(gone) AS gone, sum(printed) AS printed
  FROM inventory_stockday GROUP BY item_id, day
), paired AS (
  SELECT item_id, day, coalesce(days.quantity, 0) AS q, coalesce(rows.quantity, 0) AS rq,
         coalesce(days.bought, 0) AS b, coalesce(rows.bought, 0) AS rb,
         coalesce(days.full_sum, 0) AS f, coalesce(rows.full_sum, 0) AS rf,
         coalesce(days.gone, 0) AS g, coalesce(rows.gone, 0) AS rg,
         coalesce(days.printed, 0) AS p, coalesce(rows.printed, 0) AS rp
  FROM rows FULL JOIN days USING (item_id, day)
)
SELECT item.name, day, q, rq, b, rb, f, rf, g, rg, p, rp
FROM paired JOIN inventory_item item ON item.id = paired.item_id
WHERE (q, b, f, g, p) IS DISTINCT FROM (rq, rb, rf, rg, rp)
ORDER BY item.name, day
"""
_NAMES_OF_DAY = ("quantity", "bought value", "full value", "used or sold", "printed")
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


@dataclass(frozen=True)
class WrongDay:
    item: str
    day: date
    cached: tuple[Decimal, ...]
    summed: tuple[Decimal, ...]

    def __str__(self) -> str:
        wrong = [
            f"{name} is {cached:f}, its rows add up to {summed:f}"
            for name, cached, summed in zip(_NAMES_OF_DAY, self.cached, self.summed, strict=True)
            if cached != summed
        ]
        return f"{self.item} on {self.day}: {'; '.join(wrong)}"


def check_ledger() -> list[Mistake | WrongDay]:
    """Lots and days whose cached sums are not those of their rows; an empty list is the proof. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_QUERY)
        lots = [Mistake(row[0], row[1::2], row[2::2]) for row in cursor.fetchall()]
        cursor.execute(_DAYS, [list(MovementKind.leaving()), list(MovementKind.printing())])
        days = [WrongDay(row[0], row[1], row[2::2], row[3::2]) for row in cursor.fetchall()]
    return lots + days
