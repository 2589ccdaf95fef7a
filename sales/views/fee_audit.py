"""What channels charged: against what was expected, beside single orders, and what they paid out."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from nozzly.accounts.permissions import Permission
from nozzly.web.downloads import file_response
from nozzly.web.guard import requires
from nozzly.web.paging import positive_int, slice_of
from nozzly.web.render import render
from nozzly.web.views import ListPage
from sales.domain import fee_audit as audit
from sales.import_forms import ChannelChargeFilter, ChannelMoneyFilter
from sales.models import ChannelCharge, Payout
from sales.report_forms import ReportFilter
from sales.report_kinds.base import Asked
from sales.report_kinds.registry import REPORTS
from sales.report_kinds.told import audit_picture
from sales.views.reports import period_of

PAGE = 25
_USUAL_DAYS = 90


@requires(Permission.REPORT_VIEW)
@require_GET
def fee_audit(request: HttpRequest) -> HttpResponse:
    form = ReportFilter(request.GET or None, only=("channel",))
    first, last = period_of(form, days=_USUAL_DAYS)
    asked, kind = Asked(first, last, form.narrowing()), REPORTS["fee-audit"]
    if request.GET.get("format") == "csv":
        return file_response(kind.csv(asked), name=kind.file_name(asked), kind="csv")
    if request.GET.get("format") == "pdf":
        return file_response(kind.pdf(asked), name=kind.file_name(asked), kind="pdf", inline=True)
    if not form.errors:
        form = ReportFilter(initial={**request.GET.dict(), "first": first, "last": last}, only=("channel",))
    wanted = {"first": first, "last": last, "channel_id": asked.narrowed.get("channel")}
    number = positive_int(request.GET.get("page", ""), 1)
    start = (number - 1) * PAGE
    found = audit.differences(**wanted)
    rows = list(found[start : start + PAGE + 1])
    totals = audit.totals(**wanted)
    context = {
        "form": form, "first": first, "last": last, "totals": totals, "more": totals["charged"] - totals["expected"],
        "picture": audit_picture(**totals) if any(totals.values()) else None,
        "page": slice_of(
            audit.explained(rows[:PAGE]), number=number, size=PAGE, has_next=len(rows) > PAGE,
            count=lambda most: found[:most].count(),
        ),
    }  # fmt: skip
    return render(request, "sales/fee_audit.html", context, fragments=("fee-audit",))


class ChannelChargeList(ListPage):
    permission = Permission.REPORT_VIEW
    template = "sales/channel_charge_list.html"
    fragments = ("charge-table",)
    title = _("Charges of channels")
    columns = {
        "on": _("On"),
        "channel": _("Channel"),
        "net": _("Net"),
        "tax": _("Tax"),
        "amount": _("In our currency"),
    }
    filter_form = ChannelChargeFilter
    sorts = {"on": "on", "amount": "amount_home"}
    default_sort = "-on"

    def get_queryset(self):
        return ChannelCharge.objects.for_table()


class PayoutList(ListPage):
    permission = Permission.REPORT_VIEW
    template = "sales/payout_list.html"
    fragments = ("payout-table",)
    title = _("Payouts")
    columns = {
        "on": _("On"),
        "paid": _("Amount"),
        "amount": _("In our currency"),
    }
    filter_form = ChannelMoneyFilter
    sorts = {"on": "on", "amount": "amount_home"}
    default_sort = "-on"

    def get_queryset(self):
        return Payout.objects.for_table()
