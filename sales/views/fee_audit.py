"""What channels charged: against what was expected, beside single orders, and what they paid out."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from nozzly.accounts.permissions import Permission
from nozzly.web.guard import requires
from nozzly.web.paging import positive_int, slice_of
from nozzly.web.render import render
from nozzly.web.views import ListPage
from sales.domain import fee_audit as audit
from sales.import_forms import AuditFilter, ChannelMoneyFilter
from sales.models import ChannelCharge, Payout

PAGE = 25
_USUAL_DAYS = 90


@requires(Permission.REPORT_VIEW)
@require_GET
def fee_audit(request: HttpRequest) -> HttpResponse:
    form = AuditFilter(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    today = timezone.localdate()
    last = data.get("last") or today
    first = data.get("first") or last - timedelta(days=_USUAL_DAYS)
    form = AuditFilter({"first": first, "last": last, "channel": request.GET.get("channel", "")})
    wanted = {"first": first, "last": last, "channel_id": data["channel"].pk if data.get("channel") else None}
    number = positive_int(request.GET.get("page", ""), 1)
    start = (number - 1) * PAGE
    rows = list(audit.differences(**wanted)[start : start + PAGE + 1])
    totals = audit.totals(**wanted)
    context = {
        "form": form, "first": first, "last": last, "totals": totals, "more": totals["charged"] - totals["expected"],
        "page": slice_of(audit.explained(rows[:PAGE]), number=number, size=PAGE, has_next=len(rows) > PAGE),
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
    filter_form = ChannelMoneyFilter
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
