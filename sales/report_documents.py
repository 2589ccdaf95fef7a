"""Profit reports as pictures, CSV and PDF. Only for people who may see costs."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import StringIO

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from nozzly.tenancy.current import current_workspace
from nozzly.web import charts, formatting
from nozzly.web.exporting import neutralise
from nozzly.web.pdf import render_pdf
from nozzly.web.waterfalls import Step, waterfall
from sales.domain.report_groups import GROUPS
from sales.domain.reports import Report, Row
from sales.report_choices import FactKind

BARS_SHOWN = 12


def waterfall_steps(report: Report) -> list[Step]:
    """From what the buyers paid to profit. Steps that are nothing are left out."""
    total = report.total
    out = [
        (_("Tax"), total.tax),
        (_("Fees"), total.fees),
        (_("Material"), total.material),
        (_("Machine and power"), total.machine),
        (_("Work"), total.labour),
        (_("Made here, not told apart"), total.own),
        (_("Postage and packaging"), total.post),
        (_("Refunds"), total.refunds),
        *((FactKind(kind).label, report.kinds[kind].other) for kind in FactKind.unassigned() if kind in report.kinds),
    ]
    steps = [Step(_("Sales with tax"), total.net + total.tax, is_sum=True)]
    steps += [Step(str(label), -amount) for label, amount in out if amount]
    return [*steps, Step(_("Profit"), total.profit, is_sum=True)]


def waterfall_picture(report: Report) -> charts.Chart:
    return waterfall(title=_("From what buyers paid to profit"), steps=waterfall_steps(report), show=formatting.money)


def rows_picture(report: Report) -> charts.Chart | None:
    """Months over time; of everything else the dozen that earn most."""
    rows = [row for row in report.rows if row.key != "rest"]
    if not rows:
        return None
    if report.group == "month":
        return charts.bars(
            title=_("Profit by month"),
            labels=[date_format(row.key, "M Y") for row in rows],
            series=_months(report, rows),
            show=formatting.money,
        )
    best = [row for row in rows if not row.kind][:BARS_SHOWN]
    if not best:
        return None
    title = _("Profit by {group}").format(group=str(GROUPS[report.group].label).lower())
    return charts.shares(
        title=title, parts={_unique(row, best): row.profit for row in reversed(best)}, show=formatting.money
    )


def _months(report: Report, rows: Sequence[Row]) -> dict[str, Sequence[Decimal]]:
    series = {_("Net revenue"): [row.net for row in rows], _("Profit"): [row.profit for row in rows]}
    if report.has_before:
        series[_("Profit a year before")] = [row.before or Decimal(0) for row in rows]
    return series


def _unique(row: Row, rows: Iterable[Row]) -> str:
    """Two customers may have one name; a picture needs two."""
    twins = sum(1 for each in rows if each.name == row.name)
    return str(row.name) if twins == 1 else f"{row.name} ({row.key})"


def name_of(report: Report, row: Row) -> str:
    if row.key == "rest":
        return _("{count} others").format(count=row.name)
    return date_format(row.key, "F Y") if report.group == "month" else str(row.name)


def profit_csv(report: Report) -> bytes:
    """The report as a file that spreadsheets open, with a mark for umlauts; the last line is the total."""
    out = StringIO()
    writer = csv.writer(out)
    heads = [
        _("Pieces"), _("Print hours"), _("Tax"), _("Net revenue"), _("Fees"), _("Material"), _("Machine and power"),
        _("Work"), _("Made here, not told apart"), _("Postage and packaging"), _("Refunds"), _("Contribution"), _("Losses and expenses"),
        _("Cost that is estimated"), _("Fees by statement"), _("Profit a year before"), _("Profit"),
    ]  # fmt: skip
    writer.writerow([str(GROUPS[report.group].label), *heads])
    for row in report.rows:
        writer.writerow([neutralise(name_of(report, row)), *_figures(row)])
    writer.writerow([_("Total"), *_figures(report.total)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _figures(row: Row) -> list:
    hours = (Decimal(row.print_time_s) / 3600).quantize(Decimal("0.01"))
    before = "" if row.before is None else row.before
    return [
        row.pieces, hours, row.tax, row.net, row.fees, row.material, row.machine, row.labour, row.own, row.post, row.refunds,
        row.contribution, row.other, row.estimated, row.fees_charged, before, row.profit,
    ]  # fmt: skip


def profit_pdf(report: Report, *, first: date, last: date, chips: Sequence[str] = ()) -> bytes:
    """Raises PdfUnavailable."""
    context = {
        "report": report,
        "rows": [(name_of(report, row), row) for row in report.rows],
        "group": GROUPS[report.group].label,
        "first": first,
        "last": last,
        "chips": chips,
        "pictures": [picture for picture in (waterfall_picture(report), rows_picture(report)) if picture],
        "workspace": current_workspace(),
    }
    return render_pdf("sales/print/profit.html", context)
