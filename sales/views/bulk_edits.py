from django.utils.translation import gettext_lazy as _

from nozzly.accounts.permissions import Permission
from nozzly.web.pages.bulk import Bulk, bulk_page
from sales.bulk_forms import BulkOrderForm
from sales.domain.bulk_edits import change_orders
from sales.models import Order
from sales.views.orders import OrderList

edit_orders = bulk_page(
    Bulk(
        name="orders",
        title=_("Edit orders"),
        permission=Permission.ORDER_EDIT,
        list_url="sales:order_list",
        page=OrderList,
        tick="order",
        rows=Order.objects.all,
        form=BulkOrderForm,
        change=change_orders,
    )
)
