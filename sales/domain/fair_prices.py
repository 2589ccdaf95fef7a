"""What a basket costs at the stall: each piece at its price, or together by the deals. Pure arithmetic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class Bundle:
    """``pieces`` for ``price`` together."""

    pieces: int
    price: Decimal


def cheapest(count: int, each: Decimal, bundles: Sequence[Bundle]) -> Decimal:
    """The least that ``count`` equal pieces cost, whichever bundles are taken how often."""
    least = [ZERO]
    for number in range(1, count + 1):
        ways = [least[number - 1] + each]
        ways += [least[number - bundle.pieces] + bundle.price for bundle in bundles if bundle.pieces <= number]
        least.append(min(ways))
    return least[count]


def basket_total(
    basket: Sequence[tuple[int, int, Decimal]],
    *,
    own: Mapping[int, Sequence[Bundle]],
    by_price: Mapping[Decimal, Sequence[Bundle]],
) -> Decimal:
    """``basket`` holds (variant, pieces, price of one). ``own`` bundles are of one variant, ``by_price`` of all that
    cost the same. A variant with bundles of its own takes those.
    """
    total, together = ZERO, {}
    for variant, pieces, each in basket:
        if own.get(variant):
            total += cheapest(pieces, each, own[variant])
        else:
            together[each] = together.get(each, 0) + pieces
    return total + sum((cheapest(count, each, by_price.get(each, ())) for each, count in together.items()), ZERO)
