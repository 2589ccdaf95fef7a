"""What is done with an order after it was sent, and beside its way: undo, refunds, returns, payments, notes."""

from decimal import Decimal
from uuid import UUID, uuid5

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render
from nozzly.web.views import ConfirmPage
from pricing.models import JobQuote
from sales.domain import commissions, invoices, orders, payments, refunds, returns, unshipping
from sales.domain.states import lines_of
from sales.models import Order, Refund, Return
from sales.order_forms import DayForm, KeyOnlyForm, NoteForm, PaymentForm, RefundForm, ReturnForm


@requires(Permission.ORDER_EDIT)
@require_http_methods(["GET", "POST"])
def undo_shipping(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(Order.objects.for_page(), pk=pk)
    form = KeyOnlyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            unshipping.undo_shipping(order, key=form.cleaned_data["key"], by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Order {number} waits to be sent again.").format(number=order.number))
            return go_to(request, order)
    context = {"order": order, "form": form, "preview": unshipping.preview(order)}
    return render(request, "sales/undo_shipping.html", context, status=422 if form.errors else 200)


@requires(Permission.ORDER_EDIT)
@require_http_methods(["GET", "POST"])
def refund_order(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked with ``look`` it only shows what giving back so much would do, and keeps what was typed."""
    order = get_object_or_404(Order.objects.for_page(), pk=pk)
    form = RefundForm(request.POST or None, order=order, initial={"on": timezone.localdate()})
    data = form.cleaned_data if request.method == "POST" and form.is_valid() else {}
    if data and "look" not in request.POST:
        try:
            refunds.refund_order(order, **data, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            _say_refunded(request, order, data["amount"])
            return go_to(request, order)
    outlook, trouble = _outlook(order, data)
    if outlook and not form.is_bound:
        form.initial["amount"] = outlook.gross
    context = {"order": order, "form": form, "outlook": None if form.errors else outlook, "trouble": trouble}
    return render(request, "sales/refund_order.html", context, status=422 if form.errors else 200)


def _say_refunded(request: HttpRequest, order: Order, amount: Decimal) -> None:
    text = _("{amount} {currency} are given back.").format(amount=amount, currency=order.currency)
    messages.success(request, text)
    if invoice := invoices.standing_invoice(order):
        messages.warning(
            request, _("Invoice {number} still bills it: issue a credit note.").format(number=invoice.number)
        )


def _outlook(order: Order, data: dict):
    """What a refund would do and what stands against it; of no order that was not sent."""
    if not order.is_sent:
        return None, _("Order {number} was not sent: nothing was earned that could be given back.").format(
            number=order.number
        )
    try:
        return refunds.preview(order, amount=data.get("amount"), line=data.get("line")), ""
    except DomainError as error:
        return None, str(error)


def _opposite_key(key: UUID) -> UUID:
    """The one key under which a row is taken back, however often it is asked for."""
    return uuid5(key, "taken back")


class TakeBackRefund(ConfirmPage):
    permission = Permission.ORDER_EDIT
    title = gettext_lazy("Take refund back")
    confirm_label = gettext_lazy("It was a mistake")
    success_message = gettext_lazy("The refund is taken back.")

    def get_queryset(self):
        return Refund.objects.select_related("order", "credit_note__corrects")

    def question(self):
        question = _("Take the refund of {gross} for order {order} back?").format(
            gross=self.object.gross, order=self.object.order
        )
        credit = getattr(self.object, "credit_note", None)
        return f"{question} {self._of_papers(credit)}" if credit else question

    def _of_papers(self, credit):
        return _(
            "Credit note {credit} was issued for it and stays: take back the rest of invoice {invoice}, and issue a new one."
        ).format(credit=credit, invoice=credit.corrects)

    def perform(self, refund, *, by, at):
        refunds.take_back_refund(refund, key=_opposite_key(refund.key), by=by, at=at)

    def success_url(self):
        return self.object.order


@requires(Permission.ORDER_EDIT)
@require_http_methods(["GET", "POST"])
def return_order(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(Order.objects.for_page(), pk=pk)
    form = ReturnForm(
        request.POST or None, lines=lines_of(order), back=returns.pieces_back(order),
        initial={"on": timezone.localdate(), "replacement_quantity": 1, "replacement_price": 0},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        try:
            returned = returns.take_back(order, form.parcel(), key=key, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("What came back of order {number} is booked.").format(number=order.number))
            return go_to(request, returned.replacement or order)
    context = {"order": order, "form": form}
    return render(request, "sales/return_order.html", context, status=422 if form.errors else 200)


class UndoReturn(ConfirmPage):
    permission = Permission.ORDER_EDIT
    title = gettext_lazy("Take return back")
    confirm_label = gettext_lazy("It was a mistake")
    success_message = gettext_lazy("The return is taken back.")

    def get_queryset(self):
        return Return.objects.select_related("order")

    def question(self):
        return _("Nothing came back of order {order}? Its pieces leave the shelf again.").format(
            order=self.object.order
        )

    def perform(self, returned, *, by, at):
        returns.undo_return(returned, key=_opposite_key(returned.key), by=by, at=at)

    def success_url(self):
        return self.object.order


@requires(Permission.ORDER_EDIT)
@require_http_methods(["GET", "POST"])
def take_payment(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(Order.objects.for_page(), pk=pk)
    account = payments.account_of(order)
    paid_deposit = bool(account.paid)
    first = order.deposit_asked if order.deposit_asked and not paid_deposit else account.open
    initial = {
        "on": timezone.localdate(),
        "amount": first,
        "is_deposit": bool(order.deposit_asked) and not paid_deposit,
    }
    form = PaymentForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        try:
            payments.take_payment(order, form.payment(), key=key, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The payment is written down."))
            return go_to(request, order)
    context = {"order": order, "form": form, "account": account}
    return render(request, "sales/take_payment.html", context, status=422 if form.errors else 200)


@requires(Permission.ORDER_PACK)
@require_POST
def add_note(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(Order, pk=pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        orders.add_note(order, form.cleaned_data["text"], by=request.user, at=timezone.now())
    else:
        messages.error(request, _("Write something, 300 characters at most."))
    return go_to(request, order)


@requires(Permission.ORDER_PACK)
@require_POST
def deliver_order(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(Order, pk=pk)
    form = DayForm(request.POST)
    on = form.cleaned_data["on"] if form.is_valid() else timezone.localdate()
    try:
        orders.deliver_order(order, on=on, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Order {number} has arrived.").format(number=order.number))
    return go_to(request, order)


@requires(Permission.ORDER_EDIT)
@require_POST
def order_from_quote(request: HttpRequest, pk: int) -> HttpResponse:
    quote = get_object_or_404(JobQuote, pk=pk)
    try:
        order = commissions.order_from_quote(quote, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
        return go_to(request, quote)
    messages.success(request, _("Order {number} is made of the quote.").format(number=order.number))
    return go_to(request, order)
