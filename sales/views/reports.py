"""Where the profit is, for any stretch of days."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from nozzly.accounts.permissions import Permission
from nozzly.web.downloads import file_response
from nozzly.web.guard import requires
from nozzly.web.render import render
from sales import documents
from sales.domain import reports
from sales.forms import PeriodForm


@requires(Permission.REPORT_VIEW)
@require_GET
def profit(request: HttpRequest) -> HttpResponse:
    group = request.GET.get("by", "product")
    group = group if group in reports.GROUPS else "product"
    form = PeriodForm(request.GET or None)
    first, last = _period(form, group)
    if not form.errors:
        form = PeriodForm(initial={"first": first, "last": last})
    rows = reports.profit_by(group, first, last)
    if request.GET.get("format") == "csv":
        name = f"profit-by-{group}-{first:%Y%m%d}-{last:%Y%m%d}"
        return file_response(documents.profit_csv(group, rows), name=name, kind="csv")
    total = reports.total_of(rows)
    context = {
        "form": form,
        "first": first,
        "last": last,
        "group": group,
        "groups": [(key, label) for key, (label, *_rest) in reports.GROUPS.items()],
        "rows": rows,
        "total": total,
        "steps": documents.waterfall(total),
    }
    return render(request, "sales/profit.html", context, fragments=("profit",))


def _period(form: PeriodForm, group: str) -> tuple[date, date]:
    """What was asked for, else this month so far; months are compared over a year."""
    today = timezone.localdate()
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    usual = (today - timedelta(days=365) if group == "month" else today).replace(day=1)
    first, last = asked.get("first") or usual, asked.get("last") or today
    return (first, last) if first <= last else (last, first)
