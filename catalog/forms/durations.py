"""Times of day-long prints as people type them: 3h 20m, 3:20, 200 min, 2.5 h."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_UNITS_S = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*(d|h|m|s)[a-z]*\.?", re.IGNORECASE)
_CLOCK = re.compile(r"(\d+):([0-5]\d)(?::([0-5]\d))?")


class DurationField(forms.CharField):
    """Seconds; a bare number is minutes."""

    default_error_messages = {"duration": _("Write a time like 3h 20m, 3:20 or 45 min.")}

    def prepare_value(self, value):
        return as_text(value) if isinstance(value, int) else value

    def to_python(self, value):
        text = super().to_python(value).strip()
        if not text:
            return None
        seconds = _seconds(text)
        if seconds is None or seconds > 60 * 86400:
            raise ValidationError(self.error_messages["duration"], code="duration")
        return seconds


def as_text(seconds: int) -> str:
    """A time that reads back as the same number of seconds."""
    parts = []
    for unit in "hms":
        count, seconds = divmod(seconds, _UNITS_S[unit])
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0m"


def _seconds(text: str) -> int | None:
    if match := _CLOCK.fullmatch(text):
        return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)
    if re.fullmatch(r"\d+(?:[.,]\d+)?", text):
        return round(Decimal(text.replace(",", ".")) * 60)
    if not _PART.sub("", text).strip(" ,"):
        parts = (Decimal(number.replace(",", ".")) * _UNITS_S[unit.lower()] for number, unit in _PART.findall(text))
        return round(sum(parts, Decimal(0)))
    return None
