"""Where the profit is: the same facts, added up by product, channel, month or whatever else is asked.

Every grouping adds up to the same total to the cent, because each fact stands in exactly one row of it. What belongs
to no product (lost runs, expenses, charges of the shop) has rows of its own.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Sum, Value, When

from sales.domain import profit_facts
from sales.domain.report_groups import GROUPS, Group, name_without_key
from sales.models import ProfitFact, ProfitSum
from sales.report_choices import FactKind

ZERO = Decimal(0)
MOST_ROWS = 200
SUMS = (
    "pieces", "print_time_s", "net", "tax", "fees", "material", "machine", "labour", "own", "post", "refunds", "other",
    "profit", "estimated", "fees_charged",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of a report, in the workspace's currency. ``kind`` names what belongs to nothing in the grouping."""

    name: object = ""
    key: object = None
    url: str = ""
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


def profit_report(
    group: str, first: date, last: date, *, narrowed: dict | None = None, worst_first: bool = False
) -> Report:
    """Profit of everything booked on these days, best first; months in their order.

    Of the orders or customers of a long time the first 200 are named and all others stand in one row. Narrowed to a
    channel or a product it leaves out what belongs to none.
    """
    profit_facts.refresh()
    asked, about = narrowed or {}, GROUPS[group]
    kinds = _kinds(first, last, asked)
    total = _total(kinds.values())
    rows = _rows(about, group, _parts(about.axis, first, last, asked), total, worst_first=worst_first)
    before = {}
    if not about.long:
        before = _before(about, group, _parts(about.axis, year_before(first), year_before(last), asked))
    if before:
        rows = [replace(row, before=before.get((row.key, row.kind), ZERO)) for row in rows]
        total = replace(total, before=sum(before.values(), ZERO))
    return Report(group, rows, total, kinds, has_before=bool(before))


def totals(first: date, last: date, *, narrowed: dict | None = None) -> Row:
    """All that was booked on these days as one row."""
    profit_facts.refresh()
    return _total(_kinds(first, last, narrowed or {}).values())


def _kinds(first: date, last: date, narrowed: dict) -> dict[str, Row]:
    return {row["kind"]: _row(row) for row in _added(_parts("channel", first, last, narrowed), _by_kind)}


def by_printer_hour(report: Report) -> Report:
    """The same report with what earns most in an hour on the printer first; what never printed comes last."""
    rows = sorted(report.rows, key=lambda row: (row.profit_per_h is None, -(row.profit_per_h or ZERO)))
    return replace(report, rows=rows)


def _parts(axis: str, first: date, last: date, narrowed: dict) -> list[QuerySet]:
    """What to add up: sums of whole months and the facts of the days before and after them, or only facts."""
    facts = ProfitFact.objects.narrowed(**narrowed)
    start, end = _whole_months(first, last)
    if narrowed or not axis or start >= end:
        return [facts.between(first, last)]
    day = timedelta(days=1)
    parts = [ProfitSum.objects.filter(axis=axis, on__gte=start, on__lt=end)]
    edges = [(first, start - day), (end, last)]
    return [*parts, *(facts.between(one, other) for one, other in edges if one <= other)]


def _whole_months(first: date, last: date) -> tuple[date, date]:
    """The first day of the first whole month, and the day after the last one."""
    start = first if first.day == 1 else _next_month(first)
    after = last + timedelta(days=1)
    return start, after.replace(day=1)


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _added(parts: Iterable[QuerySet], grouped: Callable) -> list[dict]:
    """The rows of all parts, those of one key as one."""
    found: dict[tuple, dict] = {}
    for part in parts:
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
    unassigned = When(kind__in=FactKind.unassigned(), then=F("kind"), **empty)
    keyed = facts.order_by().annotate(key=group.key)
    return keyed.annotate(no_key=Case(unassigned, default=Value(""), output_field=CharField())).values("key", "no_key")


def _rows(group: Group, name: str, parts: list[QuerySet], total: Row, *, worst_first: bool) -> list[Row]:
    found = _longest(group, name, parts[0], worst_first=worst_first) if group.long else None
    if found is None:
        found = _added(parts, lambda part: _grouped(group, name, part))
    names = group.names([row["key"] for row in found])
    rows = [_named(row, name, names) for row in found]
    if name == "month":
        return sorted(rows, key=lambda row: row.key)
    if not group.long:
        return sorted(rows, key=lambda row: (bool(row.kind), row.profit if worst_first else -row.profit))
    rows.sort(key=lambda row: (row.profit if worst_first else -row.profit, row.key or 0))
    return [*rows, _rest(rows, total, parts[0], name)] if len(rows) == MOST_ROWS else rows


def _longest(group: Group, name: str, facts: QuerySet, *, worst_first: bool) -> list[dict]:
    """The first rows of very many: chosen by their profit alone, then added up in full."""
    chosen = _grouped(group, name, facts).annotate(sum_profit=Sum("profit"))
    chosen = list(chosen.order_by("sum_profit" if worst_first else "-sum_profit", "key")[:MOST_ROWS])
    keys = [row["key"] for row in chosen if row["key"]]
    kinds = [row["no_key"] for row in chosen if not row["key"]]
    wanted = Q(**{f"{name}__in": keys})
    if kinds:
        outside = Q(kind__in=kinds)
        if "" in kinds:
            outside |= ~Q(kind__in=FactKind.unassigned())
        wanted |= Q(**{name: None}) & outside
    return list(_sums(_grouped(group, name, facts.filter(wanted))))


def _named(sums: dict, group: str, names: dict) -> Row:
    key, kind = sums["key"], sums["no_key"]
    if kind:
        return _row(sums, name=FactKind(kind).label, key=key, kind=kind)
    name, url = names.get(key, (name_without_key(group), ""))
    return _row(sums, name=name, key=key, url=url)


def _rest(rows: Sequence[Row], total: Row, facts: QuerySet, group: str) -> Row:
    shown = _total(rows)
    left = {name: getattr(total, name) - getattr(shown, name) for name in SUMS}
    count = facts.aggregate(count=Count(group, distinct=True))["count"] - len(rows)
    return Row(name=count, key="rest", **left)


def _before(group: Group, name: str, parts: list[QuerySet]) -> dict:
    """(key, kind) → profit a year before."""
    found: dict[tuple, Decimal] = {}
    for part in parts:
        for row in _grouped(group, name, part).annotate(sum_profit=Sum("profit")):
            key = row["key"].replace(year=row["key"].year + 1) if name == "month" else row["key"]
            found[key, row["no_key"]] = found.get((key, row["no_key"]), ZERO) + row["sum_profit"]
    return found


def year_before(day: date) -> date:
    """The 29th of February has the 28th before it."""
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)
