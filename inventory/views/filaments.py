from django.utils.translation import gettext_lazy as _

from inventory.domain import filaments, offers, stock
from inventory.domain.spools import tare_spread_g
from inventory.forms.filaments import FilamentFilter, FilamentForm
from inventory.models import Brand, Filament, Lot
from inventory.resources import FilamentResource
from nozzly.accounts.permissions import Permission
from nozzly.web.views import DetailPage, FormPage, ListPage


class FilamentList(ListPage):
    permission = Permission.STOCK_VIEW
    template = "inventory/filament_list.html"
    fragments = ("filament-table",)
    title = _("Filaments")
    filter_form = FilamentFilter
    sorts = {"name": "item__name", "stock": "stock_g"}
    default_sort = "name"
    columns = {
        "group": _("Group"),
        "open": _("Open"),
        "sealed": _("Sealed"),
        "stock": _("Stock"),
        "reserved": _("Reserved"),
        "rolls": _("Rolls"),
        "reel": _("Empty reel"),
        "density": _("Density"),
    }
    usual_columns = ("group", "open", "sealed", "stock", "reserved", "rolls")
    resource = FilamentResource
    create_url = "inventory:library"
    create_label = _("Add filament")
    import_url = "inventory:import_filaments"

    def get_queryset(self):
        return Filament.objects.available().for_table()


class FilamentDetail(DetailPage):
    permission = Permission.STOCK_VIEW
    template = "inventory/filament_detail.html"
    context_name = "filament"

    def get_queryset(self):
        return Filament.objects.for_table()

    def get_context(self):
        lots = Lot.objects.filter(item=self.object.pk).available().for_table().seen_by(self.request.user)
        item, sees_cost = self.object.item, self.request.user.sees_cost
        return {
            "lots": lots.order_by("-on_hand", "pk")[:100],
            "cost": stock.replacement_cost_per_unit(item) if sees_cost else None,
            "average": stock.average_cost_per_unit(item) if sees_cost else None,
            "spread_g": tare_spread_g(self.object),
            "offers": offers.offers_of(item) if sees_cost else None,
            "barcodes": item.barcodes.order_by("pk"),
        }


class EditFilament(FormPage):
    permission = Permission.STOCK_EDIT
    template = "inventory/filament_form.html"
    title = _("Filament")
    form_class = FilamentForm

    def get_queryset(self):
        return Filament.objects.select_related("item", "brand", "material", "group")

    def get_form(self, **data):
        return self.form_class(instance=self.object, sees_cost=self.request.user.sees_cost, data=data.get("data"))

    def get_context(self):
        return {"brands": Brand.objects.order_by("name").values_list("name", flat=True)}

    def save(self, form, *, by, at):
        return filaments.save_filament(self.object, form.facts(), group=form.cleaned_data["group"])
