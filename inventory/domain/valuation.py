"""What goes in and out of a lot is worth; plain arithmetic over Decimals, no database."""

from dataclasses import dataclass
from decimal import Decimal

from nozzly.core.money import round_money, round_unit_cost

_ZERO = Decimal(0)


@dataclass
class Balance:
    """What one lot holds: a quantity, its two values in money, and the unit costs last known."""

    quantity: Decimal = _ZERO
    bought_value: Decimal = _ZERO
    full_value: Decimal = _ZERO
    bought_cost: Decimal = _ZERO
    full_cost: Decimal = _ZERO

    def missing(self, quantity: Decimal) -> Decimal:
        """How much more leaves than is there; zero when it suffices."""
        return max(_ZERO, -quantity - self.quantity)

    def book(
        self, quantity: Decimal, bought: Decimal | None, full: Decimal | None, *, currency: str
    ) -> tuple[Decimal, Decimal]:
        """Change the balance and answer both signed values.

        A value of None comes from the running average. Whatever is said, the last movement out takes the
        remainder, and no movement takes more money than is there. Expects that the quantity suffices.
        """
        if quantity < 0:
            bought = -_outgoing(quantity, self.quantity, self.bought_value, bought, currency)
            full = -_outgoing(quantity, self.quantity, self.full_value, full, currency)
        else:
            bought = round_money(self.bought_cost * quantity if bought is None else bought, currency)
            full = round_money(self.full_cost * quantity if full is None else full, currency)
            # Only a revaluation brings negative money without taking anything out: down to nothing at most.
            bought, full = max(bought, -self.bought_value), max(full, -self.full_value)
        self.quantity += quantity
        self.bought_value += bought
        self.full_value += full
        if self.quantity > 0:
            self.bought_cost = round_unit_cost(self.bought_value / self.quantity)
            self.full_cost = round_unit_cost(self.full_value / self.quantity)
        return bought, full


def _outgoing(quantity: Decimal, held: Decimal, held_value: Decimal, value: Decimal | None, currency: str) -> Decimal:
    """Money that leaves with ``-quantity`` of ``held``, as a positive amount."""
    if -quantity >= held:
        return held_value
    if value is None:
        value = held_value * quantity / held
    return min(abs(round_money(value, currency)), held_value)
