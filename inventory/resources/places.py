"""The tree of places as a table, out and in."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field

from inventory.choices import LocationKind
from inventory.domain import location_files
from inventory.resources.more_imports import NOT_READ
from nozzly.accounts.permissions import Permission
from nozzly.web.exporting import ListResource
from nozzly.web.importing import CheckedRow, Importer, Outcome, Verdict, undone


class LocationResource(ListResource):
    file = "places"

    path = Field("path", gettext_lazy("Place"))
    kind = Field("get_kind_display", gettext_lazy("Kind"))
    lots = Field("lot_count", gettext_lazy("Lots"))


class KindField(forms.CharField):
    """A kind by its name on the page or by its short one."""

    def clean(self, value):
        text = super().clean(value)
        known = {str(label).casefold(): kind for kind, label in LocationKind.choices} | {
            kind.value: kind.value for kind in LocationKind
        }
        if text and text.casefold() not in known:
            raise forms.ValidationError(
                _("“{text}” is no kind of place: {kinds}.").format(
                    text=text, kinds=", ".join(str(label) for label in LocationKind.labels)
                )
            )
        return known.get(text.casefold(), "")


class PathField(forms.CharField):
    def clean(self, value):
        return location_files.tidy(super().clean(value))


class LocationRow(forms.Form):
    path = PathField(label=gettext_lazy("Place"), max_length=400)
    kind = KindField(label=gettext_lazy("Kind"), max_length=40, required=False)
    lots = forms.CharField(label=gettext_lazy("Lots"), required=False, help_text=NOT_READ)


class LocationImporter(Importer):
    name = "places"
    title = gettext_lazy("Import places")
    intro = gettext_lazy(
        "A row is known by its whole path, “Workshop › Shelf A”; places above it are made where missing."
    )
    permission = Permission.STOCK_EDIT
    row_form = LocationRow
    aliases = {"path": ("location", "path", "where"), "kind": ("type",)}
    list_url = "inventory:location_list"
    sample = [["Workshop › Shelf A", "Shelf", ""]]

    def classify(self, rows: list[CheckedRow]) -> None:
        known, seen = location_files.known_places(), set()
        for row in rows:
            path = row.data["path"].casefold()
            if path in seen:
                row.refuse(_("{name} stands in this file twice.").format(name=row.data["path"]))
            elif path in known:
                row.verdict = Verdict.CHANGED if location_files.differs(known[path], row.data) else Verdict.UNCHANGED
            seen.add(path)

    def apply(self, rows, *, key, by, at) -> Outcome:
        done = location_files.apply_places(rows)
        message = _("Places added: {added}, corrected: {changed}.").format(added=done.added, changed=done.changed)
        return Outcome(message, done.record)

    def undo(self, record, *, key, by, at) -> str:
        return undone(*location_files.take_back_places(record))
