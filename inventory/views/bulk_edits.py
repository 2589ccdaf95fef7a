"""Changing the ticked rolls, or all that the filter shows."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from inventory.domain import bulk_edits
from inventory.forms.bulk_edits import MOST_ROLLS, BulkEditForm
from inventory.forms.spools import SpoolFilter
from inventory.models import Lot
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web import auditing
from nozzly.web.guard import requires
from nozzly.web.render import go_to, next_url, render

_SHOWN = 12


@requires(Permission.STOCK_EDIT)
@require_http_methods(["GET", "POST"])
def edit_many(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        chosen = _chosen(request)
        if not chosen:
            messages.error(request, _("Tick the rolls to edit first."))
            return go_to(request, next_url(request, "inventory:spool_list"))
        return _show(request, BulkEditForm(initial={"lots": chosen}), chosen)
    form = BulkEditForm(request.POST)
    if form.is_valid():
        at = timezone.now()
        try:
            count = bulk_edits.change_spools(form.cleaned_data["lots"], form.changes(), by=request.user, at=at)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            auditing.record("changed rolls", details={"rolls": count}, by=request.user, at=at)
            text = ngettext("%(count)s roll is changed.", "%(count)s rolls are changed.", count)
            messages.success(request, text % {"count": count})
            return go_to(request, next_url(request, "inventory:spool_list"))
    return _show(request, form, form.cleaned_data.get("lots", []))


def _chosen(request: HttpRequest) -> list[int]:
    """The ticked rolls, or with ``filtered`` all that the list shows with these filters."""
    if "filtered" not in request.GET:
        return [int(pk) for pk in request.GET.getlist("lot") if pk.isascii() and pk.isdigit() and len(pk) < 18]
    form = SpoolFilter(request.GET)
    rows = form.narrow(Lot.objects.spools()) if form.is_valid() else Lot.objects.none()
    return list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_ROLLS])


def _show(request: HttpRequest, form: BulkEditForm, chosen: list[int]) -> HttpResponse:
    rolls = Lot.objects.spools().filter(pk__in=chosen).select_related("item__filament").order_by("title", "pk")
    context = {
        "form": form,
        "rolls": rolls.without_cost()[:_SHOWN],
        "count": len(chosen),
        "others": max(len(chosen) - _SHOWN, 0),
        "back": next_url(request, "inventory:spool_list"),
    }
    return render(request, "inventory/edit_many.html", context, status=422 if form.errors else 200)
