"""Who may open a URL: every view states it, and the system check nozzly.E001 finds those that do not."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import wraps
from importlib import import_module
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.checks import CheckMessage, Error
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django_htmx.http import HttpResponseClientRedirect

from nozzly.accounts.permissions import Permission

# The admin asks its own AdminSite.has_permission on every page.
_GUARDED_ELSEWHERE = {"admin"}


class Access(StrEnum):
    """What a view may state instead of a permission."""

    PUBLIC = "public"
    LOGIN = "login"


def requires(permission: Permission) -> Callable:
    """Open a function view only to users whose role holds the permission."""
    return _guard(permission)


def public_page(view: Callable) -> Callable:
    """Anyone may open this, logged in or not."""
    return _guard(Access.PUBLIC)(view)


def login_only(view: Callable) -> Callable:
    """Every user of the workspace may open this, whatever the role."""
    return _guard(Access.LOGIN)(view)


def _guard(access: Permission | Access) -> Callable:
    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            return refusal(request, access) or view(request, *args, **kwargs)

        guarded.access = access
        return guarded

    return decorate


def allows(user: object, access: Permission | Access | None) -> bool:
    """Whether the user may open a view that states this access; nothing stated means nobody."""
    if access is None:
        return False
    if access == Access.PUBLIC:
        return True
    if not user.is_authenticated:
        return False
    return access == Access.LOGIN or user.has_permission(access)


def refusal(request: HttpRequest, access: Permission | Access | None) -> HttpResponse | None:
    """None when the user may pass, the way to the login page when nobody is logged in.

    Raises PermissionDenied.
    """
    if allows(request.user, access):
        return None
    if request.user.is_authenticated or access is None:
        raise PermissionDenied
    if request.headers.get("HX-Request"):
        page = urlsplit(request.headers.get("HX-Current-URL", "/"))
        return HttpResponseClientRedirect(redirect_to_login(page._replace(scheme="", netloc="").geturl()).url)
    return redirect_to_login(request.get_full_path())


def access_of(callback: Callable) -> Permission | Access | None:
    """What the view behind a URL states: a Permission, an Access, or None when it states nothing."""
    stated = getattr(callback, "access", None)
    return stated or getattr(getattr(callback, "view_class", None), "permission", None)


def each_view(patterns: list, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every (route, pattern) of our own below a list of URL patterns."""
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.app_name not in _GUARDED_ELSEWHERE:
                yield from each_view(entry.url_patterns, route)
        else:
            yield route, entry


def unguarded_views(app_configs: object = None, **_: object) -> list[CheckMessage]:
    urlconfs = {settings.ROOT_URLCONF, getattr(settings, "PUBLIC_SCHEMA_URLCONF", settings.ROOT_URLCONF)}
    return [
        Error(
            f"The view of “{route}” ({pattern.lookup_str}) does not say who may open it.",
            hint="State a permission on the page class, or use @requires, @login_only or @public_page.",
            id="nozzly.E001",
        )
        for urlconf in sorted(urlconfs)
        for route, pattern in each_view(import_module(urlconf).urlpatterns)
        if access_of(pattern.callback) is None
    ]
