"""Invoices and credit notes: issued, listed, on paper."""

from collections.abc import Sequence
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.downloads import file_response
from nozzly.web.guard import requires
from nozzly.web.pdf import PdfUnavailable
from nozzly.web.render import go_to, render
from nozzly.web.views import FormPage, ListPage
from sales import documents
from sales.domain import invoice_words, invoices
from sales.domain.invoices import Wanted
from sales.domain.states import lines_of
from sales.models import Invoice, Order, Refund, SellerDetails
from sales.order_forms import CreditNoteForm, InvoiceFilter, InvoiceIssueForm, SellerDetailsForm
from sales.resources import InvoiceResource


class InvoiceList(ListPage):
    permission = Permission.PRICE_VIEW
    template = "sales/invoice_list.html"
    fragments = ("invoice-table",)
    title = gettext_lazy("Invoices")
    columns = {
        "issued": gettext_lazy("Issued"),
        "order": gettext_lazy("Order"),
        "net": gettext_lazy("Net"),
        "tax": gettext_lazy("Tax"),
        "total": gettext_lazy("Total"),
    }
    filter_form = InvoiceFilter
    sorts = {"number": "number", "issued": "issued_on"}
    default_sort = "-issued"
    resource = InvoiceResource
    import_url = "sales:compare_invoices"

    def get_queryset(self):
        return Invoice.objects.for_table()


class SellerDetailsPage(FormPage):
    permission = Permission.SETTINGS_EDIT
    title = gettext_lazy("Details on invoices")
    form_class = SellerDetailsForm
    success_message = gettext_lazy("What stands on invoices is saved.")

    def get_form(self, **data):
        return SellerDetailsForm(**data, instance=SellerDetails.objects.first() or SellerDetails(pk=1))

    def success_url(self, _saved):
        return reverse("sales:invoice_list")


@requires(Permission.ORDER_EDIT)
@require_http_methods(["GET", "POST"])
def issue_invoice(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(Order.objects.for_page(), pk=pk)
    try:
        amounts, _terms = invoices.amounts_of(order, lines_of(order))
    except DomainError as error:
        messages.error(request, str(error))
        return go_to(request, order)
    number = order.customer.tax_number if order.customer else ""
    first = {"buyer": invoice_words.buyer_of(order), "buyer_tax_number": number}
    form = InvoiceIssueForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        wanted = Wanted(data["form"], data["buyer"], data["buyer_tax_number"])
        try:
            invoice = invoices.issue_invoice(order, wanted=wanted, key=data["key"], by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            papers = [invoice, *invoice.credit_notes.order_by("pk")]
            messages.success(request, _issued(papers))
            return go_to(request, order)
    context = {
        "order": order, "form": form, "amounts": amounts, "seller": SellerDetails.objects.first(),
        "back": invoices.credits_of_refunds(order, amounts.gross).items(),
    }  # fmt: skip
    return render(request, "sales/issue_invoice.html", context, status=422 if form.errors else 200)


@requires(Permission.ORDER_EDIT)
@require_http_methods(["GET", "POST"])
def issue_credit_note(request: HttpRequest, pk: int) -> HttpResponse:
    invoice = get_object_or_404(Invoice.objects.select_related("order"), pk=pk)
    refund, amount = _of_refund(invoice, request.GET.get("refund", ""))
    first = {"amount": amount, "reason": refund.reason if refund else ""}
    form = CreditNoteForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        of_refund = refund if form.cleaned_data["amount"] == amount else None
        try:
            credit = invoices.issue_credit_note(
                invoice, **form.cleaned_data, refund=of_refund, by=request.user, at=timezone.now()
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Credit note {number} is issued.").format(number=credit.number))
            return go_to(request, invoice.order)
    context = {"order": invoice.order, "invoice": invoice, "form": form}
    return render(request, "sales/issue_credit_note.html", context, status=422 if form.errors else 200)


@requires(Permission.ORDER_VIEW)
@require_GET
def invoice_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    invoice = get_object_or_404(Invoice.objects.for_paper(), pk=pk)
    try:
        content = documents.invoice(invoice)
    except PdfUnavailable as error:
        messages.error(request, str(error))
        return go_to(request, invoice.order)
    return file_response(content, name=f"invoice-{invoice.number}", kind="pdf", inline=True)


def _issued(papers: Sequence[Invoice]) -> str:
    invoice, *credits_ = [paper.number for paper in papers]
    if not credits_:
        return _("Invoice {number} is issued.").format(number=invoice)
    return _("Invoice {number} is issued, and {credits} for what was given back.").format(
        number=invoice, credits=", ".join(credits_)
    )


def _of_refund(invoice: Invoice, wanted: str) -> tuple[Refund | None, Decimal | None]:
    """The usual reason of a credit note, and how much of the invoice it takes back: the refund asked for, or the last."""
    found = invoices.credits_of_refunds(invoice.order, invoice.gross)
    waiting = [refund for refund in found if not hasattr(refund, "credit_note")]
    if not waiting:
        return None, None
    refund = next((refund for refund in waiting if str(refund.pk) == wanted), waiting[-1])
    return refund, found[refund]
