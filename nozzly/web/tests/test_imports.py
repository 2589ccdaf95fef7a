from io import BytesIO

import openpyxl  # noqa: TID253 - a test may be slow to import
from django.core.files.uploadedfile import SimpleUploadedFile

from nozzly.web.models import AuditEntry, SavedView
from nozzly.web.tests.pages_for_tests import ViewImporter


def upload(client, content, name="views.csv"):
    return client.post("/samples/import/", {"file": SimpleUploadedFile(name, content)})


def columns(**chosen):
    return {f"column-{name}": value for name, value in chosen.items()}


def test_import_explains_its_columns(client, owner):
    response = client.get("/samples/import/")

    assert response.status_code == 200
    assert "Weight" in response.text


def test_import_hands_out_a_sample(client, owner):
    response = client.get("/samples/import/?format=sample")

    assert response.content.decode("utf-8-sig").splitlines() == ["Name,Weight,Note", "Shelf,12.5,"]


def test_import_checks_first_and_changes_nothing(client, owner):
    response = upload(client, b"NAME,Left (g)\nShelf,12.5\nBox,3\n")

    assert response.status_code == 200
    assert response.context["run"].counts == {"new": 2}
    assert [row.data["name"] for row in response.context["rows"]] == ["Shelf", "Box"]
    assert SavedView.objects.count() == 0


def test_import_applies_what_was_checked(client, owner):
    token = upload(client, b"Name,Grams,Note\nShelf,12.5,hello\n").context["token"]

    response = client.post(
        "/samples/import/", {"token": token, "apply": "1", **columns(name=0, weight_g=1, note=2)}, follow=True
    )

    assert "1 rows came in." in response.text
    assert list(SavedView.objects.values_list("name", "query")) == [("Shelf", "hello")]
    assert AuditEntry.objects.get().action == "imported views"


def test_import_of_an_applied_file_is_gone(client, owner):
    token = upload(client, b"Name,Grams\nShelf,12.5\n").context["token"]
    apply = {"token": token, "apply": "1", **columns(name=0, weight_g=1)}
    client.post("/samples/import/", apply)

    response = client.post("/samples/import/", apply)

    assert response.status_code == 422
    assert "choose the file once more" in response.text
    assert SavedView.objects.count() == 1


def test_import_gives_a_reason_for_every_wrong_row_and_takes_none(client, owner):
    first = upload(client, b"Name,Grams\nShelf,12.5\n,heavy\nBox,-1\n")
    token = first.context["token"]

    response = client.post("/samples/import/", {"token": token, "apply": "1", **columns(name=0, weight_g=1)})

    assert (first.status_code, response.status_code, SavedView.objects.count()) == (422, 422, 0)
    assert [(row.number, row.reasons) for row in response.context["rows"][:2]] == [
        (3, ["Name: This field is required.", "Weight: Enter a number."]),
        (4, ["Weight: Ensure this value is greater than or equal to 0."]),
    ]


def test_import_says_which_column_is_missing_and_takes_another(client, owner):
    first = upload(client, b"Title,Grams\nShelf,12.5\n")

    response = client.post("/samples/import/", {"token": first.context["token"], **columns(name=0, weight_g=1)})

    assert first.context["run"].problems == ["No column for “Name” was found."]
    assert (response.status_code, response.context["run"].counts) == (200, {"new": 1})


def test_import_marks_what_is_there_already(client, owner):
    SavedView.objects.create(user=owner, page="a", name="Shelf")

    response = upload(client, b"Name,Grams\nShelf,12.5\nBox,1\n")

    assert response.context["run"].counts == {"unchanged": 1, "new": 1}


def test_import_shows_the_refusal_of_the_domain(client, owner):
    token = upload(client, b"Name,Grams,Note\nShelf,1,boom\n").context["token"]

    response = client.post("/samples/import/", {"token": token, "apply": "1", **columns(name=0, weight_g=1, note=2)})

    assert response.status_code == 422
    assert "Not today." in response.text


def test_import_of_no_table_is_refused_next_to_the_field(client, owner):
    response = upload(client, b"")

    assert response.status_code == 422
    assert "The submitted file is empty." in response.text


def test_import_of_another_person_is_gone(client, owner, client_for, manager):
    token = upload(client, b"Name,Grams\nShelf,1\n").context["token"]

    response = client_for("owner").post("/samples/import/", {"token": token, "apply": "1"})

    assert (response.status_code, SavedView.objects.count()) == (422, 0)


def test_import_reads_xlsx(client, owner):
    book = openpyxl.Workbook()
    book.active.append(["Name", "Weight"])
    book.active.append(["Shelf", 12.5])
    buffer = BytesIO()
    book.save(buffer)

    assert upload(client, buffer.getvalue(), "views.xlsx").context["run"].counts == {"new": 1}


def test_guess_prefers_labels_and_uses_a_column_once():
    assert ViewImporter().guess(["note", "Left (g)", "grams", "Name"]) == {"name": 3, "weight_g": 2, "note": 0}
