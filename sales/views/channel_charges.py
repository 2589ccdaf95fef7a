from django.utils.translation import gettext_lazy as _

from nozzly.accounts.permissions import Permission
from nozzly.web.views import DetailPage
from sales.models import ChannelCharge


class ChannelChargeDetail(DetailPage):
    permission = Permission.REPORT_VIEW
    template = "sales/channel_charge_detail.html"
    context_name = "charge"
    title = _("Charge of a channel")

    def get_queryset(self):
        return ChannelCharge.objects.select_related("channel", "order_import", "reverses", "reversed_by", "order", "by")
