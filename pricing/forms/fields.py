"""Form fields of the price pages."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from nozzly.core.errors import DomainError
from nozzly.core.units import parse_decimal, parse_grams

_CENT = Decimal("0.01")
_SIGNS = "€$£¥₹₺₫ \u00a0\u202fABCDEFGHIJKLMNOPQRSTUVWXYZ"


class NumberField(forms.CharField):
    """A number with a point or a comma, as people type it; cleans to Decimal, None when empty."""

    def __init__(self, *, places=2, at_least=Decimal(0), at_most=Decimal(10_000_000), **kwargs):
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(widget=kwargs.pop("widget", forms.TextInput(attrs=attrs)), **kwargs)
        self.step, self.at_least, self.at_most = Decimal(1).scaleb(-places), Decimal(at_least), Decimal(at_most)

    def prepare_value(self, value):
        if not isinstance(value, Decimal):
            return value
        return f"{value:.2f}" if self.step == _CENT else f"{value.normalize():f}"

    def clean(self, value):
        text = super().clean(value)
        if text in self.empty_values:
            return None
        number = self.read(text)
        if not self.at_least <= number <= self.at_most:
            raise ValidationError(
                _("Between %(low)s and %(high)s.") % {"low": f"{self.at_least:f}", "high": f"{self.at_most:f}"}
            )
        if number != number.quantize(self.step):
            raise ValidationError(_("At most %(places)s decimals.") % {"places": -self.step.as_tuple().exponent})
        return number

    def read(self, text):
        try:
            return parse_decimal(text)
        except DomainError as error:
            raise ValidationError(str(error)) from error


class MoneyField(NumberField):
    """Money with or without a currency sign in front or behind."""

    def read(self, text):
        return super().read(text.strip(_SIGNS))


class PercentField(NumberField):
    def __init__(self, **kwargs):
        super().__init__(places=4, at_most=kwargs.pop("at_most", Decimal(100)), **kwargs)

    def read(self, text):
        return super().read(text.strip("% \u00a0\u202f"))


class GramsField(NumberField):
    """A weight as people write it: 250, 250 g, 1 kg, 8 oz; cleans to grams."""

    def __init__(self, **kwargs):
        super().__init__(places=3, at_most=kwargs.pop("at_most", Decimal(1_000_000)), **kwargs)

    def read(self, text):
        try:
            return parse_grams(text)
        except DomainError as error:
            raise ValidationError(str(error)) from error
