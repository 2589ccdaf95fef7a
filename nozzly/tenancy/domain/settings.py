"""What a workspace says about itself. Every page reads it without a query, so a change is told to all processes."""

import re
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import list_currencies
from django.db import connection, transaction
from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from nozzly.tenancy import hosts
from nozzly.tenancy.current import current_workspace, in_public
from nozzly.tenancy.models import Workspace

EDITABLE = frozenset(
    {"name", "code", "country", "currency", "time_zone", "locale", "logo", "primary_colour", "accent_colour"}
)
_COLOUR = re.compile(r"#[0-9a-f]{6}")


class CodeIsFixed(DomainError):
    """Runs carry the code already."""


class SettingNotPossible(DomainError):
    """A value that no workspace can have; ``field`` names the field it was typed in."""

    def __init__(self, sentence: str, *, field: str):
        super().__init__(sentence)
        self.field = field


def change_settings(**changes: str) -> Workspace:
    """Change some of EDITABLE for the current workspace; holds from the next request of every process.

    Written as public, whose tables the workspace itself cannot reach. Raises CodeIsFixed, SettingNotPossible.
    """
    if unknown := changes.keys() - EDITABLE:
        raise TypeError(f"A workspace has no setting {', '.join(sorted(unknown))}.")
    changes = {name: value.strip() for name, value in changes.items()}
    for name, value in changes.items():
        check(name, value)
    here = current_workspace()
    with in_public(), transaction.atomic():
        workspace = Workspace.objects.select_for_update().get(pk=here.pk)
        if workspace.code_fixed_at and changes.get("code", workspace.code) != workspace.code:
            raise CodeIsFixed(_("Runs are numbered with %(code)s already; it stays.") % {"code": workspace.code})
        for name, value in changes.items():
            setattr(workspace, name, value)
        workspace.save(update_fields=sorted(changes))
        hosts.forget_all()
    workspace.domain_url = here.domain_url
    connection.set_tenant(workspace)
    return workspace


def check(name: str, value: str) -> None:
    """Raises SettingNotPossible."""
    if not _CHECKS.get(name, lambda _value: True)(value):
        raise SettingNotPossible(_SENTENCES[name](), field=name)


def _is_locale(value: str) -> bool:
    try:
        Locale.parse(value.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return False
    return True


def _is_colour(value: str) -> bool:
    return not value or bool(_COLOUR.fullmatch(value))


_CHECKS = {
    "name": lambda value: 0 < len(value) <= 120,
    "code": lambda value: bool(re.fullmatch(r"[A-Z]{2,8}", value)),
    "country": lambda value: value in Locale("en").territories and bool(re.fullmatch(r"[A-Z]{2}", value)),
    "currency": lambda value: value in list_currencies(),
    "time_zone": lambda value: value in available_timezones(),
    "locale": _is_locale,
    "primary_colour": _is_colour,
    "accent_colour": _is_colour,
}
_SENTENCES = {
    "name": lambda: _("A business has a name of up to 120 characters."),
    "code": lambda: _("A code is 2 to 8 capital letters."),
    "country": lambda: _("Choose a country from the list."),
    "currency": lambda: _("Choose a currency from the list."),
    "time_zone": lambda: _("Choose a time zone from the list."),
    "locale": lambda: _("Choose a language and country for numbers and dates."),
    "primary_colour": lambda: _("A colour looks like #1b6ec2."),
    "accent_colour": lambda: _("A colour looks like #1b6ec2."),
}
