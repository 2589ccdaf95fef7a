"""Where low stock is told outside of the app."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from inventory.domain import alerts
from inventory.forms.alerts import AlertAddressForm
from inventory.models import AlertAddress
from inventory.tasks import deliver
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web import auditing
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render


@requires(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def alert_addresses(request: HttpRequest) -> HttpResponse:
    form = AlertAddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = alerts.add_address(**form.cleaned_data)
        auditing.record("added an alert address", subject=address, by=request.user, at=address.updated_at)
        messages.success(request, _("{address} hears of every crossing from now on.").format(address=address))
        return go_to(request, "inventory:alert_addresses")
    context = {"form": form, "addresses": AlertAddress.objects.order_by("pk"), "title": _("Low stock alerts")}
    return render(request, "inventory/alert_addresses.html", context, status=422 if form.errors else 200)


@requires(Permission.SETTINGS_EDIT)
@require_POST
def test_address(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the list as it is now, be it empty, and say whether it arrived."""
    address = get_object_or_404(AlertAddress, pk=pk)
    try:
        deliver(address, [])
    except DomainError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("A test is on its way to {target}.").format(target=address.target))
    return go_to(request, "inventory:alert_addresses")


@requires(Permission.SETTINGS_EDIT)
@require_POST
def remove_address(request: HttpRequest, pk: int) -> HttpResponse:
    address = get_object_or_404(AlertAddress, pk=pk)
    alerts.remove_address(address)
    messages.success(request, _("{target} hears nothing more.").format(target=address.target))
    return go_to(request, "inventory:alert_addresses")
