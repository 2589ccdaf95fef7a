"""How it goes: this year beside the last, what rose and fell, what stopped selling, what is offered and never sold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, F, Max, OuterRef, Subquery, Sum
from django.db.models.functions import TruncMonth

from catalog.models import Product
from pricing.models import Listing
from sales.domain import profit_facts
from sales.domain.profit_parts import parts
from sales.domain.reports import year_before
from sales.models import ProfitFact
from sales.report_choices import FactKind, TrendAgainst

ZERO = Decimal(0)
MOVERS_SHOWN, LISTINGS_SHOWN = 10, 50
MONTHS = 12
QUIET_DAYS, KNOWN_DAYS = 60, 365


@dataclass(frozen=True)
class Mover:
    """A product's profit in a period and in the one it is compared with."""

    product: Product
    profit: Decimal
    before: Decimal
    pieces: int
    pieces_before: int

    @property
    def change(self) -> Decimal:
        return self.profit - self.before


@dataclass(frozen=True)
class Month:
    first_on: date
    net: Decimal
    profit: Decimal
    profit_before: Decimal


@dataclass(frozen=True)
class Quiet:
    """A product that used to sell."""

    product: Product
    last_on: date
    pieces: int
    profit: Decimal


def compared_with(first: date, last: date, against: str) -> tuple[date, date]:
    """The days a period is compared with: those of the year before, or as many right before it."""
    if against == TrendAgainst.YEAR:
        return year_before(first), year_before(last)
    length = last - first
    return first - length - timedelta(days=1), first - timedelta(days=1)


def movers(first: date, last: date, *, against: str, most: int | None = None) -> list[Mover]:
    """Products by how their profit changed, the best first; with ``most`` only so many of the best and of the worst."""
    profit_facts.refresh()
    now, before = _by_product(first, last), _by_product(*compared_with(first, last, against))
    changes = {pk: now.get(pk, _NOTHING)[0] - before.get(pk, _NOTHING)[0] for pk in now.keys() | before.keys()}
    chosen = sorted(changes, key=lambda pk: (-changes[pk], pk))
    if most is not None and len(chosen) > 2 * most:
        chosen = chosen[:most] + chosen[-most:]
    products = Product.objects.only("title").in_bulk(chosen)
    return [
        Mover(products[pk], now.get(pk, _NOTHING)[0], before.get(pk, _NOTHING)[0], now.get(pk, _NOTHING)[1], before.get(pk, _NOTHING)[1])
        for pk in chosen
    ]  # fmt: skip


def best_and_worst(rows: Sequence[Mover]) -> tuple[list[Mover], list[Mover]]:
    best = [row for row in rows if row.change > 0][:MOVERS_SHOWN]
    worst = [row for row in reversed(rows) if row.change < 0][:MOVERS_SHOWN]
    return best, worst


def months_up_to(on: date) -> list[Month]:
    """Twelve months with the one of ``on`` as the last, each with the profit of the same month a year before."""
    profit_facts.refresh()
    start = _months_earlier(on.replace(day=1), 2 * MONTHS - 1)
    found = {}
    for part in parts("", start, on, {}):
        sums = part.order_by().annotate(month=TruncMonth("on")).values("month")
        found |= {row["month"]: row for row in sums.annotate(net_sum=Sum("net"), profit_sum=Sum("profit"))}
    months = [_months_earlier(on.replace(day=1), back) for back in reversed(range(MONTHS))]
    return [
        Month(
            month, found.get(month, {}).get("net_sum", ZERO), found.get(month, {}).get("profit_sum", ZERO),
            found.get(_months_earlier(month, MONTHS), {}).get("profit_sum", ZERO),
        )
        for month in months
    ]  # fmt: skip


def known_before(first: date) -> tuple[date, date]:
    """The year before a day: what sold in it used to sell."""
    return first - timedelta(days=KNOWN_DAYS), first - timedelta(days=1)


def stopped_selling(on: date) -> list[Quiet]:
    """Products that sold within a year and not for two months, those that earned most first."""
    return stopped_between(on - timedelta(days=QUIET_DAYS), on, most=LISTINGS_SHOWN)


def stopped_between(first: date, last: date, *, most: int | None = None) -> list[Quiet]:
    """Products that sold in the year before these days and not in them, those that earned most first."""
    profit_facts.refresh()
    since, until = known_before(first)
    sums = _by_product(since, until, kind=FactKind.SALE)
    archived = Product.objects.exclude(archived_at=None).values_list("pk", flat=True)
    chosen = sorted(sums.keys() - _products_sold(first, last) - set(archived), key=lambda pk: (-sums[pk][0], pk))[:most]
    products = Product.objects.only("title").in_bulk(chosen)
    sold = ProfitFact.objects.between(since, until).filter(kind=FactKind.SALE, variant__product__in=chosen)
    last_on = dict(sold.order_by().values_list("variant__product").annotate(Max("on")))
    return [Quiet(products[pk], last_on[pk], sums[pk][1], sums[pk][0]) for pk in chosen]


def _products_sold(first: date, last: date) -> set[int]:
    """Those that were sold on these days, by the sums of months."""
    sold = (
        part.filter(kind=FactKind.SALE, variant__isnull=False).values_list("variant__product", flat=True)
        for part in parts("variant", first, last, {})
    )
    return {pk for each in sold for pk in each.order_by().distinct()}


def dead_listings(on: date, *, days: int = 90) -> list[Listing]:
    """Offered for longer than that and not sold there in all that time; ``last_on`` says when it last was."""
    return unsold_listings(on - timedelta(days=days), on, most=LISTINGS_SHOWN)


def unsold_listings(first: date, last: date, *, channel: int | None = None, most: int | None = None) -> list[Listing]:
    """Offered since before these days and not sold there in them, those never sold first."""
    sold = ProfitFact.objects.filter(kind=FactKind.SALE, variant=OuterRef("variant"), channel=OuterRef("channel"))
    latest = sold.filter(on__lte=last).order_by("-on").values("on")[:1]
    rows = Listing.objects.filter(ended_at=None, created_at__date__lt=first)
    rows = rows.filter(channel=channel) if channel else rows
    rows = rows.filter(~Exists(sold.between(first, last))).annotate(last_on=Subquery(latest))
    rows = rows.select_related("variant__product", "channel")
    return list(rows.order_by(F("last_on").asc(nulls_first=True), "pk")[:most])


_NOTHING = (ZERO, 0)


def _by_product(first: date, last: date, **only: object) -> dict[int, tuple[Decimal, int]]:
    """Product → profit and pieces."""
    found: dict[int, tuple[Decimal, int]] = {}
    for part in parts("variant", first, last, {}):
        rows = part.filter(variant__isnull=False, **only).order_by().values("variant__product")
        for row in rows.annotate(profit_sum=Sum("profit"), piece_sum=Sum("pieces")):
            if pk := row["variant__product"]:
                profit, pieces = found.get(pk, _NOTHING)
                found[pk] = (profit + row["profit_sum"], pieces + row["piece_sum"])
    return found


def _months_earlier(month: date, count: int) -> date:
    number = month.year * 12 + month.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)
