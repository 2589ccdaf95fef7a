"""One row of everything, with texts and costs that give themselves away wherever they turn up."""

import io
import pkgutil
from contextlib import suppress
from importlib import import_module
from itertools import count
from zipfile import ZipFile

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, models, transaction
from factory.django import DjangoModelFactory
from pypdf import PdfReader

from nozzly.core.errors import DomainError
from nozzly.testing import factories

SECRET_WORD = "thistlesecret"
SECRET_COST = "7313.37"
_TELLING_NAMES = {
    "name", "title", "notes", "note", "text", "description", "reason", "comment", "company", "reference", "colour_name",
    "label", "buyer_note", "personalisation", "subject", "body", "address", "batch", "search",
}  # fmt: skip
_COST_WORDS = ("cost", "margin", "profit")


def all_factories() -> dict[str, type[DjangoModelFactory]]:
    """The first factory of each model: {"inventory.Spool": SpoolFactory}."""
    found = {}
    for module in pkgutil.iter_modules(factories.__path__):
        for thing in vars(import_module(f"{factories.__name__}.{module.name}")).values():
            if isinstance(thing, type) and issubclass(thing, DjangoModelFactory) and thing._meta.model:
                found.setdefault(thing._meta.model._meta.label, thing)
    return found


def one_of_everything() -> dict[str, models.Model]:
    """Make one row by each factory, then plant the secrets; {"inventory.Spool": spool}."""
    made = {label: make() for label, make in sorted(all_factories().items())}
    numbers = count(1)
    for model in _own_models():
        for row in model._base_manager.all():
            _plant(row, f"{SECRET_WORD}{next(numbers)}")
    for row in made.values():
        _close_files(row)
        row.refresh_from_db()
    return made


def _close_files(row):
    for field in row._meta.concrete_fields:
        if isinstance(field, models.FileField) and (file := getattr(row, field.name)):
            file.close()


def _own_models() -> list[type[models.Model]]:
    own = {name for name in settings.TENANT_APPS if not name.startswith(("django", "axes"))} - {"nozzly.accounts"}
    return [model for model in apps.get_models() if model._meta.app_config.name in own]


def _plant(row, word):
    """Field by field, each in a savepoint: a rule of the database may refuse the one or the other."""
    for field in row._meta.concrete_fields:
        if (
            isinstance(field, models.CharField | models.TextField)
            and field.name in _TELLING_NAMES
            and not field.choices
        ):
            _set(row, field, word)
        elif isinstance(field, models.DecimalField) and any(part in field.name for part in _COST_WORDS):
            _set(row, field, SECRET_COST)


def _set(row, field, value):
    if field.max_length and len(value) > field.max_length:
        return
    with suppress(DatabaseError, DomainError), transaction.atomic():
        type(row)._base_manager.filter(pk=row.pk).update(**{field.name: value})


def words_of(response) -> str:
    """What a person can read in an answer: pages as they are, PDFs and spreadsheets by their text."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    if body.startswith(b"PK"):
        with ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return body.decode("utf-8", "replace")
