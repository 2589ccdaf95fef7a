"""Plates as a table: what the list exports comes back in unchanged."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field

from catalog.domain import import_undo, plate_files
from catalog.domain.plate_files import KnownNames, PlateRow, UnknownName
from nozzly.accounts.permissions import Permission
from nozzly.web.exporting import ListResource
from nozzly.web.importing import CheckedRow, Importer, Outcome, Verdict, undone


class PlateResource(ListResource):
    file = "plates"

    number = Field(attribute="pk", column_name="Number")
    name = Field(attribute="name", column_name="Plate")
    makes = Field(column_name="Makes")
    loads = Field(column_name="Loads")
    note = Field(attribute="note", column_name="Note")
    print_time_s = Field(attribute="print_time_s", column_name="Print time (s)")
    files = Field(column_name="Files")

    def dehydrate_makes(self, plate):
        return "; ".join(f"{output.pieces} × {output.variant}" for output in plate.outputs.all())

    def dehydrate_loads(self, plate):
        return "; ".join(_load(slot) for slot in plate.slots.all())

    def dehydrate_files(self, plate):
        return ", ".join(file.original_name for file in plate.slice_files.all())


def _load(slot):
    bound = slot.filament.item.name if slot.filament else slot.group and slot.group.name
    return f"{slot.name} = {bound}" if bound else slot.name


class PlateRowForm(forms.Form):
    number = forms.IntegerField(label=gettext_lazy("Number"), required=False, min_value=1, max_value=2**62)
    name = forms.CharField(label=gettext_lazy("Plate"), max_length=160)
    makes = forms.CharField(label=gettext_lazy("Makes"), max_length=4000)
    loads = forms.CharField(label=gettext_lazy("Loads"), max_length=4000, required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=4000, required=False)


class PlateImporter(Importer):
    name = "plates"
    title = gettext_lazy("Import plates")
    intro = gettext_lazy(
        "Rows with a number you have are corrected, all others are added. Sliced files are added on the plate itself."
    )
    permission = Permission.CATALOG_EDIT
    row_form = PlateRowForm
    aliases = {"name": ("name", "bed"), "makes": ("outputs", "products"), "loads": ("filaments", "colours")}
    list_url = "catalog:plate_list"
    sample = [["", "Six dragons", "6 × Dragon · Red; 1 × OWL-1", "Body = Red PLA; Eyes", "brim"]]

    def classify(self, rows: list[CheckedRow]) -> None:
        wanted = [PlateRow(**row.data) for row in rows]
        known, numbers = KnownNames(wanted), set()
        for row, plate_row in zip(rows, wanted, strict=True):
            try:
                meant = known.read(plate_row)
            except UnknownName as error:
                row.refuse(str(error))
                continue
            if plate_row.number in numbers:
                row.refuse(_("There is another row for this plate."))
            elif meant.plate:
                numbers.add(plate_row.number)
                changed = plate_files.differs(meant, plate_row)
                row.verdict = Verdict.CHANGED if changed else Verdict.UNCHANGED

    def apply(self, rows, *, key, by, at) -> Outcome:
        done = plate_files.apply([PlateRow(**row) for row in rows])
        said = _("{added} plates added, {changed} corrected.").format(added=done.added, changed=done.changed)
        return Outcome(said, done.record)

    def undo(self, record, *, key, by, at) -> str:
        return undone(*import_undo.take_back_plates(record))
