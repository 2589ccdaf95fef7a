"""The back office is made of other people's pages; our Content-Security-Policy holds for them too."""

import re

import pytest

INLINE = re.compile(
    r"<style[\s>]|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)(?![^>]*application/json)", re.IGNORECASE
)


@pytest.mark.parametrize(
    "page",
    [
        "",
        "inventory/",
        "inventory/brand/",
        "inventory/brand/add/",
        "inventory/brand/export/",
        "inventory/brand/import/",
        "inventory/movement/",
        "accounts/user/",
    ],
)
def test_pages_of_the_back_office_hold_no_script_or_style(client, owner, page):
    answer = client.get(f"/admin/{page}")

    assert (answer.status_code, INLINE.findall(answer.content.decode())) == (200, [])
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]


def test_an_export_of_the_back_office_still_comes_as_a_file(client, owner):
    form = client.get("/admin/inventory/brand/export/").context["form"]
    ticked = {name: "on" for name in form.fields if name.startswith("brandresource_")}
    known = {name: field.initial for name, field in form.fields.items() if field.initial is not None}

    answer = client.post("/admin/inventory/brand/export/", known | {"resource": "0", "format": "0"} | ticked)

    assert (answer.status_code, "attachment" in answer.headers.get("Content-Disposition", "")) == (200, True)


def test_the_platform_has_a_door_with_a_heading(public_client):
    page = public_client.get("/platform/login/").content.decode()

    assert page.count("<h1>") == 1
    assert not INLINE.search(page)
