"""What the cells of one file say: its decimal sign, the units in its headers, and each text of a column read once."""

import re
from collections.abc import Iterable, Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from nozzly.web.exporting import restore
from nozzly.web.reading import Table

_UNIT_IN_HEADER = re.compile(r"(?:^|[\s(\[_,/])(kg|kgs|g|gr|grams?|lbs?|oz)[)\]]?\s*$", re.IGNORECASE)
_WRITTEN_UNITS = {"kgs": "kg", "gr": "g", "gram": "g", "grams": "g"}
_BARE_NUMBER = re.compile(r"^[-+]?[\d.,'\s\u00a0\u202f]*\d[\d.,]*$")
_COMMA_DECIMALS = re.compile(r"\d,(\d{1,2}|\d{4,})(?!\d|[.,]\d)|\.\d{3},\d")
_POINT_DECIMALS = re.compile(r"\d\.(\d{1,2}|\d{4,})(?!\d|[.,]\d)|,\d{3}\.\d")


def unit_in(header: str) -> str:
    """The unit of weight that a header names, "Remaining [oz]" or "weight kg"; empty for none."""
    found = _UNIT_IN_HEADER.search(header)
    unit = found[1].lower() if found else ""
    return _WRITTEN_UNITS.get(unit, unit)


def has_decimal_commas(texts: Iterable[str]) -> bool:
    """Whether "1.234" must mean a thousand: some number has a decimal comma and none a decimal point."""
    commas = points = False
    for text in texts:
        commas = commas or bool(_COMMA_DECIMALS.search(text))
        points = points or bool(_POINT_DECIMALS.search(text))
        if points:
            return False
    return commas


class CellReader:
    """Cleans the cells of one file by the fields of a form.

    A field with ``is_number`` follows the file's decimal sign, one with ``takes_unit`` the unit in its header.
    """

    def __init__(self, fields: dict[str, forms.Field], mapping: dict[str, int], table: Table):
        self.fields = fields
        self.columns = {name: index for name, index in mapping.items() if name in fields}
        self.units = {
            name: unit_in(table.headers[index])
            for name, index in self.columns.items()
            if getattr(fields[name], "takes_unit", False)
        }
        self.comma = has_decimal_commas(
            row[index]
            for name, index in self.columns.items()
            if getattr(fields[name], "is_number", False)
            for row in table.rows
        )
        self._cleaned: dict[tuple[str, str | None], tuple[object, Sequence[str]]] = {}

    def texts(self, cells: list[str]) -> dict[str, str]:
        return {name: cells[index] for name, index in self.columns.items() if index < len(cells)}

    def read(self, cells: list[str]) -> tuple[dict[str, object], list[tuple[str, str]]]:
        """Cleaned values by field, and (field, reason) for each that is wrong."""
        texts, values, wrong = self.texts(cells), {}, []
        for name in self.fields:
            key = name, texts.get(name)
            if key not in self._cleaned:
                self._cleaned[key] = self._clean(name, texts)
            values[name], reasons = self._cleaned[key]
            wrong += [(name, reason) for reason in reasons]
        return values, wrong

    def written(self, name: str, text: str) -> str:
        """The text as our own fields read it. Raises ValidationError for a formula."""
        if text.startswith("="):
            raise ValidationError(_("this is a formula; write what it comes to."))
        text = restore(text)
        if self.comma and getattr(self.fields[name], "is_number", False):
            text = text.replace(".", "").replace(",", ".")
        if text and self.units.get(name) and _BARE_NUMBER.match(text):
            text = f"{text} {self.units[name]}"
        return text

    def _clean(self, name: str, texts: dict[str, str]) -> tuple[object, Sequence[str]]:
        field = self.fields[name]
        try:
            data = {name: self.written(name, texts[name])} if name in texts else {}
            return field.clean(field.widget.value_from_datadict(data, {}, name)), ()
        except ValidationError as error:
            return None, error.messages
