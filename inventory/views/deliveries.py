from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from inventory.domain import deliveries, delivery_tax, items
from inventory.forms.deliveries import DeliveryFilter, DeliveryForm, LineFormSet
from inventory.forms.delivery_tax import InvoiceTaxForm
from inventory.models import Delivery, Item, Supplier
from inventory.resources import DeliveryResource
from inventory.resources.exports import plain
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web import auditing
from nozzly.web.guard import requires
from nozzly.web.render import go_to, next_url, render
from nozzly.web.views import DetailPage, ListPage


class DeliveryList(ListPage):
    permission = Permission.STOCK_RECEIVE
    template = "inventory/delivery_list.html"
    fragments = ("delivery-table",)
    title = gettext_lazy("Deliveries")
    columns = {
        "received": gettext_lazy("Received"),
        "lines": gettext_lazy("Lines"),
        "goods": gettext_lazy("Goods"),
        "postage_and_duty": gettext_lazy("Postage and duty"),
    }
    filter_form = DeliveryFilter
    sorts = {"received": "received_on"}
    default_sort = "-received"
    resource = DeliveryResource
    create_url = "inventory:receive_delivery"
    create_label = gettext_lazy("Receive delivery")
    import_url = "inventory:import_deliveries"

    def get_queryset(self):
        return Delivery.objects.for_table()


class DeliveryDetail(DetailPage):
    permission = Permission.STOCK_RECEIVE
    template = "inventory/delivery_detail.html"
    context_name = "delivery"

    def get_queryset(self):
        return Delivery.objects.for_page()

    def get_context(self):
        lines = self.object.lines.all()
        return {
            "lines": lines,
            "lots": [lot for line in lines for lot in line.lots.all()],
            "total": sum(line.landed_total for line in lines),
        }


@requires(Permission.STOCK_RECEIVE)
@require_http_methods(["GET", "POST"])
def receive_delivery(request: HttpRequest) -> HttpResponse:
    form = DeliveryForm(request.POST or None, initial={"received_on": timezone.localdate()})
    tax_form, rows = InvoiceTaxForm(request.POST or None), LineFormSet(request.POST or None, prefix="row")
    if request.method == "POST" and all([form.is_valid(), tax_form.is_valid(), rows.is_valid()]):
        try:
            delivery = delivery_tax.receive(
                form.supplier_row(), lines=_lines(rows), invoice=form.invoice(), tax=tax_form.invoice_tax(),
                key=form.cleaned_data["key"], by=request.user, at=timezone.now(),
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("{delivery} is booked.").format(delivery=delivery))
            return go_to(request, delivery)
    known = items.labels()
    last = deliveries.last_prices(list(known.values()))
    context = {
        "form": form,
        "tax_form": tax_form,
        "rows": rows,
        "known": _known(known, last),
        "suppliers": Supplier.objects.order_by("name").values_list("name", flat=True),
    }
    failed = form.errors or tax_form.errors or (rows.is_bound and rows.total_error_count())
    return render(request, "inventory/receive_delivery.html", context, status=422 if failed else 200)


@requires(Permission.EXPENSE_EDIT)
@require_http_methods(["GET", "POST"])
def tell_delivery_tax(request: HttpRequest, pk: int) -> HttpResponse:
    delivery = get_object_or_404(Delivery.objects.for_table(), pk=pk)
    form = InvoiceTaxForm(
        request.POST or None, required=True, initial={"tax": delivery.tax, "tax_kind": delivery.tax_kind}
    )
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            delivery_tax.tell_tax(delivery, form.invoice_tax(), at=at)
        except DomainError as error:
            form.add_error("tax", str(error))
        else:
            auditing.record(
                "told the tax of a delivery",
                subject=delivery,
                details={"tax": form.cleaned_data["tax"]},
                by=request.user,
                at=at,
            )
            messages.success(request, _("The tax of {delivery} is noted.").format(delivery=delivery))
            return go_to(request, next_url(request, delivery))
    context = {"form": form, "delivery": delivery}
    return render(request, "inventory/tell_delivery_tax.html", context, status=422 if form.errors else 200)


def _known(labels: dict[str, Item], last: dict[int, tuple[Decimal, Decimal]]) -> SafeString:
    """What can be typed into a row, with what a pack holds and its last price; written in one go, as they are hundreds."""
    return format_html_join(
        "",
        '<option value="{}" data-each="{}" data-price="{}"></option>',
        ((label, *map(plain, last.get(item.pk, (item.pack_size, None)))) for label, item in labels.items()),
    )


def _lines(rows) -> list[deliveries.Line]:
    filled = [row for row in rows if row.cleaned_data.get("item")]
    last = deliveries.last_prices([row.cleaned_data["item"] for row in filled])
    return [row.line(last.get(row.cleaned_data["item"].pk)) for row in filled]
