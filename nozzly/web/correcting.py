"""Reading a list's own export back where its rows are made elsewhere: what may be corrected is, all else must be as it is.

Orders come from channels and runs from printers; a file of them corrects a few columns and adds nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from nozzly.web.exporting import ListResource, restore
from nozzly.web.importing import CheckedRow, Importer, Outcome, Verdict, undone

Corrections = Sequence[tuple[Model, dict[str, object]]]
_FIXED = gettext_lazy("Stands in the export; a file does not change it.")
_LONGEST = 8000
_LONGEST_NUMBER = 18  # one digit less than a bigint holds: none is too large for it


def row_numbers(texts: Iterable[str]) -> list[int]:
    """Those of ``texts`` that can be the number of a row."""
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < _LONGEST_NUMBER]


class CorrectingImporter(Importer):
    """``resource``: the export; ``identity``: its column that names a row; ``editable``: column -> the field that cleans it.

    Columns of cost are neither asked for nor read: not everybody who corrects may see them.
    ``known`` answers rows by their identities, ready for the export; ``correct`` makes the one domain call, where an
    empty value is None. What a file leaves empty stays as it is.
    """

    resource: type[ListResource]
    identity = "number"
    editable: Mapping[str, forms.Field] = {}
    unknown = gettext_lazy("There is no such row; a file adds none here.")

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        fields, costs = cls.resource.fields, cls.resource.cost_columns
        columns = {name: cls._column(name, field) for name, field in fields.items() if name not in costs}
        cls.row_form = type("RowForm", (forms.Form,), columns)
        cls.ignored_headers = tuple(fields[name].column_name for name in costs)

    @classmethod
    def _column(cls, name, field) -> forms.Field:
        if name in cls.editable:
            cls.editable[name].label, cls.editable[name].required = field.column_name, False
            return cls.editable[name]
        if name == cls.identity:
            return forms.CharField(label=field.column_name, max_length=200)
        return forms.CharField(label=field.column_name, max_length=_LONGEST, required=False, help_text=_FIXED)

    def known(self, identities: set[str]) -> QuerySet:
        raise NotImplementedError

    def correct(self, corrections: Corrections, *, by, at: datetime) -> None:
        raise NotImplementedError

    def claims(self, words: set[str]) -> bool:
        """Their columns are many and common ones: a file is theirs only when it has most of them."""
        return len(words) * 2 > len(self.columns()) and super().claims(words)

    def classify(self, rows: list[CheckedRow]) -> None:
        times = Counter(row.data[self.identity] for row in rows)
        have = {text: (thing, own) for text, thing, own in self._exported(set(times))}
        for row in rows:
            said = row.data[self.identity]
            thing, own = have.get(said, (None, {}))
            if times[said] > 1:
                row.refuse(_("{name} stands in this file twice.").format(name=said))
            elif thing is None:
                row.refuse(str(self.unknown))
            elif fixed := next(
                (name for name in own if self._is_fixed(name) and _other(row.data[name], own[name])), ""
            ):
                label = self.columns()[fixed].label
                row.refuse(_("“{label}” is “{own}” and is not changed by a file.").format(label=label, own=own[fixed]))
            else:
                row.data = {"thing": thing, "values": self._values(row.data, own)}
                row.verdict = Verdict.CHANGED if row.data["values"] else Verdict.UNCHANGED

    def apply(self, rows, *, key, by, at) -> Outcome:
        before = {row["thing"].pk: self._texts(row["thing"], row["values"]) for row in rows}
        self.correct([(row["thing"], row["values"]) for row in rows], by=by, at=at)
        after = self._rows_of(before)
        record = {pk: [texts, self._texts(after[pk], texts)] for pk, texts in before.items()}
        return Outcome(
            ngettext("{count} row is corrected.", "{count} rows are corrected.", len(rows)).format(count=len(rows)),
            {"changed": record},
        )

    def undo(self, record, *, key, by, at) -> str:
        rows, back = self._rows_of(map(int, record["changed"])), []
        for pk, (before, after) in record["changed"].items():
            thing = rows.get(int(pk))
            if thing is not None and self._texts(thing, after) == after:
                back.append((thing, {name: self._cleaned(name, text) for name, text in before.items()}))
        self.correct(back, by=by, at=at)
        return undone(0, len(back), len(record["changed"]) - len(back))

    def _is_fixed(self, name: str) -> bool:
        return name not in self.editable

    def _exported(self, identities: set[str]) -> Iterable[tuple[str, Model, dict[str, str]]]:
        for thing in self.known(identities):
            own = self._texts(thing, self.columns())
            yield own[self.identity], thing, own

    def _rows_of(self, keys: Iterable[int]) -> dict[int, Model]:
        things = self.known(set())
        rows = things.model._default_manager.filter(pk__in=list(keys)).order_by("pk").select_for_update()
        return {thing.pk: thing for thing in rows}

    def _texts(self, thing: Model, names: Iterable[str]) -> dict[str, str]:
        """What the export says of a row, as a file brings it back."""
        readers = self.resource().readers()
        return {name: "" if (value := readers[name](thing)) is None else str(value).strip() for name in names}

    def _values(self, said: Mapping, own: Mapping[str, str]) -> dict[str, object]:
        """Cleaned values of what may be corrected and says something else than we hold."""
        given = {name: said[name] for name in self.editable if said[name] not in {None, ""}}
        return {name: value for name, value in given.items() if value != self._cleaned(name, own[name])}

    def _cleaned(self, name: str, text: str) -> object:
        try:
            return self.editable[name].clean(text) or None
        except ValidationError:  # what we hold is older than the rule
            return text


def _other(said: str, own: str) -> bool:
    """Whether a cell says something and not what we hold; 12.5 is 12.50."""
    if not said or said in {own, restore(own)}:
        return False
    try:
        return Decimal(said) != Decimal(own)
    except InvalidOperation:
        return " ".join(said.split()) != " ".join(restore(own).split())
