"""The library that ships with Nozzly: search, tap, it is yours."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from inventory.domain import filaments, library, library_files, library_search
from inventory.forms.filaments import LibraryForm
from inventory.models import Filament
from nozzly.accounts.permissions import Permission
from nozzly.web.guard import requires
from nozzly.web.render import go_to, next_url, render


@requires(Permission.STOCK_EDIT)
@require_GET
def library_page(request: HttpRequest) -> HttpResponse:
    form = LibraryForm(request.GET)
    text = form.cleaned_data["search"] if form.is_valid() else ""
    entries = library_search.search(text)
    owned = Filament.objects.filter(reference__in=[entry.reference for entry in entries])
    context = {
        "form": form,
        "entries": entries,
        "owned": dict(owned.values_list("reference", "pk")),
        "usual_diameter_mm": library.USUAL_DIAMETER_MM,
        "total": len(library_search.catalogue().by_reference),
        "added": len(library_files.added()),
    }
    return render(request, "inventory/library.html", context, fragments=("library-results",))


@requires(Permission.STOCK_EDIT)
@require_POST
def pick(request: HttpRequest) -> HttpResponse:
    entry = library_search.by_reference(request.POST.get("reference", ""))
    if entry is None:
        raise Http404
    filament = filaments.pick(entry)
    messages.success(request, _("{filament} is in your filaments.").format(filament=filament.item.name))
    return go_to(request, next_url(request, filament))
