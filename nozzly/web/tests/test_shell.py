from django.contrib.messages import ERROR, SUCCESS, WARNING
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.urls import reverse


def test_styleguide_is_for_the_desk_alone(client, owner, settings):
    settings.EMBEDDED = False

    assert client.get(reverse("web:styleguide")).status_code == 404


def test_styleguide_shows_every_part(client, owner, settings):
    settings.EMBEDDED = True

    response = client.get(reverse("web:styleguide"))

    assert response.status_code == 200
    assert "£1,234.50" in response.text


def test_keys_need_a_signed_in_person(client):
    response = client.get(reverse("web:keys"))

    assert (response.status_code, response.url) == (302, "/account/sign-in/?next=/keys/")


def test_theme_is_remembered_in_a_cookie(client):
    response = client.post(reverse("web:theme"), {"theme": "dark", "next": "/keys/"})

    assert (response.url, response.cookies["theme"].value) == ("/keys/", "dark")


def test_theme_never_leads_to_another_host(client):
    response = client.post(reverse("web:theme"), {"theme": "dark", "next": "https://evil.example/"})

    assert response.url == "/"


def test_unknown_theme_is_not_remembered(client):
    response = client.post(reverse("web:theme"), {"theme": "<script>"})

    assert "theme" not in response.cookies


def test_page_carries_the_chosen_theme(client, owner):
    client.cookies["theme"] = "dark"

    assert 'data-bs-theme="dark"' in client.get(reverse("web:keys")).text


def test_a_refusal_does_not_look_like_a_success():
    success, error, warning = (
        render_to_string("components/toasts.html", {"messages": [Message(level, "Say which roll.")]})
        for level in (SUCCESS, ERROR, WARNING)
    )

    assert error.replace("toast-error", "toast-warning") == warning
    assert error.replace("toast-error", "toast-success") != success
