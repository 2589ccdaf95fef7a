"""Writes docs/database.md from the models, so that it cannot say anything else than they do."""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

FILE = Path(settings.BASE_DIR) / "docs" / "database.md"
APPS = ("tenancy", "accounts", "tax", "web", "inventory", "catalog", "production", "pricing", "sales")
HEAD = """# The database

Made by `manage.py describe_database` from the models; do not edit. The tables of `tenancy` live in the schema `public`,
all others once in each workspace's schema. Quantities are in the unit of the name; money is in the workspace's currency
where nothing else is said.
"""


class Command(BaseCommand):
    help = "Write docs/database.md from the models (--check only compares)."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="fail if the file is not up to date")

    def handle(self, *args, **options):
        text = description()
        if not options["check"]:
            FILE.write_text(text, encoding="utf-8")
            self.stdout.write(f"{FILE.name} is written.")
        elif not FILE.exists() or FILE.read_text(encoding="utf-8") != text:
            raise CommandError("docs/database.md is not up to date: run manage.py describe_database.")


def description() -> str:
    """The whole file as Markdown."""
    return "\n".join([HEAD, *(_app(label) for label in APPS)])


def _app(label: str) -> str:
    config = apps.get_app_config(label)
    models = [model for model in config.get_models() if not model._meta.auto_created]
    return "\n".join([f"## {config.verbose_name}\n", *(_model(model) for model in models)])


def _model(model) -> str:
    told = model.__doc__ if model.__doc__ and not model.__doc__.startswith(f"{model.__name__}(") else ""
    lines = [f"### {model.__name__} (`{model._meta.db_table}`)\n"]
    if told:
        lines += [" ".join(told.split()) + "\n"]
    lines += ["| column | type | meaning |", "|---|---|---|"]
    lines += [_field(field) for field in model._meta.local_fields]
    rules = sorted(constraint.name for constraint in model._meta.constraints)
    if rules:
        lines += ["", "Rules held by the database: " + ", ".join(f"`{name}`" for name in rules) + "."]
    return "\n".join([*lines, ""])


def _field(field) -> str:
    kind = field.get_internal_type().removesuffix("Field")
    if field.remote_field:
        kind = f"→ {field.related_model.__name__}"
    elif kind == "Decimal":
        kind = f"Decimal({field.max_digits},{field.decimal_places})"
    elif field.max_length and kind == "Char":
        kind = f"Char({field.max_length})"
    null = ", may be empty" if field.null else ""
    meaning = str(field.help_text or field.verbose_name).replace("|", "\\|")
    return f"| `{field.column}` | {kind}{null} | {meaning} |"
