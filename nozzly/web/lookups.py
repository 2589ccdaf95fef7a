"""Fields that choose one of thousands of rows: a text box whose suggestions come while one types.

Without JavaScript a name, or the number behind it, is typed in full; what fits more than one row is asked back.
"""

import re

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.views import View

from nozzly.web.guard import Access, refusal

SUGGESTED = 20
_ASKED_BACK = 4
_NUMBER = re.compile(r"(?:^|#)(\d{1,18})$")


class LookUpInput(forms.TextInput):
    """``source`` is the URL name that answers with suggestions."""

    def __init__(self, source: str, attrs: dict | None = None):
        super().__init__(attrs)
        self.source = source

    def render(self, name, value, attrs=None, renderer=None):
        suggestions = f"{(attrs or {}).get('id', name)}-suggestions"
        own = {
            "list": suggestions,
            "autocomplete": "off",
            "hx-get": reverse(self.source),
            "hx-trigger": "focus once, input changed delay:200ms",
            "hx-target": f"#{suggestions}",
            "hx-swap": "innerHTML",
            "hx-params": name,
            "hx-push-url": "false",
        }
        box = super().render(name, value, own | (attrs or {}), renderer)
        return format_html('{}<datalist id="{}"></datalist>', box, suggestions)


class LookUpField(forms.ModelChoiceField):
    """A row of a queryset that knows ``matching(text)``, and perhaps ``coded(text)``; it is shown as its name and number."""

    default_error_messages = {
        "invalid_choice": _("Choose one of the suggestions."),
        "nothing": _("Nothing is called “%(text)s”."),
        "several": _("Several fit: %(names)s. Choose one of the suggestions."),
    }

    def __init__(self, queryset, *, source: str, **kwargs):
        super().__init__(queryset, widget=LookUpInput(source), **kwargs)

    def prepare_value(self, value):
        if isinstance(value, int):
            value = self.queryset.filter(pk=value).first()
        return name_of(value) if hasattr(value, "_meta") else value

    def to_python(self, value):
        text = str(value or "").strip()
        if not text:
            return None
        return self._by_code(text) or self._by_number(text) or self._by_name(text)

    def _by_code(self, text):
        """A SKU may be a number as well: what is printed on the thing goes before our own."""
        coded = getattr(self.queryset, "coded", None)
        return coded(text).first() if coded else None

    def _by_number(self, text):
        numbered = _NUMBER.search(text)
        return self.queryset.filter(pk=numbered[1]).first() if numbered else None

    def _by_name(self, text):
        found = list(self.queryset.matching(text)[: _ASKED_BACK + 1])
        exact = [row for row in found if str(row).casefold() == text.casefold()] or found
        if len(exact) == 1:
            return exact[0]
        if not exact:
            raise forms.ValidationError(self.error_messages["nothing"], code="nothing", params={"text": text[:80]})
        names = ", ".join(name_of(row) for row in exact[:_ASKED_BACK])
        raise forms.ValidationError(self.error_messages["several"], code="several", params={"names": names})


class SuggestionsView(View):
    """The rows that fit what was typed so far, for a LookUpField; subclasses state the permission and the rows."""

    permission: Access | str | None = None
    http_method_names = ("get", "head")

    def rows(self):
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return refusal(request, self.permission) or super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        text = next(iter(request.GET.values()), "")[:200].partition(" #")[0].strip()
        rows = self.rows().matching(text) if text else self.rows()
        names = ((name_of(row),) for row in rows[:SUGGESTED])
        options = format_html_join("", '<option value="{}"></option>', names)
        return HttpResponse(options, content_type="text/plain; charset=utf-8")  # a piece of a page, and none by itself


def name_of(row: object) -> str:
    """What the box shows for a row: two of one name are told apart by the number."""
    return f"{row} #{row.pk}"
