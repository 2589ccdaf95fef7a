"""Reading filaments, parts and packaging from a table."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.choices import Finish, ItemKind, Unit
from inventory.domain import filament_files, item_files
from inventory.forms.fields import ColoursField, GramsField, NumberField
from inventory.resources.cells import MillimetresField, MoneyField
from nozzly.accounts.permissions import Permission
from nozzly.web.importing import CheckedRow, Importer, Outcome, Verdict, undone

NOT_READ = gettext_lazy("Stands in the export; not read.")


class FilamentRow(forms.Form):
    brand = forms.CharField(label=gettext_lazy("Brand"), max_length=80)
    material = forms.CharField(label=gettext_lazy("Material"), max_length=40)
    colour_name = forms.CharField(label=gettext_lazy("Colour"), max_length=80)
    colour_hexes = ColoursField(label=gettext_lazy("How it looks"), max_length=80, required=False)
    finish = forms.ChoiceField(label=gettext_lazy("Finish"), choices=Finish.choices, required=False)
    diameter_mm = MillimetresField(
        label=gettext_lazy("Diameter (mm)"), places=3, at_least=Decimal(1), at_most=Decimal(4), required=False
    )
    net_weight_g = GramsField(label=gettext_lazy("Full reel (g)"), at_least=Decimal(1), required=False)
    empty_reel_g = GramsField(label=gettext_lazy("Empty reel (g)"), required=False)
    density_g_cm3 = NumberField(
        label=gettext_lazy("Density (g/cm³)"), places=3, at_least=Decimal("0.1"), at_most=Decimal(20), required=False
    )
    group = forms.CharField(label=gettext_lazy("Group"), max_length=80, required=False)
    stock_g = forms.CharField(label=gettext_lazy("Stock (g)"), required=False, help_text=NOT_READ)
    list_price = MoneyField(label=gettext_lazy("List price"), required=False)


class FilamentImporter(Importer):
    name = "filaments"
    title = gettext_lazy("Import filaments")
    intro = gettext_lazy(
        "A row is known by brand, material, colour, finish, diameter and what is on a full reel: it is corrected, "
        "all others are added. Rolls come in by the list of spools."
    )
    permission = Permission.STOCK_EDIT
    row_form = FilamentRow
    aliases = {
        "brand": ("manufacturer", "vendor", "maker"),
        "colour_name": ("color", "color name", "name"),
        "colour_hexes": ("hex", "color hex", "colour hex"),
        "diameter_mm": ("diameter",),
        "net_weight_g": ("weight", "net weight"),
        "empty_reel_g": ("spool weight", "tare"),
        "density_g_cm3": ("density",),
        "list_price": ("price",),
    }
    list_url = "inventory:filament_list"
    sample = [["Prusament", "PLA", "Galaxy Black", "#3d3e3d", "", "1.75", "1 kg", "193", "1.24", "", "", "29.99"]]

    def classify(self, rows: list[CheckedRow]) -> None:
        known = filament_files.known_filaments()
        repeated = filament_files.repeated(row.data for row in rows)
        for row in rows:
            identity = filament_files.identity_of(row.data)
            if identity in repeated:
                row.refuse(_("This filament stands in the file twice."))
            elif identity in known:
                changed = filament_files.differs(known[identity], row.data)
                row.verdict = Verdict.CHANGED if changed else Verdict.UNCHANGED

    def apply(self, rows, *, key, by, at) -> Outcome:
        done = filament_files.apply(rows)
        message = _("Filaments added: {added}, corrected: {changed}.").format(added=done.added, changed=done.changed)
        return Outcome(message, done.record)

    def undo(self, record, *, key, by, at) -> str:
        return undone(*filament_files.take_back(record, at=at))


class ItemRow(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("", ""), *ItemKind.choices[1:]], required=False,
        help_text=gettext_lazy("component or packaging; empty is component"),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    sku = forms.CharField(label=gettext_lazy("SKU"), max_length=80, required=False)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=[("", ""), *Unit.choices], required=False)
    stock = NumberField(
        label=gettext_lazy("Stock"), places=3, required=False, help_text=gettext_lazy("Opening stock of a new row.")
    )
    reserved = forms.CharField(label=gettext_lazy("Reserved"), required=False, help_text=NOT_READ)
    supplier = forms.CharField(label=gettext_lazy("Supplier"), max_length=120, required=False)
    pack_size = NumberField(label=gettext_lazy("Pack size"), places=3, at_least=Decimal("0.001"), required=False)
    list_price = MoneyField(label=gettext_lazy("Usual price for one"), places=6, required=False)
    last_cost = forms.CharField(label=gettext_lazy("Last cost for one"), required=False, help_text=NOT_READ)


class ItemImporter(Importer):
    name = "parts"
    title = gettext_lazy("Import parts and packaging")
    intro = gettext_lazy("A row is known by its SKU, else by its name: it is corrected, all others are added.")
    permission = Permission.STOCK_EDIT
    row_form = ItemRow
    aliases = {
        "name": ("part", "item", "description"),
        "sku": ("part number", "article", "article number"),
        "stock": ("quantity", "qty", "on hand"),
        "list_price": ("price", "unit price"),
        "supplier": ("preferred supplier", "vendor"),
    }
    list_url = "inventory:item_list"
    sample = [["component", "Magnet 6 × 2 mm", "MAG-6X2", "pcs", "400", "", "Magnet shop", "100", "0.08", ""]]

    def classify(self, rows: list[CheckedRow]) -> None:
        known, repeated = item_files.Known(), item_files.repeated(row.data for row in rows)
        for row in rows:
            item = known.find(row.data)
            if row.data["sku"].casefold() in repeated:
                row.refuse(_("SKU {sku} stands in this file twice.").format(sku=row.data["sku"]))
            elif item is None and row.data["kind"] in {ItemKind.PART, ItemKind.PRODUCT}:
                row.refuse(_("Parts and products that are made here are added as a product."))
            elif item is not None and (reason := item_files.reason_against(item, row.data)):
                row.refuse(reason)
            elif item is not None:
                row.verdict = Verdict.CHANGED if item_files.differs(item, row.data) else Verdict.UNCHANGED

    def apply(self, rows, *, key, by, at) -> Outcome:
        done = item_files.apply(rows, key=key, by=by, at=at)
        message = _("Parts added: {added}, corrected: {changed}.").format(added=done.added, changed=done.changed)
        return Outcome(message, done.record)

    def undo(self, record, *, key, by, at) -> str:
        return undone(*item_files.take_back(record, by=by, at=at))
