"""One bed, several products: whose money is whose. Pure functions over plain data.

Time and energy go by recipe print seconds × pieces (without them by grams), the grams of a shared spool by recipe
grams × pieces, labour and whatever else has no better key by pieces. Parts add up to the whole to the cent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from nozzly.core.money import split_money

_ZERO = Decimal(0)


class Rule(StrEnum):
    TIME = "time"
    GRAMS = "grams"
    PIECES = "pieces"
    OWN = "own"


@dataclass(frozen=True)
class BedOutput:
    """What one product put on the bed. ``grams_each`` is recipe grams of a piece by material line."""

    key: int
    pieces: int
    sellable: int
    seconds_each: int = 0
    grams_each: Mapping[int, Decimal] = field(default_factory=dict)

    @property
    def grams(self) -> Decimal:
        return sum(self.grams_each.values(), _ZERO) * self.pieces


@dataclass(frozen=True)
class BedLine:
    """A rounded cost of the whole bed; ``rule`` says how it is shared, ``of`` which spool or product it is about."""

    code: str
    label: str
    amount: Decimal
    in_bought: bool
    rule: Rule
    of: int | None = None
    formula: str = ""
    origin: str = ""


@dataclass(frozen=True)
class BedPart:
    """One product's part of a line. ``output`` is None when nothing was on the bed to carry it."""

    line: BedLine
    output: int | None
    amount: Decimal
    is_loss: bool


def split_bed(lines: Sequence[BedLine], outputs: Sequence[BedOutput], *, currency: str) -> list[BedPart]:
    """Share every line over the products; a product without a sellable piece carries run loss."""
    parts = []
    for line in lines:
        if not outputs:
            parts.append(BedPart(line, None, line.amount, is_loss=True))
            continue
        amounts = split_money(line.amount, weights(line, outputs), currency)
        parts += [
            BedPart(line, output.key, amount, is_loss=output.sellable == 0)
            for output, amount in zip(outputs, amounts, strict=True)
            if amount
        ]
    return parts


def weights(line: BedLine, outputs: Sequence[BedOutput]) -> list[Decimal]:
    """The first key that says anything: the rule's own, then grams, then pieces, then even shares."""
    pieces = [Decimal(output.pieces) for output in outputs]
    grams = [output.grams for output in outputs]
    if line.rule is Rule.OWN:
        return [Decimal(output.key == line.of) for output in outputs]
    keys = {
        Rule.TIME: [_seconds(outputs), grams],
        Rule.GRAMS: [[output.grams_each.get(line.of, _ZERO) * output.pieces for output in outputs], grams],
        Rule.PIECES: [],
    }[line.rule]
    return next((key for key in [*keys, pieces] if any(key)), [Decimal(1)] * len(outputs))


def _seconds(outputs: Sequence[BedOutput]) -> list[Decimal]:
    """Nothing unless every product on the bed knows its seconds: half a key would give half of them all the time."""
    if any(output.pieces and not output.seconds_each for output in outputs):
        return []
    return [Decimal(output.seconds_each * output.pieces) for output in outputs]
