"""Fields as people at a printer fill them in."""

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from nozzly.core.errors import DomainError
from nozzly.core.units import parse_decimal, parse_grams


class GramsField(forms.CharField):
    """Grams from what people write: "84", "84,5" or "0.9 kg"; never negative."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    most_g = Decimal(100_000)

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        try:
            grams = parse_grams(text)
        except DomainError as error:
            raise ValidationError(str(error)) from None
        if not 0 <= grams <= self.most_g:
            raise ValidationError(_("That cannot be right: write grams, 0 or more."))
        return grams

    def prepare_value(self, value):
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class NumberField(forms.CharField):
    """A number with a point or a comma, in a range."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, *, at_least=Decimal(0), at_most=Decimal(1_000_000), **options):
        self.at_least, self.at_most = at_least, at_most
        super().__init__(**options)

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        try:
            number = parse_decimal(text)
        except DomainError as error:
            raise ValidationError(str(error)) from None
        if not self.at_least <= number <= self.at_most:
            raise ValidationError(
                _("Write a number between %(least)s and %(most)s."),
                params={"least": self.at_least, "most": self.at_most},
            )
        return number

    def prepare_value(self, value):
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class DurationField(forms.CharField):
    """Seconds from "3:20", "3 h 20" or "200" (minutes)."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "placeholder": "3:20"})

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        hours, _colon, minutes = text.lower().replace("min", "").replace("h", ":").replace(" ", "").rpartition(":")
        if not (hours + minutes).isascii() or not (hours or "0").isdigit() or not (minutes or "0").isdigit():
            raise ValidationError(_("Write hours and minutes like 3:20."))
        if max(len(hours), len(minutes)) > 6:
            raise ValidationError(_("No print takes longer than 30 days."))
        length = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        if length > timedelta(days=30):
            raise ValidationError(_("No print takes longer than 30 days."))
        return int(length.total_seconds())

    def prepare_value(self, value):
        return f"{value // 3600}:{value % 3600 // 60:02d}" if isinstance(value, int) else value


class MomentField(forms.DateTimeField):
    """A date and time in the workspace's zone, picked with the browser's own control; of this century."""

    def __init__(self, **options):
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(**({"widget": widget} | options))

    def to_python(self, value):
        moment = super().to_python(value)
        if moment is not None and not 2000 < moment.year < 2100:  # the board adds whole prints to it
            raise ValidationError(_("Write a day of this century."))
        return moment

    def prepare_value(self, value):
        return localtime(value).replace(tzinfo=None) if hasattr(value, "tzinfo") and value.tzinfo else value
