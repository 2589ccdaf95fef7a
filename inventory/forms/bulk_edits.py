from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.choices import SpoolState
from inventory.domain.bulk_edits import CLEARABLE, Changes
from inventory.forms.fields import GramsField, LocationField
from inventory.models import Supplier

MOST_ROLLS = 5_000
_STATES = [(state.value, state.label) for state in (SpoolState.SEALED, SpoolState.OPEN, SpoolState.DRYING)]


class LotIdsField(forms.CharField):
    """Primary keys in one hidden field: as one field each, a few hundred would be too many for a form."""

    def __init__(self, **kwargs):
        super().__init__(widget=forms.HiddenInput, max_length=MOST_ROLLS * 12, **kwargs)

    def prepare_value(self, value):
        return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else value

    def clean(self, value):
        words = super().clean(value).split(",")
        if not all(word.isascii() and word.isdigit() and len(word) < 18 for word in words) or len(words) > MOST_ROLLS:
            raise ValidationError(_("Choose the rolls once more."))
        return [int(word) for word in words]


class BulkEditForm(forms.Form):
    """What is left empty stays as it is."""

    lots = LotIdsField()
    location = LocationField(required=False, empty_label=_("as it is"))
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("as it is")), *_STATES], required=False,
        help_text=_("Rolls with nothing on them stay empty."),
    )  # fmt: skip
    supplier = forms.ModelChoiceField(
        Supplier.objects.order_by("name"), label=_("Supplier"), required=False, empty_label=_("as it is")
    )
    batch = forms.CharField(label=_("Maker's batch"), max_length=80, required=False)
    received_on = forms.DateField(
        label=_("Received on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    net_weight_g = GramsField(label=_("Filament on a full reel"), at_least=Decimal(1), required=False)
    tare_g = GramsField(label=_("Own empty reel"), at_most=Decimal(5_000), required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    clear = forms.MultipleChoiceField(
        label=_("Empty these on every roll"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("location", _("Place")),
            ("supplier", _("Supplier")),
            ("batch", _("Maker's batch")),
            ("received_on", _("Received on")),
            ("tare_g", _("Own empty reel")),
            ("note", _("Note")),
        ],
    )

    def clean(self):
        chosen = super().clean()
        for name in chosen.get("clear", ()):
            if chosen.get(name) not in self.fields[name].empty_values:
                self.add_error(name, _("Either a new value, or empty."))
        return chosen

    def changes(self) -> Changes:
        chosen = {name: value for name, value in self.cleaned_data.items() if name not in {"lots", "clear"}}
        given = {name: value for name, value in chosen.items() if value not in {None, ""}}
        clear = frozenset(name for name in self.cleaned_data["clear"] if name in CLEARABLE)
        return Changes(**given, clear=clear)
