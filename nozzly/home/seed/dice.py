"""Chance that falls the same way every time."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar
from uuid import UUID

from inventory.domain.codes import ALPHABET, LOT_LENGTH

T = TypeVar("T")
_THOUSANDTH = Decimal("0.001")


class Dice(Random):
    """Seeded with a text: the same size at the same hour makes the same shop, on the same day the same year before it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._codes: set[str] = set()

    def key(self) -> UUID:
        return UUID(int=self.getrandbits(128), version=4)

    def lot_code(self) -> str:
        while True:
            code = "".join(self.choices(ALPHABET, k=LOT_LENGTH))
            if code not in self._codes:
                self._codes.add(code)
                return code

    def happens(self, pct: float) -> bool:
        return self.random() * 100 < pct

    def around(self, amount: Decimal, pct: float) -> Decimal:
        """The amount give or take about so many percent, with three decimals."""
        factor = min(max(self.gauss(1.0, pct / 100), 0.5), 1.6)
        return (amount * Decimal(f"{factor:.4f}")).quantize(_THOUSANDTH)

    def weighted(self, choices: Sequence[tuple[T, int]]) -> T:
        values, weights = zip(*choices, strict=True)
        return self.choices(values, weights)[0]

    def minutes(self, low: int, high: int) -> timedelta:
        return timedelta(minutes=self.randint(low, high), seconds=self.randint(0, 59))
