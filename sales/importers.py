"""Exports of orders, customers and invoices read back: what a file may correct, and what it may not."""

from django import forms
from django.utils.translation import gettext_lazy as _

from nozzly.accounts.permissions import Permission
from nozzly.web.correcting import CorrectingImporter, row_numbers
from sales.domain import corrections
from sales.models import Customer, Invoice, Order
from sales.resources import CustomerResource, InvoiceResource, OrderResource


class CountryField(forms.RegexField):
    def __init__(self, **options):
        super().__init__(r"^[A-Z]{2}$", error_messages={"invalid": _("Two letters, like GB.")}, **options)


class OrderImporter(CorrectingImporter):
    name = "orders"
    title = _("Correct orders")
    intro = _("The export of the list, with other due days. Orders of a channel come in under “Order imports”.")
    permission = Permission.ORDER_EDIT
    list_url = "sales:order_list"
    resource = OrderResource
    editable = {"due_on": forms.DateField()}
    unknown = _("There is no such order; new ones come in under “Order imports”.")

    def known(self, identities):
        return Order.objects.filter(number__in=identities).for_table()

    def correct(self, corrections_, *, by, at):
        corrections.set_due_days([(order, values["due_on"]) for order, values in corrections_], at=at)


class CustomerImporter(CorrectingImporter):
    name = "customers"
    title = _("Correct customers")
    intro = _("The export of the list, with names and places put right. A row is known by its number.")
    permission = Permission.CUSTOMER_EDIT
    list_url = "sales:customer_list"
    resource = CustomerResource
    editable = {
        "name": forms.CharField(max_length=120),
        "company": forms.CharField(max_length=120),
        "email": forms.EmailField(),
        "city": forms.CharField(max_length=80),
        "postcode": forms.CharField(max_length=20),
        "country": CountryField(),
    }
    unknown = _("There is no customer with this number.")

    def known(self, identities):
        return Customer.objects.known().filter(pk__in=row_numbers(identities)).with_totals()

    def correct(self, corrections_, *, by, at):
        corrections.correct_customers(corrections_, at=at)


class InvoiceImporter(CorrectingImporter):
    name = "invoices"
    title = _("Compare invoices")
    intro = _("Says whether a file holds the invoices as they were issued. An issued invoice is never changed.")
    permission = Permission.IMPORT
    list_url = "sales:invoice_list"
    resource = InvoiceResource
    unknown = _("There is no such invoice; invoices are issued from their order.")

    def known(self, identities):
        return Invoice.objects.filter(number__in=identities).for_table()

    def correct(self, corrections_, *, by, at):
        """Nothing of an invoice is ever changed."""
