"""Rules of the house that no linter knows. Each names what breaks it, so that it can be mended at once."""

import re
from pathlib import Path

import factory
import pytest
from django.apps import apps

from nozzly.testing.factories import catalog, inventory, pricing, production, sales

ROOT = Path(__file__).resolve().parents[2]
APPS = ("nozzly", "inventory", "catalog", "production", "pricing", "sales")
OUR_APPS = {"inventory", "catalog", "production", "pricing", "sales"}
MODULES = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
TEMPLATES = list((ROOT / "templates").rglob("*.html"))
LONGEST_MODULE, LONGEST_TEMPLATE = 400, 150
DRAWERS = {"utils", "helpers", "common", "services", "managers", "mixins", "misc"}
# What PostgreSQL lets a session say to become somebody else; only tenancy may, and the tests that try it.
ROLE_SWITCHES = re.compile(
    r"\b(SET\s+(LOCAL\s+|SESSION\s+)?ROLE|RESET\s+ROLE|SESSION\s+AUTHORIZATION|set_config)\b", re.IGNORECASE
)
INLINE = re.compile(r"<style[\s>]|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)", re.IGNORECASE)


def names(paths):
    return sorted(str(path.relative_to(ROOT)) for path in paths)


def lines(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def test_modules_stay_under_four_hundred_lines():
    long = [path for path in MODULES if "migrations" not in path.parts and lines(path) > LONGEST_MODULE]

    assert names(long) == []


def test_templates_stay_under_a_hundred_and_fifty_lines():
    assert names(path for path in TEMPLATES if lines(path) > LONGEST_TEMPLATE) == []


def test_no_module_is_a_drawer():
    assert names(path for path in MODULES if path.stem in DRAWERS or path.parent.name in DRAWERS) == []


def test_templates_hold_no_inline_script_or_style():
    assert names(path for path in TEMPLATES if INLINE.search(path.read_text(encoding="utf-8"))) == []


def test_page_templates_say_what_they_are_given():
    """A page that is given something of its own starts with a comment; those that only extend another may not need it."""
    pages = [path for path in TEMPLATES if path.parent.name in OUR_APPS]
    silent = [path for path in pages if not path.read_text(encoding="utf-8").startswith(("{#", "{% comment"))]

    assert names(silent) == []


def test_migrations_are_named_by_hand():
    auto = re.compile(r"^\d{4}_(auto_\d+|.*_and_more|alter_.*_options.*)$")
    files = [path for path in MODULES if path.parent.name == "migrations"]

    assert names(path for path in files if auto.match(path.stem)) == []


def test_only_tenancy_switches_roles():
    allowed = {"tenancy", "embedded"}
    ours = [path for path in MODULES if not allowed & set(path.parts) and path.name != Path(__file__).name]
    switching = [
        path for path in ours if "tests" not in path.parts and ROLE_SWITCHES.search(path.read_text(encoding="utf-8"))
    ]

    assert names(switching) == []


def test_no_model_orders_itself_or_asks_the_database_in_save():
    ordered = [
        model.__name__ for app in OUR_APPS for model in apps.get_app_config(app).get_models() if model._meta.ordering
    ]

    assert ordered == []


def test_every_model_has_a_factory():
    made = {
        entry._meta.model
        for module in (catalog, inventory, pricing, production, sales)
        for entry in vars(module).values()
        if isinstance(entry, type) and issubclass(entry, factory.Factory) and entry._meta.model
    }
    models = {
        model for app in OUR_APPS for model in apps.get_app_config(app).get_models() if not model._meta.auto_created
    }

    assert sorted(model.__name__ for model in models - made) == []


def test_constraints_are_named_after_app_and_model():
    wrong = [
        constraint.name
        for app in OUR_APPS | {"tax", "accounts"}
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
        if not constraint.name.startswith(f"{app}_")
    ]

    assert wrong == []


@pytest.mark.parametrize("app", sorted(OUR_APPS))
def test_numbers_that_are_money_or_weights_are_decimals(app):
    floats = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if getattr(field, "get_internal_type", str)() == "FloatField"
    ]

    assert floats == []


def test_the_project_speaks_of_nothing_but_itself():
    """No path of a developer's machine in what is shipped."""
    machine = re.compile(r"((?<!\w)/home/\w+/|/Users/\w+/|C:\\\\Users)")
    files = [*MODULES, *TEMPLATES, *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    speaking = [path for path in files if path != Path(__file__) and machine.search(path.read_text(encoding="utf-8"))]

    assert names(speaking) == []
