"""Reports on the print floor and the stock room, for people who see costs."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.domain import values
from nozzly.web import charts, formatting
from production.domain import variance
from sales.domain import printing
from sales.report_kinds.base import Asked, Column, Found, Line, TableReport, address, total_line

ZERO = Decimal(0)
_ALL = 100_000


def _moments(asked: Asked) -> tuple[datetime, datetime]:
    """The start of the first day and the end of the last, in the workspace's time zone."""
    first, after = (
        timezone.make_aware(datetime.combine(day, time.min)) for day in (asked.first, asked.last + timedelta(days=1))
    )
    return first, after


def _off_pct(expected: Decimal, actual: Decimal) -> Decimal | None:
    return (actual - expected) * 100 / expected if expected else None


class VarianceReport(TableReport):
    name = "variance"
    about = gettext_lazy("What each product's runs cost beside what their recipes said.")
    empty_text = gettext_lazy("Finished runs are compared with their recipes here.")
    charted = 6
    columns = (
        Column(gettext_lazy("Product")),
        Column(gettext_lazy("Runs"), "number"),
        Column(gettext_lazy("Failed runs"), "number"),
        Column(gettext_lazy("Good pieces"), "number"),
        Column(gettext_lazy("Scrapped"), "number"),
        Column(gettext_lazy("Estimated"), "money"),
        Column(gettext_lazy("Really"), "money"),
        Column(gettext_lazy("Off by"), "percent"),
    )

    def find(self, asked: Asked) -> Found:
        rows = variance.by_product(*_moments(asked), most=_ALL)
        lines = [
            Line(
                (
                    row["variant__product__title"], row["runs"], row["failed"], row["good_pieces"], row["lost_pieces"],
                    row["estimated"], row["actual"], _off_pct(row["estimated"], row["actual"]),
                ),
                address("production:run_list", search=row["variant__product__title"]),
            )
            for row in rows
        ]  # fmt: skip
        expected, actual = (sum((row[name] for row in rows), ZERO) for name in ("estimated", "actual"))
        total = total_line(self.columns, lines, also={7: _off_pct(expected, actual)})
        return Found(lines, total, _("“Really” is what runs took; “estimated” is what their recipes said before."))


class FailuresReport(TableReport):
    name = "failures"
    about = gettext_lazy("Failed runs by reason, with what they cost.")
    empty_text = gettext_lazy("Failed runs are sorted by their reason here.")
    charted = 1
    columns = (
        Column(gettext_lazy("Reason")),
        Column(gettext_lazy("Runs"), "number"),
        Column(gettext_lazy("Lost"), "money"),
        Column(gettext_lazy("Share of all failures"), "percent"),
    )

    def find(self, asked: Asked) -> Found:
        rows = printing.failures_by_reason(*_moments(asked))
        runs = sum(row["runs"] for row in rows)
        lines = [
            Line(
                (row["name"] or _("Not told"), row["runs"], row["loss"], Decimal(row["runs"] * 100) / runs),
                address("production:run_list", state="failed", reason=row["reason"], since=asked.first),
            )
            for row in rows
        ]
        return Found(lines, total_line(self.columns, lines), _("All of it is what runs really took.") if lines else "")


class StockValueReport(TableReport):
    name = "stock-value"
    about = gettext_lazy("What each item was worth before the first day and at the close of the last.")
    empty_text = gettext_lazy("What lies in the stock room shows up here with its value.")
    usual_days = 30
    charted = 4
    columns = (
        Column(gettext_lazy("Item")),
        Column(gettext_lazy("Kind")),
        Column(gettext_lazy("There at the end"), "amount"),
        Column(gettext_lazy("Value before"), "money"),
        Column(gettext_lazy("Value at the end"), "money"),
        Column(gettext_lazy("Change"), "money"),
        Column(gettext_lazy("With own work and machines"), "money"),
    )

    def find(self, asked: Asked) -> Found:
        today = timezone.localdate()
        if asked.first == date.min or asked.first > today:
            return Found()
        last = min(asked.last, today)
        start = {row.item.pk: row for row in values.stock_value(asked.first - timedelta(days=1)).rows}
        end = {row.item.pk: row for row in values.stock_value(last).rows}
        lines = [self._line(start.get(pk), end.get(pk)) for pk in start.keys() | end.keys()]
        lines.sort(key=lambda line: (-line.cells[4], line.cells[0]))
        note = _("By the books of the stock room, at what it really cost.")
        if last < asked.last:
            note += " " + _("The last of these days is still to come: the end is {day}.").format(
                day=formatting.day(last)
            )
        return Found(lines, total_line(self.columns, lines), note)

    def _line(self, start, end) -> Line:
        item = (end or start).item
        before = start.bought_value if start else ZERO
        value, full = (end.bought_value, end.full_value) if end else (ZERO, ZERO)
        there = (end.quantity if end else ZERO, str(item.get_unit_display()))
        return Line(
            (item.name, str(item.get_kind_display()), there, before, value, value - before, full),
            item.get_absolute_url(),
        )

    def picture(self, found: Found) -> charts.Chart | None:
        """By kind: hundreds of items make no picture."""
        kinds: dict[str, Decimal] = {}
        for line in found.lines:
            kinds[line.cells[1]] = kinds.get(line.cells[1], ZERO) + line.cells[4]
        parts = dict(sorted(kinds.items(), key=lambda pair: pair[1]))
        return charts.shares(title=_("Value by kind"), parts=parts, show=formatting.money) if parts else None
