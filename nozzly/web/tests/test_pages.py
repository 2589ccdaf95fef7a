import pytest
from django.urls import reverse

from nozzly.accounts.permissions import Role
from nozzly.web.models import SavedView

HX = {"HX-Request": "true", "HX-Target": "view-table"}


@pytest.fixture
def views(owner):
    return SavedView.objects.bulk_create(
        SavedView(user=owner, page="ab"[number % 2], name=f"View {number:02}", query=f"=SUM({number})")
        for number in range(30)
    )


def names(response):
    return [saved.name for saved in response.context["page"]]


def test_list_shows_one_sorted_page(client, owner, views):
    response = client.get("/samples/")

    assert names(response) == [f"View {number:02}" for number in range(25)]
    assert "1–25 of 30" in response.text


def test_list_turns_pages_and_sorts_by_the_url(client, owner, views):
    response = client.get("/samples/?page=2&sort=-name")

    assert names(response) == ["View 04", "View 03", "View 02", "View 01", "View 00"]
    assert 'aria-sort="descending"' in response.text


@pytest.mark.parametrize("query", ["sort=password", "page=-1", "page=zero", "size=9999", "page=99999999999999999999"])
def test_list_survives_nonsense_in_the_url(client, owner, views, query):
    assert len(names(client.get(f"/samples/?{query}"))) == 25


def test_list_page_after_the_last_leads_back(client, owner, views):
    response = client.get("/samples/?page=9")

    assert (names(response), response.status_code) == ([], 200)


def test_list_filters_by_the_url_and_shows_chips(client, owner, views):
    response = client.get("/samples/?search=View+1&page_name=a")

    assert names(response) == ["View 10", "View 12", "View 14", "View 16", "View 18"]
    assert "Page A" in response.text
    assert 'href="?page_name=a"' in response.text


def test_list_with_a_filter_that_is_no_choice_shows_everything(client, owner, views):
    assert len(names(client.get("/samples/?page_name=z"))) == 25


def test_list_answers_htmx_with_its_table_alone(client, owner, views):
    response = client.get("/samples/", headers=HX)

    assert response.text.strip().startswith('<section id="view-table">')
    assert response["Vary"].split(", ")[:2] == ["HX-Request", "HX-Target"]


@pytest.mark.parametrize(
    "headers",
    [
        HX | {"HX-Target": "another-part"},
        HX | {"HX-Boosted": "true"},
        HX | {"HX-History-Restore-Request": "true"},
    ],
)
def test_list_answers_everything_else_with_the_whole_page(client, owner, views, headers):
    assert "<!DOCTYPE html>" in client.get("/samples/", headers=headers).text


def test_list_counts_to_a_thousand_only(client, owner):
    SavedView.objects.bulk_create(SavedView(user=owner, page="a", name=f"V{number}") for number in range(1002))

    assert "1–25 of 1,000+" in client.get("/samples/").text


def test_list_query_count_does_not_grow(client, owner, views, django_assert_num_queries):
    client.get("/samples/")

    with django_assert_num_queries(3):  # user, rows, count
        client.get("/samples/")


def test_list_exports_all_pages_of_what_it_shows(client, owner, views):
    response = client.get("/samples/?format=csv&page_name=b&page=2")

    lines = response.content.decode("utf-8-sig").splitlines()
    assert (lines[0], lines[1], len(lines)) == ("Name,Cost", "View 01,'=SUM(1)", 16)
    assert response["Content-Disposition"].startswith('attachment; filename="views-')


def test_list_export_leaves_costs_out_for_operators(client, operator):
    SavedView.objects.create(user=operator, page="a", name="A", query="7.50")

    assert "7.50" not in client.get("/samples/?format=csv").text


def test_list_exports_xlsx(client, owner, views):
    assert client.get("/samples/?format=xlsx").content[:2] == b"PK"


def test_list_offers_to_create_only_to_those_who_may(client_for):
    assert ("Add view" in client_for(Role.OWNER).get("/samples/").text) is True
    assert ("Add view" in client_for(Role.VIEWER).get("/samples/").text) is False


