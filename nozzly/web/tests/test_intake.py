import csv
import zipfile
from io import BytesIO, StringIO

import openpyxl  # noqa: TID253 - a test may be slow to import
import pytest

from nozzly.accounts.permissions import Role
from nozzly.testing.factories.web import ListImportFactory
from nozzly.testing.fixtures import make_user
from nozzly.web.cells import has_decimal_commas, unit_in
from nozzly.web.models import Job, ListImport, SavedView
from nozzly.web.pages import imports
from nozzly.web.reading import MAX_BYTES, UnreadableTable, read_table
from nozzly.web.tests.test_imports import columns, upload

ALL = columns(name=0, weight_g=1)


def take_in(client, content, how="1"):
    token = upload(client, content).context["token"]
    return client.post("/samples/import/", {"token": token, "apply": how, **ALL}, follow=True)


def test_good_rows_come_in_without_the_wrong_ones_only_when_asked(client, owner):
    content = b"Name,Grams\nShelf,12.5\n,heavy\n"

    refused = take_in(client, content)
    assert (refused.status_code, SavedView.objects.count()) == (422, 0)

    response = take_in(client, content, how="good")

    assert "1 row was left out." in response.text
    assert list(SavedView.objects.values_list("name", flat=True)) == ["Shelf"]
    assert list(ListImport.objects.values_list("importer", "file_name", "new", "left_out")) == [
        ("views", "views.csv", 1, 1)
    ]


def test_wrong_rows_leave_as_a_file_with_reasons_that_reads_back(client, owner):
    token = upload(client, b"Name,Grams\nShelf,12.5\n@me,heavy\n").context["token"]

    answer = client.post("/samples/import/", {"token": token, "reasons": "1", **ALL})

    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert rows == [["Name", "Grams", "What is wrong"], ["'@me", "heavy", "Weight: Enter a number."]]
    corrected = answer.content.replace(b"heavy", b"3")
    assert upload(client, corrected).context["run"].good[0]["name"] == "@me"


def test_ten_thousand_wrong_rows_show_a_hundred_reasons_and_the_count(client, owner):
    response = upload(client, b"Name,Grams\n" + b"Shelf,heavy\n" * 10_000)

    assert (response.status_code, len(response.context["rows"]), response.context["hidden_rows"]) == (422, 100, 9_900)
    assert "and 9,900 more rows that are wrong" in response.text
    assert response.context["run"].frequent_reasons == [("Weight: Enter a number.", 10_000)]
    assert len(response.content) < 200_000


def test_large_files_go_to_the_worker_and_come_in_once(client, owner, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(imports, "_IN_BACKGROUND_FROM", 2)
    token = upload(client, b"Name,Grams\nShelf,1\nBox,2\n").context["token"]
    asked = {"token": token, "apply": "1", **ALL}

    with django_capture_on_commit_callbacks(execute=True):
        first = client.post("/samples/import/", asked)
    again = client.post("/samples/import/", asked)

    job = Job.objects.get()
    made = ListImport.objects.get()
    assert (first.url, job.message, job.result_url) == (
        job.get_absolute_url(),
        "2 rows came in.",
        made.get_absolute_url(),
    )
    assert again.status_code == 422
    assert SavedView.objects.count() == 2


def test_a_file_for_another_list_is_sent_there(client, owner):
    response = upload(client, b"Supplier,Invoice number,Received on,Row total\nShop,1,2026-01-01,3\n")

    assert "Import deliveries" in response.context["run"].problems[-1]
    assert not response.context["run"].may_apply


def test_imports_are_listed_for_those_who_import(client, owner, client_for, django_assert_num_queries):
    rows = [ListImportFactory(by=owner) for _number in range(3)]

    client.get("/imports/")  # the host is known from then on
    with django_assert_num_queries(2):  # user, rows
        response = client.get("/imports/")

    assert list(response.context["page"]) == rows[::-1]
    assert client_for(Role.OPERATOR).get("/imports/").status_code == 403


def test_what_cannot_be_undone_says_so(client, owner):
    made = ListImportFactory(importer="views")

    assert "cannot be taken back" in client.get(made.get_absolute_url()).text
    assert client.post(made.get_absolute_url()).status_code == 422
    assert ListImport.objects.get().undone_at is None


def test_an_import_is_undone_only_by_those_who_may_import_such_files(client_for):
    made = ListImportFactory(importer="products")

    assert client_for(Role.BOOKKEEPER).post(made.get_absolute_url()).status_code == 422
    assert make_user(Role.BOOKKEEPER).has_permission("import")


def test_a_file_of_fifty_megabytes_is_not_even_read(client, owner):
    class Big:
        name, size = "big.csv", 50 * 1024 * 1024

    with pytest.raises(UnreadableTable, match="larger than 8 MB"):
        imports.intake.keep_upload(owner, imports.Importer(), file=Big())
    assert upload(client, b"x" * (MAX_BYTES + 1)).status_code == 422


@pytest.mark.parametrize(
    "content",
    [
        b"[1, 2]",
        b"{}",
        b'{"spools": []}',
        b"[" * 100_000,
        b'[{"a": "\x00"}]',
        b"a,b\n1,\x00\n",
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_list_of_rows_is_refused(content):
    with pytest.raises(UnreadableTable):
        read_table("file", content)


def test_a_workbook_that_promises_less_than_it_unpacks_is_refused():
    buffer = BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["Name"])
    book.save(buffer)
    packed = BytesIO()
    with zipfile.ZipFile(buffer) as original, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        for entry in original.namelist():
            content = original.read(entry)
            bomb.writestr(entry, content + b" " * 20_000_000 if entry.endswith("sheet1.xml") else content)
    lying = packed.getvalue().replace((20_000_000 + 0).to_bytes(4, "little"), (10).to_bytes(4, "little"))

    with pytest.raises(UnreadableTable):
        read_table("bomb.xlsx", lying[:-30])


def test_entities_in_a_workbook_do_not_grow():
    packed = BytesIO()
    lol = (
        b'<!DOCTYPE x [<!ENTITY a "'
        + b"l" * 1000
        + b'">'
        + b"".join(
            f'<!ENTITY {new} "{f"&{old};" * 10}">'.encode() for old, new in zip("abcdefgh", "bcdefghi", strict=True)
        )
        + b"]><x>&i;</x>"
    )
    with zipfile.ZipFile(packed, "w") as bomb:
        bomb.writestr("[Content_Types].xml", lol)
        bomb.writestr("xl/workbook.xml", lol)

    with pytest.raises(UnreadableTable):
        read_table("bomb.xlsx", packed.getvalue())


@pytest.mark.parametrize(
    ("header", "unit"),
    [("Weight (kg)", "kg"), ("left [oz]", "oz"), ("Total weight g", "g"), ("lbs", "lb"), ("Tag", ""), ("Colour", "")],
)
def test_headers_name_units(header, unit):
    assert unit_in(header).replace("lbs", "lb") == unit


@pytest.mark.parametrize(
    ("texts", "commas"),
    [
        (["1,75", "1.000"], True),
        (["1.75", "1,000"], False),
        (["1.000"], False),
        (["1.234,5"], True),
        (["1,234.5"], False),
    ],
)
def test_decimal_commas_are_known_by_the_whole_column(texts, commas):
    assert has_decimal_commas(texts) == commas
