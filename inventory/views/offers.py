from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from inventory.domain import offers
from inventory.forms.items import OfferForm
from inventory.models import Item, Offer
from nozzly.accounts.permissions import Permission
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render


@requires(Permission.STOCK_RECEIVE)
@require_http_methods(["GET", "POST"])
def add_offer(request: HttpRequest, pk: int) -> HttpResponse:
    item = get_object_or_404(Item.objects.bought().select_related("filament"), pk=pk)
    form = OfferForm(request.POST or None, item=item)
    if request.method == "POST" and form.is_valid():
        offers.note_offer(item, **form.cleaned_data, on=timezone.localdate())
        messages.success(request, _("The offer is noted."))
        return go_to(request, item)
    return render(
        request, "inventory/offer_form.html", {"form": form, "item": item}, status=422 if form.errors else 200
    )


@requires(Permission.STOCK_RECEIVE)
@require_POST
def remove_offer(request: HttpRequest, pk: int) -> HttpResponse:
    offer = get_object_or_404(Offer.objects.select_related("item"), pk=pk)
    offers.forget_offer(offer)
    return go_to(request, offer.item)
