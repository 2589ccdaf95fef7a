"""Reports that have pages of their own, as files for a download and for the mail of the month."""

from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nozzly.tenancy.current import current_workspace
from nozzly.web import charts, formatting
from nozzly.web.downloads import csv_of
from nozzly.web.exporting import neutralise
from nozzly.web.pdf import render_pdf
from sales import report_documents
from sales.domain import fee_audit, reports, tax_entries, tax_purchases, tax_report, tax_sums, trends
from sales.domain.report_groups import GROUPS
from sales.report_choices import TaxBasis, TrendAgainst
from sales.report_kinds.base import Asked, Column, Found, Line, MonthlyReport, TableReport, address, resting_on


class ProfitReport(MonthlyReport):
    """Profit by one of its groupings."""

    about = gettext_lazy("Revenue, fees, cost and profit, with a waterfall and the year before.")

    def __init__(self, group: str):
        self.name = group

    def url(self, first: date, last: date) -> str:
        return address("sales:reports", by=self.name, first=first, last=last)

    def file_name(self, asked: Asked) -> str:
        return f"profit-by-{super().file_name(asked)}"

    def csv(self, asked: Asked) -> bytes:
        return report_documents.profit_csv(self._report(asked, cut=reports.Cut()))

    def pdf(self, asked: Asked) -> bytes:
        return report_documents.profit_pdf(self._report(asked), first=asked.first, last=asked.last)

    def _report(self, asked: Asked, *, cut: reports.Cut | None = None) -> reports.Report:
        return reports.profit_report(self.name, asked.first, asked.last, narrowed=asked.narrowed, cut=cut)


class TrendsReport(MonthlyReport):
    name = "trends"
    about = gettext_lazy("Months beside last year's, what rose, fell and stopped selling, dead listings.")

    def url(self, first: date, last: date) -> str:
        return address("sales:trends", first=first, last=last)

    def context(self, asked: Asked) -> dict:
        against = asked.against or TrendAgainst.YEAR
        rows = trends.movers(asked.first, asked.last, against=against, most=trends.MOVERS_SHOWN)
        best, worst = trends.best_and_worst(rows)
        return {
            "first": asked.first,
            "last": asked.last,
            "before": trends.compared_with(asked.first, asked.last, against),
            "best": best,
            "worst": worst,
            "stopped": trends.stopped_selling(asked.last),
            "listings": trends.dead_listings(asked.last),
            "picture": _months_picture(trends.months_up_to(asked.last)),
            "quiet_days": trends.QUIET_DAYS,
            "note": resting_on(asked),
        }

    def csv(self, asked: Asked) -> bytes:
        rows = trends.movers(asked.first, asked.last, against=asked.against or TrendAgainst.YEAR)
        heads = [_("Product"), _("Pieces"), _("Pieces before"), _("Profit"), _("Profit before"), _("Change")]
        return csv_of(
            heads,
            [
                [neutralise(str(row.product)), row.pieces, row.pieces_before, row.profit, row.before, row.change]
                for row in rows
            ],
        )

    def pdf(self, asked: Asked) -> bytes:
        return render_pdf("sales/print/trends.html", self.context(asked) | {"workspace": current_workspace()})


def _months_picture(months: list[trends.Month]) -> charts.Chart:
    return charts.lines(
        title=_("Profit by month, and a year before"),
        labels=[date_format(month.first_on, "M Y") for month in months],
        series={
            _("Profit"): [month.profit for month in months],
            _("A year before"): [month.profit_before for month in months],
        },
        show=formatting.money,
    )


