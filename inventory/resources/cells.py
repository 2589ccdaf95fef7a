"""Form fields for cells of a table, which come with more around the number than a form's."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.forms.fields import NumberField
from inventory.models import Location

_CURRENCY = re.compile(r"^[^\d.,'+-]{1,4}(?=[\d.,+-])|(?<=[\d.,])[^\d.,']{1,5}$")


class MoneyField(NumberField):
    """Money with or without a currency in front or behind: € 18.90, 18,90 kr, A$18.90."""

    def clean(self, value):
        return super().clean(_CURRENCY.sub("", str(value or "").strip()))


class MillimetresField(NumberField):
    """1.75, 1,75 or 1.75 mm."""

    def clean(self, value):
        return super().clean(re.sub(r"\s*mm$", "", str(value or "").strip(), flags=re.IGNORECASE))


class PlaceField(forms.CharField):
    """A path of places, "Room › Shelf": each name must be one that a place can have."""

    def clean(self, value):
        text = super().clean(value)
        names = [name.strip() for name in text.split(Location.SEPARATOR.strip())] if text else []
        if any(not 0 < len(name) <= 80 for name in names) or len(names) > 9:
            raise ValidationError(_("places are at most nine names of 80 letters, with › between them."))
        return Location.SEPARATOR.join(names)
