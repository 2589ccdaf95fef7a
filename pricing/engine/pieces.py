"""A fee as a piecewise linear function of its base, exact and in whole minor units.

A piece ``(start, slope, const)`` holds from base ``start`` up to the next one.
"""

from fractions import Fraction
from math import ceil

from pricing.engine.minor import half_up

Piece = tuple[int, Fraction, Fraction]
Pieces = list[Piece]
Span = tuple[int, int | None, Fraction, Fraction]  # start, end (exclusive), slope, const


def marginal(tiers: list[tuple[int | None, Fraction]], fixed: Fraction) -> Pieces:
    """Each share on its own slice: ``(limit, share)``, the last without a limit."""
    pieces: Pieces = []
    start, const = 0, fixed
    for number, (limit, share) in enumerate(tiers):
        if number:
            const += (tiers[number - 1][1] - share) * (tiers[number - 1][0] or 0)
        pieces.append((start, share, const))
        start = (limit or 0) + 1
    return pieces


def whole(tiers: list[tuple[int | None, Fraction, Fraction]]) -> Pieces:
    """The reached tier on everything: ``(limit, share, fixed)``."""
    pieces: Pieces = []
    start = 0
    for limit, share, fixed in tiers:
        pieces.append((start, share, fixed))
        start = (limit or 0) + 1
    return pieces


def at_least(pieces: Pieces, floor: Fraction) -> Pieces:
    """Never less than ``floor``; for fees that do not fall within a piece."""
    return [piece for span in _spans(pieces) for piece in _split(span, floor, flat_below=True)]


def at_most(pieces: Pieces, ceiling: Fraction) -> Pieces:
    """Never more than ``ceiling``; for fees that do not fall within a piece."""
    return [piece for span in _spans(pieces) for piece in _split(span, ceiling, flat_below=False)]


def only_between(pieces: Pieces, above: int | None, up_to: int | None) -> Pieces:
    """Nothing at or below ``above`` and nothing over ``up_to``."""
    nothing = Fraction(0)
    first = 0 if above is None else above + 1
    kept: Pieces = [(0, nothing, nothing)] if first else []
    for start, end, slope, const in _spans(pieces):
        if end is None or end > first:
            kept.append((max(start, first), slope, const))
    if up_to is not None:
        kept = [piece for piece in kept if piece[0] <= up_to]
        kept.append((up_to + 1, nothing, nothing))
    return kept


def scaled(pieces: Pieces, factor: Fraction) -> Pieces:
    return [(start, slope * factor, const * factor) for start, slope, const in pieces]


def is_nothing(pieces: Pieces) -> bool:
    return not any(slope or const for _, slope, const in pieces)


def rounded(amount: Fraction) -> Fraction:
    return Fraction(half_up(amount))


def _spans(pieces: Pieces) -> list[Span]:
    ends: list[int | None] = [piece[0] for piece in pieces[1:]]
    return [(start, end, slope, const) for (start, slope, const), end in zip(pieces, [*ends, None], strict=True)]


def _first_at(bound: Fraction, span: Span) -> int | None:
    start, _, slope, const = span
    if slope:
        return max(start, ceil((bound - const) / slope))
    return start if const >= bound else None


def _split(span: Span, bound: Fraction, *, flat_below: bool) -> Pieces:
    """One piece becomes up to two, where the fee first reaches ``bound``."""
    start, end, slope, const = span
    flat, sloped = (Fraction(0), bound), (slope, const)
    below, beyond = (flat, sloped) if flat_below else (sloped, flat)
    cross = _first_at(bound, span)
    result: Pieces = []
    if cross is None or cross > start:
        result.append((start, *below))
    if cross is not None and (end is None or cross < end):
        result.append((cross, *beyond))
    return result
