"""Where the profit is: the same facts, added up by product, channel, month or whatever else is asked.

Every grouping adds up to the same total to the cent, because each fact stands in exactly one row of it. What belongs
to no product (lost runs, expenses, charges of the shop) has rows of its own.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.db.models import (
    Case,
    CharField,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    QuerySet,
    Sum,
    Value,
    When,
    Window,
)

from sales.domain import profit_facts, profit_ranks
from sales.domain.profit_parts import parts
from sales.domain.report_groups import GROUPS, Group, name_without_key
from sales.models import ProfitFact
from sales.report_choices import FactKind

ZERO = Decimal(0)
MOST_ROWS = 200
BEST, WORST, HOUR = "best", "worst", "hour"
SUMS = (
    "pieces", "print_time_s", "net", "tax", "fees", "material", "machine", "labour", "own", "post", "refunds", "other",
    "profit", "estimated", "fees_charged",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of a report, in the workspace's currency. ``kind`` names what belongs to nothing in the grouping, ``about`` is what a
    line is about.
    """

    name: object = ""
    key: object = None
    about: object = None
    kind: str = ""
    pieces: int = 0
    print_time_s: int = 0
    net: Decimal = ZERO
    tax: Decimal = ZERO
    fees: Decimal = ZERO
    material: Decimal = ZERO
    machine: Decimal = ZERO
    labour: Decimal = ZERO
    own: Decimal = ZERO
    post: Decimal = ZERO
    refunds: Decimal = ZERO
    other: Decimal = ZERO
    profit: Decimal = ZERO
    estimated: Decimal = ZERO
    fees_charged: Decimal = ZERO
    before: Decimal | None = None

    @property
    def url(self) -> str:
        """Asked for the lines that are shown alone: there may be a thousand others."""
        return self.about.get_absolute_url() if hasattr(self.about, "get_absolute_url") else ""

    @property
    def cost(self) -> Decimal:
        """Of the goods, in full: material, machine and power, work and the rest."""
        return self.material + self.machine + self.labour + self.own

    @property
    def contribution(self) -> Decimal:
        """What is left of the net revenue after everything that was paid to others for these very orders."""
        return self.net - self.fees - self.material - self.post - self.refunds

    @property
    def first_day(self) -> date | None:
        """Of a month."""
        return self.key if isinstance(self.key, date) else None

    @property
    def last_day(self) -> date | None:
        return self.key.replace(day=monthrange(self.key.year, self.key.month)[1]) if self.first_day else None

    @property
    def margin_pct(self) -> Decimal | None:
        return self.profit * 100 / self.net if self.net else None

    @property
    def estimated_pct(self) -> Decimal:
        """How much of the cost rests on recipes, not on runs."""
        return min(max(self.estimated * 100 / self.cost, ZERO), Decimal(100)) if self.cost else ZERO

    @property
    def charged_pct(self) -> Decimal:
        """How much of the fees stands in statements; the rest is what the fee schedule expects."""
        return min(max(self.fees_charged * 100 / self.fees, ZERO), Decimal(100)) if self.fees else ZERO

    @property
    def profit_per_h(self) -> Decimal | None:
        """Profit of an hour on the printer."""
        return self.profit * 3600 / self.print_time_s if self.print_time_s > 0 else None

    @property
    def full_cost(self) -> Decimal:
        """Everything that stands between net revenue and profit."""
        return self.net - self.profit

    @property
    def change(self) -> Decimal | None:
        """Against the same days a year before."""
        return None if self.before is None else self.profit - self.before


@dataclass(frozen=True)
class Report:
    """``rows`` add up to ``total``; ``kinds`` says what of it came from sales, refunds, lost runs, expenses …"""

    group: str
    rows: Sequence[Row]
    total: Row
    kinds: dict[str, Row] = field(default_factory=dict)
    has_before: bool = False


@dataclass(frozen=True)
class Cut:
    """Which rows of very many are named; ``most`` is None for all of them. All others stand in one row."""

    skip: int = 0
    most: int | None = None


def profit_report(
    group: str, first: date, last: date, *, narrowed: dict | None = None, order: str = BEST, cut: Cut | None = None
) -> Report:
    """Profit of everything booked on these days, best first, worst first or by printer hour; months in their order.

    Of the orders or customers of a long time the first 200 are named and all others stand in one row. Narrowed to a
    channel or a product it leaves out what belongs to none.
    """
    profit_facts.refresh()
    asked, about = narrowed or {}, GROUPS[group]
    kinds = _kinds(first, last, asked)
    total = _total(kinds.values())
    before = {}
    if not about.long:
        before = _before(about, group, parts(about.axis, year_before(first), year_before(last), asked))
    rows = _rows(_Asked(group, first, last, asked, order, cut or Cut(most=MOST_ROWS)), total, before)
    if before:
        total = replace(total, before=sum(before.values(), ZERO))
    return Report(group, rows, total, kinds, has_before=bool(before))


