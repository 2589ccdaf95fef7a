"""Bases of forms: filters that live in the URL, and the key that makes a second click harmless."""

from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from nozzly.web.widgets import drawn_quickly


class FilterForm(forms.Form):
    """Fields are all optional; ``narrow`` uses ``self.cleaned_data``. A field ``search`` is shown first and wide."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False
            drawn_quickly(field)

    def narrow(self, queryset: QuerySet) -> QuerySet:
        raise NotImplementedError

    def active(self) -> list[tuple[str, str, str]]:
        """(field name, label, text) of every filter in use, for the chips above the table."""
        if not self.is_bound or not self.is_valid():
            return []
        return [
            (name, str(field.label or name.replace("_", " ").capitalize()), self._text(name))
            for name, field in self.fields.items()
            if self.cleaned_data.get(name) not in field.empty_values and self.cleaned_data.get(name) is not False
        ]

    def _text(self, name: str) -> str:
        value, choices = self.cleaned_data[name], dict(getattr(self.fields[name], "choices", ()))
        if value is True:
            return str(_("yes"))
        return str(choices.get(value, value))


class KeyField(forms.UUIDField):
    """Made once with the form, so that the same form sent twice is dealt with once."""

    def __init__(self, **options):
        super().__init__(**({"widget": forms.HiddenInput, "initial": uuid4} | options))


class ConfirmForm(forms.Form):
    """Nothing to fill in: the button is the answer."""
