"""Form fields for cells of a table, which come with more around the number than a form's."""

import re

from inventory.forms.fields import NumberField

_CURRENCY = re.compile(r"^[^\d.,'+-]{1,4}(?=[\d.,+-])|(?<=[\d.,])[^\d.,']{1,5}$")


class MoneyField(NumberField):
    """Money with or without a currency in front or behind: € 18.90, 18,90 kr, A$18.90."""

    def clean(self, value):
        return super().clean(_CURRENCY.sub("", str(value or "").strip()))


class MillimetresField(NumberField):
    """1.75, 1,75 or 1.75 mm."""

    def clean(self, value):
        return super().clean(re.sub(r"\s*mm$", "", str(value or "").strip(), flags=re.IGNORECASE))
