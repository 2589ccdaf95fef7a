"""Quotes for custom jobs, from a dropped file to a product."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.downloads import file_response
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render
from nozzly.web.views import ConfirmPage, FormPage, ListPage
from pricing.documents import quote_pdf
from pricing.domain import quotes
from pricing.domain.offers import offer_of
from pricing.domain.quoting import calculate
from pricing.forms.quotes import AcceptForm, JobQuoteForm, MarginForm, NewQuoteForm, QuoteFilter
from pricing.models import JobQuote


class QuoteList(ListPage):
    permission = Permission.COST_VIEW
    template = "pricing/quote_list.html"
    fragments = ("quote-table",)
    title = _("Quotes")
    columns = {
        "customer": _("Customer"),
        "pieces": _("Pieces"),
        "state": _("State"),
        "valid": _("Valid until"),
        "updated": _("Changed"),
    }
    filter_form = QuoteFilter
    sorts = {"updated": "updated_at", "valid": "valid_until", "title": "title"}
    default_sort = "-updated"
    create_url = "pricing:create_quote"
    create_label = _("Quote a job")

    def get_queryset(self):
        return JobQuote.objects.for_table()


class NewQuote(FormPage):
    permission = Permission.PRICE_EDIT
    template = "pricing/quote_new.html"
    form_class = NewQuoteForm
    title = _("Quote a job")
    submit_label = _("Work it out")
    success_message = _("{object} is drawn up; look at the price and send it.")

    def save(self, form, *, by, at):
        return quotes.draft(form.drop(), key=form.cleaned_data["key"], by=by, at=at)


class EditQuote(FormPage):
    permission = Permission.PRICE_EDIT
    template = "pricing/quote_form.html"
    form_class = JobQuoteForm
    title = _("Quote")

    def get_queryset(self):
        return JobQuote.objects.drafts()

    def save(self, form, *, by, at):
        return quotes.change(self.object, form.facts(), materials=form.materials(), parts=form.parts())


class DiscardQuote(ConfirmPage):
    permission = Permission.PRICE_EDIT
    title = _("Discard quote")
    confirm_label = _("Discard")
    success_message = _("{object} is gone.")

    def get_queryset(self):
        return JobQuote.objects.drafts()

    def question(self):
        return gettext("Throw {object} away? Its file goes too.").format(object=self.object)

    def perform(self, subject, *, by, at):
        quotes.discard(subject)

    def success_url(self):
        return "pricing:quote_list"


@requires(Permission.COST_VIEW)
@require_safe
def quote_detail(request: HttpRequest, pk: int) -> HttpResponse:
    row, at = _quote(pk), timezone.now()
    context = {"quote": row, "calculation": None, "offer": None, "problem": ""}
    context["accept_form"] = AcceptForm(initial={"quantity": row.quantity})
    try:
        context["calculation"] = calculate(row, at=at)
        context["offer"] = offer_of(row, at=at)
    except DomainError as error:
        context["problem"] = str(error)
    return render(request, "pricing/quote_detail.html", context)


@requires(Permission.COST_VIEW)
@require_safe
def quote_paper(request: HttpRequest, pk: int) -> HttpResponse:
    row, at = _quote(pk), timezone.now()
    try:
        content = quote_pdf(offer_of(row, at=at))
    except DomainError as error:
        messages.error(request, str(error))
        return go_to(request, row)
    return file_response(content, name=f"quote-{row.number.lower()}", kind="pdf", inline=True)


@requires(Permission.PRICE_EDIT)
@require_POST
def set_margin(request: HttpRequest, pk: int) -> HttpResponse:
    form = MarginForm(request.POST)
    if not form.is_valid() or form.cleaned_data["margin_pct"] is None:
        messages.error(request, gettext("Choose a margin between -99 and 99.9 %."))
        return go_to(request, _quote(pk))
    return _answer(request, pk, lambda row: quotes.set_margin(row, margin_pct=form.cleaned_data["margin_pct"]))


@requires(Permission.PRICE_EDIT)
@require_POST
def send_quote(request: HttpRequest, pk: int) -> HttpResponse:
    said = gettext("{quote} is fixed; the PDF is what the customer gets.")
    return _answer(request, pk, lambda row: quotes.send(row, at=timezone.now()), said)


@requires(Permission.PRICE_EDIT)
@require_POST
def reopen_quote(request: HttpRequest, pk: int) -> HttpResponse:
    return _answer(request, pk, quotes.reopen, gettext("{quote} can be changed again."))


@requires(Permission.PRICE_EDIT)
@require_POST
def decline_quote(request: HttpRequest, pk: int) -> HttpResponse:
    return _answer(request, pk, lambda row: quotes.decline(row, at=timezone.now()), gettext("{quote} was declined."))


@requires(Permission.PRICE_EDIT)
@require_POST
def accept_quote(request: HttpRequest, pk: int) -> HttpResponse:
    form = AcceptForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Say how many pieces are ordered, at least one."))
        return go_to(request, _quote(pk))
    quantity = form.cleaned_data["quantity"]
    return _answer(
        request,
        pk,
        lambda row: quotes.accept(row, quantity=quantity, by=request.user, at=timezone.now()),
        gettext("{quote} is accepted and a product now."),
    )


def _quote(pk):
    return get_object_or_404(JobQuote.objects.for_page(), pk=pk)


def _answer(request, pk, verb, said=""):
    row = _quote(pk)
    try:
        verb(row)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        if said:
            messages.success(request, said.format(quote=row))
    return go_to(request, row)
