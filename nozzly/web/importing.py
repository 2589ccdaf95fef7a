"""Importing a table: match columns, and a dry run with a reason for every row that cannot be taken.

An app writes an ``Importer``: a Django form that checks one row, and one bulk domain call. Uploads, carrying out and
undoing are in ``nozzly.web.intake``, the pages in ``nozzly.web.pages.imports``.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from nozzly.web.cells import CellReader, unit_in
from nozzly.web.reading import Table

_WORDS = re.compile(r"[^a-z0-9]+")
_IN_BRACKETS = re.compile(r"[(\[].*?[)\]]")
_FREQUENT = 5
importers: dict[str, type["Importer"]] = {}


class Verdict(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


@dataclass
class CheckedRow:
    """One row: what stood in it, what it means, and why it cannot be taken."""

    number: int
    cells: list[str]
    data: dict = field(default_factory=dict)
    verdict: Verdict = Verdict.NEW
    reasons: list[str] = field(default_factory=list)

    def refuse(self, reason: str) -> None:
        self.verdict = Verdict.WRONG
        self.reasons.append(reason)


@dataclass
class DryRun:
    rows: list[CheckedRow]
    problems: list[str]

    @property
    def counts(self) -> Counter:
        return Counter(row.verdict for row in self.rows)

    @property
    def wrong(self) -> list[CheckedRow]:
        return [row for row in self.rows if row.verdict == Verdict.WRONG]

    @property
    def may_apply(self) -> bool:
        return not self.problems and not self.counts[Verdict.WRONG] and bool(self.rows)

    @property
    def may_apply_good(self) -> bool:
        """Some rows are wrong; the others could come in without them."""
        return not self.problems and bool(self.wrong) and bool(self.good)

    @property
    def frequent_reasons(self) -> list[tuple[str, int]]:
        return Counter(reason for row in self.rows for reason in row.reasons).most_common(_FREQUENT)

    @property
    def good(self) -> list[dict]:
        return [row.data for row in self.rows if row.verdict in {Verdict.NEW, Verdict.CHANGED}]


@dataclass(frozen=True)
class Outcome:
    """What an import did: the sentence that closes it, and what ``Importer.undo`` will need."""

    message: str
    record: dict = field(default_factory=dict)


def undone(gone: int, restored: int, kept: int) -> str:
    """The sentence that closes the undo of a whole import."""
    message = _("Out of sight: {gone}. As they were before: {restored}.")
    if kept:
        message += " " + _("Changed since, and kept so: {kept}.")
    return message.format(gone=gone, restored=restored, kept=kept)


class Importer:
    """What a list takes in.

    ``row_form``: a Form; its fields are the columns, their labels and ``aliases`` the headers they are found by.
    ``classify`` may mark rows as changed or unchanged and refuse some, looking at all rows at once.
    ``translate`` may turn another program's table into this list's own columns.
    ``apply`` makes the one domain call and returns the sentence that closes the import, or an Outcome.
    ``undo`` takes a whole import back, by the record of its Outcome; without it an import cannot be undone.
    """

    name = ""
    title = ""
    intro = ""
    permission = None
    row_form: type[forms.Form] = forms.Form
    aliases: dict[str, Sequence[str]] = {}
    list_url = ""
    sample: Sequence[Sequence[str]] = ()
    ignored_headers: Sequence[str] = ()  # of columns that the list's export has and nobody reads

    def classify(self, rows: list[CheckedRow]) -> None:
        """Default: every good row is new."""

    def translate(self, table: Table) -> tuple[Table, str]:
        """The table in our own columns, and the name of the program whose export it was; default: as it is."""
        return table, ""

    def apply(self, rows: list[dict], *, key, by, at: datetime) -> str | Outcome:
        raise NotImplementedError

    def undo(self, record: dict, *, key, by, at: datetime) -> str:
        """Raises DomainError when what came in has been used since."""
        raise NotImplementedError

    # What every importer does

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if cls.name:  # a base of several has none
            importers[cls.name] = cls

    @property
    def may_be_undone(self) -> bool:
        return type(self).undo is not Importer.undo

    def columns(self) -> dict[str, forms.Field]:
        return self.row_form.base_fields

    def headers(self) -> list[str]:
        return [label_of(name, column) for name, column in self.columns().items()]

    def guess(self, headers: Sequence[str]) -> dict[str, int]:
        """Which column of the file holds which field, by label, name or alias; then by those without their unit."""
        found: dict[str, int] = {}
        for simplify in (_word, _word_without_unit):
            by_word = {simplify(header): index for index, header in reversed(list(enumerate(headers)))}
            for name, column in self.columns().items():
                words = (label_of(name, column), name, *self.aliases.get(name, ()))
                free = (by_word[simplify(word)] for word in words if simplify(word) in by_word)
                index = next((index for index in free if index not in found.values()), None)
                if name not in found and index is not None:
                    found[name] = index
        return found

    def dry_run(self, table: Table, mapping: dict[str, int]) -> DryRun:
        problems = [
            _("No column for “{field}” was found.").format(field=label_of(name, column))
            for name, column in self.columns().items()
            if column.required and name not in mapping
        ]
        other = self._better_list(table.headers)
        if other is not None:
            problems.append(_("This is a file for another list: “{title}”. Choose it there.").format(title=other.title))
        if not table.rows:
            problems.append(_("There are no rows below the headers."))
        rows = [] if problems else self._check(table, mapping)
        self.classify([row for row in rows if row.verdict != Verdict.WRONG])
        return DryRun(rows, problems)

    def _better_list(self, headers: Sequence[str]) -> type["Importer"] | None:
        """Another list whose columns hold all headers of the file where ours do not."""
        words = {_word(header) for header in headers}
        if len(words) < 2 or words <= self._words():
            return None
        return next((other for other in importers.values() if other().claims(words)), None)

    def claims(self, words: set[str]) -> bool:
        """Whether a file with these headers is one of this list."""
        return words <= self._words()

    def _words(self) -> set[str]:
        return {_word(header) for header in [*self.headers(), *self.ignored_headers]}

    def _check(self, table: Table, mapping: dict[str, int]) -> list[CheckedRow]:
        reader = CellReader(self.row_form().fields, mapping, table)
        form = self.row_form
        by_cell = form.clean is forms.Form.clean and not any(hasattr(form, f"clean_{name}") for name in reader.fields)
        read = _by_cell if by_cell else _by_form(form)
        return [read(reader, CheckedRow(number, cells)) for number, cells in enumerate(table.rows, 2)]


def _by_cell(reader: CellReader, row: CheckedRow) -> CheckedRow:
    row.data, wrong = reader.read(row.cells)
    for name, reason in wrong:
        row.refuse(f"{label_of(name, reader.fields[name])}: {reason}")
    return row


def _by_form(row_form: type[forms.Form]) -> Callable[[CellReader, CheckedRow], CheckedRow]:
    """For forms that look at several cells together."""

    def read(reader: CellReader, row: CheckedRow) -> CheckedRow:
        texts = {}
        for name, text in reader.texts(row.cells).items():
            try:
                texts[name] = reader.written(name, text)
            except ValidationError as error:
                row.refuse(f"{label_of(name, reader.fields[name])}: {error.messages[0]}")
        form = row_form(texts)
        row.data = form.cleaned_data if form.is_valid() else {}
        for name, errors in form.errors.items():
            label = f"{label_of(name, form.fields[name])}: " if name in form.fields else ""
            for error in errors:
                row.refuse(f"{label}{error}")
        return row

    return read


def label_of(name: str, column: forms.Field) -> str:
    return str(column.label or name.replace("_", " ").capitalize())


def _word(text: str) -> str:
    return _WORDS.sub("", str(text).lower())


def _word_without_unit(text: str) -> str:
    """Weight, for “Weight (kg)” and “weight kg”."""
    bare = _IN_BRACKETS.sub("", str(text))
    unit = unit_in(bare)
    return _word(bare.rstrip()[: -len(unit)] if unit and bare.lower().rstrip().endswith(f" {unit}") else bare)
