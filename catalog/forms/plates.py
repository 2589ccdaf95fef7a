from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from catalog.domain import bindings
from catalog.domain.plates import Load, Output, PlateFacts
from catalog.domain.variants import Binding
from catalog.forms.recipes import Rows
from catalog.models import Plate, PlateSlot, Variant
from nozzly.web.forms import FilterForm
from nozzly.web.lookups import LookUpField


class PlateFilter(FilterForm):
    search = forms.CharField(label=_("Search plates"))
    state = forms.ChoiceField(label=_("Show"), choices=[("", _("In use")), ("archived", _("In the archive"))])

    def narrow(self, queryset):
        wanted = self.cleaned_data
        queryset = queryset.archived() if wanted["state"] == "archived" else queryset.active()
        return queryset.matching(wanted["search"]) if wanted["search"] else queryset


class PlateForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=160)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    bed_minutes = forms.DecimalField(
        label=_("Minutes at the bed"),
        required=False,
        min_value=0,
        max_value=10_000,
        decimal_places=2,
        help_text=_(
            "Hands-on work to start and clear this bed, once for all its pieces. "
            "Empty: what the recipes say for each piece."
        ),
    )


class OutputRow(forms.Form):
    variant = LookUpField(Variant.objects.none(), source="catalog:variant_suggestions", label=_("Product"))
    pieces = forms.IntegerField(label=_("Pieces"), min_value=1, max_value=1000, initial=1)

    def __init__(self, *args, variants, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["variant"].queryset = variants


class LoadRow(forms.Form):
    name = forms.CharField(label=_("Slot"), max_length=60)
    choice = forms.ChoiceField(label=_("Filament"), required=False)
    material_type = forms.CharField(required=False, widget=forms.HiddenInput)
    colour_hex = forms.CharField(required=False, widget=forms.HiddenInput)
    position = forms.IntegerField(required=False, min_value=0, max_value=200, widget=forms.HiddenInput)

    def __init__(self, *args, groups, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(heading, [(line.value, line.text) for line in lines]) for heading, lines in groups]
        self.fields["choice"].choices = [("", _("Not chosen yet")), *choices]


_OPTIONS = {"formset": Rows, "can_delete": True, "can_delete_extra": False, "max_num": 40, "absolute_max": 60}
OutputRows = formset_factory(OutputRow, extra=2, **_OPTIONS)
LoadRows = formset_factory(LoadRow, extra=1, **_OPTIONS)


class PlateSheet:
    """The whole screen: name, what comes off, what is loaded."""

    def __init__(self, plate: Plate | None, *, data=None):
        slots = list(plate.slots.all()) if plate else []
        outputs = list(plate.outputs.all()) if plate else []
        initial = {"name": plate.name, "note": plate.note, "bed_minutes": plate.bed_minutes} if plate else None
        self.form = PlateForm(data, initial=initial)
        self.outputs = OutputRows(
            data,
            prefix="outputs",
            form_kwargs={"variants": Variant.objects.for_choice()},
            initial=[{"variant": output.variant, "pieces": output.pieces} for output in outputs],
        )
        self.loads = LoadRows(
            data,
            prefix="loads",
            form_kwargs={"groups": bindings.options(with_library=False)},
            initial=[_load_initial(slot) for slot in slots],
        )

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.outputs.is_valid(), self.loads.is_valid()])

    @property
    def has_errors(self) -> bool:
        return self.form.is_bound and not self.is_valid()

    def facts(self) -> PlateFacts:
        return PlateFacts(
            name=self.form.cleaned_data["name"],
            note=self.form.cleaned_data["note"],
            bed_minutes=self.form.cleaned_data["bed_minutes"],
            outputs=[
                Output(row.cleaned_data["variant"].pk, row.cleaned_data["pieces"]) for row in self.outputs.in_order()
            ],
            loads=[_load(row.cleaned_data) for row in self.loads.in_order()],
        )


class SliceFileForm(forms.Form):
    file = forms.FileField(
        label=_("Sliced file"), widget=forms.FileInput(attrs={"accept": ".gcode,.bgcode,.3mf,.ufp,.gx,.g,.gco"})
    )


def _load_initial(slot: PlateSlot) -> dict:
    return {
        "name": slot.name,
        "choice": bindings.choice_of(Binding(slot.filament_id, slot.group_id)),
        "material_type": slot.material_type,
        "colour_hex": slot.colour_hex,
        "position": slot.position,
    }


def _load(data: dict) -> Load:
    return Load(
        name=data["name"].strip(),
        binding=bindings.binding_of(data["choice"]),
        material_type=data["material_type"],
        colour_hex=data["colour_hex"],
        position=data["position"],
    )
