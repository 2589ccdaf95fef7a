from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from nozzly.accounts.permissions import Permission, Role
from nozzly.web.attaching import FileTooLarge, attach, detach
from nozzly.web.models import Attachment
from nozzly.web.pictures import NotAPicture, clean_picture

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
GPS = 0x8825


def picture(size=(3000, 1000), mode="RGB", kind="JPEG", **options):
    buffer = BytesIO()
    Image.new(mode, size, "#c2460f").save(buffer, kind, **options)
    return SimpleUploadedFile(f"photo.{kind.lower()}", buffer.getvalue())


def with_gps_and_turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(GPS)[1] = "N"
    return picture(exif=exif, comment=b"at home")


def test_picture_is_made_smaller_turned_and_freed_of_its_past():
    cleaned = Image.open(clean_picture(with_gps_and_turned(), longest_px=600))

    assert (cleaned.size, cleaned.format) == ((200, 600), "JPEG")
    assert (dict(cleaned.getexif()), cleaned.info.get("comment")) == ({}, None)


def test_picture_keeps_its_transparency():
    assert Image.open(clean_picture(picture(mode="RGBA", kind="PNG"))).mode == "RGBA"


@pytest.mark.parametrize("content", [b"", b"<svg onload='alert(1)'/>", b"\xff\xd8\xff broken", b"GIF89a"])
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(NotAPicture):
        clean_picture(SimpleUploadedFile("photo.jpg", content))


def test_gigantic_picture_is_refused():
    with pytest.raises(NotAPicture, match="60 million pixels"):
        clean_picture(picture(size=(10_000, 7_000), mode="1", kind="PNG"))


@pytest.fixture
def photo(owner):
    return attach(owner, picture(), permission=Permission.COST_VIEW, by=owner, at=NOON)


def test_attach_keeps_what_matters(photo, owner):
    assert (photo.subject, photo.name, photo.media_type) == (owner, "photo.jpg", "image/jpeg")
    assert (photo.width_px, photo.height_px, photo.is_picture) == (2000, 667, True)
    assert list(Attachment.objects.about(owner)) == [photo]


def test_attach_takes_any_other_file_as_it_is(owner):
    file = SimpleUploadedFile("../../etc/invoice 7.pdf", b"%PDF-1.7")

    kept = attach(owner, file, permission=Permission.STOCK_VIEW, by=owner, at=NOON)

    assert (kept.name, kept.media_type, kept.is_picture) == ("invoice 7.pdf", "application/pdf", False)
    assert kept.file.name.startswith("attachments/20")


def test_attach_refuses_a_giant(owner, monkeypatch):
    monkeypatch.setattr("nozzly.web.attaching.MAX_BYTES", 10)

    with pytest.raises(FileTooLarge):
        attach(owner, picture(), permission=Permission.STOCK_VIEW, by=owner, at=NOON)


def test_detach_removes_the_bytes_after_the_commit(photo, django_capture_on_commit_callbacks):
    name = photo.file.name

    with django_capture_on_commit_callbacks(execute=True):
        detach(photo)
        assert default_storage.exists(name)

    assert default_storage.exists(name) is False


def test_attachment_opens_for_those_who_may_see_its_page(photo, client_for):
    shown = client_for(Role.VIEWER).get(photo.get_absolute_url())

    assert (shown.status_code, shown["Content-Type"], shown["X-Content-Type-Options"]) == (200, "image/jpeg", "nosniff")
    assert shown["Content-Disposition"] == 'inline; filename="photo.jpg"'
    assert client_for(Role.OPERATOR).get(photo.get_absolute_url()).status_code == 403
    assert client_for(None).get(photo.get_absolute_url()).status_code == 302


def test_uploads_of_apps_open_by_their_folder(client_for):
    url = default_storage.url(default_storage.save("catalog/photos/dragon.png", ContentFile(b"png")))

    assert client_for(Role.OPERATOR).get(url).status_code == 200
    assert client_for(None).get(url).status_code == 302


def test_licences_are_not_for_operators(client_for):
    url = default_storage.url(default_storage.save("catalog/licences/proof.pdf", ContentFile(b"%PDF")))

    assert client_for(Role.OPERATOR).get(url).status_code == 403


@pytest.mark.parametrize("name", ["catalog/licences/proof.pdf", "jobs/2026/11/costs.xlsx"])
def test_no_name_climbs_out_of_its_folder(client_for, workspace, name):
    default_storage.save(name, ContentFile(b"secret"))
    url = f"/media/{workspace.schema_name}/production/../{name}"

    assert client_for(Role.OPERATOR).get(url).status_code == 404


def test_script_in_an_upload_is_downloaded_never_shown(client, owner):
    url = default_storage.url(default_storage.save("catalog/photos/x.svg", ContentFile(b"<svg/>")))

    assert client.get(url)["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "name", ["jobs/2026/x.csv", "brand/x.png", "catalog/photos/../../x", "catalog/photos/none.png", "catalog/photos/"]
)
def test_other_files_are_not_found(client, owner, workspace, name):
    assert client.get(f"/media/{workspace.schema_name}/{name}").status_code == 404


def test_files_of_another_workspace_are_not_found(client, owner, other_workspace):
    default_storage.save("catalog/photos/dragon.png", ContentFile(b"png"))

    assert client.get(f"/media/{other_workspace.schema_name}/catalog/photos/dragon.png").status_code == 404


def test_logo_is_there_for_everybody_or_not_at_all(client):
    assert client.get(reverse("web:logo")).status_code == 404
