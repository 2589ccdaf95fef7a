"""Customers: lists and pages, several addresses, two rows that are one person, and forgetting somebody."""

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web import auditing
from nozzly.web.guard import requires
from nozzly.web.lookups import SuggestionsView
from nozzly.web.render import go_to, render
from nozzly.web.views import ConfirmPage, DetailPage, FormPage, ListPage
from sales.customer_forms import AddressForm, CustomerFilter, CustomerForm, MergeForm, RetentionForm
from sales.domain import customers, profit_facts
from sales.models import Customer, CustomerAddress, CustomerMerge, Order
from sales.resources import CustomerResource

ORDERS_SHOWN, FOUND_SHOWN = 50, 10


class CustomerSuggestions(SuggestionsView):
    permission = Permission.CUSTOMER_VIEW

    def rows(self):
        return Customer.objects.known().order_by("name", "pk")


class CustomerList(ListPage):
    permission = Permission.CUSTOMER_VIEW
    template = "sales/customer_list.html"
    fragments = ("customer-table",)
    title = gettext_lazy("Customers")
    columns = {
        "where": gettext_lazy("Where"),
        "orders": gettext_lazy("Orders"),
        "last": gettext_lazy("Last order"),
        "profit": gettext_lazy("Profit"),
    }
    cost_columns = ("profit",)
    filter_form = CustomerFilter
    sorts = {"name": "name", "last": "last_order_on", "orders": "order_count", "profit": "profit_home"}
    default_sort = "name"
    resource = CustomerResource
    import_url = "sales:correct_customers"
    create_url = "sales:create_customer"
    create_label = gettext_lazy("New customer")

    def get_queryset(self):
        profit_facts.refresh()
        return Customer.objects.known().with_totals()

    def get_context(self):
        if self.request.htmx:
            return {}
        buyers, again = customers.repeat_rate()
        return {"buyers": buyers, "again": again, "repeat_pct": again * 100 / buyers if buyers else None}


class CustomerDetail(DetailPage):
    permission = Permission.CUSTOMER_VIEW
    template = "sales/customer_detail.html"
    context_name = "customer"

    def get_queryset(self):
        profit_facts.refresh()
        return Customer.objects.with_totals().select_related("merged_into")

    def get_context(self):
        orders = Order.objects.filter(customer=self.object)
        channels = orders.order_by().values("channel", "channel__name").annotate(count=Count("pk"))
        return {
            "orders": orders.select_related("channel").order_by("-placed_on", "-pk")[:ORDERS_SHOWN],
            "orders_shown": ORDERS_SHOWN,
            "channels": channels.order_by("-count", "channel__name"),
            "net_home": orders.aggregate(total=Sum("net_home"))["total"],
            "addresses": self.object.addresses.order_by("pk"),
            "twins": customers.twins_of(self.object)[:FOUND_SHOWN] if not self.object.erased_at else [],
            "merges": self.object.merges.filter(undone_at=None).select_related("gone").order_by("pk"),
        }


class CustomerFormPage(FormPage):
    permission = Permission.CUSTOMER_EDIT
    title = gettext_lazy("Customer")
    form_class = CustomerForm

    def get_queryset(self):
        return Customer.objects.known()


class AddressFormPage(FormPage):
    """``customer`` in the address for a new one, ``pk`` for one that is there."""

    permission = Permission.CUSTOMER_EDIT
    title = gettext_lazy("Address")
    form_class = AddressForm

    def dispatch(self, request, *args, customer=None, **kwargs):
        self.customer_pk = customer
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self):
        return CustomerAddress.objects.filter(customer__erased_at=None)

    def get_form(self, **data):
        form = super().get_form(**data)
        if self.object is None:
            form.instance.customer = get_object_or_404(Customer.objects.known(), pk=self.customer_pk)
            form.initial.setdefault("country", form.instance.customer.country)
        return form

    def success_url(self, saved):
        return saved.customer


