from django.urls import reverse

from nozzly.accounts.permissions import Role
from nozzly.testing.fixtures import make_user
from nozzly.web.models import SavedView

HERE = "/views/web:activity/"


def test_view_keeps_filters_under_a_name(client, owner):
    response = client.post(f"{HERE}?query=search%3Dprice%26page%3D3", {"name": "Prices"})

    assert response.url == "/settings/activity/?search=price"
    assert list(SavedView.objects.values_list("page", "name", "query")) == [("web:activity", "Prices", "search=price")]


def test_view_of_the_same_name_is_replaced(client, owner):
    client.post(f"{HERE}?query=search%3Da", {"name": "Prices"})
    client.post(f"{HERE}?query=search%3Db", {"name": "Prices"})

    assert SavedView.objects.get().query == "search=b"


def test_views_are_ones_own(client, owner):
    SavedView.objects.create(user=make_user(Role.MANAGER), page="web:activity", name="Hers", query="search=x")
    mine = SavedView.objects.create(user=owner, page="web:activity", name="Mine", query="search=y")

    assert list(client.get(HERE).context["views"]) == [mine]


def test_view_needs_a_name(client, owner):
    assert client.post(f"{HERE}?query=search%3Da", {"name": ""}).status_code == 422


def test_views_of_no_list_are_not_found(client, owner):
    assert client.get("/views/web:nowhere/").status_code == 404


def test_view_can_be_forgotten_by_its_owner_only(client, owner, client_for):
    view = SavedView.objects.create(user=owner, page="web:activity", name="Mine")
    url = reverse("web:forget_view", args=[view.pk])

    assert client_for(Role.MANAGER).post(url).status_code == 404
    assert client.post(url).url == HERE
    assert SavedView.objects.count() == 0
