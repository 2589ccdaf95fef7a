"""Giving money back for an order at several tax rates: how much of it falls on each, to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from nozzly.core.money import round_money, split_money
from nozzly.tenancy.current import current_workspace
from sales.domain.figures import Figures
from sales.domain.tax_parts import RateFigures
from sales.models import Order, OrderLine, OrderTax, Refund, RefundTax

ZERO = Decimal(0)
_SUMS = ("gross", "net", "tax", "net_home", "tax_home")


@dataclass(frozen=True)
class BackAtRate:
    """As ``RefundTax`` keeps it."""

    tax_rate_pct: Decimal
    gross: Decimal
    net: Decimal
    tax: Decimal
    net_home: Decimal
    tax_home: Decimal


def of_amount(
    order: Order, found: Figures, gross: Decimal, *, lines: Sequence[OrderLine], line: OrderLine | None
) -> tuple[BackAtRate, ...]:  # fmt: skip
    """What falls on each rate of ``gross``: on that of the line it is for, else on all by what is left of them.

    Nothing where the order has one rate.
    """
    if not found.rates:
        return ()
    before = _before(order)
    left = [each.paid - before.get(each.rate_pct, {}).get("gross", ZERO) for each in found.rates]
    amounts = _shared(gross, left, _place_of(found.rates, lines, line), order.currency)
    kept = {row.tax_rate_pct: row for row in order.taxes.all()}
    return tuple(
        _back(each, amount, before.get(each.rate_pct, dict.fromkeys(_SUMS, ZERO)), kept.get(each.rate_pct), order)
        for each, amount in zip(found.rates, amounts, strict=True)
    )


def keep(refund: Refund, rows: Sequence[BackAtRate]) -> None:
    RefundTax.objects.bulk_create(RefundTax(refund=refund, **vars(row)) for row in rows if row.gross)


def turned(refund: Refund) -> tuple[BackAtRate, ...]:
    """The rates of a refund with all signs turned."""
    rows = refund.taxes.order_by("-tax_rate_pct")
    return tuple(BackAtRate(row.tax_rate_pct, *(-getattr(row, name) for name in _SUMS)) for row in rows)


def _before(order: Order) -> dict[Decimal, dict[str, Decimal]]:
    sums: dict[Decimal, dict[str, Decimal]] = {}
    for row in RefundTax.objects.filter(refund__order=order):
        known = sums.setdefault(row.tax_rate_pct, dict.fromkeys(_SUMS, ZERO))
        sums[row.tax_rate_pct] = {name: known[name] + getattr(row, name) for name in _SUMS}
    return sums


def _place_of(rates: Sequence[RateFigures], lines: Sequence[OrderLine], line: OrderLine | None) -> int | None:
    if line is None:
        return None
    keys = [each.pk for each in lines]
    return next(place for place, each in enumerate(rates) if keys.index(line.pk) in each.part.places)


def _shared(gross: Decimal, left: Sequence[Decimal], place: int | None, currency: str) -> list[Decimal]:
    """What one rate cannot give any more comes from the others."""
    first = [ZERO] * len(left)
    if place is not None:
        first[place] = min(gross, left[place])
    rest = [most - taken for most, taken in zip(left, first, strict=True)]
    more = split_money(gross - sum(first), rest, currency)
    return [one + other for one, other in zip(first, more, strict=True)]


def _back(
    rate: RateFigures, amount: Decimal, before: dict[str, Decimal], kept: OrderTax | None, order: Order
) -> BackAtRate:  # fmt: skip
    """The sums of having given back so much in total, less what they were before: the parts add up to the whole."""
    home = current_workspace().currency
    share = (before["gross"] + amount) / rate.paid if rate.paid else ZERO
    frozen = kept if kept is not None and kept.net_home is not None else rate
    tax = round_money(rate.tax * share, order.currency)
    upto = {
        "tax": tax,
        "net": round_money((rate.net + rate.tax) * share, order.currency) - tax,
        "net_home": round_money(frozen.net_home * share, home),
        "tax_home": round_money(frozen.tax_home * share, home),
    }
    return BackAtRate(rate.rate_pct, amount, **{name: upto[name] - before[name] for name in upto})
