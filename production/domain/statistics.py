"""Means that say how sure they are. Student's t for few runs, the normal distribution for many."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

# Two-sided 95 % quantiles of Student's t for 1 … 30 degrees of freedom (any table of the distribution).
_T95 = [
    "12.706",
    "4.303",
    "3.182",
    "2.776",
    "2.571",
    "2.447",
    "2.365",
    "2.306",
    "2.262",
    "2.228",
    "2.201",
    "2.179",
    "2.160",
    "2.145",
    "2.131",
    "2.120",
    "2.110",
    "2.101",
    "2.093",
    "2.086",
    "2.080",
    "2.074",
    "2.069",
    "2.064",
    "2.060",
    "2.056",
    "2.052",
    "2.048",
    "2.045",
    "2.042",
]
_NORMAL = Decimal("1.96")
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Estimate:
    """A mean with half the width of its 95 % interval; None where one value says nothing about spread."""

    mean: Decimal
    half_width: Decimal | None
    count: int

    @property
    def is_sure(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.half_width is not None and abs(self.mean) > self.half_width


def estimate(values: Sequence[Decimal]) -> Estimate:
    """Raises ValueError without values."""
    if not values:
        raise ValueError("A mean needs at least one value.")
    count = len(values)
    mean = sum(values, _ZERO) / count
    if count == 1:
        return Estimate(mean, None, count)
    variance = sum(((value - mean) ** 2 for value in values), _ZERO) / (count - 1)
    return Estimate(mean, t95(count - 1) * (variance / count).sqrt(), count)


def t95(degrees: int) -> Decimal:
    return Decimal(_T95[degrees - 1]) if degrees <= len(_T95) else _NORMAL
