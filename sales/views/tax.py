"""The tax report, its single entries, its files; and closing a month."""

import re
from datetime import date, timedelta
from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.tax.domain import periods
from nozzly.tenancy.current import current_workspace
from nozzly.web import auditing
from nozzly.web.downloads import file_response
from nozzly.web.guard import requires
from nozzly.web.paging import positive_int
from nozzly.web.render import go_to, render
from sales.domain import tax_entries, tax_purchases, tax_report, tax_rows, tax_sums
from sales.models import TaxFiling
from sales.report_forms import CloseMonthForm, TaxFilter, ThresholdForm
from sales.report_kinds.told import tax_csv, tax_pdf, tax_picture

ENTRIES_ON_A_PAGE = 100
_RATE, _COUNTRY = re.compile(r"\d{1,3}(\.\d{1,4})?"), re.compile(r"([A-Z]{2})?")
_PAGES = {
    **dict.fromkeys(("order", "payment", "refund", "fee"), "sales:order_detail"),
    "expense": "sales:expense_detail",
    "charge": "sales:channel_charge_detail",
    "delivery": "inventory:delivery_detail",
}


@requires(Permission.REPORT_VIEW)
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    form, first, last, basis = _asked(request)
    name = f"tax-{basis}-{first:%Y%m%d}-{last:%Y%m%d}"
    if request.GET.get("format") == "csv":
        rows = tax_entries.as_entries(tax_entries.entries(first, last, basis=basis))
        return file_response(tax_csv(rows, basis), name=name, kind="csv")
    today = timezone.localdate()
    found = tax_report.tax_report(first, last, basis=basis)
    context = {
        "form": form,
        "report": found,
        "filing": tax_report.filing_of(first, last),
        "deliveries": tax_purchases.deliveries_without_tax(first, last) if found.status.registered else [],
    }
    if request.GET.get("format") == "pdf":
        return file_response(tax_pdf(found, context["filing"]), name=name, kind="pdf", inline=True)
    context |= {
        "picture": tax_picture(found),
        "periods": usual_periods(today),
        "closed_through": periods.closed_through(),
        "month_to_close": tax_report.month_to_close(today),
        "today": today,
        "uncharged": tax_sums.uncharged_fees(first, last),
        "rolling": None if found.status.registered else tax_report.rolling_turnover(min(last, today)),
        "filings": TaxFiling.objects.select_related("by").order_by("-last_on")[:12],
    }
    return render(request, "sales/tax_report.html", context)


@requires(Permission.REPORT_VIEW)
@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """Each order, payment, refund, expense, fee, charge and delivery behind a line of the report."""
    form, first, last, basis = _asked(request)
    only = _line_of(request)
    rows = tax_entries.entries(first, last, basis=basis, only=only)
    if request.GET.get("format") == "csv":
        name = f"tax-entries-{basis}-{first:%Y%m%d}-{last:%Y%m%d}"
        return file_response(tax_csv(tax_entries.as_entries(rows), basis), name=name, kind="csv")
    page = Paginator(rows, ENTRIES_ON_A_PAGE).get_page(positive_int(request.GET.get("page", ""), 1))
    shown = [(entry, _url(entry)) for entry in tax_entries.as_entries(page.object_list)]
    net, tax = tax_entries.total_of_entries(first, last, basis=basis, only=only)
    context = {
        "form": form, "first": first, "last": last, "basis": basis, "page": page, "rows": shown, "net": net, "tax": tax,
        "box_name": shown[0][0].box_name if only and shown else "",
    }  # fmt: skip
    return render(request, "sales/tax_entries.html", context)


def _line_of(request: HttpRequest) -> dict[str, object]:
    """The line of the report that the address names: side and box, and if it says so rate and country."""
    asked = request.GET
    if asked.get("side") not in {tax_rows.OUTPUT, tax_rows.INPUT}:
        return {}
    only = {"side": asked["side"], "box": asked.get("box", "")}
    if _RATE.fullmatch(asked.get("rate", "")):
        only["rate_pct"] = Decimal(asked["rate"])
    if _COUNTRY.fullmatch(asked.get("country", "-")):
        only["country_code"] = asked["country"]
    return only


@requires(Permission.TAX_EDIT)
@require_http_methods(["GET", "POST"])
def close_month(request: HttpRequest) -> HttpResponse:
    """Close the month that is next in turn, after one more look at what it says."""
    at = timezone.now()
    first, last = tax_report.month_to_close(timezone.localdate(at))
    basis = tax_report.usual_basis(last)
    form = CloseMonthForm(request.POST or None, initial={"last_on": last})
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["last_on"] != last:
                raise periods.PeriodAlreadyClosed(_("This month was closed in the meantime."))
            filing = tax_report.close_period(first, last, basis=basis, by=request.user, at=at)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            auditing.record("closed a period", subject=filing, details={"through": last}, by=request.user, at=at)
            messages.success(request, _("{month} is closed.").format(month=date_format(first, "F Y")))
            address = f"{reverse('sales:tax_report')}?first={first:%Y-%m-%d}&last={last:%Y-%m-%d}&basis={basis}"
            return go_to(request, address)
    context = {"form": form, "report": tax_report.tax_report(first, last, basis=basis), "first": first}
    return render(request, "sales/close_month.html", context, status=422 if form.errors else 200)


@requires(Permission.TAX_EDIT)
@require_http_methods(["GET", "POST"])
def add_threshold(request: HttpRequest) -> HttpResponse:
    """A threshold typed here goes before the one that ships with Nozzly."""
    initial = {"country": current_workspace().country, "valid_from": timezone.localdate()}
    form = ThresholdForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        threshold = form.save()
        auditing.record("typed a registration threshold", subject=threshold, by=request.user, at=timezone.now())
        messages.success(request, _("The threshold is saved."))
        return go_to(request, "sales:tax_report")
    return render(request, "sales/threshold_form.html", {"form": form}, status=422 if form.errors else 200)


def _asked(request: HttpRequest) -> tuple[TaxFilter, date, date, str]:
    """What stands in the address, else the last full month on the basis of the scheme."""
    form = TaxFilter(request.GET or None)
    data = form.cleaned_data if form.is_bound and form.is_valid() else {}
    usual_last = timezone.localdate().replace(day=1) - timedelta(days=1)
    last = data.get("last") or usual_last
    first = data.get("first") or last.replace(day=1)
    first, last = min(first, last), max(first, last)
    basis = data.get("basis") or tax_report.usual_basis(last)
    if not form.errors:
        form = TaxFilter(initial={"first": first, "last": last, "basis": basis})
    return form, first, last, basis


def usual_periods(today: date) -> list[tuple[str, date, date]]:
    """The last six months and the last four quarters that are over."""
    ends, day = [], today.replace(day=1)
    for _month in range(12):
        day -= timedelta(days=1)
        ends.append(day)
        day = day.replace(day=1)
    months = [(date_format(end, "M Y"), end.replace(day=1), end) for end in ends[:6]]
    quarters = [
        (f"Q{end.month // 3} {end.year}", end.replace(month=end.month - 2, day=1), end)
        for end in ends
        if end.month % 3 == 0
    ]
    return [*months, *quarters]


def _url(entry: tax_entries.Entry) -> str:
    return reverse(_PAGES[entry.source], args=[entry.pk]) if entry.source in _PAGES else ""