class DeleteAddress(ConfirmPage):
    permission = Permission.CUSTOMER_EDIT
    title = gettext_lazy("Delete address")
    confirm_label = gettext_lazy("Delete")
    success_message = gettext_lazy("{object} is deleted.")

    def get_queryset(self):
        return CustomerAddress.objects.select_related("customer")

    def question(self):
        return _("Delete the address {object}?").format(object=self.object)

    def perform(self, address, *, by, at):
        self.customer = address.customer
        address.delete()

    def success_url(self):
        return self.customer


class EraseCustomer(ConfirmPage):
    permission = Permission.CUSTOMER_EDIT
    title = gettext_lazy("Erase customer")
    confirm_label = gettext_lazy("Erase for good")
    success_message = gettext_lazy("The customer is erased; the orders stay without a name.")

    def get_queryset(self):
        return Customer.objects.known()

    def question(self):
        return _(
            "Erase {object}? Name, addresses, notes and what was written on pieces go for good. Orders stay for the books, "
            "and so do invoices, which the law wants kept."
        ).format(object=self.object)

    def perform(self, customer, *, by, at):
        customers.erase_customer(customer, at=at)
        auditing.record("erased a customer", details={"customer": customer.pk}, by=by, at=at)


@requires(Permission.CUSTOMER_EDIT)
@require_http_methods(["GET", "POST"])
def merge_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Look for the other row, see both beside each other, then merge."""
    kept = get_object_or_404(Customer.objects.known().with_totals(), pk=pk)
    form = MergeForm(request.POST or (request.GET if "gone" in request.GET else None))
    if request.method == "POST" and form.is_valid():
        try:
            row = customers.merge(kept, form.cleaned_data["gone"], by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            auditing.record("merged two customers", details=_numbers(row), by=request.user, at=row.at)
            messages.success(request, _("Both are one customer now."))
            return go_to(request, kept)
    text = request.GET.get("search", "").strip()[:100]
    found = Customer.objects.known().matching(text) if text else customers.twins_of(kept)
    chosen = form.cleaned_data.get("gone") if form.is_bound and form.is_valid() else None
    context = {
        "kept": kept,
        "gone": Customer.objects.with_totals().get(pk=chosen.pk) if chosen else None,
        "form": form,
        "search": text,
        "found": found.with_totals().exclude(pk=kept.pk).order_by("name", "pk")[:FOUND_SHOWN],
    }
    wrong = request.method == "POST"
    return render(request, "sales/merge_customer.html", context, status=422 if wrong else 200)


@requires(Permission.CUSTOMER_EDIT)
@require_POST
def undo_merge(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(CustomerMerge.objects.select_related("kept"), pk=pk)
    at = timezone.now()
    try:
        gone = customers.undo_merge(row, at=at)
    except DomainError as error:
        messages.error(request, str(error))
        return go_to(request, row.kept)
    auditing.record("took a merge of customers back", details=_numbers(row), by=request.user, at=at)
    messages.success(
        request, format_html('{} <a href="{}">{}</a>', _("Two customers again."), gone.get_absolute_url(), _("Open"))
    )
    return go_to(request, row.kept)


def _numbers(row: CustomerMerge) -> dict:
    """No names: the log outlives an erased customer."""
    return {"kept": row.kept_id, "gone": row.gone_id}


@requires(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def retention(request: HttpRequest) -> HttpResponse:
    form = RetentionForm(request.POST or None, instance=customers.customer_settings())
    if request.method == "POST" and form.is_valid():
        form.save()
        months = form.cleaned_data["retention_months"]
        auditing.record(
            "changed how long customers are kept", details={"months": months}, by=request.user, at=timezone.now()
        )
        messages.success(request, _("Saved."))
        return go_to(request, reverse("sales:customer_list"))
    return render(request, "sales/retention.html", {"form": form}, status=422 if form.errors else 200)
