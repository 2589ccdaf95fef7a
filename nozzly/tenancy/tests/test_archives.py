"""What goes out by export comes back by restore; what cannot be written or read is said before anything is touched."""

import json
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError
from django.db import DatabaseError, connection, transaction

from inventory.models import Filament
from nozzly.accounts.models import User
from nozzly.accounts.permissions import Role
from nozzly.tenancy.current import in_public, in_workspace
from nozzly.tenancy.models import Workspace
from nozzly.tenancy.tests.test_commands import command, state_of
from nozzly.testing.factories.inventory import SpoolFactory
from nozzly.testing.fixtures import make_user


@pytest.fixture
def archive(tmp_path, settings, workspace):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    make_user(Role.OWNER, email="ada@example.com", name="Ada “A, B”\nNewline")
    SpoolFactory(on_hand=400)
    User.objects.filter(pk=make_user(Role.VIEWER).pk).delete()  # its number is not given again
    default_storage.save("catalog/photos/fox.png", ContentFile(b"fox"))
    path = tmp_path / "ta.zip"
    command("export", "ta", "--to", str(path))
    return path


def contents(path):
    with ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    about = json.loads(held.pop("workspace.json"))
    return held, {name: about[name] for name in ("name", "code", "currency", "sequences", "rows", "files")}


def test_what_was_exported_is_restored_to_the_last_row(archive, tmp_path):
    said = command("restore", str(archive), "--slug", "again")

    command("export", "again", "--to", str(tmp_path / "again.zip"))
    ours, theirs = contents(archive), contents(tmp_path / "again.zip")
    assert "Thistle Prints is restored at http://again.localhost" in said
    assert theirs[1] == ours[1]
    assert [name for name in ours[0] if ours[0][name] != theirs[0].get(name) and "django_migrations" not in name] == []


def test_a_restored_workspace_is_guarded_like_any_other(archive):
    command("restore", str(archive), "--slug", "again")
    with in_public():
        restored = Workspace.objects.get(slug="again")

    with in_workspace(restored):
        assert Filament.objects.count() == 1
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE inventory_movement SET quantity = 1")
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT * FROM t_ta.accounts_user")


def test_an_archive_of_another_release_leaves_nothing_behind(archive, tmp_path):
    with ZipFile(archive) as old, ZipFile(tmp_path / "old.zip", "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, text.replace(b"0001_initial", b"0000_initial") if "django_migrations" in name else text)

    with pytest.raises(CommandError, match="another release"):
        command("restore", str(tmp_path / "old.zip"), "--slug", "again")

    with in_public():
        assert not Workspace.objects.filter(slug="again").exists()


def test_what_is_no_archive_is_refused(tmp_path):
    (tmp_path / "x.zip").write_text("no archive")

    for wrong in (tmp_path / "x.zip", tmp_path, tmp_path / "nothing.zip"):
        with pytest.raises(CommandError, match="no archive that can be restored"):
            command("restore", str(wrong))


@pytest.mark.parametrize("to", ["", "there.zip", "no/folder/x.zip", "there.zip/x.zip"])
@pytest.mark.parametrize("action", ["export", "delete"])
def test_an_archive_that_cannot_be_written_there_stops_everything(tmp_path, action, to):
    (tmp_path / "there.zip").write_text("something dear")

    with pytest.raises(CommandError):
        command(action, "ta", "--to", str(tmp_path / to), "--yes")

    assert (state_of("ta"), (tmp_path / "there.zip").read_text()) == ("ready", "something dear")


def test_a_workspace_stays_open_when_its_export_breaks_off(tmp_path, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nozzly.tenancy.domain.exports._copy_files", full)

    with pytest.raises(CommandError, match="No space left on device"):
        command("delete", "ta", "--to", str(tmp_path / "x.zip"), "--yes")

    assert (state_of("ta"), list(tmp_path.iterdir())) == ("ready", [])


@pytest.mark.parametrize(
    "arguments",
    [
        ("suspend", "ta", "--yes", "--because", "x" * 201),
        ("add-host", "ta", "https://ta.example.com/"),
        ("add-host", "ta", "two words"),
        ("add-host", "ta", "www.localhost"),
        ("rename", "ta", "Not An Address", "--yes"),
        ("create", "X", "--country", "Nowhere", "--owner", "o@example.com"),
        ("create", "X", "--country", "DE", "--owner", "o@example.com", "--currency", "euros"),
        ("create", "X", "--country", "DE", "--owner", "o@example.com", "--time-zone", "Berlin"),
        ("create", "X" * 200, "--country", "DE", "--owner", "o@example.com"),
        ("create", "X", "--country", "DE", "--owner", "nobody"),
        ("forget-second-factor", "ta", "nobody@example.com", "--yes"),
    ],
)
def test_a_wrong_argument_is_answered_by_a_sentence(arguments):
    with pytest.raises(CommandError):
        command(*arguments)

    with in_public():
        assert list(Workspace.objects.order_by("slug").values_list("slug", "state")) == [
            ("ta", "ready"),
            ("tb", "ready"),
        ]
