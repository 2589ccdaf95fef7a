from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from nozzly.accounts.permissions import Role
from nozzly.tenancy import hosts
from nozzly.tenancy.current import in_public
from nozzly.web import colours
from nozzly.web.models import AuditEntry

SETTINGS = {
    "name": "Thistle Prints",
    "code": "TA",
    "country": "GB",
    "currency": "GBP",
    "time_zone": "Europe/London",
    "locale": "en-gb",
    "primary_colour": "",
    "accent_colour": "",
}


@pytest.fixture
def save(client, django_capture_on_commit_callbacks):
    def post(**changes):
        with django_capture_on_commit_callbacks(execute=True):  # other processes hear of it at the commit
            return client.post(reverse("web:settings"), SETTINGS | changes)

    return post


def test_settings_show_what_is(client, owner, save):
    response = client.get(reverse("web:settings"))

    assert 'value="Thistle Prints"' in response.text
    assert '<option value="GBP" selected>' in response.text


def test_settings_are_for_the_owner(client_for):
    assert [client_for(role).get(reverse("web:settings")).status_code for role in (Role.MANAGER, Role.OPERATOR)] == [
        403,
        403,
    ]


def test_settings_change_and_are_written_down(client, owner, save):
    save(name="Thistle & Co", code="thc", locale="de")

    assert "Thistle &amp; Co" in client.get(reverse("web:keys")).text
    assert AuditEntry.objects.get().details == {"changed": ["code", "locale", "name"]}


def test_settings_unchanged_write_nothing_down(client, owner, save):
    save()

    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("country", "EZ"),
        ("currency", "KWD"),
        ("primary_colour", "red"),
        ("code", "X1"),
        ("currency", "ZZZ"),
        ("name", ""),
    ],
)
def test_settings_refuse_the_impossible_next_to_the_field(client, owner, save, field, value):
    response = save(**{field: value})

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])


def test_settings_keep_the_code_once_runs_carry_it(client, owner, save, workspace):
    with in_public():
        type(workspace).objects.filter(pk=workspace.pk).update(code_fixed_at="2026-01-01T00:00Z")
    hosts._known.clear()

    save(code="NEW")

    with in_public():
        assert type(workspace).objects.get(pk=workspace.pk).code == "TA"


def test_logo_is_cleaned_shown_and_removed(client, owner, save):
    buffer = BytesIO()
    Image.new("RGB", (900, 900), "#12494f").save(buffer, "PNG")

    save(logo=SimpleUploadedFile("logo.png", buffer.getvalue()))
    shown = client.get(reverse("web:logo"))
    picture = Image.open(BytesIO(shown.content))
    save(remove_logo="on")

    assert picture.size == (512, 512)
    assert client.get(reverse("web:logo")).status_code == 404


def test_logo_that_is_no_picture_is_refused(client, owner, save):
    response = save(logo=SimpleUploadedFile("logo.png", b"<svg/>"))

    assert response.status_code == 422


def test_pages_take_the_colour_of_the_workspace(client, owner, save):
    save(primary_colour="#FFCC00")

    assert 'href="/brand.css?ffcc00"' in client.get(reverse("web:keys")).text
    assert "--brand:" in client.get("/brand.css").text


@pytest.mark.parametrize("colour", ["#ffcc00", "#000000", "#ffffff", "#12494f", "#ff0000", "#808080"])
@pytest.mark.parametrize("ground", ["#f6f4ef", "#181e1d"])
def test_any_colour_is_made_readable(colour, ground):
    readable = colours.readable(colour, on=ground)

    assert colours.contrast(readable, ground) >= 4.5
    assert colours.contrast(colours.text_on(readable), readable) >= 4.5


def test_activity_is_searched(client, owner, save):
    save(name="Other")

    found = client.get(reverse("web:activity"), {"search": "settings"})
    missed = client.get(reverse("web:activity"), {"search": "nobody"})

    assert [entry.action for entry in found.context["page"]] == ["changed the settings"]
    assert list(missed.context["page"]) == []
