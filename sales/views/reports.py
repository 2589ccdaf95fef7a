"""Where the profit is, for any stretch of days; and every other report, by its name."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from nozzly.accounts.permissions import Permission
from nozzly.web import jobs
from nozzly.web.downloads import file_response
from nozzly.web.guard import requires
from nozzly.web.paging import positive_int, slice_list
from nozzly.web.render import go_to, render
from sales import report_documents as documents
from sales import tasks
from sales.domain import report_mails, reports
from sales.domain.report_groups import GROUPS
from sales.report_forms import DaysFilter, ReportFilter, ReportMailForm
from sales.report_kinds.base import Asked
from sales.report_kinds.registry import REPORTS, TABLES
from sales.report_links import links_of

ROWS_SHOWN = 50
ORDERS_OF_ROWS = ("", "worst", "hour")


@requires(Permission.REPORT_VIEW)
@require_GET
def profit(request: HttpRequest) -> HttpResponse:
    group = request.GET.get("by", "product")
    group = group if group in GROUPS else "product"
    form = ReportFilter(request.GET or None)
    first, last = period_of(form, months=group == "month")
    narrowed, chips = form.narrowing(), form.chips()
    order = request.GET.get("order", "")
    skip = positive_int(request.GET.get("skip", ""), 0)
    is_file = request.GET.get("format") == "csv"
    cut = reports.Cut() if is_file else reports.Cut(skip, reports.MOST_ROWS)
    report = reports.profit_report(group, first, last, narrowed=narrowed, order=order, cut=cut)
    name = f"profit-by-{group}-{first:%Y%m%d}-{last:%Y%m%d}"
    if is_file:
        return file_response(documents.profit_csv(report), name=name, kind="csv")
    if request.GET.get("format") == "pdf":
        content = documents.profit_pdf(report, first=first, last=last, chips=chips)
        return file_response(content, name=name, kind="pdf", inline=True)
    if not form.errors:
        form = ReportFilter(initial={**request.GET.dict(), "first": first, "last": last})
    page = slice_list(report.rows, number=positive_int(request.GET.get("page", ""), 1), size=ROWS_SHOWN)
    context = {
        "form": form,
        "first": first,
        "last": last,
        "group": group,
        "group_label": GROUPS[group].label,
        "groups": [(key, each.label) for key, each in GROUPS.items()],
        "narrowed": narrowed,
        "chips": chips,
        "order": order if order in ORDERS_OF_ROWS else "",
        "may_be_turned": group != "month",
        "report": report,
        "neighbours": neighbours(report, skip),
        "page": page,
        "rows": [
            (documents.name_of(report, row), row, links_of(report, row, first=first, last=last, narrowed=narrowed))
            for row in page
        ],
        "total": report.total,
        "periods": usual_periods(timezone.localdate()),
        "waterfall": documents.waterfall_picture(report) if report.rows else None,
        "picture": documents.rows_picture(report),
    }
    return render(request, "sales/profit.html", context, fragments=("profit",))


@requires(Permission.REPORT_VIEW)
@require_GET
def report(request: HttpRequest, name: str) -> HttpResponse:
    """A report of one table: page, CSV or PDF."""
    if name not in TABLES:
        raise Http404
    kind = TABLES[name]
    form = ReportFilter(request.GET or None, only=kind.filters)
    first, last = period_of(form, days=kind.usual_days)
    asked = Asked(first, last, form.narrowing(), str(form.told("against") or ""))
    wanted = request.GET.get("format")
    if wanted == "csv":
        return file_response(kind.csv(asked), name=kind.file_name(asked), kind="csv")
    if wanted == "pdf":
        return file_response(kind.pdf(asked), name=kind.file_name(asked), kind="pdf", inline=True)
    chips = form.chips()
    if not form.errors:
        form = ReportFilter(initial={**request.GET.dict(), "first": first, "last": last}, only=kind.filters)
    context = kind.context(asked) | {
        "form": form, "chips": chips, "periods": usual_periods(timezone.localdate()),
    }  # fmt: skip
    return render(request, "sales/report.html", context, fragments=("report",))


def neighbours(report: reports.Report, skip: int) -> list[tuple[str, int]]:
    """(label, how many to skip) of the lines before and after those that are named."""
    named = [row for row in report.rows if row.key != "rest"]
    behind = len(named) >= reports.MOST_ROWS and len(named) < len(report.rows)
    before = [(_("Lines before these"), max(skip - reports.MOST_ROWS, 0))] if skip else []
    return [*before, *([(_("Lines after these"), skip + reports.MOST_ROWS)] if behind else [])]


def period_of(form: DaysFilter, *, months: bool = False, days: int = 0) -> tuple[date, date]:
    """What was asked for, the earlier day first; else this month so far, a year of months, or so many days."""
    today = timezone.localdate()
    last = form.told("last") or today
    usual = (today - timedelta(days=365) if months else today).replace(day=1)
    first = form.told("first") or (last - timedelta(days=days - 1) if days else min(usual, last.replace(day=1)))
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
    """All reports: what they say, the last month's files, and which come to oneself by email each month."""
    asked = set(request.user.report_mails.values_list("kind", flat=True))
    form = ReportMailForm(request.POST if request.method == "POST" else None, initial={"kinds": sorted(asked)})
    first, last = report_mails.last_month(timezone.localdate())
    if request.method == "POST" and form.is_valid():
        asked = set(form.cleaned_data["kinds"])
        report_mails.ask_for(request.user, asked)
        if "now" not in request.POST or not asked:
            messages.success(request, _("Saved."))
            return go_to(request, "sales:report_mails")
        title = _("Reports of {month}").format(month=date_format(first, "F Y"))
        return go_to(request, jobs.start(tasks.mail_reports_now, title=title, by=request.user, month=first.isoformat()))
    ticked = set(form["kinds"].value() or ())
    context = {
        "form": form,
        "month": first,
        "rows": [(each, each.url(first, last), each.name in ticked) for each in REPORTS.values()],
    }
    return render(request, "sales/report_mails.html", context, status=422 if form.errors else 200)