def test_detail_shows_its_object(client, owner, views):
    response = client.get(f"/samples/{views[3].pk}/")

    assert response.context["saved"] == views[3]
    assert "View 03" in response.text


def test_detail_of_nothing_is_not_found(client, owner):
    response = client.get("/samples/77/")

    assert response.status_code == 404
    assert "There is nothing here" in response.text


def test_form_creates(client, owner):
    response = client.post("/samples/new/", {"name": "New", "page": "a"})

    assert response.url == f"/samples/{SavedView.objects.get().pk}/"


def test_form_edits(client, owner, views):
    client.post(f"/samples/{views[0].pk}/edit/", {"name": "Renamed", "page": "a"})

    views[0].refresh_from_db()
    assert views[0].name == "Renamed"


def test_form_shows_what_is_there(client, owner, views):
    response = client.get(f"/samples/{views[0].pk}/edit/")

    assert 'value="View 00"' in response.text
    assert 'aria-describedby="id_name_helptext"' in response.text


def test_form_with_a_mistake_keeps_what_was_typed(client, owner):
    response = client.post("/samples/new/", {"name": "", "page": "typed"})

    assert response.status_code == 422
    assert 'value="typed"' in response.text
    assert 'id="id_name_error"' in response.text
    assert SavedView.objects.count() == 0


def test_form_shows_the_refusal_of_the_domain(client, owner):
    response = client.post("/samples/new/", {"name": "forbidden", "page": "a"})

    assert response.status_code == 422
    assert "That name is taken by the house." in response.text


def test_form_sends_htmx_on_by_header(client, owner):
    response = client.post("/samples/new/", {"name": "New", "page": "a"}, headers={"HX-Request": "true"})

    assert response["HX-Redirect"] == f"/samples/{SavedView.objects.get().pk}/"


def test_confirm_asks_first(client, owner, views):
    response = client.get(f"/samples/{views[0].pk}/forget/")

    assert "Go on with View 00 (a)?" in response.text
    assert SavedView.objects.count() == 30


def test_confirm_then_does(client, owner, views):
    response = client.post(f"/samples/{views[0].pk}/forget/", follow=True)

    assert "View 00 (a) is gone." in response.text
    assert SavedView.objects.count() == 29


def test_confirm_shows_the_refusal_of_the_domain(client, owner):
    kept = SavedView.objects.create(user=owner, page="a", name="kept")

    response = client.post(f"/samples/{kept.pk}/forget/")

    assert (response.status_code, SavedView.objects.count()) == (422, 1)
    assert "This one stays." in response.text


@pytest.mark.parametrize(
    ("path", "role", "status"),
    [
        ("/samples/", Role.OPERATOR, 200),
        ("/samples/", None, 302),
        ("/samples/new/", Role.VIEWER, 403),
        ("/samples/cost/", Role.OPERATOR, 403),
        ("/samples/cost/", Role.VIEWER, 200),
        ("/samples/name/", Role.OPERATOR, 200),
        ("/samples/name/", None, 302),
        ("/samples/say/", None, 200),
        ("/samples/import/", Role.OPERATOR, 403),
    ],
)
def test_pages_open_for_those_who_may(client_for, path, role, status):
    assert client_for(role).get(path).status_code == status


def test_refused_page_says_so_in_the_house_style(client, operator):
    assert "This is not part of your role" in client.get("/samples/cost/").text


def test_htmx_of_somebody_signed_out_goes_to_the_login_page(client):
    response = client.get("/samples/", headers=HX | {"HX-Current-URL": "http://ta.localhost/samples/?page=2"})

    assert response["HX-Redirect"] == f"{reverse('accounts:login')}?next=/samples/%3Fpage%3D2"


def test_fragment_brings_its_messages_along(client, owner):
    response = client.get("/samples/say/", headers=HX)

    assert 'hx-swap-oob="true"' in response.text
    assert "Said." in response.text
