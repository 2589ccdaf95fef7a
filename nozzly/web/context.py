"""What every template may use: ``shell`` (navigation, theme, brand) and ``can`` (permissions of this user)."""

from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from redis import RedisError

from nozzly.accounts.permissions import Permission
from nozzly.tenancy.current import workspace_or_none
from nozzly.web import navigation, workspace
from nozzly.web.jobs import busy_key, open_jobs
from nozzly.web.notifying import news_key
from nozzly.web.themes import THEME_ICONS, THEMES, chosen_theme


class Can:
    """``{% if can.COST_VIEW %}``; a name that is no permission is a mistake and raises."""

    def __init__(self, user):
        self.user = user

    def __getitem__(self, name: str) -> bool:
        if name not in Permission.__members__:
            raise ImproperlyConfigured(f"{name} is not a permission.")
        return bool(self.user.is_authenticated and self.user.has_permission(Permission[name]))


class Shell:
    def __init__(self, request: HttpRequest):
        self.request = request
        self.theme = chosen_theme(request)

    @property
    def signed_in(self) -> bool:
        return self.request.user.is_authenticated

    @property
    def workspace_name(self) -> str:
        return workspace.setting("name")

    @property
    def themes(self):
        return [(name, label, THEME_ICONS[name]) for name, label in THEMES.items()]

    @property
    def sidebar(self):
        return navigation.menu(self.request, "layout/_sidebar_nav.html")

    @property
    def phone_bar(self):
        return navigation.menu(self.request, "layout/_phone_bar_nav.html")

    @cached_property
    def flags(self) -> dict:
        """What the cache knows of this person, in one trip; every page asks. Without Redis nothing is flagged."""
        user = self.request.user
        if not (self.signed_in and workspace_or_none()):
            return {}
        try:
            return cache.get_many([news_key(user), busy_key(user)])
        except RedisError:
            return {}

    @property
    def has_news(self) -> bool:
        return news_key(self.request.user) in self.flags

    @cached_property
    def brand_css(self) -> str:
        """Address of the workspace's own colours; its tail changes with them."""
        primary = workspace.setting("primary_colour")
        return f"{reverse('web:brand_css')}?{primary[1:]}" if primary else ""

    @cached_property
    def jobs_running(self) -> int:
        return open_jobs(self.request.user) if busy_key(self.request.user) in self.flags else 0


def shell(request: HttpRequest) -> dict:
    user = getattr(request, "user", None)
    if user is None:
        return {}
    return {"shell": Shell(request), "can": Can(user)}