class FeeAuditReport(TableReport):
    """The page of its own shows some at a time; the files hold all."""

    name = "fee-audit"
    about = gettext_lazy("What statements charged for orders against what the fee schedules expect, with reasons.")
    filters = ("channel",)
    charted = 4
    columns = (
        Column(gettext_lazy("Order")),
        Column(gettext_lazy("Fee")),
        Column(gettext_lazy("Expected"), "amount"),
        Column(gettext_lazy("Charged"), "amount"),
        Column(gettext_lazy("More"), "amount"),
        Column(gettext_lazy("Probably because")),
    )

    def url(self, first: date, last: date) -> str:
        return address("sales:fee_audit", first=first, last=last)

    def find(self, asked: Asked) -> Found:
        wanted = {"first": asked.first, "last": asked.last, "channel_id": asked.narrowed.get("channel")}
        rows = fee_audit.explained(list(fee_audit.differences(**wanted)))
        lines = [
            Line(
                (
                    row.order.number, row.label, *((amount, row.order.currency) for amount in (row.expected, row.charged, row.more)),
                    row.reason,
                ),
                row.order.get_absolute_url(),
            )
            for row in rows
        ]  # fmt: skip
        totals = fee_audit.totals(**wanted)
        home = current_workspace().currency
        sums = (totals["expected"], totals["charged"], totals["charged"] - totals["expected"])
        total = [_("All orders of a statement"), None, *((amount, home) for amount in sums), None]
        return Found(
            lines, total if lines else (), _("Charged fees stand in statements; expected ones are of the schedules.")
        )

    def picture(self, found: Found) -> charts.Chart | None:
        return audit_picture(found.total[2][0], found.total[3][0]) if found.total else None


def audit_picture(expected: Decimal, charged: Decimal) -> charts.Chart:
    return charts.shares(
        title=_("Fees of orders that a statement speaks of"),
        parts={_("Charged"): charged, _("Expected"): expected},
        show=formatting.money,
    )


class TaxReport(MonthlyReport):
    name = "tax"
    about = gettext_lazy("Output and input tax of the month, down to each order and receipt.")

    def url(self, first: date, last: date) -> str:
        return address("sales:tax_report", first=first, last=last)

    def csv(self, asked: Asked) -> bytes:
        basis = tax_report.usual_basis(asked.last)
        return tax_csv(tax_entries.as_entries(tax_entries.entries(asked.first, asked.last, basis=basis)), basis)

    def pdf(self, asked: Asked) -> bytes:
        found = tax_report.tax_report(asked.first, asked.last, basis=tax_report.usual_basis(asked.last))
        return tax_pdf(found, tax_report.filing_of(asked.first, asked.last))


def tax_pdf(found, filing) -> bytes:
    context = {
        "report": found,
        "basis": TaxBasis(found.basis).label,
        "filing": filing,
        "picture": tax_picture(found),
        "uncharged": tax_sums.uncharged_fees(found.first, found.last),
        "deliveries": tax_purchases.deliveries_without_tax(found.first, found.last) if found.status.registered else [],
        "workspace": current_workspace(),
    }
    return render_pdf("sales/print/tax.html", context)


def tax_picture(found) -> charts.Chart | None:
    if not found.boxes:
        return None
    return charts.shares(
        title=_("Tax of these days"),
        parts={_("To pay"): found.due, _("Input tax"): found.input_tax, _("Output tax"): found.output_tax},
        show=formatting.money,
    )


def tax_csv(rows: list[tax_entries.Entry], basis: str) -> bytes:
    """One line for each entry, as advisers' software reads it: ISO dates, points, no currency signs."""
    currency = current_workspace().currency
    heads = [
        "Date", "Type", "Reference", "Direction", "Treatment", "Country", "Rate %", "Net", "Tax", "Gross", "Currency", "Basis",
    ]  # fmt: skip
    lines = [
        [
            row.on.isoformat(), row.source, neutralise(row.label), row.side, neutralise(row.box), row.country,
            f"{row.rate_pct.normalize():f}", f"{row.net:.2f}", f"{row.tax:.2f}", f"{row.net + row.tax:.2f}", currency,
            TaxBasis(basis).value,
        ]
        for row in rows
    ]  # fmt: skip
    return csv_of(heads, lines)


PROFIT_REPORTS = [ProfitReport(group) for group in GROUPS]
