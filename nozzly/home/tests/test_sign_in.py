import re

import pytest
from django.core import mail
from django.test import override_settings
from django_otp.oath import totp

from nozzly.accounts.domain import second_factor
from nozzly.accounts.models import SignIn
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
    answers = [sign_in(browser, password="wrong").status_code for _ in range(9)]
    elsewhere = browser.post(
        "/account/sign-in/", {"username": "ada@example.com", "password": PASSWORD}, REMOTE_ADDR="10.9.8.7"
    )

    assert answers[-1] == 429
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
