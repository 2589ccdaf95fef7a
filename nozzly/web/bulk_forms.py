"""What several rows get at once: a field that is left empty stays as it is on all of them."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from nozzly.core.changes import Changes

MOST_ROWS = 5_000
AS_IT_IS = _("as it is")


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
        if not self.clearable:
            del self.fields["clear"]

    def clean(self):
        chosen = super().clean()
        for name in chosen.get("clear", ()):
            if chosen.get(name) not in self.fields[name].empty_values:
                self.add_error(name, _("Either a new value, or empty."))
        return chosen

    def changes(self) -> Changes:
        chosen = {name: value for name, value in self.cleaned_data.items() if name not in {"rows", "clear"}}
        given = {name: value for name, value in chosen.items() if value not in {None, ""}}
        return self.changes_class(**given, clear=frozenset(self.cleaned_data.get("clear", ())))
