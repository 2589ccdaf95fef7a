from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.documents import LAYOUTS, PARTS, USUAL_PARTS
from inventory.models import Location, Lot

MOST_LABELS = 1000
_PART_NAMES = {
    "code": _("Code"),
    "brand": _("Brand"),
    "material": _("Material"),
    "colour": _("Colour name"),
    "swatch": _("Swatch"),
    "grams": _("Grams on a full reel"),
    "batch": _("Batch"),
    "date": _("Received on"),
    "logo": _("Logo"),
}


class LabelForm(forms.Form):
    """Which labels go on what."""

    layout = forms.ChoiceField(label=_("Paper"), choices=[(key, layout.name) for key, layout in LAYOUTS.items()])
    start = forms.IntegerField(
        label=_("Start at label"), min_value=1, max_value=189, initial=1, required=False,
        help_text=_("On a sheet that is partly used."),
    )  # fmt: skip
    parts = forms.MultipleChoiceField(
        label=_("Beside the code"), choices=[(part, _PART_NAMES[part]) for part in PARTS], initial=USUAL_PARTS, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    lot = forms.ModelMultipleChoiceField(
        Lot.objects.all(), label=_("Rolls"), widget=forms.MultipleHiddenInput, required=False
    )  # fmt: skip
    place = forms.ModelMultipleChoiceField(
        Location.objects.all(), label=_("Places"), widget=forms.MultipleHiddenInput, required=False
    )  # fmt: skip

    def clean(self):
        chosen = super().clean()
        count = len(chosen.get("lot") or ()) + len(chosen.get("place") or ())
        if not count and not self.errors:
            raise ValidationError(_("Choose what to label in a list first."))
        layout = LAYOUTS.get(chosen.get("layout"))
        if layout and 1 < layout.per_sheet < chosen.get("start", 1):
            self.add_error("start", _("A sheet of this paper has %(count)s labels.") % {"count": layout.per_sheet})
        if count > MOST_LABELS:
            raise ValidationError(_("At most %(most)s labels at once.") % {"most": MOST_LABELS})
        return chosen

    def clean_start(self):
        return self.cleaned_data["start"] or 1
