"""What every report has: a period and filters in its address, a picture, a table, a CSV and a PDF, a place in the mail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from nozzly.tenancy.current import current_workspace
from nozzly.web import charts, formatting
from nozzly.web.downloads import csv_of
from nozzly.web.exporting import neutralise
from nozzly.web.pdf import render_pdf
from sales.domain import reports
from sales.report_choices import ReportMailKind

BARS_SHOWN, LINES_SHOWN, LINES_ON_PAPER = 12, 100, 1000
_SHOWN_AS: dict[str, Callable] = {
    "text": str,
    "money": formatting.money,
    "number": formatting.number,
    "percent": formatting.percent,
    "day": formatting.day,
    "amount": lambda value: f"{formatting.number(value[0], 2)} {value[1]}",
}


@dataclass(frozen=True)
class Column:
    """``kind``: text, money, number, percent, day, or amount: (Decimal, what of: a currency, a unit)."""

    label: object
    kind: str = "text"

    @property
    def is_number(self) -> bool:
        return self.kind not in {"text", "day"}

    def show(self, value: object) -> str:
        return "" if value is None or value == "" else _SHOWN_AS[self.kind](value)

    def plain(self, value: object) -> object:
        """For spreadsheets: points, ISO days, no signs of currencies."""
        if value is None:
            return ""
        if self.kind == "percent":
            return Decimal(value).quantize(Decimal("0.1"))
        if self.kind == "amount":
            return f"{value[0]:f} {value[1]}"
        return (
            value.isoformat() if isinstance(value, date) else neutralise(str(value)) if self.kind == "text" else value
        )


@dataclass(frozen=True)
class Line:
    """``url`` leads to what the line was added up from."""

    cells: Sequence
    url: str = ""


@dataclass(frozen=True)
class Found:
    """``note`` says how much of it is measured and how much estimated; ``total`` has a cell for each column.

    ``more`` lines are in the total and not in ``lines``, where no more were asked for.
    """

    lines: Sequence[Line] = ()
    total: Sequence = ()
    note: str = ""
    more: int = 0


@dataclass(frozen=True)
class Asked:
    """Days, both included, and what the report looks into: keys of the facts of profit; ``most`` lines are shown."""

    first: date
    last: date
    narrowed: dict = field(default_factory=dict)
    against: str = ""
    most: int | None = None


class MonthlyReport:
    """Anything that can come by email each month. ``name`` is what addresses and mails call it."""

    name = ""
    about: object = ""

    @property
    def title(self) -> str:
        return str(ReportMailKind(self.name).label)

    def url(self, first: date, last: date) -> str:
        raise NotImplementedError

    def csv(self, asked: Asked) -> bytes:
        raise NotImplementedError

    def pdf(self, asked: Asked) -> bytes:
        """Raises PdfUnavailable."""
        raise NotImplementedError

    def file_name(self, asked: Asked) -> str:
        return f"{self.name}-{asked.first:%Y%m%d}-{asked.last:%Y%m%d}"


class TableReport(MonthlyReport):
    """A report of one table. Subclasses say ``columns`` and ``find``; everything else is here."""

    columns: Sequence[Column] = ()
    filters: Sequence[str] = ()  # fields of ReportFilter beside the days
    usual_days = 90
    charted = -1  # the column of the picture
    empty_text: object = ""

    def find(self, asked: Asked) -> Found:
        raise NotImplementedError

    def url(self, first: date, last: date) -> str:
        return f"{reverse('sales:report', args=[self.name])}?first={first:%Y-%m-%d}&last={last:%Y-%m-%d}"

    def picture(self, found: Found) -> charts.Chart | None:
        """A bar for each of the first lines."""
        parts: dict[str, Decimal] = {}
        for line in found.lines[:BARS_SHOWN]:
            name, value = str(line.cells[0]), line.cells[self.charted]
            value = value[0] if isinstance(value, tuple) else value
            while name in parts:
                name += "\u00a0"
            parts[name] = value or Decimal(0)
        if not parts:
            return None
        column = self.columns[self.charted]
        show = formatting.number if column.kind == "amount" else column.show
        return charts.shares(title=str(column.label), parts=dict(reversed(parts.items())), show=show)

    def csv(self, asked: Asked) -> bytes:
        found = self.find(asked)
        rows = [line.cells for line in found.lines]
        rows += [found.total] if found.total else []
        return csv_of(
            [str(column.label) for column in self.columns],
            [[column.plain(cell) for column, cell in zip(self.columns, row, strict=True)] for row in rows],
        )

    def pdf(self, asked: Asked) -> bytes:
        context = self.context(asked, most=LINES_ON_PAPER) | {"workspace": current_workspace()}
        return render_pdf("sales/print/report.html", context)

    def context(self, asked: Asked, *, most: int = LINES_SHOWN) -> dict:
        found = self.find(replace(asked, most=most))
        return {
            "report": self,
            "found": found,
            "asked": asked,
            "rows": [(line.url, self._shown(line.cells)) for line in found.lines[:most]],
            "total": self._shown(found.total) if found.total else [],
            "hidden": max(len(found.lines) - most, 0) + found.more,
            "picture": self.picture(found),
        }

    def _shown(self, cells: Sequence) -> list[tuple[Column, str]]:
        return [(column, column.show(cell)) for column, cell in zip(self.columns, cells, strict=True)]


def total_line(columns: Sequence[Column], lines: Sequence[Line], *, also: dict[int, object] | None = None) -> list:
    """Money and numbers added up; other columns stay empty but for those of ``also``."""
    if not lines:
        return []
    sums = [
        sum((line.cells[index] or 0 for line in lines), Decimal(0)) if column.kind in {"money", "number"} else None
        for index, column in enumerate(columns)
    ]
    for index, value in (also or {}).items():
        sums[index] = value
    return [_("Total"), *sums[1:]]


def resting_on(asked: Asked) -> str:
    """How much of the profit of these days is measured."""
    return resting(reports.totals(asked.first, asked.last, narrowed=asked.narrowed))


def resting(total: reports.Row) -> str:
    """Nothing where nothing was sold."""
    if not (total.cost or total.fees):
        return ""
    return _(
        "{estimated} of the cost of the goods is estimated from recipes, the rest is what runs really took. "
        "{charged} of the fees stand in a statement, the rest is what the fee schedules expect."
    ).format(estimated=formatting.percent(total.estimated_pct), charged=formatting.percent(total.charged_pct))


def address(view: str, *args: object, **query: object) -> str:
    """A page with filters in its address; empty ones are left out."""
    words = {name: f"{value:%Y-%m-%d}" if isinstance(value, date) else value for name, value in query.items() if value}
    return reverse(view, args=args) + (f"?{urlencode(words)}" if words else "")
