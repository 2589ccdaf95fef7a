"""Charges of the shop's own on a channel, tried out on ten worked sales first, and newer shipped rates."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render
from pricing.domain import own_fees, updates
from pricing.domain.terms import terms_of
from pricing.forms.own_fees import LastDayForm, OwnFeeForm
from pricing.models import Channel, OwnFee


@requires(Permission.PRICE_EDIT)
@require_http_methods(["GET", "POST"])
def add_own_fee(request: HttpRequest, pk: int) -> HttpResponse:
    """Typed into the URL a fee is tried out on ten worked sales; posted it is kept."""
    channel, on = get_object_or_404(Channel, pk=pk), timezone.localdate()
    trying = "label" in request.GET
    sent = request.POST if request.method == "POST" else (request.GET if trying else None)
    form = OwnFeeForm(sent, initial={"valid_from": on})
    worked = None
    if sent is not None and form.is_valid():
        try:
            if request.method == "POST":
                fee = own_fees.add_fee(channel, form.facts())
                messages.success(request, gettext("“{fee}” counts from now on.").format(fee=fee.label))
                return go_to(request, channel)
            worked = own_fees.preview_of(terms_of(channel, on=on), own_fees.draft(channel, form.facts()))
        except DomainError as error:
            form.add_error(None, str(error))
    context = {"channel": channel, "form": form, "worked": worked}
    return render(request, "pricing/own_fee_form.html", context, status=422 if form.errors else 200)


@requires(Permission.PRICE_EDIT)
@require_POST
def end_own_fee(request: HttpRequest, pk: int) -> HttpResponse:
    fee = get_object_or_404(OwnFee.objects.select_related("channel"), pk=pk)
    form = LastDayForm(request.POST)
    if form.is_valid():
        own_fees.end_fee(fee, last_day=form.cleaned_data["last_day"])
        messages.success(request, gettext("“{fee}” ends; orders until then keep it.").format(fee=fee.label))
    else:
        messages.error(request, gettext("Say its last day."))
    return go_to(request, fee.channel)


@requires(Permission.PRICE_EDIT)
@require_POST
def mark_fees_seen(request: HttpRequest, pk: int) -> HttpResponse:
    channel = get_object_or_404(Channel, pk=pk)
    updates.mark_seen(channel, on=timezone.localdate())
    messages.success(request, gettext("Noted: the new rates of {channel} have been looked at.").format(channel=channel))
    return go_to(request, channel)