def totals(first: date, last: date, *, narrowed: dict | None = None) -> Row:
    """All that was booked on these days as one row."""
    profit_facts.refresh()
    return _total(_kinds(first, last, narrowed or {}).values())


def _kinds(first: date, last: date, narrowed: dict) -> dict[str, Row]:
    return {row["kind"]: _row(row) for row in _added(parts("", first, last, narrowed), _by_kind)}


def _added(rows: Iterable[QuerySet], grouped: Callable) -> list[dict]:
    """The rows of all parts, those of one key as one."""
    found: dict[tuple, dict] = {}
    for part in rows:
        for row in _sums(grouped(part)):
            key = tuple(value for name, value in row.items() if not name.startswith("sum_"))
            known = found.setdefault(key, row)
            if known is not row:
                known |= {name: known[name] + value for name, value in row.items() if name.startswith("sum_")}
    return list(found.values())


def _by_kind(part: QuerySet) -> QuerySet:
    return part.order_by().values("kind")


def profit_by(group: str, first: date, last: date, **wanted: object) -> Sequence[Row]:
    return profit_report(group, first, last, **wanted).rows


def total_of(rows: Iterable[Row]) -> Row:
    """All rows as one."""
    return _total(rows)


def _total(rows: Iterable[Row]) -> Row:
    rows = list(rows)
    return Row(**{name: sum((getattr(row, name) for row in rows), ZERO) for name in SUMS})


def _sums(grouped: QuerySet) -> QuerySet:
    return grouped.annotate(**{f"sum_{name}": Sum(name) for name in SUMS})


def _row(sums: dict, **known: object) -> Row:
    return Row(**{name: sums[f"sum_{name}"] for name in SUMS}, **known)


def _grouped(group: Group, name: str, facts: QuerySet) -> QuerySet:
    """By the key; where there is none, what is not a sale has a row for each kind of it."""
    empty = {"key": ""} if name == "country" else {"key": None}
    keyed = facts.order_by().annotate(key=group.key)
    return keyed.annotate(no_key=_kind_or_sale(**empty)).values("key", "no_key")


@dataclass(frozen=True)
class _Asked:
    """Of which rows, on which days, looking into what."""

    name: str
    first: date
    last: date
    narrowed: dict
    order: str
    cut: Cut

    @property
    def group(self) -> Group:
        return GROUPS[self.name]

    @property
    def facts(self) -> QuerySet:
        return ProfitFact.objects.narrowed(**self.narrowed).between(self.first, self.last)

    @property
    def end(self) -> int:
        """Behind the last row that is named."""
        return self.cut.skip + self.cut.most

    def place(self, row: Row) -> tuple:
        """Where a row stands among all; what never printed comes last by printer hour."""
        key = row.key if isinstance(row.key, int) else 0
        if self.order == HOUR:
            return row.profit_per_h is None, -(row.profit_per_h or ZERO), -key, row.kind
        return (row.profit, key, row.kind) if self.order == WORST else (-row.profit, -key, row.kind)


def _rows(asked: _Asked, total: Row, before: dict) -> list[Row]:
    if asked.group.long:
        return _long_rows(asked, total)
    found = _added(
        parts(asked.group.axis, asked.first, asked.last, asked.narrowed),
        lambda part: _grouped(asked.group, asked.name, part),
    )
    rows = _all_named(asked, found, before)
    if asked.name == "month" and asked.order != HOUR:
        return sorted(rows, key=lambda row: row.key)
    return sorted(rows, key=lambda row: (bool(row.kind), *asked.place(row)))


def _long_rows(asked: _Asked, total: Row) -> list[Row]:
    """Some of very many rows, and one row for all others."""
    found, count = _ranked(asked) or _of_days(asked)
    rows = sorted(_all_named(asked, found), key=asked.place)
    shown = _total(rows)
    left = {name: getattr(total, name) - getattr(shown, name) for name in SUMS}
    hidden = count - sum(row.key is not None for row in rows)
    return [*rows, Row(name=hidden, key="rest", **left)] if hidden > 0 or any(left.values()) else rows


