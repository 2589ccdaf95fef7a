"""Light, dark or as the device says. The choice is a cookie, so that the server sends the right page at once."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

COOKIE = "theme"
THEMES = {"auto": _("Like my device"), "light": _("Light"), "dark": _("Dark")}
THEME_ICONS = {"auto": "device-desktop", "light": "sun", "dark": "moon"}
_ONE_YEAR_S = 365 * 24 * 60 * 60


def chosen_theme(request: HttpRequest) -> str:
    wanted = request.COOKIES.get(COOKIE, "auto")
    return wanted if wanted in THEMES else "auto"


def remember_theme(response: HttpResponse, theme: str, *, secure: bool) -> None:
    response.set_cookie(COOKIE, theme, max_age=_ONE_YEAR_S, samesite="Lax", secure=secure, httponly=False)
