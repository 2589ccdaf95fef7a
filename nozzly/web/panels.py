"""Places on a page that apps above it fill: a filament's page has one, what is made of it is known further right.

The page says ``{% panels "item" item %}``; whoever composes the project (``nozzly.home``) registers what stands there.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from nozzly.accounts.permissions import Permission


@dataclass(frozen=True)
class Panel:
    place: str
    permission: Permission
    template: str
    context: Callable[[HttpRequest, object], dict]


_panels: dict[str, list[Panel]] = {}


def panel(place: str, *, permission: Permission, template: str):
    """Registers a function that answers the template's context for the subject of the page; nothing when empty."""

    def register(context: Callable[[HttpRequest, object], dict]):
        _panels.setdefault(place, []).append(Panel(place, permission, template, context))
        return context

    return register


def drawn(request: HttpRequest, place: str, subject: object) -> SafeString:
    """All panels of the place that this person may see."""
    shown = [each for each in _panels.get(place, []) if request.user.has_permission(each.permission)]
    filled = [(each, each.context(request, subject)) for each in shown]
    return mark_safe(  # noqa: S308 - templates of our own
        "".join(render_to_string(each.template, context, request) for each, context in filled if context)
    )
