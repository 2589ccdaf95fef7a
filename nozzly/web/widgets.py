"""Widgets that Django's own would be too slow for."""

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join


class LongSelect(forms.Select):
    """A drop-down of thousands: Django renders a template for each option, which takes a second for 2,000 of them."""

    def render(self, name, value, attrs=None, renderer=None):
        chosen = set(self.format_value(value))
        options = (
            ("" if key is None else str(key), " selected" if str(key) in chosen else "", label)
            for key, label in self.choices
        )
        return format_html(
            "<select{}>{}</select>",
            flatatt(self.build_attrs({**self.attrs, "name": name}, attrs)),
            format_html_join("", '<option value="{}"{}>{}</option>', options),
        )