def _ranked(asked: _Asked) -> tuple[list[dict], int] | None:
    """Put in order by what rankings tell, then those chosen are added up in full; None where no ranking tells it."""
    if asked.order == HOUR or any(asked.narrowed.values()) or asked.cut.most is None:
        return None
    days = (asked.first, asked.last)
    best, count = profit_ranks.ranked(asked.name, *days, worst=asked.order == WORST, most=asked.end)
    keyless = profit_ranks.without_key(asked.name, *days)
    return _chosen(asked, [Row(key=key, profit=profit) for key, profit in best], keyless), count


def _of_days(asked: _Asked) -> tuple[list[dict], int]:
    """Of any days: put in order by profit alone, which an index holds, then those chosen are added up in full."""
    if asked.cut.most is None:
        found = list(_sums(_grouped(asked.group, asked.name, asked.facts)))
        return found, sum(row["key"] is not None for row in found)
    keyed = asked.facts.filter(**{f"{asked.name}__isnull": False}).order_by().values(row_key=F(asked.name))
    best = list(_in_order(asked, keyed.annotate(all_of_them=Window(Count("*"))))[: asked.end])
    ranked = [Row(key=row["row_key"], profit=row["sum_profit"], print_time_s=row.get("sum_time", 0)) for row in best]
    keyless = asked.facts.filter(**{f"{asked.name}__isnull": True})
    return _chosen(asked, ranked, [keyless]), best[0]["all_of_them"] if best else 0


def _chosen(asked: _Asked, ranked: list[Row], keyless: Iterable[QuerySet]) -> list[dict]:
    """The rows to name, added up: the first of those with a key, and what has none where it stands among them."""
    sums = _added(keyless, lambda part: part.order_by().annotate(no_key=_kind_or_sale()).values("no_key"))
    others = {row["no_key"]: {"key": None, **row} for row in sums}
    ranked += [
        Row(kind=kind, profit=row["sum_profit"], print_time_s=row["sum_print_time_s"]) for kind, row in others.items()
    ]
    chosen = sorted(ranked, key=asked.place)[asked.cut.skip : asked.end]
    named = asked.facts.filter(**{f"{asked.name}__in": [row.key for row in chosen if row.key]})
    found = _sums(_grouped(asked.group, asked.name, named))
    return [*found, *(others[row.kind] for row in chosen if row.key is None)]


def _in_order(asked: _Asked, grouped: QuerySet) -> QuerySet:
    """As ``_Asked.place`` has it."""
    grouped = grouped.annotate(sum_profit=Sum("profit"))
    if asked.order == WORST:
        return grouped.order_by("sum_profit", "row_key")
    if asked.order != HOUR:
        return grouped.order_by("-sum_profit", "-row_key")
    per_s = ExpressionWrapper(F("sum_profit") / F("sum_time"), output_field=DecimalField())
    grouped = grouped.annotate(sum_time=Sum("print_time_s"))
    return grouped.annotate(per_s=Case(When(sum_time__gt=0, then=per_s))).order_by(
        F("per_s").desc(nulls_last=True), "-row_key"
    )


def _all_named(asked: _Asked, found: Sequence[dict], before: dict | None = None) -> list[Row]:
    names = asked.group.names([row["key"] for row in found])
    earlier = (before.get((row["key"], row["no_key"]), ZERO) if before else None for row in found)
    return [_named(row, asked.name, names, before=each) for row, each in zip(found, earlier, strict=True)]


def _kind_or_sale(**empty: object) -> Case:
    """What is not a sale has a row for each kind of it where nothing names its key."""
    unassigned = When(kind__in=FactKind.unassigned(), then=F("kind"), **empty)
    return Case(unassigned, default=Value(""), output_field=CharField())


def _named(sums: dict, group: str, names: dict, *, before: Decimal | None) -> Row:
    key, kind = sums["key"], sums["no_key"]
    if kind:
        return _row(sums, name=FactKind(kind).label, key=key, kind=kind, before=before)
    name, about = names.get(key) or (name_without_key(group), None)
    return _row(sums, name=name, key=key, about=about, before=before)


def _before(group: Group, name: str, rows: list[QuerySet]) -> dict:
    """(key, kind) → profit a year before."""
    found: dict[tuple, Decimal] = {}
    for part in rows:
        for row in _grouped(group, name, part).annotate(sum_profit=Sum("profit")):
            key = row["key"].replace(year=row["key"].year + 1) if name == "month" else row["key"]
            found[key, row["no_key"]] = found.get((key, row["no_key"]), ZERO) + row["sum_profit"]
    return found


def year_before(day: date) -> date:
    """The 29th of February has the 28th before it."""
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)
