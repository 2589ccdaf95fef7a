import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import Product
from catalog.tests.test_slicing import gcode, upload
from catalog.views import drop
from nozzly.accounts.permissions import Role
from nozzly.web.models import Job

URL = "catalog:drop_files"


def test_dropped_files_become_products_with_a_cost(client, manager):
    response = client.post(reverse(URL), {"files": [upload("a.gcode"), upload("b.gcode", gcode(grams="3"))]})

    page = response.content.decode()
    assert (response.status_code, Product.objects.count()) == (200, 2)
    assert response.context["counts"] == {"made": 2, "known": 0, "bad": 0}
    assert page.count("assumed") >= 2


def test_a_bad_file_is_named_beside_the_good_ones(client, manager):
    response = client.post(reverse(URL), {"files": [upload("a.gcode"), upload("notes.txt", "hello")]})

    assert response.context["counts"] == {"made": 1, "known": 0, "bad": 1}
    assert "notes.txt" in response.content.decode()


def test_a_file_that_was_here_before_is_recognised(client, manager):
    client.post(reverse(URL), {"files": [upload("a.gcode")]})

    response = client.post(reverse(URL), {"files": [upload("b.gcode")]})

    assert response.context["counts"] == {"made": 0, "known": 1, "bad": 0}


def test_nothing_chosen_is_said_beside_the_field(client, manager):
    response = client.post(reverse(URL), {})

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["files"])


def test_many_files_are_read_in_the_background(
    client, manager, monkeypatch, settings, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(drop, "FILES_AT_ONCE", 1)
    settings.CELERY_TASK_ALWAYS_EAGER = True

    with django_capture_on_commit_callbacks(execute=True):
        files = [upload("a.gcode"), upload("b.gcode", "hello"), upload("c.gcode", gcode(grams="3"))]
        response = client.post(reverse(URL), {"files": files})

    job = Job.objects.get()
    assert (response.url, Product.objects.count()) == (job.get_absolute_url(), 2)
    assert job.message.startswith("2 products. b.gcode: ")
    assert job.result_url == reverse("catalog:product_list") + "?sort=-created"
    assert [
        file for _path, file in [(path, default_storage.exists(path)) for path, _name in job.arguments["paths"]]
    ] == [
        False,
        False,
        False,
    ]


@pytest.mark.parametrize("at_once", [1, 100])
def test_too_many_files_are_refused(client, manager, monkeypatch, at_once):
    monkeypatch.setattr(drop, "FILES_AT_ONCE", at_once)

    response = client.post(reverse(URL), {"files": [SimpleUploadedFile(f"{n}.gcode", b"x") for n in range(51)]})

    assert (response.status_code, Product.objects.count(), Job.objects.count()) == (422, 0, 0)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER, Role.BOOKKEEPER])
def test_dropping_files_needs_the_permission(client_for, role):
    assert client_for(role).get(reverse(URL)).status_code == 403
