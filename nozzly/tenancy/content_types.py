"""Content types remembered per schema.

Django keeps one dictionary for the whole process. Ids may differ between workspaces, so threads that serve two of
them would hand each other wrong rows.
"""

from asgiref.local import Local
from django.contrib.contenttypes.models import ContentTypeManager

from nozzly.tenancy.roles import PUBLIC_SCHEMA

_current = Local()
_by_schema: dict[str, dict] = {}


def enter(schema_name: str) -> None:
    _current.schema_name = schema_name


def forget(schema_name: str) -> None:
    _by_schema.pop(schema_name, None)


def _cache(_manager):
    return _by_schema.setdefault(getattr(_current, "schema_name", PUBLIC_SCHEMA), {})


def _start_empty(_manager, _value):
    """Django fills the attribute when it makes the manager."""


ContentTypeManager._cache = property(_cache, _start_empty)
