from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inventory.domain import undoing
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render


@requires(Permission.STOCK_EDIT)
@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows what taking a booking back would change; the button does it."""
    refusal, changes = "", []
    try:
        changes = undoing.preview(pk)
        if request.method == "POST":
            undoing.undo(pk, by=request.user, at=timezone.now())
            messages.success(request, _("Undone."))
            return go_to(request, changes[0].lot)
    except undoing.NothingThere as gone:
        raise Http404 from gone
    except DomainError as error:
        refusal = str(error)
    back = changes[0].lot.get_absolute_url() if changes else reverse("inventory:spool_list")
    context = {"changes": changes, "refusal": refusal, "back": back}
    return render(request, "inventory/undo.html", context, status=422 if refusal else 200)
