import re

import pytest
from django.core import mail
from django.test import override_settings
from django_otp.oath import totp

from nozzly.accounts.domain import second_factor
from nozzly.accounts.models import SignIn
from nozzly.accounts.permissions import Role
from nozzly.testing.clients import WorkspaceClient

PASSWORD = "a short sentence"


@pytest.fixture
def ada(owner):
    owner.email = "ada@example.com"
    owner.set_password(PASSWORD)
    owner.save()
    return owner


@pytest.fixture
def browser():
    return WorkspaceClient("ta.localhost")


def sign_in(browser, **change):
    return browser.post("/account/sign-in/", {"username": "ada@example.com", "password": PASSWORD} | change)


def with_phone(user):
    device = second_factor.begin(user)
    second_factor.confirm(user, code=f"{totp(device.bin_key):06d}")
    device.refresh_from_db()
    device.last_t = -1
    device.save()
    return device


def test_sign_in_by_email_and_password_is_noted(ada, browser):
    response = sign_in(browser, username="ADA@example.com")

    assert (response.status_code, response.url) == (302, "/")
    assert [row.user for row in SignIn.objects.all()] == [ada]


def test_sign_in_with_a_wrong_password_says_so(ada, browser):
    response = sign_in(browser, password="wrong")

    assert (response.status_code, "do not fit together" in response.content.decode()) == (422, True)


def test_sign_in_is_slowed_down_from_one_address_only(ada, browser):
    answers = [sign_in(browser, password="wrong") for _ in range(9)]
    elsewhere = browser.post(
        "/account/sign-in/", {"username": "ada@example.com", "password": PASSWORD}, REMOTE_ADDR="10.9.8.7"
    )

    assert (answers[-1].status_code, b"Choose a new password" in answers[-1].content) == (429, True)
    assert elsewhere.status_code == 302


def test_sign_in_with_a_phone_takes_a_second_step(ada, browser):
    device = with_phone(ada)

    first = sign_in(browser)
    before = browser.get("/").status_code
    wrong = browser.post("/account/sign-in/code/", {"code": "000000"})
    device.refresh_from_db()
    device.throttling_failure_timestamp, device.throttling_failure_count = None, 0
    device.save()
    second = browser.post("/account/sign-in/code/", {"code": f"{totp(device.bin_key):06d}"})

    assert (first.url, before, wrong.status_code, second.url) == ("/account/sign-in/code/", 302, 422, "/")
    assert browser.get("/").status_code == 200


def test_second_step_without_the_first_leads_back(browser):
    assert browser.get("/account/sign-in/code/").url == "/account/sign-in/"


def test_sign_in_with_a_recovery_code_uses_it_up(ada):
    device = second_factor.begin(ada)
    codes = second_factor.confirm(ada, code=f"{totp(device.bin_key):06d}")

    first = second_factor.check(ada, code=codes[0])

    assert first.name == "recovery"
    with pytest.raises(second_factor.WrongCode):
        second_factor.check(ada, code=codes[0])


def test_sign_out_ends_the_session(client, owner):
    response = client.post("/account/sign-out/")

    assert (response.status_code, client.get("/").status_code, SignIn.objects.count()) == (302, 302, 0)


@override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
def test_forgotten_password_is_replaced_by_a_mailed_link(ada, browser):
    sign_in(browser)
    browser.post("/account/forgot-password/", {"email": "ada@example.com"})
    path = re.search(r"http://ta\.localhost(?::\d+)?(/account/new-password/\S+)", mail.outbox[0].body)[1]
    visitor = WorkspaceClient("ta.localhost")
    form_path = visitor.get(path).url

    done = visitor.post(form_path, {"new_password1": "another sentence", "new_password2": "another sentence"})

    assert done.url == "/account/sign-in/"
    assert browser.get("/").status_code == 302
    assert sign_in(visitor, password="another sentence").url == "/"


def test_new_password_link_that_is_wrong_offers_a_new_one(browser):
    page = browser.get("/account/new-password/MQ/wrong-token/")

    assert "This link has ended" in page.content.decode()


@override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
def test_forgotten_password_of_a_stranger_tells_nothing(browser):
    response = browser.post("/account/forgot-password/", {"email": "nobody@example.com"})

    assert (response.url, mail.outbox) == ("/account/forgot-password/sent/", [])
    assert browser.get(response.url).status_code == 200


def test_back_office_has_no_sign_in_past_the_second_factor(ada, browser):
    with_phone(ada)

    answer = browser.post("/admin/login/?next=/admin/", {"username": "ada@example.com", "password": PASSWORD})

    assert answer.url == "/account/sign-in/?next=/admin/"
    assert (browser.get("/admin/").status_code, browser.get("/").status_code) == (302, 302)


def test_back_office_sign_in_refuses_those_it_is_not_for(client_for):
    assert client_for(Role.OPERATOR).get("/admin/login/?next=/admin/").status_code == 403
    assert client_for(Role.MANAGER).get("/admin/login/?next=/admin/").url == "/admin/"


@pytest.mark.parametrize("place", ["otp_totp/totpdevice", "otp_static/staticdevice"])
def test_back_office_shows_nobodys_second_factor(client, owner, place):
    assert client.get(f"/admin/{place}/").status_code == 404


def test_back_office_shows_failed_sign_ins_to_the_owner_only(client_for):
    answers = [client_for(role).get("/admin/axes/accessattempt/").status_code for role in (Role.OWNER, Role.MANAGER)]

    assert answers == [200, 403]


def test_sign_in_counts_wrong_passwords_whatever_the_spelling(ada, browser):
    spellings = ["ada@example.com", "Ada@example.com", "ADA@example.com"] * 3
    answers = [sign_in(browser, username=name, password="wrong").status_code for name in spellings]

    assert answers[-1] == 429


def test_second_step_of_somebody_suspended_meanwhile_leads_back(ada, browser):
    with_phone(ada)
    sign_in(browser)
    ada.is_active = False
    ada.save()

    assert browser.post("/account/sign-in/code/", {"code": "123456"}).url == "/account/sign-in/"


@override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
def test_forgotten_password_is_mailed_three_times_an_hour(ada, browser):
    answers = {
        browser.post("/account/forgot-password/", {"email": spelled}).status_code for spelled in ["Ada@example.com"] * 5
    }
    assert (answers, len(mail.outbox)) == ({302}, 3)


def test_address_of_an_action_opened_as_a_page_says_why_there_is_none(client, owner):
    answer = client.get("/account/sign-out/")
    assert (answer.status_code, "Only a button leads here" in answer.content.decode()) == (405, True)
