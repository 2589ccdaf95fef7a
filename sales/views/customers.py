from django.utils.translation import gettext_lazy as _

from nozzly.accounts.permissions import Permission
from nozzly.web.lookups import SuggestionsView
from nozzly.web.views import DetailPage, FormPage, ListPage
from sales.forms import CustomerFilter, CustomerForm
from sales.models import Customer, Order
from sales.resources import CustomerResource

ORDERS_SHOWN = 50


class CustomerSuggestions(SuggestionsView):
    permission = Permission.CUSTOMER_VIEW

    def rows(self):
        return Customer.objects.known().order_by("name", "pk")


class CustomerList(ListPage):
    permission = Permission.CUSTOMER_VIEW
    template = "sales/customer_list.html"
    fragments = ("customer-table",)
    title = _("Customers")
    filter_form = CustomerFilter
    sorts = {"name": "name", "last": "last_order_on", "orders": "order_count"}
    default_sort = "name"
    resource = CustomerResource
    create_url = "sales:create_customer"
    create_label = _("New customer")

    def get_queryset(self):
        return Customer.objects.with_totals()


class CustomerDetail(DetailPage):
    permission = Permission.CUSTOMER_VIEW
    template = "sales/customer_detail.html"
    context_name = "customer"

    def get_queryset(self):
        return Customer.objects.with_totals()

    def get_context(self):
        orders = Order.objects.filter(customer=self.object).select_related("channel").order_by("-placed_on", "-pk")
        return {"orders": orders[:ORDERS_SHOWN]}


class CustomerFormPage(FormPage):
    permission = Permission.CUSTOMER_EDIT
    title = _("Customer")
    form_class = CustomerForm

    def get_queryset(self):
        return Customer.objects.known()
