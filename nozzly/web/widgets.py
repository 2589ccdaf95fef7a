"""Widgets and choices that Django's own would be too slow for."""

from collections.abc import Iterable, Iterator

from django import forms
from django.forms.models import ModelChoiceIterator
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class LongSelect(forms.Select):
    """A drop-down written in one go: Django renders a template for each option, which takes a second for 2,000 of them."""

    def render(self, name, value, attrs=None, renderer=None):
        chosen = {str(part) for part in self.format_value(value)}
        return format_html(
            "<select{}>{}</select>",
            flatatt(self.build_attrs({**self.attrs, "name": name}, attrs)),
            _options(self.choices, chosen),
        )


def _options(choices: Iterable[tuple], chosen: set[str]) -> SafeString:
    return format_html_join("", "{}", ((_option(key, label, chosen),) for key, label in choices))


def _option(key: object, label: object, chosen: set[str]) -> SafeString:
    if isinstance(label, (list, tuple)):
        return format_html('<optgroup label="{}">{}</optgroup>', key, _options(label, chosen))
    key = "" if key is None else str(key)
    return format_html('<option value="{}"{}>{}</option>', key, " selected" if key in chosen else "", label)


class ListedChoices(ModelChoiceIterator):
    """All rows in one trip, and once: Django's own opens a cursor on the server, which takes three trips more."""

    def __iter__(self) -> Iterator[tuple]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for row in self.queryset:
            yield self.choice(row)


def drawn_quickly(field: forms.Field) -> None:
    """Give a drop-down that every page of a list shows the widget and the choices above."""
    if type(field.widget) is forms.Select:
        attrs, choices = field.widget.attrs, field.widget.choices
        field.widget = LongSelect(attrs)
        field.widget.choices = choices
    if isinstance(field, forms.ModelChoiceField) and field.iterator is ModelChoiceIterator:
        field.iterator = ListedChoices
        field.widget.choices = field.choices
