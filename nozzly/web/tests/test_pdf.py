from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pypdf import PdfReader

from nozzly.tenancy.current import in_workspace
from nozzly.web import pdf


def test_pdf_contains_the_text():
    content = pdf.render_pdf("web/styleguide_paper.html", {"text": "Dragon, 24.00"})

    assert "Dragon, 24.00" in PdfReader(BytesIO(content)).pages[0].extract_text()


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://169.254.169.254/latest/",
        "https://example.com/x.png",
        "https://nozzly.invalid/etc/passwd",
        "https://nozzly.invalid/stored/../../secret.txt",
        "https://nozzly.invalid/stored//etc/passwd",
        "https://nozzly.invalid/static/../nozzly/settings.py",
        "https://nozzly.invalid.evil.example/static/css/paper.css",
        "ftp://nozzly.invalid/static/css/paper.css",
    ],
)
def test_document_may_not_open_anything_else(url):
    with pytest.raises(pdf.AddressRefused):
        pdf.own_file(url)


def test_document_opens_files_of_its_workspace():
    name = default_storage.save("photos/dragon.txt", ContentFile(b"a dragon"))

    assert pdf.own_file(f"https://nozzly.invalid{pdf.stored_url(name)}") == b"a dragon"


def test_document_does_not_see_files_of_another_workspace(other_workspace):
    with in_workspace(other_workspace):
        name = default_storage.save("photos/secret.txt", ContentFile(b"not yours"))

    with pytest.raises(FileNotFoundError):
        pdf.own_file(f"https://nozzly.invalid{pdf.stored_url(name)}")


def test_document_opens_static_files():
    assert b"@page" in pdf.own_file("https://nozzly.invalid/static/css/paper.css")


def test_page_says_what_is_missing_for_pdfs(client):
    response = client.get("/samples/print/")

    assert response.status_code == 503
    assert "Install Pango." in response.text


def test_document_shows_pictures_that_travel_inside_it():
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

    content = pdf.html_to_pdf(f'<img src="data:image/png;base64,{dot}"><img src="https://example.com/a.png">')

    assert len(PdfReader(BytesIO(content)).pages[0].images) == 1
