"""What several rows get at once: a field that is left empty stays as it is on all of them."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.choices import SpoolState
from inventory.domain.bulk_edits import Changes, FilamentChanges, ItemChanges, SpoolChanges
from inventory.forms.fields import GramsField, LocationField, NumberField, a_day_that_was
from inventory.models import MaterialGroup, Supplier

MOST_ROWS = 5_000
_AS_IT_IS = _("as it is")
_STATES = [(state.value, state.label) for state in (SpoolState.SEALED, SpoolState.OPEN, SpoolState.DRYING)]


class IdsField(forms.CharField):
    """Primary keys in one hidden field: as one field each, a few hundred would be too many for a form."""

    def __init__(self, **kwargs):
        super().__init__(widget=forms.HiddenInput, max_length=MOST_ROWS * 12, **kwargs)

    def prepare_value(self, value):
        return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else value

    def clean(self, value):
        words = super().clean(value).split(",")
        if not all(word.isascii() and word.isdigit() and len(word) < 18 for word in words) or len(words) > MOST_ROWS:
            raise ValidationError(_("Choose the rows once more."))
        return [int(word) for word in words]


class BulkEditForm(forms.Form):
    """Base: ``clearable`` names fields that may also be emptied, ``changes_class`` what the domain takes."""

    clearable = ()
    changes_class: type[Changes] = Changes

    rows = IdsField()
    clear = forms.MultipleChoiceField(
        label=_("Empty these on every row"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name != "clear"])
        self.fields["clear"].choices = [(name, self.fields[name].label) for name in self.clearable]

    def clean(self):
        chosen = super().clean()
        for name in chosen.get("clear", ()):
            if chosen.get(name) not in self.fields[name].empty_values:
                self.add_error(name, _("Either a new value, or empty."))
        return chosen

    def changes(self) -> Changes:
        chosen = {name: value for name, value in self.cleaned_data.items() if name not in {"rows", "clear"}}
        given = {name: value for name, value in chosen.items() if value not in {None, ""}}
        return self.changes_class(**given, clear=frozenset(self.cleaned_data["clear"]))


class BulkSpoolForm(BulkEditForm):
    clearable = ("location", "supplier", "batch", "received_on", "tare_g", "note")
    changes_class = SpoolChanges

    location = LocationField(required=False, empty_label=_AS_IT_IS)
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _AS_IT_IS), *_STATES], required=False,
        help_text=_("Rolls with nothing on them stay empty."),
    )  # fmt: skip
    supplier = forms.ModelChoiceField(
        Supplier.objects.order_by("name"), label=_("Supplier"), required=False, empty_label=_AS_IT_IS
    )
    batch = forms.CharField(label=_("Maker's batch"), max_length=80, required=False)
    received_on = forms.DateField(
        label=_("Received on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[a_day_that_was],
    )
    net_weight_g = GramsField(label=_("Filament on a full reel"), at_least=Decimal(1), required=False)
    tare_g = GramsField(label=_("Own empty reel"), at_most=Decimal(5_000), required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class BulkFilamentForm(BulkEditForm):
    clearable = ("group", "empty_reel_g", "density_g_cm3", "list_price")
    changes_class = FilamentChanges

    group = forms.ModelChoiceField(
        MaterialGroup.objects.order_by("name"), label=_("Group"), required=False, empty_label=_AS_IT_IS
    )
    empty_reel_g = GramsField(
        label=_("Empty reel"), at_most=Decimal(5_000), required=False, help_text=_("Emptied: the brand's.")
    )
    density_g_cm3 = NumberField(
        label=_("Density"), places=3, at_least=Decimal("0.1"), at_most=Decimal(20), required=False,
        help_text=_("Emptied: the material's."),
    )  # fmt: skip
    list_price = NumberField(label=_("List price of a reel"), required=False)


class BulkItemForm(BulkEditForm):
    clearable = ("preferred_supplier", "packed_weight_g", "list_price_per_unit")
    changes_class = ItemChanges

    preferred_supplier = forms.ModelChoiceField(
        Supplier.objects.order_by("name"), label=_("Supplier"), required=False, empty_label=_AS_IT_IS
    )
    pack_size = NumberField(label=_("Pack size"), places=3, at_least=Decimal("0.001"), required=False)
    packed_weight_g = GramsField(label=_("Packed weight"), required=False)
    list_price_per_unit = NumberField(label=_("Usual price for one"), places=6, required=False)
