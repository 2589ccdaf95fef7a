"""The smallest price that reaches a goal, exactly.

Between two bends (a tier, a cap, a minimum, a free-shipping limit) every amount is a straight line but for the
rounding of each line, which moves the sum by no more than a known bound. So: cut the prices at the bends, draw the
chord of each stretch, and try only the few prices whose chord lies within the rounding of the target. Nothing is
assumed to rise: stretches are taken in order, and the first price found is the smallest one.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from pricing.engine.evaluate import Prepared
from pricing.engine.goals import Scales
from pricing.engine.rules import PARTS

Stretch = tuple[int, int]

# Where a stretch neither rises nor falls, rounding repeats with the common denominator of the rates; prices with up
# to three decimals in their rates repeat well within this many.
_LONGEST_TRIAL = 200_000


@dataclass(frozen=True, slots=True)
class Grid:
    """Allowed prices: ``first + step * k`` for k from 0 to ``last``."""

    first: int
    step: int
    last: int

    def price(self, k: int) -> int:
        return self.first + self.step * k


@dataclass(frozen=True, slots=True)
class Weighted:
    """A sale with its share in the average (with or without an offsite ad)."""

    weight: int
    prepared: Prepared


@dataclass(frozen=True, slots=True)
class Search:
    mix: tuple[Weighted, ...]
    scales: Scales
    grid: Grid

    def first_price(self) -> int | None:
        for stretch in self.stretches():
            found = self._within(stretch)
            if found is not None:
                return self.grid.price(found)
        return None

    def score(self, k: int) -> int:
        """How far above (or below) the goal the average is."""
        price = self.grid.price(k)
        scores = [part.weight * (self.scales.score(part.prepared, price) - self.scales.target) for part in self.mix]
        return sum(scores)

    def stretches(self) -> list[Stretch]:
        """The allowed prices cut wherever a rule changes its shape."""
        cuts: list[Stretch] = [(0, self.grid.last)]
        for part in self.mix:
            for state in _states(part.prepared):
                cuts = [piece for stretch in cuts for piece in self._cut(stretch, state)]
        return [stretch for stretch in cuts if self._has_revenue(stretch)] if self.scales.needs_revenue else cuts

    def _cut(self, stretch: Stretch, state: Callable[[int], int]) -> list[Stretch]:
        """``state`` rises with the price: halve until each piece has one state."""
        low, high = stretch
        pieces: list[Stretch] = []
        last_state = state(self.grid.price(high))
        while (now := state(self.grid.price(low))) != last_state:
            inside, beyond = low, high
            while beyond - inside > 1:
                middle = (inside + beyond) // 2
                if state(self.grid.price(middle)) == now:
                    inside = middle
                else:
                    beyond = middle
            pieces.append((low, inside))
            low = beyond
        return [*pieces, (low, high)]

    def _has_revenue(self, stretch: Stretch) -> bool:
        return self.mix[0].prepared.takings(self.grid.price(stretch[0])).net > 0

    def _within(self, stretch: Stretch) -> int | None:
        low, high = stretch
        start, end = self.score(low), self.score(high)
        if start >= 0:
            return low
        if high == low:
            return None
        slack = 2 * self.slack()
        rise, width = end - start, high - low
        if max(start, end) + slack < 0:
            return None
        if rise > 0:
            # The first price whose chord comes within the rounding of the goal.
            low += max(-((start + slack) * width // rise), 1)
        for k in range(low, min(high, low + _LONGEST_TRIAL) + 1):
            if self.score(k) >= 0:
                return k
        return None

    def slack(self) -> int:
        """The most that rounding moves a score away from its straight line."""
        return sum(part.weight * _slack(part.prepared, self.scales) for part in self.mix)


def _states(prepared: Prepared) -> list[Callable[[int], int]]:
    """What changes with the price, each rising once those before it stand still."""
    states: list[Callable[[int], int]] = []
    if prepared.discount_fixed or prepared.discount_share[0]:
        states.append(lambda price: int((cash := prepared.takings(price)).discount < cash.item))
    if prepared.free_shipping_from is not None:
        limit = prepared.free_shipping_from
        states.append(lambda price: int((cash := prepared.takings(price)).item - cash.discount >= limit))
    states += [_line_state(prepared, number) for number in prepared.program.bends]
    if prepared.platform_discount:
        states += [_floor_state(prepared, number) for number in range(len(prepared.program.lines))]
    states.append(lambda price: int(prepared.takings(price).net > 0))
    return states


def _line_state(prepared: Prepared, number: int) -> Callable[[int], int]:
    plus, _, starts, *_ = prepared.program.lines[number]
    if any(part >= len(PARTS) for part in plus):
        return lambda price: bisect_right(starts, prepared.base_of(number, prepared.at(price).amounts))
    return lambda price: prepared.bend(number, price)


def _floor_state(prepared: Prepared, number: int) -> Callable[[int], int]:
    """A base never falls below nothing, whatever the platform gives away."""
    plus, minus, *_ = prepared.program.lines[number]

    def state(price: int) -> int:
        amounts = prepared.at(price).amounts
        return int(sum(amounts[part] for part in plus) >= sum(amounts[part] for part in minus))

    return state


def _slack(prepared: Prepared, scales: Scales) -> int:
    """In thousandths of a minor unit inside, whole score units outside."""
    tax = 500 if prepared.tax_share[0] or prepared.flat_share else 0
    discount = 500 if prepared.discount_share[0] else 0
    gross = discount
    net = payout = gross + 2 * tax
    parts = [gross, 0, 0, gross + tax, discount, 0, gross + tax]
    fees = 0
    program = prepared.program
    for number, (line, slope) in enumerate(zip(program.lines, program.slopes, strict=True)):
        base = sum(parts[part] for part in (*line[0], *line[1]))
        amount = base * slope // 1000 + 1 + (1000 if program.coarse[number] else 500)
        parts.append(amount)
        fees += amount
        if line[5]:
            fees += amount + 500
    loose = abs(scales.profit) * (net + fees) + abs(scales.net) * net + abs(scales.payout) * (payout + fees)
    return loose // 1000 + 1
