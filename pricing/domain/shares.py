"""Where each unit of money goes: the pieces of the stacked bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from pricing.domain.borders import DUTY
from pricing.engine import Quote

ZERO = Decimal(0)
_HUNDRED = Decimal(100)
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Segment:
    """``start`` and ``width`` are percent of the whole bar."""

    code: str
    label: str
    amount: Decimal
    start: Decimal
    width: Decimal


@dataclass(frozen=True)
class Stack:
    """``income`` is where the money that came in ends: at a loss the bar runs on beyond it."""

    segments: tuple[Segment, ...]
    income: Decimal


def stack(quote: Quote) -> Stack:
    """Tax, fees, duty, post, making it, then what is left; of a loss only what it costs is shown."""
    post, duty = quote.cost_shipping, quote.fee(DUTY)
    parts = [
        ("tax", _("Tax"), quote.tax_amount),
        ("fees", _("Fees"), quote.fee_cost - duty),
        ("duty", _("Duty"), duty),
        ("post", _("Post"), post),
        ("cost", _("Making it"), quote.total_costs - post),
        ("profit", _("Profit"), max(quote.profit, ZERO)),
    ]
    shown = in_a_row(parts)
    came_in = quote.net_revenue + quote.tax_amount
    whole = sum((amount for _code, _label, amount in parts), ZERO)
    return Stack(shown, _pct(came_in, whole) if whole else ZERO)


def in_a_row(parts: Sequence[tuple[str, str, Decimal]]) -> tuple[Segment, ...]:
    """Amounts one after the other; empty ones are left out."""
    whole = sum((amount for _code, _label, amount in parts), ZERO)
    segments, before = [], ZERO
    for code, label, amount in parts:
        if amount > 0:
            start, end = _pct(before, whole), _pct(before + amount, whole)
            segments.append(Segment(code, label, amount, start, end - start))
            before += amount
    return tuple(segments)


def _pct(part: Decimal, whole: Decimal) -> Decimal:
    return (part * _HUNDRED / whole).quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)
