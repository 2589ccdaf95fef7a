"""Reports on how it goes: what rose and fell, what stopped selling, what is offered and never sold, who comes back."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nozzly.web import charts, formatting
from sales.domain import returning, trends
from sales.report_choices import TrendAgainst
from sales.report_kinds.base import Asked, Column, Found, Line, TableReport, address, resting_on, total_line


class MoversReport(TableReport):
    name = "movers"
    about = gettext_lazy("Products by how their profit changed, against the year before or the days before.")
    empty_text = gettext_lazy("Products show up here once something was shipped.")
    filters = ("against",)
    charted = 5
    columns = (
        Column(gettext_lazy("Product")),
        Column(gettext_lazy("Pieces"), "number"),
        Column(gettext_lazy("Pieces before"), "number"),
        Column(gettext_lazy("Profit"), "money"),
        Column(gettext_lazy("Profit before"), "money"),
        Column(gettext_lazy("Change"), "money"),
    )

    def find(self, asked: Asked) -> Found:
        rows = trends.movers(asked.first, asked.last, against=asked.against or TrendAgainst.YEAR)
        lines = [
            Line(
                (str(row.product), row.pieces, row.pieces_before, row.profit, row.before, row.change),
                address("sales:reports", by="order", product=row.product.pk, first=asked.first, last=asked.last),
            )
            for row in rows
        ]
        return Found(lines, total_line(self.columns, lines), resting_on(asked))

    def picture(self, found: Found) -> charts.Chart | None:
        """Half a dozen from either end."""
        half = 6
        lines = [*found.lines[:half], *found.lines[max(half, len(found.lines) - half) :]]
        return super().picture(Found(lines))


class StoppedReport(TableReport):
    name = "stopped"
    about = gettext_lazy("Products that sold in the year before these days, and not in them.")
    empty_text = gettext_lazy("Nothing stopped selling.")
    usual_days = trends.QUIET_DAYS
    charted = 3
    columns = (
        Column(gettext_lazy("Product")),
        Column(gettext_lazy("Last sold"), "day"),
        Column(gettext_lazy("Pieces in the year before"), "number"),
        Column(gettext_lazy("Profit in the year before"), "money"),
    )

    def find(self, asked: Asked) -> Found:
        rows = trends.stopped_between(asked.first, asked.last)
        since, until = trends.known_before(asked.first)
        lines = [
            Line(
                (str(row.product), row.last_on, row.pieces, row.profit),
                address("sales:reports", by="order", product=row.product.pk, first=since, last=until),
            )
            for row in rows
        ]
        before = Asked(since, until)
        return Found(lines, total_line(self.columns, lines), resting_on(before) if lines else "")


class DeadListingsReport(TableReport):
    name = "dead-listings"
    about = gettext_lazy("Offered since before these days, and not sold there in all of them.")
    empty_text = gettext_lazy("Every listing sold something, or is younger than these days.")
    filters = ("channel",)
    charted = 3
    columns = (
        Column(gettext_lazy("Listing")),
        Column(gettext_lazy("Channel")),
        Column(gettext_lazy("Last sold"), "day"),
        Column(gettext_lazy("Days without a sale"), "number"),
    )

    def find(self, asked: Asked) -> Found:
        rows = trends.unsold_listings(asked.first, asked.last, channel=asked.narrowed.get("channel"))
        lines = [Line(self._cells(row, asked), row.get_absolute_url()) for row in rows]
        return Found(lines, (), _("By what was shipped; nothing is estimated.") if lines else "")

    def _cells(self, row, asked: Asked) -> tuple:
        days = (asked.last - (row.last_on or row.created_at.date())).days
        return str(row.variant), str(row.channel), row.last_on, days


class ReturningReport(TableReport):
    name = "returning"
    about = gettext_lazy("How many of each month's buyers had bought before, and what they brought.")
    empty_text = gettext_lazy("Orders with a customer show up here once they are shipped.")
    filters = ("channel",)
    usual_days = 365
    columns = (
        Column(gettext_lazy("Month")),
        Column(gettext_lazy("New customers"), "number"),
        Column(gettext_lazy("Returning customers"), "number"),
        Column(gettext_lazy("Share that returned"), "percent"),
        Column(gettext_lazy("Profit from new"), "money"),
        Column(gettext_lazy("Profit from returning"), "money"),
    )

    def find(self, asked: Asked) -> Found:
        rows = returning.by_month(asked.first, asked.last, channel=asked.narrowed.get("channel"))
        lines = [
            Line(
                (
                    date_format(row.first_on, "F Y"), row.new, row.back, row.back_pct, row.profit_new, row.profit_back,
                ),
                address(
                    "sales:reports", by="customer", first=max(row.first_on, asked.first), last=min(row.last_on, asked.last),
                    channel=asked.narrowed.get("channel"),
                ),
            )
            for row in rows
        ]  # fmt: skip
        new, back = (sum(getattr(row, name) for row in rows) for name in ("new", "back"))
        share = returning.share_pct(new, back)
        return Found(lines, total_line(self.columns, lines, also={3: share}), resting_on(asked) if lines else "")

    def picture(self, found: Found) -> charts.Chart | None:
        if not found.lines:
            return None
        return charts.bars(
            title=str(self.title),
            labels=[line.cells[0] for line in found.lines],
            series={_("New"): [line.cells[1] for line in found.lines], _("Returning"): [line.cells[2] for line in found.lines]},
            show=formatting.number,
            stacked=True,
        )  # fmt: skip
