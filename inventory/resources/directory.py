"""Suppliers and material groups as tables, out and in."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field

from inventory.domain import directory_files
from inventory.forms.fields import ColoursField
from inventory.resources.exports import plain
from inventory.resources.more_imports import NOT_READ
from nozzly.accounts.permissions import Permission
from nozzly.web.exporting import ListResource
from nozzly.web.importing import CheckedRow, Importer, Outcome, Verdict, undone


class SupplierResource(ListResource):
    file = "suppliers"

    name = Field("name", gettext_lazy("Supplier"))
    url = Field("url", gettext_lazy("Website"))
    note = Field("note", gettext_lazy("Note"))
    deliveries = Field("delivery_count", gettext_lazy("Deliveries"))


class GroupResource(ListResource):
    file = "material-groups"

    name = Field("name", gettext_lazy("Group"))
    material = Field("material__name", gettext_lazy("Material"))
    colour_hex = Field("colour_hex", gettext_lazy("Colour"))
    members = Field(column_name=gettext_lazy("Filaments"))
    stock_g = Field(column_name=gettext_lazy("Stock (g)"))

    def iter_queryset(self, queryset):
        return iter(queryset.prefetch_related("filaments__item"))

    def dehydrate_members(self, group):
        apart = f"{directory_files.MEMBERS_APART} "
        return apart.join(sorted({filament.item.name for filament in group.filaments.all()}))

    def dehydrate_stock_g(self, group):
        return plain(group.stock_g)


class _ByName(Importer):
    """Rows are known by their name; what differs is up to the list."""

    def known(self) -> dict:
        raise NotImplementedError

    def differs(self, found, row) -> bool:
        raise NotImplementedError

    def classify(self, rows: list[CheckedRow]) -> None:
        known, seen = self.known(), set()
        for row in rows:
            name = row.data["name"].casefold()
            if name in seen:
                row.refuse(_("{name} stands in this file twice.").format(name=row.data["name"]))
            elif name in known:
                row.verdict = Verdict.CHANGED if self.differs(known[name], row.data) else Verdict.UNCHANGED
            seen.add(name)


class SupplierRow(forms.Form):
    name = forms.CharField(label=gettext_lazy("Supplier"), max_length=120)
    url = forms.URLField(label=gettext_lazy("Website"), required=False, assume_scheme="https")
    note = forms.CharField(label=gettext_lazy("Note"), max_length=2_000, required=False)
    deliveries = forms.CharField(label=gettext_lazy("Deliveries"), required=False, help_text=NOT_READ)


class SupplierImporter(_ByName):
    name = "suppliers"
    title = gettext_lazy("Import suppliers")
    intro = gettext_lazy("A row is known by its name: it is corrected, all others are added.")
    permission = Permission.STOCK_RECEIVE
    row_form = SupplierRow
    aliases = {"name": ("name", "vendor", "shop"), "url": ("url", "web", "homepage"), "note": ("notes", "comment")}
    list_url = "inventory:supplier_list"
    sample = [["Filament shop", "https://filament.example", "customer 4711", ""]]

    def known(self):
        return directory_files.known_suppliers()

    def differs(self, found, row):
        return directory_files.supplier_differs(found, row)

    def apply(self, rows, *, key, by, at) -> Outcome:
        done = directory_files.apply_suppliers(rows)
        message = _("Suppliers added: {added}, corrected: {changed}.").format(added=done.added, changed=done.changed)
        return Outcome(message, done.record)

    def undo(self, record, *, key, by, at) -> str:
        return undone(*directory_files.take_back_suppliers(record))


class HexField(ColoursField):
    """One colour, "#1a1a1a"."""

    def clean(self, value):
        found = super().clean(value)
        if len(found) > 1:
            raise ValidationError(_("write one colour like #1a2b3c."))
        return found[0] if found else ""


class NamesField(forms.CharField):
    """Names of filaments with semicolons between them."""

    def clean(self, value):
        names = [name.strip() for name in super().clean(value).split(directory_files.MEMBERS_APART)]
        return [name for name in names if name]


class GroupRow(forms.Form):
    name = forms.CharField(label=gettext_lazy("Group"), max_length=80)
    material = forms.CharField(label=gettext_lazy("Material"), max_length=40, required=False)
    colour_hex = HexField(label=gettext_lazy("Colour"), max_length=7, required=False)
    members = NamesField(
        label=gettext_lazy("Filaments"), required=False, help_text=gettext_lazy("their names, with semicolons between")
    )
    stock_g = forms.CharField(label=gettext_lazy("Stock (g)"), required=False, help_text=NOT_READ)


class GroupImporter(_ByName):
    name = "groups"
    title = gettext_lazy("Import material groups")
    intro = gettext_lazy("A row is known by its name. The filaments it names, and no others, make up the group.")
    permission = Permission.STOCK_EDIT
    row_form = GroupRow
    aliases = {"name": ("name",), "colour_hex": ("color", "hex"), "members": ("members",)}
    list_url = "inventory:group_list"
    sample = [["Black PLA", "PLA", "#101010", "", ""]]

    def known(self):
        return directory_files.known_groups()

    def differs(self, found, row):
        return directory_files.group_differs(found, row)

    def classify(self, rows: list[CheckedRow]) -> None:
        super().classify(rows)
        by_name = directory_files.filaments_by_name()
        for row in rows:
            for name in row.data["members"]:
                if name.casefold() not in by_name:
                    row.refuse(_("There is no filament called {name}.").format(name=name))

    def apply(self, rows, *, key, by, at) -> Outcome:
        done = directory_files.apply_groups(rows)
        message = _("Groups added: {added}, corrected: {changed}.").format(added=done.added, changed=done.changed)
        return Outcome(message, done.record)

    def undo(self, record, *, key, by, at) -> str:
        return undone(*directory_files.take_back_groups(record))
