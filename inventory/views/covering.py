from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from inventory.domain import covering
from inventory.forms.scanning import CoverForm
from inventory.models import Filament
from nozzly.accounts.permissions import Permission
from nozzly.web.guard import requires
from nozzly.web.render import render


@requires(Permission.STOCK_VIEW)
@require_GET
def cover(request: HttpRequest, pk: int) -> HttpResponse:
    """Which rolls of one batch hold what a job needs."""
    filament = get_object_or_404(Filament.objects.select_related("item", "brand", "material"), pk=pk)
    form = CoverForm(request.GET or None)
    needed_g = form.cleaned_data["needed_g"] if form.is_valid() else None
    context = {
        "filament": filament,
        "form": form,
        "needed_g": needed_g,
        "covers": covering.covers(filament, needed_g=needed_g) if needed_g else [],
    }
    return render(request, "inventory/cover.html", context, status=422 if form.errors else 200)
