"""How it goes: months beside those of last year, movers, what stopped selling, dead listings."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from nozzly.accounts.permissions import Permission
from nozzly.web.downloads import file_response
from nozzly.web.guard import requires
from nozzly.web.render import render
from sales.report_choices import TrendAgainst
from sales.report_forms import TrendFilter
from sales.report_kinds.base import Asked
from sales.report_kinds.registry import REPORTS
from sales.views.reports import period_of

USUAL_DAYS = 90


@requires(Permission.REPORT_VIEW)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    form = TrendFilter(request.GET or None)
    first, last = period_of(form, days=USUAL_DAYS)
    asked = Asked(first, last, against=str(form.told("against") or TrendAgainst.YEAR))
    kind = REPORTS["trends"]
    if request.GET.get("format") == "csv":
        return file_response(kind.csv(asked), name=kind.file_name(asked), kind="csv")
    if request.GET.get("format") == "pdf":
        return file_response(kind.pdf(asked), name=kind.file_name(asked), kind="pdf", inline=True)
    if not form.errors:
        form = TrendFilter(initial={"first": first, "last": last, "against": asked.against})
    return render(request, "sales/trends.html", kind.context(asked) | {"form": form})
