"""What strangers may try at the door, and what the owner of an account still can."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import DataError
from django.test import RequestFactory, override_settings
from django.urls import resolve
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from nozzly.accounts.browsers import describe
from nozzly.accounts.domain import second_factor
from nozzly.accounts.models import Invitation
from nozzly.home.tests.test_sign_in import PASSWORD, ada, browser, sign_in, totp, with_phone  # noqa: F401 - fixtures
from nozzly.testing.clients import WorkspaceClient
from nozzly.web.middleware import SenselessQuestionMiddleware


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0", "Firefox on Android"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/130.0 Safari/537.36", "Chrome on Linux"),
        ("curl/8.5.0", "curl"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_called_by_the_name_people_use(agent, name):
    assert describe(agent) == name


def wrong_codes(person, times, *, code):
    for _ in range(times):
        for kind in (TOTPDevice, StaticDevice):  # hours went by since the last try
            kind.objects.filter(user=person).update(throttling_failure_timestamp=timezone.now() - timedelta(days=1))
        with pytest.raises(second_factor.WrongCode):
            second_factor.check(person, code=code)


def test_wrong_codes_typed_for_a_day_cost_four_minutes(ada):  # noqa: F811
    device = with_phone(ada)

    wrong_codes(ada, 15, code="000000")

    with pytest.raises(second_factor.TooSoon, match="Wait 256 seconds"):
        second_factor.check(ada, code=f"{totp(device.bin_key):06d}")


def test_recovery_codes_stay_open_while_the_phone_waits(ada):  # noqa: F811
    codes = second_factor.confirm(ada, code=f"{totp(second_factor.begin(ada).bin_key):06d}")
    wrong_codes(ada, 5, code="000000")

    assert second_factor.check(ada, code=f" {codes[0].upper()} ").name == "recovery"


def test_the_second_step_ends_with_the_password_it_followed(ada, browser):  # noqa: F811
    device = with_phone(ada)
    sign_in(browser)
    ada.set_password("a new sentence")
    ada.save()

    answer = browser.post("/account/sign-in/code/", {"code": f"{totp(device.bin_key):06d}"})

    assert (answer.url, browser.get("/").status_code) == ("/account/sign-in/", 302)


def test_the_second_step_ends_after_ten_minutes(ada, browser):  # noqa: F811
    with_phone(ada)
    sign_in(browser)
    session = browser.session
    session["second-factor-user"] |= {"since": timezone.now().timestamp() - 601}
    session.save()

    assert browser.get("/account/sign-in/code/").url == "/account/sign-in/"


@override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
def test_a_new_password_opens_an_account_that_strangers_locked(ada, browser):  # noqa: F811
    locked = [sign_in(browser, password="wrong").status_code for _ in range(9)][-1]
    browser.post("/account/forgot-password/", {"email": ada.email})
    path = re.search(r"(/account/new-password/\S+)", mail.outbox[0].body)[1]
    visitor = WorkspaceClient("ta.localhost")
    sentence = {"new_password1": "another sentence", "new_password2": "another sentence"}

    visitor.post(visitor.get(path).url, sentence)

    assert (locked, sign_in(browser, password="another sentence").url) == (429, "/")


def test_signing_out_leaves_nothing_to_go_back_to(client, owner):
    assert client.post("/account/sign-out/").headers["Clear-Site-Data"] == '"cache"'


def test_a_stranger_waits_at_the_second_step_only_with_the_right_password(ada, browser):  # noqa: F811
    with_phone(ada)

    assert sign_in(browser, password=f"not {PASSWORD}").status_code == 422
    assert browser.get("/account/sign-in/code/").url == "/account/sign-in/"


@pytest.mark.parametrize(
    "question",
    [
        "accounts/user/?password__startswith=argon2",
        "accounts/signin/?session_key__startswith=a",
        "accounts/signin/?user__password__startswith=a",
        "accounts/invitation/?token__startswith=a",
    ],
)
def test_the_back_office_answers_no_question_about_a_secret(client, owner, question):
    answer = client.get(f"/admin/{question}")

    assert (answer.status_code, "could not be understood" in answer.content.decode()) == (400, True)


def test_a_question_the_database_cannot_make_sense_of_was_not_understood():
    request = RequestFactory().get("/admin/inventory/item/?name__regex=(")
    request.resolver_match = resolve("/admin/inventory/item/")
    middleware = SenselessQuestionMiddleware(None)

    answers = [middleware.process_exception(request, error) for error in (DataError(), ValueError())]

    assert (answers[0].status_code, answers[1]) == (400, None)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"email": f"{'x' * 250}@example.com"}, "email"),
        ({"email": "fox@copper-prints.example", "password": "fox@copper-prints.example"}, "password"),
        ({"business_name": "Copper Fox Prints", "password": "copperfoxprints"}, "password"),
    ],
)
def test_signing_up_refuses_what_cannot_be_kept_or_is_easily_guessed(public_client, typed, field):
    asked = {"business_name": "Otter", "country": "US", "tax_registered": "no", "email": "o@example.com"}

    page = public_client.post("/sign-up/", asked | {"password": "a quiet sentence"} | typed)

    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])


def test_an_invited_person_may_not_take_the_email_as_password(client, owner):
    client.post("/account/team/invite/", {"email": "new-person@example.com", "role": "operator"})
    path = f"/account/join/{Invitation.objects.get().token}/"

    page = WorkspaceClient("ta.localhost").post(path, {"name": "New", "password": "new-person@example.com"})

    assert (page.status_code, list(page.context["form"].errors)) == (422, ["password"])
