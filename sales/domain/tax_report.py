"""The tax report of a period: what is owed, what comes back, and what it said when the period was closed."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Sum

from nozzly.accounts.models import User
from nozzly.core.money import round_money
from nozzly.tax.choices import Scheme
from nozzly.tax.domain import periods
from nozzly.tax.domain.status import status_on
from nozzly.tax.domain.thresholds import Threshold, threshold_on
from nozzly.tax.models import TaxStatus
from nozzly.tenancy.current import current_workspace
from sales.domain import profit_facts, tax_entries, tax_sums
from sales.domain.profit_parts import parts
from sales.domain.tax_rows import INPUT, OUTPUT, OWED
from sales.models import OrderCharge, OrderPayment, TaxFiling
from sales.report_choices import TaxBasis

ZERO = Decimal(0)


@dataclass(frozen=True)
class Box:
    """One line of the report; ``country`` says where sales went."""

    side: str
    box: str
    rate_pct: Decimal
    country: str
    count: int
    net: Decimal
    tax: Decimal

    @property
    def name(self) -> str:
        return tax_entries.name_of_box(self.side, self.box)


@dataclass(frozen=True)
class TaxReport:
    first: date
    last: date
    basis: str
    status: TaxStatus
    boxes: Sequence[Box] = field(default_factory=list)

    def side(self, side: str) -> list[Box]:
        return [box for box in self.boxes if box.side == side]

    @property
    def output(self) -> list[Box]:
        return self.side(OUTPUT)

    @property
    def input(self) -> list[Box]:
        return self.side(INPUT)

    @property
    def output_net(self) -> Decimal:
        """What was sold; what we owe on purchases is no sale."""
        return sum((box.net for box in self.output if box.box != OWED), ZERO)

    @property
    def output_tax(self) -> Decimal:
        return sum((box.tax for box in self.output), ZERO)

    @property
    def owed_on_purchases(self) -> Decimal:
        return sum((box.tax for box in self.output if box.box == OWED), ZERO)

    @property
    def input_net(self) -> Decimal:
        return sum((box.net for box in self.input), ZERO)

    @property
    def input_tax(self) -> Decimal:
        return sum((box.tax for box in self.input), ZERO)

    @property
    def flat_due(self) -> Decimal | None:
        """Under a flat rate a share of all that buyers paid is owed instead."""
        if self.status.scheme != Scheme.FLAT_RATE or self.status.flat_rate_pct is None:
            return None
        paid = self.output_net + self.output_tax - self.owed_on_purchases
        return round_money(paid * self.status.flat_rate_pct / 100, current_workspace().currency)

    @property
    def due(self) -> Decimal:
        if self.flat_due is not None:
            return self.flat_due + self.owed_on_purchases
        return self.output_tax - self.input_tax


def usual_basis(on: date) -> str:
    status = status_on(on, country=current_workspace().country)
    return TaxBasis.CASH if status.scheme == Scheme.CASH else TaxBasis.INVOICE


def tax_report(first: date, last: date, *, basis: str) -> TaxReport:
    """The boxes of a period, both days included; a constant number of queries."""
    found: dict[tuple, list] = {}
    for row in _added(first, last, basis=basis):
        key, amounts = row[:4], row[4:]
        if not amounts[0]:  # a sum of nothing, where all that is grouped by is the same for every row
            continue
        known = found.setdefault(key, [0, ZERO, ZERO])
        found[key] = [one + other for one, other in zip(known, amounts, strict=True)]
    boxes = [Box(*key, *amounts) for key, amounts in found.items()]
    boxes.sort(key=lambda box: (box.side != OUTPUT, box.box, -box.rate_pct, box.country))
    return TaxReport(first, last, basis, status_on(last, country=current_workspace().country), boxes)


def _added(first: date, last: date, *, basis: str) -> Iterable[tuple]:
    """(side, box, rate, country, count, net, tax); of one key there may be several."""
    yield from tax_sums.sales_and_fees(first, last, basis=basis)
    others = tax_entries.others(first, last, basis=basis)
    for rows in (
        rows for rows in others if rows.model not in {OrderCharge, OrderPayment}
    ):  # these are added up already
        sums = rows.values("side", "box", "rate_pct", "country_code").annotate(
            net_sum=Sum("net_amount"), tax_sum=Sum("tax_amount"), entry_count=Count("pk")
        )
        yield from sums.values_list("side", "box", "rate_pct", "country_code", "entry_count", "net_sum", "tax_sum")


def close_period(first: date, last: date, *, basis: str, by: User, at: datetime) -> TaxFiling:
    """Keep what the report says now and close every day up to ``last``. Raises PeriodNotOver, PeriodAlreadyClosed."""
    with transaction.atomic():
        periods.close_period(through_on=last, by=by, at=at)
        report = tax_report(first, last, basis=basis)
        boxes = [
            [box.side, box.box, str(box.rate_pct), box.country, box.count, str(box.net), str(box.tax)]
            for box in report.boxes
        ]
        return TaxFiling.objects.create(
            first_on=first, last_on=last, basis=basis, output_net=report.output_net, output_tax=report.output_tax,
            input_net=report.input_net, input_tax=report.input_tax, boxes=boxes, at=at, by=by,
        )  # fmt: skip


def filing_of(first: date, last: date) -> TaxFiling | None:
    return TaxFiling.objects.filter(first_on=first, last_on=last).first()


def month_to_close(today: date) -> tuple[date, date]:
    """The month after the last closed day, or the one before this one where nothing is closed yet."""
    closed = periods.closed_through()
    start = closed + timedelta(days=1) if closed else (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    return start, start.replace(day=monthrange(start.year, start.month)[1])


@dataclass(frozen=True)
class Rolling:
    """Turnover of the twelve months up to a day against the threshold from which one must register."""

    turnover: Decimal
    since: date
    threshold: Threshold | None
    same_currency: bool

    @property
    def share_pct(self) -> Decimal | None:
        if self.threshold is None or not self.same_currency:
            return None
        return self.turnover * 100 / self.threshold.amount

    @property
    def left(self) -> Decimal | None:
        return None if self.share_pct is None else self.threshold.amount - self.turnover


def rolling_turnover(on: date) -> Rolling:
    """What was sold in the twelve months up to the day, less what was given back."""
    since = (on.replace(day=28) if (on.month, on.day) == (2, 29) else on).replace(year=on.year - 1) + timedelta(days=1)
    workspace = current_workspace()
    status = status_on(on, country=workspace.country)
    threshold = threshold_on(on, country=status.ships_from)
    profit_facts.refresh()
    sums = [part.aggregate(net=Sum("net"), refunds=Sum("refunds")) for part in parts("", since, on, {})]
    turnover = sum(((each["net"] or ZERO) - (each["refunds"] or ZERO) for each in sums), ZERO)
    same = threshold is None or threshold.typed or threshold.currency == workspace.currency
    return Rolling(turnover, since, threshold, same)
