"""The back office is made of other people's pages; our Content-Security-Policy holds for them too."""

import re
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin

from nozzly.tenancy.admin import platform_admin
from nozzly.testing.factories.sales import CustomerFactory
from sales.admin import CustomerRows
from sales.models import Customer

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


def test_every_model_of_ours_is_in_a_back_office():
    pages = [page for site in (admin.site, platform_admin) for page in site._registry.values()]
    shown = {page.model for page in pages} | {inline.model for page in pages for inline in page.inlines}
    ours = [
        each
        for each in apps.get_app_configs()
        if each.path.startswith(str(settings.BASE_DIR)) and ".venv" not in each.path
    ]

    assert len(ours) > 8
    assert {model for app in ours for model in app.get_models()} - shown == set()


ERASED = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_nobody_is_erased_or_brought_back_in_the_back_office(client, owner):
    from tablib import Dataset

    here, erased = CustomerFactory(name="Ada"), CustomerFactory(name="Erased", erased_at=ERASED)
    form = client.get(f"/admin/sales/customer/{here.pk}/change/").context["adminform"].form

    changed = client.post(f"/admin/sales/customer/{erased.pk}/change/", {"name": "Bert", "kind": "person"})
    read = CustomerRows().import_data(
        Dataset((here.pk, "Ada L", "2026-01-01"), (erased.pk, "Bert", ""), headers=("id", "name", "erased_at"))
    )

    assert ("name" in form.fields, "erased_at" in form.fields, changed.status_code) == (True, False, 403)
    assert [row.import_type for row in read.rows] == ["update", "invalid"]
    assert list(Customer.objects.order_by("pk").values_list("name", "erased_at")) == [
        ("Ada L", None),
        ("Erased", ERASED),
    ]
