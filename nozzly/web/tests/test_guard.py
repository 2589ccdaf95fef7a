from types import SimpleNamespace

from django.http import HttpResponse
from django.urls import include, path
from django.views.generic import View

from nozzly.accounts.permissions import Permission
from nozzly.web.guard import Access, access_of, allows, each_view, login_only, public_page, requires, unguarded_views
from nozzly.web.views import ListPage


def naked(request):
    return HttpResponse("naked")


class NakedPage(ListPage):
    pass


class GuardedPage(ListPage):
    permission = Permission.STOCK_VIEW


urlpatterns = [
    path("naked/", naked, name="naked"),
    path("inner/", include(([path("page/", NakedPage.as_view()), path("good/", GuardedPage.as_view())], "inner"))),
    path("class/", View.as_view()),
    path("public/", public_page(naked)),
    path("login/", login_only(naked)),
    path("permission/", requires(Permission.STOCK_VIEW)(naked)),
]


def test_check_finds_every_naked_view(settings):
    settings.ROOT_URLCONF = settings.PUBLIC_SCHEMA_URLCONF = __name__

    errors = unguarded_views()

    assert [error.id for error in errors] == ["nozzly.E001"] * 3
    assert [error.msg.split("”")[0].split("“")[1] for error in errors] == ["naked/", "inner/page/", "class/"]


def test_own_views_all_state_their_access(settings):
    settings.ROOT_URLCONF = "nozzly.urls"

    assert unguarded_views() == []


def test_access_of_each_kind_of_view():
    stated = [access_of(pattern.callback) for _route, pattern in each_view(urlpatterns)]

    assert stated == [None, None, Permission.STOCK_VIEW, None, Access.PUBLIC, Access.LOGIN, Permission.STOCK_VIEW]


def test_nothing_stated_lets_nobody_in():
    owner = SimpleNamespace(is_authenticated=True, has_permission=lambda _permission: True)

    assert allows(owner, None) is False
