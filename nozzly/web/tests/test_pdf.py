from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousFileOperation
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


def test_no_picture_or_style_sheet_leads_a_document_out_of_its_workspace(
    tmp_path, settings, monkeypatch, other_workspace
):
    """By hand what a logo, a text or somebody with a shell could plant; what is read would stand in the PDF."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    (tmp_path / "secret.css").write_text("p::after{content:'SECRET'}")
    (tmp_path / "secret.svg").write_text(drawn("<text y='20'>SECRET</text>"))
    (tmp_path / "secret.txt").write_text("SECRET")
    with in_workspace(other_workspace):
        theirs = default_storage.path(default_storage.save("brand/logo.svg", ContentFile(drawn("<text>SECRET</text>"))))
    calls = []
    monkeypatch.setattr("socket.socket.connect", lambda _socket, address: calls.append(address))
    outside = f"file://{tmp_path}"
    planted = {
        "style.svg": f"<style>@import url('{outside}/secret.css');@import 'http://127.0.0.1:9/a.css';</style>",
        "image.svg": f"<image href='{outside}/secret.svg' width='90' height='40'/>",
        "use.svg": f"<use href='{outside}/secret.svg#a'/><use href='http://127.0.0.1:9/b.svg#a'/>",
        "theirs.svg": f"<image href='../../{'/'.join(theirs.split('/')[-3:])}' width='90' height='40'/>",
    }
    for name, content in planted.items():
        default_storage.save(f"planted/{name}", ContentFile(drawn(content)))
    folder = Path(default_storage.path("planted"))
    (folder / "entity.svg").write_text(
        f"<!DOCTYPE s [<!ENTITY e SYSTEM '{outside}/secret.txt'>]>{drawn('<text>&e;</text>')}"
    )
    (folder / "link.svg").symlink_to(tmp_path / "secret.svg")
    (folder / "folder").symlink_to(Path(theirs).parent)
    stored = [*planted, "entity.svg", "link.svg", "folder/logo.svg"]
    addresses = [
        *(f"/stored/planted/{name}" for name in stored),
        f"/stored/%2e%2e/{'/'.join(theirs.split('/')[-3:])}",
        f"{outside}/secret.svg",
        "//127.0.0.1:9/c.png",
        "https://nozzly.invalid@127.0.0.1:9/d.png",
        f"data:text/css,@import '{outside}/secret.css'",
        "data:image/png;base64," + "A" * 8_000_001,
    ]
    html = (
        f"<style>@import url('{outside}/secret.css'); @page {{ background: url(http://127.0.0.1:9/e.png) }}</style>"
        f"<link rel=stylesheet href='{outside}/secret.css'><link rel=attachment href='{outside}/secret.txt'><p>Paper"
        + "".join(f'<img src="{address}"><object data="{address}"></object>' for address in addresses)
    )

    paper = PdfReader(BytesIO(pdf.html_to_pdf(html)))

    assert (paper.pages[0].extract_text().strip(), list(paper.attachments), calls) == ("Paper", [], [])


def drawn(content):
    return f"<svg xmlns='http://www.w3.org/2000/svg' width='200' height='50'>{content}</svg>"


@pytest.mark.parametrize("name", ["link.txt", "folder/theirs.txt"])
def test_a_link_that_lies_in_the_storage_leads_nowhere(tmp_path, settings, other_workspace, name):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    with in_workspace(other_workspace):
        theirs = Path(default_storage.path(default_storage.save("notes/theirs.txt", ContentFile(b"not yours"))))
    default_storage.save("notes/ours.txt", ContentFile(b"ours"))
    folder = Path(default_storage.path("notes"))
    (folder / "link.txt").symlink_to(theirs)
    (folder / "folder").symlink_to(theirs.parent)

    with pytest.raises(pdf.AddressRefused):
        pdf.own_file(f"https://nozzly.invalid{pdf.stored_url(f'notes/{name}')}")
    with pytest.raises(SuspiciousFileOperation):
        default_storage.open(f"notes/{name}")
