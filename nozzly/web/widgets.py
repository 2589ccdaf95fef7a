"""Widgets and choices that Django's own would be too slow for."""

from collections.abc import Iterable, Iterator
from html import escape

from django import forms
from django.forms.models import ModelChoiceIterator
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import mark_safe


class LongSelect(forms.Select):
    """A drop-down written in one go: Django renders a template for each option, which takes a second for 2,000 of them."""

    def render(self, name, value, attrs=None, renderer=None):
        chosen = {str(part) for part in self.format_value(value)}
        return format_html(
            "<select{}>{}</select>",
            flatatt(self.build_attrs({**self.attrs, "name": name}, attrs)),
            mark_safe("".join(_options(self.choices, chosen))),  # noqa: S308 - each text is escaped below
        )


def _options(choices: Iterable[tuple], chosen: set[str]) -> Iterator[str]:
    for key, label in choices:
        if isinstance(label, (list, tuple)):
            yield f'<optgroup label="{escape(str(key))}">{"".join(_options(label, chosen))}</optgroup>'
            continue
        text = "" if key is None else str(key)
        selected = " selected" if text in chosen else ""
        yield f'<option value="{escape(text)}"{selected}>{escape(str(label))}</option>'


class ListedChoices(ModelChoiceIterator):
    """All rows in one trip, and once: Django's own opens a cursor on the server, which takes three trips more."""

    def __iter__(self) -> Iterator[tuple]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for row in self.queryset:
            yield self.choice(row)


def drawn_quickly(field: forms.Field) -> None:
    """Give a drop-down the widget and the choices above, unless its form gave it others."""
    if type(field.widget) is forms.Select:
        usual = field.widget
        field.widget = LongSelect(usual.attrs)
        field.widget.choices = usual.choices
        field.widget.is_required, field.widget.is_localized = usual.is_required, usual.is_localized
    if type(getattr(field.widget, "choices", None)) is ModelChoiceIterator:
        field.iterator = ListedChoices
        field.widget.choices = field.choices
