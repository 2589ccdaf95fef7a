from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inventory.domain import directory
from inventory.forms.items import SupplierForm
from inventory.models import Supplier
from inventory.resources import SupplierResource
from nozzly.accounts.permissions import Permission
from nozzly.web.views import FormPage, ListPage


class SupplierList(ListPage):
    permission = Permission.STOCK_VIEW
    template = "inventory/supplier_list.html"
    fragments = ("supplier-table",)
    title = _("Suppliers")
    columns = {
        "deliveries": _("Deliveries"),
        "last": _("Last"),
    }
    sorts = {"name": "name"}
    default_sort = "name"
    create_url = "inventory:create_supplier"
    create_label = _("Add supplier")
    resource = SupplierResource
    import_url = "inventory:import_suppliers"

    def get_queryset(self):
        return Supplier.objects.for_table()


class EditSupplier(FormPage):
    permission = Permission.STOCK_RECEIVE
    title = _("Supplier")
    form_class = SupplierForm

    def get_queryset(self):
        return Supplier.objects.all()

    def save(self, form, *, by, at):
        return directory.save_supplier(form.save(commit=False))

    def success_url(self, saved):
        return reverse("inventory:supplier_list")
