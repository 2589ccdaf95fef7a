"""Form fields of the stock room."""

import re
from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.domain.places import location_by_code
from inventory.models import Location
from nozzly.core.errors import DomainError
from nozzly.core.units import parse_decimal, parse_grams
from nozzly.web.widgets import ListedChoices, LongSelect

MOST_TOGETHER = Decimal(10) ** 9  # grams or pieces of one row: a thousand tonnes
_OLDEST = date(2000, 1, 1)
_HEX = re.compile(r"^#?([0-9a-f]{6}|[0-9a-f]{3})$")


def a_day_that_was(value: date) -> None:
    """Raises ValidationError for days to come and for a year that was mistyped."""
    if value > timezone.localdate():
        raise ValidationError(_("This day is still to come."))
    if value < _OLDEST:
        raise ValidationError(_("This is too long ago: check the year."))


class GramsField(forms.CharField):
    """A weight as people write it: 498, 498.5 g, 1 kg, 2.2 lb; cleans to Decimal grams."""

    is_number = takes_unit = True  # in a file: see nozzly.web.cells

    def __init__(self, *, at_least=Decimal(0), at_most=Decimal(100_000), **kwargs):
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(widget=kwargs.pop("widget", forms.TextInput(attrs=attrs)), **kwargs)
        self.at_least, self.at_most = at_least, at_most

    def prepare_value(self, value):
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value

    def clean(self, value):
        text = super().clean(value)
        if text in self.empty_values:
            return None
        try:
            grams = parse_grams(text)
        except DomainError as error:
            raise ValidationError(str(error)) from error
        if not self.at_least <= grams <= self.at_most:
            raise ValidationError(
                _("Between %(low)s and %(high)s g.") % {"low": f"{self.at_least:f}", "high": f"{self.at_most:f}"}
            )
        return grams


class NumberField(forms.CharField):
    """A number with a point or a comma, as people type it; cleans to Decimal with so many places."""

    is_number = True

    def __init__(self, *, places=2, at_least=Decimal(0), at_most=Decimal(10_000_000), **kwargs):
        super().__init__(
            widget=kwargs.pop("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})),
            **kwargs,
        )
        self.step, self.at_least, self.at_most = Decimal(1).scaleb(-places), at_least, at_most

    def prepare_value(self, value):
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value

    def clean(self, value):
        text = super().clean(value)
        if text in self.empty_values:
            return None
        try:
            number = parse_decimal(text)
        except DomainError as error:
            raise ValidationError(str(error)) from error
        if not self.at_least <= number <= self.at_most:
            raise ValidationError(
                _("Between %(low)s and %(high)s.") % {"low": f"{self.at_least:f}", "high": f"{self.at_most:f}"}
            )
        if number != number.quantize(self.step):
            raise ValidationError(_("At most %(places)s decimals.") % {"places": -self.step.as_tuple().exponent})
        return number


class ColoursField(forms.CharField):
    """One or several colours, "#1a1a1a #ff8800"; cleans to a list of #rrggbb."""

    def prepare_value(self, value):
        return " ".join(value) if isinstance(value, (list, tuple)) else value

    def clean(self, value):
        words = super().clean(value).lower().replace(",", " ").split()
        found = [_HEX.match(word) for word in words]
        if not all(found) or len(found) > 8:
            raise ValidationError(_("Write up to eight colours like #1a2b3c, with spaces between."))
        digits = [match[1] for match in found]
        return [f"#{d}" if len(d) == 6 else "#" + "".join(letter * 2 for letter in d) for d in digits]


def _indented(name: str, depth: int) -> str:
    return "\u00a0\u00a0\u00a0" * depth + name


class _PlaceChoices(ListedChoices):
    """Only what a drop-down shows of each place."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for pk, name, depth in self.queryset.values_list("pk", "name", "depth"):
            yield pk, _indented(name, depth)


class LocationField(forms.ModelChoiceField):
    """A place of the tree, indented by its depth."""

    iterator = _PlaceChoices

    def __init__(self, **kwargs):
        kwargs.setdefault("empty_label", _("no place"))
        kwargs.setdefault("label", _("Place"))
        kwargs.setdefault("widget", LongSelect)
        super().__init__(queryset=Location.objects.in_tree_order(), **kwargs)

    def label_from_instance(self, obj):
        return _indented(obj.name, obj.depth)

    @staticmethod
    def by_code(code: str) -> Location:
        """Raises ValidationError."""
        try:
            return location_by_code(code)
        except DomainError as error:
            raise ValidationError(str(error)) from error
