from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from inventory.choices import LocationKind
from inventory.domain import locations
from inventory.forms.items import LocationForm, MovePlacesForm
from inventory.forms.spools import BulkForm
from inventory.models import Location, Lot
from inventory.resources import LocationResource
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.downloads import download
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render
from nozzly.web.views import ConfirmPage, DetailPage, FormPage


@requires(Permission.STOCK_VIEW)
@require_GET
def location_list(request: HttpRequest) -> HttpResponse:
    """The whole tree on one page: a shop has dozens of places, not thousands."""
    places = list(Location.objects.with_lot_counts().in_tree_order())
    kind = request.GET.get("format")
    if kind in {"csv", "xlsx"}:
        return download(LocationResource(user=request.user), places, kind)
    form = MovePlacesForm(places=places)
    context = {"places": places, "rows": _rows(places), "form": form, "title": _("Locations")}
    return render(request, "inventory/location_list.html", context)


def _rows(places: list[Location]) -> list[dict]:
    """What a line shows: templates read dicts in a third of the time, which counts for hundreds of places."""
    kinds = {value: str(label) for value, label in LocationKind.choices}
    return [
        {
            "pk": str(place.pk),
            "name": place.name,
            "depth": str(place.depth),
            "url": place.get_absolute_url(),
            "kind": kinds[place.kind],
            "code": place.code,
            "lot_count": place.lot_count,
        }
        for place in places
    ]


@requires(Permission.STOCK_EDIT)
@require_POST
def move_places(request: HttpRequest) -> HttpResponse:
    """Ticked in the tree and moved together, or one that was dragged onto another."""
    form = MovePlacesForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the places once more."))
        return go_to(request, "inventory:location_list")
    try:
        chosen = [place.pk for place in form.cleaned_data["place"]]
        count = locations.move_locations(chosen, parent=form.cleaned_data["parent"])
    except DomainError as error:
        messages.error(request, str(error))
    else:
        text = ngettext("%(count)s place is moved.", "%(count)s places are moved.", count)
        messages.success(request, text % {"count": count})
    return go_to(request, "inventory:location_list")


class LocationDetail(DetailPage):
    permission = Permission.STOCK_VIEW
    template = "inventory/location_detail.html"
    context_name = "place"

    def get_queryset(self):
        return Location.objects.select_related("parent")

    def get_context(self):
        inside = Lot.objects.filter(location__in=Location.objects.within(self.object)).holding().for_table()
        return {
            "lots": inside.seen_by(self.request.user).order_by("title", "pk")[:500],
            "bulk_form": BulkForm(),
            "children": self.object.children.with_lot_counts().in_tree_order(),
        }


class EditLocation(FormPage):
    permission = Permission.STOCK_EDIT
    title = gettext_lazy("Place")
    form_class = LocationForm

    def get_queryset(self):
        return Location.objects.select_related("parent")

    def get_initial(self):
        return {"parent": self.request.GET["in"]} if self.request.GET.get("in", "").isdigit() else {}

    def save(self, form, *, by, at):
        if self.object:
            return locations.change_location(self.object, **form.cleaned_data)
        return locations.create_location(**form.cleaned_data)


class DeleteLocation(ConfirmPage):
    permission = Permission.STOCK_EDIT
    title = gettext_lazy("Remove the place")
    confirm_label = gettext_lazy("Remove")
    success_message = gettext_lazy("{object} is gone.")

    def get_queryset(self):
        return Location.objects.all()

    def question(self):
        return _("Remove {object}? It must be empty.").format(object=self.object)

    def perform(self, place, *, by, at):
        locations.delete_location(place)

    def success_url(self):
        return reverse("inventory:location_list")
