"""Importing a table: upload, match columns, dry run with a reason for every row, then all rows or none.

An app writes an ``Importer``: a Django form that checks one row, and one bulk domain call. The pages are in
``nozzly.web.pages.imports``.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from nozzly.web.reading import Table, read_table

_KEPT_S = 60 * 60
_WORDS = re.compile(r"[^a-z0-9]+")


class ImportGone(DomainError):
    """The upload was made too long ago, or by somebody else."""


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
    def may_apply(self) -> bool:
        return not self.problems and not self.counts[Verdict.WRONG] and bool(self.rows)

    @property
    def good(self) -> list[dict]:
        return [row.data for row in self.rows if row.verdict in {Verdict.NEW, Verdict.CHANGED}]


class Importer:
    """What a list takes in.

    ``row_form``: a Form; its fields are the columns, their labels and ``aliases`` the headers they are found by.
    ``classify`` may mark rows as changed or unchanged and refuse some, looking at all rows at once.
    ``apply`` makes the one domain call and returns the sentence that closes the import.
    """

    name = ""
    title = ""
    intro = ""
    permission = None
    row_form: type[forms.Form] = forms.Form
    aliases: dict[str, Sequence[str]] = {}
    list_url = ""
    sample: Sequence[Sequence[str]] = ()

    def classify(self, rows: list[CheckedRow]) -> None:
        """Default: every good row is new."""

    def apply(self, rows: list[dict], *, key, by, at: datetime) -> str:
        raise NotImplementedError

    # What every importer does

    def columns(self) -> dict[str, forms.Field]:
        return self.row_form.base_fields

    def headers(self) -> list[str]:
        return [label_of(name, column) for name, column in self.columns().items()]

    def guess(self, headers: Sequence[str]) -> dict[str, int]:
        """Which column of the file holds which field, by label, name or alias."""
        by_word = {_word(header): index for index, header in reversed(list(enumerate(headers)))}
        found = {}
        for name, column in self.columns().items():
            for word in (label_of(name, column), name, *self.aliases.get(name, ())):
                if (index := by_word.get(_word(word))) is not None and index not in found.values():
                    found[name] = index
                    break
        return found

    def dry_run(self, table: Table, mapping: dict[str, int]) -> DryRun:
        problems = [
            _("No column for “{field}” was found.").format(field=label_of(name, column))
            for name, column in self.columns().items()
            if column.required and name not in mapping
        ]
        check = _Checker(self.row_form, mapping)
        rows = [] if problems else [check.row(number, cells) for number, cells in enumerate(table.rows, 2)]
        self.classify([row for row in rows if row.verdict != Verdict.WRONG])
        return DryRun(rows, problems)


class _Checker:
    """Reads rows by a form. Columns repeat themselves, so each text of a column is cleaned once per file."""

    def __init__(self, row_form: type[forms.Form], mapping: dict[str, int]):
        self.row_form, self.mapping = row_form, mapping
        self.fields = row_form().fields
        self.by_cell = row_form.clean is forms.Form.clean and not any(
            hasattr(row_form, f"clean_{name}") for name in self.fields
        )
        self._cleaned: dict[tuple[str, str | None], tuple[object, list[str]]] = {}

    def row(self, number: int, cells: list[str]) -> CheckedRow:
        row = CheckedRow(number, cells)
        texts = {name: cells[index] for name, index in self.mapping.items() if index < len(cells)}
        (self._read_cells if self.by_cell else self._read_form)(row, texts)
        return row

    def _read_cells(self, row: CheckedRow, texts: dict[str, str]) -> None:
        for name in self.fields:
            key = name, texts.get(name)
            if key not in self._cleaned:
                self._cleaned[key] = self._clean(name, texts)
            row.data[name], errors = self._cleaned[key]
            self._refuse(row, name, errors)

    def _clean(self, name: str, texts: dict[str, str]) -> tuple[object, list[str]]:
        field = self.fields[name]
        try:
            return field.clean(field.widget.value_from_datadict(texts, {}, name)), []
        except ValidationError as error:
            return None, error.messages

    def _read_form(self, row: CheckedRow, texts: dict[str, str]) -> None:
        form = self.row_form(texts)
        if form.is_valid():
            row.data = form.cleaned_data
        for name, errors in form.errors.items():
            self._refuse(row, name, errors)

    def _refuse(self, row: CheckedRow, name: str, errors: Sequence[str]) -> None:
        label = label_of(name, self.fields[name]) if errors and name in self.fields else ""
        for error in errors:
            row.refuse(f"{label}: {error}" if label else error)


def label_of(name: str, column: forms.Field) -> str:
    return str(column.label or name.replace("_", " ").capitalize())


def _word(text: str) -> str:
    return _WORDS.sub("", str(text).lower())


# An upload is kept between dry run and apply, for the person who made it.


def keep_upload(user, *, name: str, content: bytes) -> str:
    """Read the file and remember its table for an hour; answers its token. Raises UnreadableTable."""
    table, token = read_table(name, content), uuid4().hex
    cache.set(_key(user, token), {"name": name, "headers": table.headers, "rows": table.rows}, _KEPT_S)
    return token


def kept_table(user, token: str) -> Table:
    """Raises ImportGone."""
    kept = cache.get(_key(user, token)) if re.fullmatch(r"[0-9a-f]{32}", token) else None
    if kept is None:
        raise ImportGone(_("The upload is gone; choose the file once more."))
    return Table(kept["headers"], kept["rows"])


def drop_upload(user, token: str) -> None:
    cache.delete(_key(user, token))


def _key(user, token: str) -> str:
    return f"import:{user.pk}:{token}"
