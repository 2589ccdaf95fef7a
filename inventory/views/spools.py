from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.domain import lots, spools
from inventory.domain.history import course, history
from inventory.forms.scanning import DryForm, UseSpoolForm
from inventory.forms.spools import BulkForm, MoveForm, SpoolFilter, SpoolForm, WeighForm
from inventory.models import Lot
from inventory.resources import SpoolResource
from inventory.views.charts import left_chart
from inventory.views.lots import history_of
from inventory.views.pictures import pictures_of
from nozzly.accounts.permissions import Permission
from nozzly.core.units import filament_length_mm
from nozzly.web.views import ConfirmPage, DetailPage, FormPage, ListPage

_DRYINGS_SHOWN = 20


class SpoolList(ListPage):
    permission = Permission.STOCK_VIEW
    template = "inventory/spool_list.html"
    fragments = ("spool-table",)
    title = gettext_lazy("Spools")
    filter_form = SpoolFilter
    sorts = {"filament": "title", "code": "code", "left": "on_hand", "received": "received_on"}
    default_sort = "filament"
    columns = {
        "code": gettext_lazy("Code"),
        "left": gettext_lazy("Left"),
        "full": gettext_lazy("Full reel"),
        "state": gettext_lazy("State"),
        "place": gettext_lazy("Place"),
        "supplier": gettext_lazy("Supplier"),
        "received": gettext_lazy("Received"),
        "note": gettext_lazy("Note"),
        "value": gettext_lazy("Value"),
    }
    cost_columns = ("value",)
    usual_columns = ("code", "left", "state", "place", "received", "value")
    keys_first = True
    resource = SpoolResource
    create_url = "inventory:add_spools"
    create_label = gettext_lazy("Add spools")
    import_url = "inventory:import_spools"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated and request.user.sees_cost:
            self.sorts = self.sorts | {"value": "bought_value"}

    def get_queryset(self):
        return Lot.objects.spools().for_list().seen_by(self.request.user)

    def get_context(self):
        return {"bulk_form": BulkForm(places=self.form.fields["location"])}


class SpoolDetail(DetailPage):
    """After a scan: what is left, the scale's keypad, where it goes; the rest folded below."""

    permission = Permission.STOCK_VIEW
    template = "inventory/spool_detail.html"
    context_name = "lot"

    def get_queryset(self):
        return Lot.objects.spools().for_page().seen_by(self.request.user)

    def get_context(self):
        return spool_context(self.object, history=history_of(self.request, self.object))


def spool_context(lot: Lot, **more) -> dict:
    """What the spool page shows; a form that came back with errors replaces the empty one, an older page the newest."""
    spool, filament = lot.spool, lot.item.filament
    return {
        "lot": lot,
        "spool": spool,
        "filament": filament,
        "tare_g": spools.tare_of(spool),
        "length_m": filament_length_mm(
            grams=lot.on_hand, diameter_mm=filament.diameter_mm, density_g_cm3=filament.density
        )
        / 1000,
        "age_days": lot.age_days(timezone.localdate()),
        "history": more.pop("history", None) or history(lot),
        "chart": left_chart(course(lot)),
        "weigh_form": WeighForm(),
        "move_form": MoveForm(initial={"location": lot.location_id}),
        "use_form": UseSpoolForm(),
        "dry_form": DryForm(),
        "dryings": list(spool.dryings.select_related("by").order_by("-started_at", "-pk")[:_DRYINGS_SHOWN]),
        "pictures": pictures_of(lot),
    } | more


class EditSpool(FormPage):
    permission = Permission.STOCK_EDIT
    title = gettext_lazy("Correct the roll")
    form_class = SpoolForm

    def get_queryset(self):
        return Lot.objects.spools().for_page()

    def save(self, form, *, by, at):
        spools.change_spool(self.object.spool, **form.cleaned_data)
        return self.object


class ArchiveSpool(ConfirmPage):
    permission = Permission.STOCK_EDIT
    title = gettext_lazy("Put the roll out of sight")
    confirm_label = gettext_lazy("Archive")
    danger = False

    def get_queryset(self):
        return Lot.objects.spools().for_page()

    def question(self):
        return _("Archive {object}? Its history stays.").format(object=self.object)

    def perform(self, lot, *, by, at):
        lots.archive([lot], at=at)
