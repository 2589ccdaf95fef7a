"""How it goes: months beside those of last year, movers, what stopped selling, dead listings."""

import csv
from datetime import timedelta
from io import StringIO

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from nozzly.accounts.permissions import Permission
from nozzly.tenancy.current import current_workspace
from nozzly.web import charts, formatting
from nozzly.web.downloads import file_response
from nozzly.web.exporting import neutralise
from nozzly.web.guard import requires
from nozzly.web.pdf import render_pdf
from nozzly.web.render import render
from sales.domain import trends
from sales.report_choices import TrendAgainst
from sales.report_forms import TrendFilter

USUAL_DAYS = 90


@requires(Permission.REPORT_VIEW)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = TrendFilter(request.GET or None)
    data = form.cleaned_data if form.is_bound and form.is_valid() else {}
    last = data.get("last") or today
    first = data.get("first") or last - timedelta(days=USUAL_DAYS - 1)
    first, last = min(first, last), max(first, last)
    against = data.get("against") or TrendAgainst.YEAR
    rows = trends.movers(first, last, against=against)
    name = f"trends-{first:%Y%m%d}-{last:%Y%m%d}"
    if request.GET.get("format") == "csv":
        return file_response(_csv(rows), name=name, kind="csv")
    if not form.errors:
        form = TrendFilter(initial={"first": first, "last": last, "against": against})
    best, worst = trends.best_and_worst(rows)
    context = {
        "form": form,
        "first": first,
        "last": last,
        "before": trends.compared_with(first, last, against),
        "best": best,
        "worst": worst,
        "stopped": trends.stopped_selling(today),
        "listings": trends.dead_listings(today),
        "picture": _picture(trends.months_up_to(last)),
        "quiet_days": trends.QUIET_DAYS,
    }
    if request.GET.get("format") == "pdf":
        content = render_pdf("sales/print/trends.html", context | {"workspace": current_workspace()})
        return file_response(content, name=name, kind="pdf", inline=True)
    return render(request, "sales/trends.html", context)


def _picture(months: list[trends.Month]) -> charts.Chart:
    return charts.lines(
        title=_("Profit by month, and a year before"),
        labels=[date_format(month.first_on, "M Y") for month in months],
        series={
            _("Profit"): [month.profit for month in months],
            _("A year before"): [month.profit_before for month in months],
        },
        show=formatting.money,
    )


def _csv(rows: list[trends.Mover]) -> bytes:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([_("Product"), _("Pieces"), _("Pieces before"), _("Profit"), _("Profit before"), _("Change")])
    for row in rows:
        name = neutralise(str(row.product))
        writer.writerow([name, row.pieces, row.pieces_before, row.profit, row.before, row.change])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
