from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nozzly.accounts.permissions import Permission
from nozzly.web.pages.imports import import_page
from nozzly.web.views import ConfirmPage, FormPage, ListPage
from pricing.domain import shipping
from pricing.forms.channels import ShippingServiceForm
from pricing.forms.lists import ShippingFilter
from pricing.models import ShippingService
from pricing.resources import ShippingServiceImporter, ShippingServiceResource


class ShippingServiceList(ListPage):
    permission = Permission.PRICE_VIEW
    template = "pricing/shipping_service_list.html"
    fragments = ("service-table",)
    title = _("Shipping services")
    columns = {
        "zone": _("Goes to"),
        "weight": _("Up to"),
        "size_mm": _("Size (mm)"),
        "price": _("Price"),
        "from": _("From"),
    }
    filter_form = ShippingFilter
    sorts = {"name": "name", "price": "price", "zone": "zone", "weight": "max_weight_g"}
    default_sort = "price"
    page_size = 50
    resource = ShippingServiceResource
    import_url = "pricing:correct_shipping"
    create_url = "pricing:create_shipping_service"
    create_label = _("Add service")

    def get_queryset(self):
        return ShippingService.objects.active()


correct_shipping = import_page(ShippingServiceImporter)


class ShippingServiceFormPage(FormPage):
    permission = Permission.PRICE_EDIT
    template = "pricing/shipping_service_form.html"
    form_class = ShippingServiceForm
    title = _("Shipping service")

    def get_queryset(self):
        return ShippingService.objects.active()

    def get_initial(self):
        return {} if self.object else {"valid_from": timezone.localdate(), "zone": "home"}

    def save(self, form, *, by, at):
        return shipping.save_service(self.object, shipping.ServiceFacts(**form.cleaned_data))

    def success_url(self, saved):
        return "pricing:shipping_service_list"


class ArchiveShippingService(ConfirmPage):
    permission = Permission.PRICE_EDIT
    title = _("Archive service")
    confirm_label = _("Archive")
    success_message = _("{object} is in the archive.")

    def get_queryset(self):
        return ShippingService.objects.active()

    def question(self):
        return gettext("Offer {object} no longer? Parcels that went by it keep it.").format(object=self.object)

    def perform(self, subject, *, by, at):
        shipping.archive_service(subject, at=at)

    def success_url(self):
        return "pricing:shipping_service_list"
