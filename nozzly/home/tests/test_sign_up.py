import re

import pytest
from django.test import override_settings

from nozzly.accounts.models import User
from nozzly.tax.domain.status import BEGINNING, status_on
from nozzly.tenancy.current import in_public, in_workspace
from nozzly.tenancy.models import Workspace
from nozzly.testing.clients import WorkspaceClient

ANSWERS = {
    "business_name": "Blue Otter Prints",
    "address": "",
    "country": "DE",
    "tax_registered": "yes",
    "email": "ada@example.com",
    "password": "a short sentence",
}


@pytest.fixture
def moved_in(public_client):
    response = public_client.post("/sign-up/", ANSWERS)
    assert response.status_code == 302, response.context["form"].errors
    return response.url


def workspace_count():
    with in_public():
        return Workspace.objects.count()


def test_landing_leads_to_sign_up(public_client):
    assert "/sign-up/" in public_client.get("/").content.decode()


def test_sign_up_fills_in_what_the_country_tells(public_client, moved_in):
    with in_public():
        workspace = Workspace.objects.get(slug="blue-otter-prints")

    assert (workspace.currency, workspace.time_zone, workspace.code) == ("EUR", "Europe/Berlin", "BOP")
    with in_workspace(workspace):
        assert [(user.email, user.role) for user in User.objects.all()] == [("ada@example.com", "owner")]
        assert status_on(BEGINNING, country="DE").registered is True


def test_sign_up_hands_over_to_the_new_workspace_signed_in(moved_in):
    browser = WorkspaceClient("blue-otter-prints.localhost")

    opened = browser.get(re.sub(r"^https?://[^/]+", "", moved_in))

    assert (opened.status_code, opened.url) == (302, "/")
    assert browser.get("/").status_code == 200


def test_first_sign_in_works_once(moved_in):
    path = re.sub(r"^https?://[^/]+", "", moved_in)
    WorkspaceClient("blue-otter-prints.localhost").get(path)

    again = WorkspaceClient("blue-otter-prints.localhost").get(path)

    assert again.url == "/account/sign-in/"


def test_first_sign_in_is_worth_nothing_in_another_workspace(client, moved_in):
    assert client.get(re.sub(r"^https?://[^/]+", "", moved_in)).url == "/account/sign-in/"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"address": "admin"}, "address"),
        ({"address": "ta"}, "address"),
        ({"address": "Not A Host"}, "address"),
        ({"business_name": ""}, "business_name"),
        ({"country": "ZZ"}, "country"),
        ({"password": "123"}, "password"),
        ({"email": "nobody"}, "email"),
    ],
)
def test_sign_up_says_next_to_the_field_what_is_wrong(public_client, change, field):
    before = workspace_count()

    response = public_client.post("/sign-up/", ANSWERS | change)

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert workspace_count() == before


@override_settings(SIGN_UP="closed")
def test_sign_up_that_is_closed_says_so(public_client):
    assert public_client.post("/sign-up/", ANSWERS).status_code == 403


@override_settings(SIGN_UP="invited", SIGN_UP_CODES=["otter"])
def test_sign_up_by_invitation_asks_for_a_code(public_client):
    refused = public_client.post("/sign-up/", ANSWERS | {"code": "badger"})
    let_in = public_client.post("/sign-up/", ANSWERS | {"code": "otter"})

    assert (refused.status_code, let_in.status_code) == (422, 302)


def test_sign_up_is_limited_by_address(public_client, monkeypatch):
    monkeypatch.setattr("nozzly.home.views.sign_up.SIGN_UPS_PER_HOUR", 1)

    answers = [public_client.post("/sign-up/", ANSWERS | {"address": f"otter-{n}"}).status_code for n in range(2)]

    assert answers == [302, 429]


def test_sign_up_guesses_the_country_from_the_browser(public_client):
    page = public_client.get("/sign-up/", headers={"accept-language": "en-NZ,en;q=0.8"})

    assert page.context["form"].initial["country"] == "NZ"


@override_settings(SIGN_UP="invited", SIGN_UP_CODES=["otter"])
def test_invitation_codes_cannot_be_guessed_for_long(public_client, monkeypatch):
    monkeypatch.setattr("nozzly.home.views.sign_up.CODES_PER_HOUR", 2)

    answers = [public_client.post("/sign-up/", ANSWERS | {"code": f"guess {n}"}).status_code for n in range(3)]

    assert answers == [422, 422, 429]
