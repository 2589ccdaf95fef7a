"""Where the profit is, for any stretch of days."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from nozzly.accounts.permissions import Permission
from nozzly.web.downloads import file_response
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render
from sales import report_documents as documents
from sales.domain import report_mails, reports
from sales.domain.report_groups import GROUPS
from sales.report_forms import ReportFilter, ReportMailForm


@requires(Permission.REPORT_VIEW)
@require_GET
def profit(request: HttpRequest) -> HttpResponse:
    group = request.GET.get("by", "product")
    group = group if group in GROUPS else "product"
    form = ReportFilter(request.GET or None)
    first, last = period_of(form, group)
    narrowed = form.narrowing()
    worst_first = request.GET.get("order") == "worst"
    report = reports.profit_report(group, first, last, narrowed=narrowed, worst_first=worst_first)
    name = f"profit-by-{group}-{first:%Y%m%d}-{last:%Y%m%d}"
    if request.GET.get("format") == "csv":
        return file_response(documents.profit_csv(report), name=name, kind="csv")
    if request.GET.get("format") == "pdf":
        content = documents.profit_pdf(report, first=first, last=last, chips=_chips(form))
        return file_response(content, name=name, kind="pdf", inline=True)
    if not form.errors:
        form = ReportFilter(initial={**request.GET.dict(), "first": first, "last": last})
    context = {
        "form": form,
        "first": first,
        "last": last,
        "group": group,
        "group_label": GROUPS[group].label,
        "groups": [(key, each.label) for key, each in GROUPS.items()],
        "narrows": GROUPS[group].narrows,
        "narrowed": narrowed,
        "chips": _chips(ReportFilter(request.GET)),
        "worst_first": worst_first,
        "report": report,
        "rows": [(documents.name_of(report, row), row) for row in report.rows],
        "total": report.total,
        "periods": usual_periods(timezone.localdate()),
        "waterfall": documents.waterfall_picture(report) if report.rows else None,
        "picture": documents.rows_picture(report),
    }
    return render(request, "sales/profit.html", context, fragments=("profit",))


def _chips(form: ReportFilter) -> list[str]:
    """What the report looks into, in words; the days stand elsewhere."""
    if not form.is_bound or not form.is_valid():
        return []
    return [str(form.cleaned_data[name] or "") for name in ("channel", "category", "country", "product", "customer") if form.cleaned_data.get(name)]  # fmt: skip


def period_of(form: ReportFilter, group: str = "") -> tuple[date, date]:
    """What was asked for, else this month so far; months are compared over a year."""
    today = timezone.localdate()
    asked = {}
    if form.is_bound:
        form.is_valid()
        asked = {name: form.cleaned_data.get(name) for name in ("first", "last")}
    usual = (today - timedelta(days=365) if group == "month" else today).replace(day=1)
    first, last = asked.get("first") or usual, asked.get("last") or today
    return (first, last) if first <= last else (last, first)


def usual_periods(today: date) -> list[tuple[str, date, date]]:
    """(name, first day, last day) of what people ask for."""
    this_month = today.replace(day=1)
    last_month_end = this_month - timedelta(days=1)
    this_year = date(today.year, 1, 1)
    return [
        (_("This month"), this_month, today),
        (date_format(last_month_end, "F Y"), last_month_end.replace(day=1), last_month_end),
        (_("90 days"), today - timedelta(days=89), today),
        (str(today.year), this_year, today),
        (str(today.year - 1), date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        (_("12 months"), (this_month - timedelta(days=365)).replace(day=1), today),
    ]


@requires(Permission.REPORT_VIEW)
@require_http_methods(["GET", "POST"])
def by_email(request: HttpRequest) -> HttpResponse:
    """Which reports come to oneself by email each month."""
    asked = set(request.user.report_mails.values_list("kind", flat=True))
    form = ReportMailForm(request.POST if request.method == "POST" else None, initial={"kinds": sorted(asked)})
    if request.method == "POST" and form.is_valid():
        report_mails.ask_for(request.user, set(form.cleaned_data["kinds"]))
        messages.success(request, _("Saved."))
        return go_to(request, "sales:report_mails")
    return render(request, "sales/report_mails.html", {"form": form}, status=422 if form.errors else 200)
