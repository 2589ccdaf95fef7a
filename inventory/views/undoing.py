from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inventory.domain import undoing
from inventory.models import Delivery
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render


@requires(Permission.STOCK_EDIT)
@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows what taking a booking back would change; the button does it."""
    return _undo(request, pk)


@requires(Permission.STOCK_EDIT)
@require_http_methods(["GET", "POST"])
def undo_delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for all that came in one parcel."""
    delivery = get_object_or_404(Delivery.objects.select_related("supplier"), pk=pk)
    try:
        first = undoing.first_of_delivery(delivery)
    except undoing.NothingThere as nothing:
        context = {"changes": [], "refusal": str(nothing), "back": delivery.get_absolute_url()}
        return render(request, "inventory/undo.html", context, status=422 if request.method == "POST" else 200)
    return _undo(request, first, back=delivery)


def _undo(request, movement_id: int, back=None) -> HttpResponse:
    refusal, changes = "", []
    try:
        changes = undoing.preview(movement_id)
        refusal = undoing.refusal(changes)
        if request.method == "POST" and not refusal:
            undoing.undo(movement_id, by=request.user, at=timezone.now())
            messages.success(request, _("Undone."))
            return go_to(request, back or changes[0].lot)
    except undoing.NothingThere as gone:
        raise Http404 from gone
    except DomainError as error:
        refusal = str(error)
    back = back or (changes[0].lot if changes else None)
    context = {
        "changes": changes,
        "refusal": refusal,
        "back": back.get_absolute_url() if back else reverse("inventory:spool_list"),
    }
    is_refused = refusal and request.method == "POST"
    return render(request, "inventory/undo.html", context, status=422 if is_refused else 200)
