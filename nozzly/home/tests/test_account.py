import pytest
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp

from nozzly.accounts.domain import second_factor, sign_ins
from nozzly.testing.clients import WorkspaceClient

PASSWORD = "a short sentence"


@pytest.fixture
def ada(owner):
    owner.email = "ada@example.com"
    owner.set_password(PASSWORD)
    owner.save()
    return owner


def signed_in(user):
    browser = WorkspaceClient("ta.localhost")
    browser.post("/account/sign-in/", {"username": user.email, "password": PASSWORD})
    return browser


def test_profile_lists_signed_in_browsers_and_marks_this_one(ada):
    signed_in(ada)
    page = signed_in(ada).get(reverse("accounts:profile"))

    assert len(page.context["sign_ins"]) == 2
    assert page.content.decode().count("this one") == 1


def test_change_name_is_saved(client, owner):
    client.post(reverse("accounts:change_name"), {"name": "Ada"})

    owner.refresh_from_db()
    assert owner.name == "Ada"


def test_change_name_that_is_too_long_changes_nothing(client, owner):
    client.post(reverse("accounts:change_name"), {"name": "A" * 200})

    before = owner.name
    owner.refresh_from_db()
    assert owner.name == before


def test_change_password_signs_the_other_browsers_out(ada):
    here, there = signed_in(ada), signed_in(ada)

    changed = here.post(
        reverse("accounts:change_password"),
        {"old_password": PASSWORD, "new_password1": "another sentence", "new_password2": "another sentence"},
    )

    assert changed.status_code == 302
    assert [browser.get("/").status_code for browser in (here, there)] == [200, 302]
    assert len(sign_ins.sign_ins_of(ada, at=timezone.now())) == 1


def test_change_password_asks_for_the_old_one(ada):
    response = signed_in(ada).post(
        reverse("accounts:change_password"),
        {"old_password": "wrong", "new_password1": "another sentence", "new_password2": "another sentence"},
    )

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["old_password"])


def test_end_sign_in_ends_that_browser_only(ada):
    here, there = signed_in(ada), signed_in(ada)
    other = ada.sign_ins.get(session_key=there.session.session_key)

    here.post(reverse("accounts:end_sign_in", args=[other.pk]))

    assert [browser.get("/").status_code for browser in (here, there)] == [200, 302]


def test_end_other_sign_ins_keeps_this_one(ada):
    here, there, third = signed_in(ada), signed_in(ada), signed_in(ada)

    here.post(reverse("accounts:end_other_sign_ins"))

    assert [browser.get("/").status_code for browser in (here, there, third)] == [200, 302, 302]


def test_second_factor_is_switched_on_with_recovery_codes(client, owner):
    url = reverse("accounts:switch_on_second_factor")
    assert "QR code for your authenticator app" in client.get(url).content.decode()
    device = second_factor.begin(owner)

    refused = client.post(url, {"code": "000000"})
    device.refresh_from_db()
    device.throttle_reset()
    done = client.post(url, {"code": f"{totp(device.bin_key):06d}"})

    assert refused.status_code == 422
    assert len(done.context["codes"]) == second_factor.RECOVERY_CODES
    assert second_factor.device_of(owner) == device


def test_second_factor_is_switched_off_by_password(ada):
    device = second_factor.begin(ada)
    second_factor.confirm(ada, code=f"{totp(device.bin_key):06d}")
    client = WorkspaceClient("ta.localhost").sign_in(ada)
    url = reverse("accounts:switch_off_second_factor")

    refused = client.post(url, {"password": "wrong"})
    done = client.post(url, {"password": PASSWORD})

    assert (refused.status_code, done.status_code, second_factor.device_of(ada)) == (422, 302, None)


def test_second_factor_off_page_asks_for_the_password(client, owner):
    assert client.get(reverse("accounts:switch_off_second_factor")).status_code == 200


def test_change_password_page_opens(client, owner):
    assert client.get(reverse("accounts:change_password")).status_code == 200


def test_second_factor_that_is_on_is_not_replaced_without_the_password(ada):
    device = second_factor.begin(ada)
    second_factor.confirm(ada, code=f"{totp(device.bin_key):06d}")
    url = reverse("accounts:switch_on_second_factor")
    browser = WorkspaceClient("ta.localhost").sign_in(ada)

    answers = [browser.get(url).url, browser.post(url, {"code": "123456"}).url]

    assert answers == [reverse("accounts:profile")] * 2
    assert second_factor.device_of(ada) == device
